"""Why tiles are nothing to learn from, in words."""

from sartext.report.left_out import FORMS, NARRATED, LeftOut
from sartext.rights import COMMERCE, PASS_ON, TRAIN


def test_reasons_that_apply_are_said_with_their_numbers_and_their_licences() -> None:
    left = LeftOut(TRAIN, PASS_ON, NARRATED)
    assert (left, left.said(), left.rights()) == ({TRAIN: 0, PASS_ON: 0, NARRATED: 0}, "", {})
    left.add(NARRATED)
    left.add(TRAIN, "annotations under CC-BY-ND-4.0")
    assert left.said() == (
        "1 may not be trained on (annotations under CC-BY-ND-4.0), "
        "1 have captions of a trained model alone, which --narrator-captions takes"
    )
    for _ in range(1200):
        left.add(TRAIN, "texts under proprietary")
    assert left.said().startswith(
        "1,201 may not be trained on (texts under proprietary: 1,200; annotations under CC-BY-ND-4.0: 1), "
    )
    assert left.rights() == {TRAIN: {"annotations under CC-BY-ND-4.0": 1, "texts under proprietary": 1200}}


def test_what_may_not_be_passed_on_or_sold() -> None:
    left = LeftOut(PASS_ON, COMMERCE)
    left.add(PASS_ON, "pixels under academic only")
    left.add(COMMERCE, "texts under CC-BY-NC-4.0")
    assert left.said() == (
        "1 may not be passed on, which --own-use writes (pixels under academic only), "
        "1 are for non-commercial use only (texts under CC-BY-NC-4.0)"
    )


def test_those_of_several_datasets_are_counted_together() -> None:
    left = LeftOut()
    for reasons in ((TRAIN, NARRATED), (TRAIN, FORMS)):
        one = LeftOut(*reasons)
        one.add(TRAIN, "pixels under proprietary")
        one.add(reasons[1])
        left.include(one)
    assert left == {TRAIN: 2, NARRATED: 1, FORMS: 1}
    assert left.rights() == {TRAIN: {"pixels under proprietary": 2}}
    assert left.said().endswith("1 have captions of forms alone that are given no weight")
