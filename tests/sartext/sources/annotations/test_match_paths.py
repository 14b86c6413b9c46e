import unicodedata

import pytest

from sartext.sources.annotations.match_paths import Matched, matched


def by_label(files: list[str], paths: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {path: [] for path in paths}
    for image, own, rivals in matched(files, [(path, f"{path}.txt") for path in paths], unlabelled=False):
        assert not rivals
        if own is not None and not image.endswith(".*"):
            found[own.removesuffix(".txt")].append(image)
    return found


def test_by_the_very_path_else_by_a_bare_name_that_only_one_has() -> None:
    files = ["a.jpg", "a.png", "val/b.jpg", "x/c.jpg", "e.jpg"]
    expected = {
        "a": ["a.jpg", "a.png"],
        "val/b": ["val/b.jpg"],
        "train/b": [],  # the file of its bare name is another's
        "other/c": ["x/c.jpg"],
        "f": [],
    }
    assert by_label(files, list(expected)) == expected
    assert list(matched([], [], unlabelled=True)) == []


def test_which_of_several_is_not_guessed() -> None:
    both = [Matched("x/d.jpg", rivals=("d.txt",)), Matched("y/d.jpg", rivals=("d.txt",))]
    assert list(matched(["x/d.jpg", "y/d.jpg"], [("d", "d.txt")], unlabelled=False)) == [Matched("d.*", own="d.txt"), *both]
    labels = [("y/e", "y/e.txt"), ("x/e", "x/e.txt")]
    missing = [Matched("x/e.*", own="x/e.txt"), Matched("y/e.*", own="y/e.txt")]
    assert list(matched(["e.jpg"], labels, unlabelled=True)) == [Matched("e.jpg", rivals=("x/e.txt", "y/e.txt")), *missing]
    twice = [("g", "g.XML"), ("g", "g.xml")]
    assert list(matched(["g.png"], twice, unlabelled=False)) == [Matched("g.png", rivals=("g.XML", "g.xml"))]


@pytest.mark.parametrize("unlabelled", [True, False])
def test_images_without_a_label_file_and_the_planned_order(unlabelled: bool) -> None:
    files = ["b/z.png", "b.png", "b-a.png"]
    alone = [Matched(file) for file in ("b.png", "b-a.png", "b/z.png")]
    assert list(matched(files, [], unlabelled=unlabelled)) == (alone if unlabelled else [])


def test_in_any_form_of_unicode() -> None:
    apart, together = (unicodedata.normalize(form, "müller") for form in ("NFD", "NFC"))
    assert by_label([f"{apart}.png"], [together]) == {together: [f"{apart}.png"]}
    assert by_label([f"{together}.png"], [f"x/{apart}"]) == {f"x/{apart}": [f"{together}.png"]}
