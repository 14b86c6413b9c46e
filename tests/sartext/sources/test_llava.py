import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sartext.narrate.ask.questions import Questions, conversations
from sartext.sources.llava import Llava
from sartext.sources.synthetic import Synthetic
from sartext.tile import Question, Reject, Tile, from_table, to_table


def read(folder: Path, entries: object) -> list[Tile | Reject]:
    path = folder.parent / "conversations.json"
    path.write_text(json.dumps(entries))
    one = Llava(images=str(folder), conversations=str(path))
    return [result for shard in one.shards() for result in one.read(shard)]


def entry(image: object, *turns: str) -> dict[str, object]:
    speakers = ("human", "gpt")
    return {"image": image, "conversations": [{"from": speakers[at % 2], "value": text} for at, text in enumerate(turns)]}


def test_turns_of_all_entries_are_questions_of_one_tile(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    Image.fromarray(np.zeros((16, 16), dtype=np.uint8)).save(folder / "a.png")
    turns = ("<image>\nHow many ships are there?", "12", "Is it a harbor?", "No.", "Where?", "In the upper left.")
    more = ("How many?", "", "", "Yes", "What is the scale?", "3", "Is it a harbor?", "No.")
    made, missing, faulty = read(
        folder, [entry("x/a.png", *turns), entry("./x/a.png", *more), entry("b.png", "?", "!"), entry(["c.png", "d.png"])]
    )
    assert isinstance(made, Tile)
    assert made.questions == (
        Question(question="How many ships are there?", answer="12", answer_type="count", kind="given"),
        Question(question="Is it a harbor?", answer="No.", answer_type="yes_no", kind="given"),
        Question(question="Where?", answer="In the upper left.", answer_type="text", kind="given"),
        Question(question="How many?", answer="", answer_type="text", kind="given", kept=False),
        Question(question="", answer="Yes", answer_type="yes_no", kind="given", kept=False),
        Question(question="What is the scale?", answer="3", answer_type="text", kind="given"),
    )
    assert isinstance(missing, Reject)
    assert isinstance(faulty, Reject)
    assert (missing.reason, faulty.reason, faulty.key) == ("missing_image", "bad_annotation", "llava/entry_3/0_0")
    assert from_table(to_table([made])) == [made]


def test_a_broken_entry_costs_the_image_none_of_its_good_turns(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for file in ("a.png", "b.png", "entry_1.png"):
        Image.fromarray(np.zeros((16, 16), dtype=np.uint8)).save(folder / file)
    broken = {"image": "a.png", "conversations": [{"from": "gpt", "value": 3}]}
    entries = [entry("a.png", "Ship?", "Yes", "More?"), broken, {"image": "b.png"}, entry("entry_1.png", "?", "!")]
    a, apart, b, image = read(folder, entries)  # beside its image
    assert isinstance(a, Tile)
    assert [(one.question, one.answer, one.kept) for one in a.questions] == [("Ship?", "Yes", True), ("More?", "", False)]
    assert isinstance(image, Tile)
    assert isinstance(b, Reject)
    assert isinstance(apart, Reject)
    assert (b.key, b.reason, b.detail) == ("llava/b/0_0", "bad_annotation", "[2]: no entry with 'conversations'")
    assert (apart.key, apart.reason) == ("llava/entry_1/0_0-", "bad_annotation")
    assert apart.detail == "[1]: turns that are no questions and answers"


def test_entries_about_no_image_are_counted_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    Image.fromarray(np.zeros((16, 16), dtype=np.uint8)).save(folder / "a.png")
    texts = [entry(None, "Hi", "Ho")] * 110
    (only,) = read(folder, [*texts, entry("a.png", "Ship?", "Yes")])
    assert isinstance(only, Tile)
    said = f"{tmp_path / 'conversations.json'}: entries about no image, which are left out: 110\n"
    assert capsys.readouterr().err == said


def test_two_images_are_never_one_file(tmp_path: Path) -> None:
    folder = tmp_path / "train"
    folder.mkdir()
    Image.fromarray(np.zeros((16, 16), dtype=np.uint8)).save(folder / "1.png")
    results = read(folder, [entry("train/1.png", "Ship?", "Yes"), entry("val/1.png", "Ship?", "No")])
    assert [(one.key, one.reason) for one in results if isinstance(one, Reject)] == [
        ("llava/train.1/0_0", "ambiguous_image"),
        ("llava/val.1/0_0", "ambiguous_image"),
    ]
    assert isinstance(results[0], Reject)
    assert results[0].detail == "[0]: 1.png is 'train/1.png' or 'val/1.png'"
    exact, other = read(folder, [entry("val/1.png", "Ship?", "No"), entry("1.png", "Ship?", "Yes")])
    assert isinstance(exact, Tile)
    assert [one.answer for one in exact.questions] == ["Yes"]
    assert isinstance(other, Reject)
    assert (other.key, other.reason) == ("llava/val.1/0_0", "missing_image")


def test_what_goes_out_comes_in_again(tmp_path: Path) -> None:
    """The conversations that the questions of tiles are written as."""
    source, rule = Synthetic(tiles=6, seed=2, size_px=32, twin=False), Questions()
    tiles = [rule.apply(source.tile(item)) for item in range(6)]
    entries = []
    for tile in tiles:
        for written in conversations(tile):
            path = tmp_path / "images" / written["image"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(tile.image.bytes or b"")
            entries.append(written)
    found = read(tmp_path / "images", entries)
    asked = {tile.key: [(one.question, one.answer) for one in tile.questions] for tile in tiles if tile.questions}
    assert len(asked) >= 3
    said = [sorted((one.question, one.answer) for one in tile.questions) for tile in found if isinstance(tile, Tile)]
    assert said == [sorted(one) for one in asked.values()]
