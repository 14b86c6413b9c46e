"""Datasets as files for other programs."""

import csv
import json
from pathlib import Path

import pytest
from PIL import Image

from jobs.export import Config, main
from sartext.artifact import open_artifact
from sartext.errors import OutputError, UserError
from sartext.flow.export.export import export
from sartext.formats.caption_table import parse_caption_table
from sartext.formats.llava import SHORT, parse_llava
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from sartext.tile import from_table
from tests.support.datasets import dataset as written
from tests.support.permitted import NARRATION, Narrates, Restricted


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("dataset") / "tiles"
    return written(Synthetic(tiles=24, twin=False, shard_tiles=10), (A2C(), Verify(), Questions()), str(folder))


def test_conversations(dataset: str, tmp_path: Path) -> None:
    made = main(Config(dataset=dataset, out=str(tmp_path / "out")))
    entries = json.loads((tmp_path / "out" / "llava.json").read_text())
    tiles = [tile for table in open_artifact(dataset).tables() for tile in from_table(table) if tile.questions]
    assert made.images == len(tiles) > 15
    assert made.entries == len(entries) > made.images
    for tile in tiles:
        mine = [entry for entry in entries if entry["id"].partition(":")[0] == tile.key]
        with Image.open(tmp_path / "out" / mine[0]["image"]) as picture:
            assert picture.size == (tile.width_px, tile.height_px)
        assert {entry["image"] for entry in mine} == {mine[0]["image"]}
        said = [[turn["value"] for turn in entry["conversations"]] for entry in mine]
        assert said[0][0] == f"<image>\n{tile.questions[0].question}\n{SHORT}"
        assert sorted(answer for one in said for answer in one[1::2]) == sorted(one.answer for one in tile.questions)
    with open(tmp_path / "out" / "llava.json", "rb") as stream:
        read = list(parse_llava(stream, "llava.json"))
    assert sum(len(one.turns) for one in read) == sum(len(tile.questions) for tile in tiles)
    assert {turn for one in read for turn in one.turns} == {
        (one.question, one.answer) for tile in tiles for one in tile.questions
    }


def test_captions_of_one_split(dataset: str, tmp_path: Path) -> None:
    made = export(dataset, out=str(tmp_path / "out"), form="open_clip", split="train")
    with open(tmp_path / "out" / "captions.tsv", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    tiles = [tile for table in open_artifact(dataset).tables() for tile in from_table(table) if tile.split == "train"]
    assert [row["title"] for row in rows] == [caption.text for tile in tiles for caption in tile.captions if caption.kept]
    assert made.entries == len(rows)
    assert {row["split"] for row in rows} == {"train"}
    assert all((tmp_path / "out" / row["filepath"]).is_file() for row in rows)
    with open(tmp_path / "out" / "captions.tsv", "rb") as stream:
        read = list(parse_caption_table(stream, "captions.tsv"))
    assert [(one.file, *one.texts, one.split) for one in read] == [tuple(row.values()) for row in rows]


def test_again_gives_the_same_bytes_and_mends_what_is_missing(dataset: str, tmp_path: Path) -> None:
    export(dataset, out=str(tmp_path / "out"))
    files = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file() and path.name != ".lock"}
    (tmp_path / "out" / "llava.json").unlink()
    next(path for path in files if path.suffix == ".png").unlink()
    export(dataset, out=str(tmp_path / "out"))
    assert {path: path.read_bytes() for path in files} == files


def test_where_there_is_nothing_to_write_the_place_stays_free(tmp_path: Path) -> None:
    told = written(Synthetic(tiles=3, twin=False), (A2C(), Verify()), str(tmp_path / "told"))
    with pytest.raises(UserError, match="with kept questions"):
        export(told, out=str(tmp_path / "out"))
    assert export(told, out=str(tmp_path / "out"), form="open_clip").images == 3


def test_what_may_not_be_trained_on_is_written_only_to_measure_with(tmp_path: Path) -> None:
    source = Restricted(of=Synthetic(tiles=40, size_px=32, twin=False), may_train=(True, False, None))
    uri = written(source, (A2C(), Verify(), Questions()), str(tmp_path / "tiles"))
    tiles = [tile for table in open_artifact(uri).tables() for tile in from_table(table)]
    for form, has in (("open_clip", "captions"), ("llava", "questions")):
        made = export(uri, out=str(tmp_path / form), form=form)
        asked = [tile for tile in tiles if getattr(tile, has)]
        barred = [tile for tile in asked if tile.split == "train" and tile.origin.may_train is False]
        assert {tile.split for tile in asked if tile.origin.may_train is False} > {"train"}
        assert made.left_out == {"may_train": len(barred), "may_redistribute": 0, "narrator_captions": 0}
        assert made.images == len(asked) - len(barred)
        assert not any((tmp_path / form / "images" / f"{tile.key}.png").exists() for tile in barred)
        assert (
            f"left out: {len(barred)} may not be trained on (pixels declared may_train false under CC0-1.0)" in made.summary()
        )


def test_what_a_model_wrote_is_written_only_where_it_is_asked_for(tmp_path: Path) -> None:
    both = written(Synthetic(tiles=9, twin=False), (A2C(), Verify(), Narrates()), str(tmp_path / "both"))
    main(Config(dataset=both, out=str(tmp_path / "out"), form="open_clip"))
    assert NARRATION not in (tmp_path / "out" / "captions.tsv").read_text()
    with pytest.raises(OutputError, match="narrator_captions was False, is True"):
        main(Config(dataset=both, out=str(tmp_path / "out"), form="open_clip", narrator_captions=True))
    main(Config(dataset=both, out=str(tmp_path / "asked"), form="open_clip", narrator_captions=True))
    assert (tmp_path / "asked" / "captions.tsv").read_text().count(NARRATION) == 9
    alone = written(Synthetic(tiles=9, twin=False), (Narrates(),), str(tmp_path / "alone"))
    with pytest.raises(UserError, match="9 have captions of a trained model alone, which --narrator-captions takes"):
        export(alone, out=str(tmp_path / "nothing"), form="open_clip")
    with pytest.raises(UserError, match="narrator_captions is True; it must be off for questions"):
        export(both, out=str(tmp_path / "nothing"), narrator_captions=True)


def test_what_is_the_users_to_mend(dataset: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="form is 'yaml'; it is one of llava, open_clip, grounding, preference"):
        export(dataset, out=str(tmp_path / "a"), form="yaml")
    with pytest.raises(UserError, match="split is 'dev'"):
        export(dataset, out=str(tmp_path / "a"), split="dev")
    export(dataset, out=str(tmp_path / "b"))
    with pytest.raises(OutputError, match="form was 'llava', is 'open_clip'"):
        export(dataset, out=str(tmp_path / "b"), form="open_clip")
    for name in ("captions.tsv", "images"):
        (tmp_path / name / name).mkdir(parents=True)
        (tmp_path / name / name / "mine").write_text("mine")
        with pytest.raises(OutputError, match=f"holds {name}.* choose another --out"):
            export(dataset, out=str(tmp_path / name), form="open_clip")
    with pytest.raises(UserError, match="has no manifest"):
        export(str(tmp_path / "nothing"), out=str(tmp_path / "c"))
