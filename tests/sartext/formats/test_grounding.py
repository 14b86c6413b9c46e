"""Grounded captions are read again as they were written, by others too."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.formats.grounding import GroundedCaption, GroundedPhrase, write_grounding

ONE = GroundedCaption(
    image="images/a/b/0_0.png",
    width_px=64,
    height_px=32,
    caption="Two ships “at sea”\nand a tank.",
    phrases=(
        GroundedPhrase((0, 9), ((1, 2, 11, 12), (20, 2, 30.5, 12)), ("ship", "ship")),
        GroundedPhrase((23, 29), ((40, 2, 44, 6),), ("tank",)),
    ),
)


def read(text: str) -> list[GroundedCaption]:
    found = []
    for value in map(json.loads, text.split("\n")[:-1]):
        phrases = [
            GroundedPhrase(tuple(one["span"]), tuple(map(tuple, one["boxes"])), tuple(one["labels"]))
            for one in value["phrases"]
        ]
        assert [one["text"] for one in value["phrases"]] == [value["caption"][slice(*one.span)] for one in phrases]
        found.append(GroundedCaption(value["image"], value["width"], value["height"], value["caption"], tuple(phrases)))
    return found


def test_a_line_a_caption() -> None:
    text = write_grounding([ONE, ONE])
    assert text.count("\n") == 2
    assert read(text) == [ONE, ONE]
    assert json.loads(text.splitlines()[0])["phrases"] == [
        {"span": [0, 9], "text": "Two ships", "boxes": [[1, 2, 11, 12], [20, 2, 30.5, 12]], "labels": ["ship", "ship"]},
        {"span": [23, 29], "text": "a tank", "boxes": [[40, 2, 44, 6]], "labels": ["tank"]},
    ]


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_SIDE = st.floats(0, 1024)
_BOX = st.tuples(_SIDE, _SIDE, _SIDE, _SIDE)
_SPAN = st.tuples(st.integers(0, 12), st.integers(0, 12))
_PHRASE = st.lists(st.tuples(_BOX, _TEXT), max_size=3).flatmap(
    lambda pairs: st.builds(
        GroundedPhrase, _SPAN, st.just(tuple(box for box, _ in pairs)), st.just(tuple(name for _, name in pairs))
    )
)
_CAPTION = st.builds(
    GroundedCaption, _TEXT, st.integers(1, 9), st.integers(1, 9), _TEXT, st.lists(_PHRASE, max_size=3).map(tuple)
)


@given(st.lists(_CAPTION, max_size=4))
def test_what_is_written_is_read_again(captions: list[GroundedCaption]) -> None:
    assert read(write_grounding(captions)) == captions


def test_datasets_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    (tmp_path / "grounding.jsonl").write_text(write_grounding([ONE]))
    rows = load_dataset("json", data_files=str(tmp_path / "grounding.jsonl"), split="train", cache_dir=str(tmp_path / "cache"))
    assert rows[0]["caption"] == ONE.caption
    assert rows[0]["phrases"][0]["boxes"] == [[1, 2, 11, 12], [20, 2, 30.5, 12]]
