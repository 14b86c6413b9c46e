"""The tiles that models are evaluated on."""

from pathlib import Path

import pytest

from sartext.artifact import open_artifact
from sartext.flow.predict.held_out import asked_in, held_out
from sartext.flow.predict.tile_rows import texts_of
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from sartext.tile import Caption, from_table
from tests.support.datasets import dataset
from tests.support.stand_in_narrator import StandInNarrator


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> str:
    source = Synthetic(tiles=150, size_px=32, twin=False, shard_tiles=40)
    return dataset(source, (A2C(), Verify(), Questions()), str(tmp_path_factory.mktemp("held") / "sar"))


def test_tiles_are_those_of_the_split_in_planned_order_and_images_are_theirs(
    made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sartext.flow.predict.held_out.PART_TILES", 5)
    tiles = [tile for table in open_artifact(made).tables() for tile in from_table(table) if tile.split == "test"]
    held = held_out(made, "test", None)
    assert [tile.key for tile in held.tiles] == [tile.key for tile in tiles]
    assert [tile.boxes for tile in held.tiles] == [tile.boxes for tile in tiles]
    assert all(tile.image.bytes is None for tile in held.tiles)
    assert len(held.parts) > 1
    assert sum(len(rows.rows) for part in held.parts for rows in part) == len(tiles)
    last = len(tiles) - 1
    assert held.images([last, 0, 7]) == {number: tiles[number].image.bytes for number in (0, 7, last)}
    first = held_out(made, "test", 7)
    assert [tile.key for tile in first.tiles] == [tile.key for tile in tiles[:7]]
    assert sum(len(rows.rows) for part in first.parts for rows in part) == 7


def test_questions_of_a_split_are_the_kept_ones(made: str) -> None:
    tiles = [tile for table in open_artifact(made).tables() for tile in from_table(table) if tile.split == "train"]
    assert list(asked_in(made, "train")) == [question for tile in tiles for question in tile.questions if question.kept]


def test_every_distinct_kept_caption_counts_and_those_of_the_narrator_only_where_asked() -> None:
    captions = [
        Caption(text="refused", route="a2c", form="concise", kept=False),
        Caption(text="short", route="a2c", form="concise"),
        Caption(text="long", route="a2c", form="detailed"),
        Caption(text="true of many", route="a2c", form="coarse"),
        Caption(text="shorter", route="a2c", form="concise"),
        Caption(text="by a model", route="narrator", model="m"),
        Caption(text="refused too", route="narrator", model="m", kept=False),
        Caption(text="by a person", route="human"),
        Caption(text="by another", route="human"),
        Caption(text="short", route="twin"),
    ]
    assert texts_of(captions) == ["short", "long", "shorter", "by a person", "by another"]
    assert texts_of(captions, narrator_captions=True) == ["short", "long", "shorter", "by a model", "by a person", "by another"]


def test_what_a_narrator_wrote_is_no_reference_of_a_dataset(tmp_path: Path) -> None:
    source = Synthetic(tiles=60, size_px=32, twin=False, pixels=False)
    held = held_out(dataset(source, (A2C(), StandInNarrator(), Verify()), str(tmp_path / "both")), "all", None)
    assert held.narrated > 20
    for number, tile in enumerate(held.tiles):
        counted = {one.text for one in tile.captions if one.kept and one.route == "a2c"}
        assert set(held.texts(number)) == counted
