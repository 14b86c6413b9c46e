"""Why tiles are nothing to learn from, in words."""

from sartext.report.left_out import MAY_TRAIN, NARRATED, none_left_out, said_of


def test_reasons_that_apply_are_said_with_their_numbers() -> None:
    assert said_of(none_left_out()) == ""
    assert said_of({**none_left_out(), MAY_TRAIN: 1200}) == "1,200 are of an origin that says may_train false"
    both = said_of({MAY_TRAIN: 1, NARRATED: 2})
    assert both.startswith("1 are of an origin")
    assert both.endswith("2 have captions of a trained model alone, which --narrator-captions takes")
