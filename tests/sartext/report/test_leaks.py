"""The page of an audit: numbers, frames where tiles lie in one another, nothing that asks for anything outside."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from sartext.report.leaks import SHOWN, SHOWN_EXACT, LeakExample, in_words, markdown, page, shown_pairs


def finding(**changes: object) -> dict[str, object]:
    both = {"held_out": "test", "against": "train", "tile": "a/<b>/0_0", "like": "a/c/0_0"}
    how = {"exact": False, "turn": "none", "offset_px": [10.0, 20.0], "scale": [0.5, 0.5], "keypoints": 9, "correlation": 0.8}
    return {**both, **how, "overlap_share": 1.0, **changes}


def report(pairs: list[dict[str, object]]) -> dict[str, object]:
    side = {"tiles": 8, "leaking": 2, "near_identical": 1, "same_scene": 1, "overlapping_footprint": 0}
    counts = {"exact_pairs": 0, "near_identical_pairs": 70, "shared_scenes": 1, "overlapping_footprints": 0}
    scene = {"source": "a", "scene": "x|y", "held_out": "test", "against": "train", "tiles": 1, "against_tiles": 3}
    return {
        "tiles": {"train": 9, "val": 0, "test": 8, "without_split": 0},
        "against": {"against-1": "f" * 64},
        "unreadable": {"truncated_image": 2},
        "few_keypoints": 1,
        "thresholds": {
            "keypoints_that_agree": 6,
            "correlation": 0.6,
            "few_keypoints_that_agree": 12,
            "correlation_where_few_agree": 0.8,
            "overlap_of_footprints": 0.01,
        },
        "held_out": {"test": side, "val": dict.fromkeys(side, 0)},
        "comparisons": [{"held_out": "test", "against": "train", **counts}],
        "leaking": 2,
        "findings": {"near_identical": pairs, "same_scene": [scene], "overlapping_footprint": []},
    }


def look(sizes: tuple[tuple[int, int], tuple[int, int]] = ((100, 80), (200, 160)), **changes: object) -> LeakExample:
    out = io.BytesIO()
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(out, "JPEG")
    return LeakExample(finding=finding(**changes), images=(out.getvalue(), out.getvalue()), sizes_px=sizes)


def frames(one: LeakExample) -> list[tuple[float, ...]]:
    found = re.findall(r'<rect x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"/>', page(report([finding()]), [one]))
    return [tuple(map(float, numbers)) for numbers in found]


def test_in_words() -> None:
    found = report([])
    expected = "2 of 8 held-out tiles leak: 1 near-identical to another, 1 of a scene that is on both sides"
    assert in_words(found) == f"{expected}; 2 of all tiles cannot be read"
    side = {"tiles": 5, "leaking": 0, "near_identical": 0, "same_scene": 0, "overlapping_footprint": 0}
    clean = {**found, "leaking": 0, "held_out": {"test": side}, "unreadable": {}}
    assert in_words(clean) == "none of 5 held-out tiles leaks"


def test_the_page_asks_for_nothing_and_names_are_text() -> None:
    text = page(report([finding()]), [look()])
    assert "<b>" not in text.replace("<body>", "")
    assert "a/&lt;b&gt;/0_0" in text
    assert not re.search(r'(src|href)="(?!data:)', text)
    assert page(report([finding()]), [look()]) == text


@pytest.mark.parametrize(
    ("turn", "here"),
    [
        ("none", (-20, -40, 400, 320)),
        ("flip_left_right", (100 + 20 - 400, -40, 400, 320)),
        ("rotate_180", (100 + 20 - 400, 80 + 40 - 320, 400, 320)),
        ("transpose", (-40, -20, 320, 400)),
        ("rotate_90_clockwise", (-40, 80 + 20 - 400, 320, 400)),
    ],
)
def test_frames_are_where_the_tiles_lie_in_one_another(turn: str, here: tuple[float, ...]) -> None:
    size = (80, 100) if turn in ("transpose", "rotate_90_clockwise") else (100, 80)
    own, there = frames(look(turn=turn))
    assert there == (10, 20, size[0] / 2, size[1] / 2)
    assert own == here


def test_some_copies_and_then_the_most_alike_are_shown() -> None:
    pairs = [finding(exact=True) for _ in range(30)] + [finding(tile=f"a/b/{number}_0") for number in range(60)]
    shown = shown_pairs(report(pairs))
    assert len(shown) == SHOWN
    assert sum(bool(one["exact"]) for one in shown) == SHOWN_EXACT
    assert shown[SHOWN_EXACT]["tile"] == "a/b/0_0"


def test_the_tables() -> None:
    text = markdown(report([finding(turn="flip_left_right"), finding(exact=True)]))
    assert "| test | 8 | 1 | 1 | 0 | 2 | 25.0% |" in text
    assert "| val | 0 | 0 | 0 | 0 | 0 | - |" in text
    assert "mirrored left to right, at 10.0, 20.0 px, scale 0.5 x 0.5, 100% of the smaller" in text
    assert "same pixels" in text
    assert "The first 50 of 70" in text
    assert "Overlapping footprints\n" not in text
