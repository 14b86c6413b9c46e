"""Preference pairs are read by others as they were written."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.formats.preference import PROMPT, PreferencePair, write_preferences

ONE = PreferencePair("images/a/b/0_0.png", "Two ships “at sea”.", "Three ships\nat sea.")


def read(text: str) -> list[PreferencePair]:
    found = []
    for value in map(json.loads, text.split("\n")[:-1]):
        (image,), (chosen,), (rejected,) = value["images"], value["chosen"], value["rejected"]
        found.append(PreferencePair(image, chosen["content"][0]["text"], rejected["content"][0]["text"]))
    return found


def test_a_line_a_pair_as_trl_shapes_conversations() -> None:
    text = write_preferences([ONE, ONE])
    assert text.count("\n") == 2
    assert json.loads(text.splitlines()[0]) == {
        "images": ["images/a/b/0_0.png"],
        "prompt": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": PROMPT}]}],
        "chosen": [{"role": "assistant", "content": [{"type": "text", "text": ONE.chosen}]}],
        "rejected": [{"role": "assistant", "content": [{"type": "text", "text": ONE.rejected}]}],
    }


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.builds(PreferencePair, _TEXT, _TEXT, _TEXT), max_size=4))
def test_what_is_written_is_read_again(pairs: list[PreferencePair]) -> None:
    assert read(write_preferences(pairs)) == pairs


def test_datasets_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    (tmp_path / "preference.jsonl").write_text(write_preferences([ONE]))
    rows = load_dataset("json", data_files=str(tmp_path / "preference.jsonl"), split="train", cache_dir=str(tmp_path / "cache"))
    assert set(rows.column_names) == {"images", "prompt", "chosen", "rejected"}
    assert rows[0]["images"] == [ONE.image]
    assert [part["type"] for part in rows[0]["prompt"][0]["content"]] == ["image", "text"]
    assert rows[0]["rejected"][0]["content"][0]["text"] == ONE.rejected
