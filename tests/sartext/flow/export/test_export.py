"""Datasets as files for other programs."""

import csv
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from jobs.export import Config, main
from jobs.recipes.build import sar_text
from sartext.artifact import open_artifact
from sartext.errors import OutputError, UserError
from sartext.flow.export.export import export
from sartext.formats.caption_json import parse_caption_json
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


def test_coco_captions_and_the_layout_of_sar_text_are_read_again(dataset: str, tmp_path: Path) -> None:
    tiles = [tile for table in open_artifact(dataset).tables() for tile in from_table(table)]
    texts = {tile.key: [one.text for one in tile.captions if one.kept] for tile in tiles}
    made = export(dataset, out=str(tmp_path / "coco"), form="coco")
    assert made.entries == sum(map(len, texts.values()))
    with open(tmp_path / "coco" / "captions.json", "rb") as stream:
        read = list(parse_caption_json(stream, "captions.json"))
    assert {one.file: list(one.texts) for one in read} == {f"images/{key}.png": said for key, said in texts.items()}
    sizes = {one["file_name"]: (one["width"], one["height"]) for one in json.loads(
        (tmp_path / "coco" / "captions.json").read_text())["images"]}  # fmt: skip
    assert sizes == {f"images/{tile.key}.png": (tile.width_px, tile.height_px) for tile in tiles}
    export(dataset, out=str(tmp_path / "sar"), form="sar_text")
    with open(tmp_path / "sar" / "annotations_synthetic.csv", "rb") as stream:
        rows = list(parse_caption_table(stream, "annotations_synthetic.csv"))
    assert [(one.file, *one.texts) for one in rows] == [
        (f"Image/{key}.png", text) for key, said in texts.items() for text in said
    ]
    assert all((tmp_path / "sar" / one.file).is_file() for one in rows)
    config = sar_text()
    source = replace(config.source, images=str(tmp_path / "sar"), captions=str(tmp_path / "sar" / "annotations_synthetic.csv"))
    again = written(source, (), str(tmp_path / "again"))
    back = [tile for table in open_artifact(again).tables() for tile in from_table(table)]
    assert sorted(tuple(one.text for one in tile.captions) for tile in back) == sorted(map(tuple, texts.values()))


def test_tars_hold_a_sample_a_caption_and_are_the_same_again(dataset: str, tmp_path: Path) -> None:
    made = export(dataset, out=str(tmp_path / "out"), form="webdataset")
    tars = {path.name: path.read_bytes() for path in sorted((tmp_path / "out").glob("*.tar"))}
    sizes = json.loads((tmp_path / "out" / "sizes.json").read_text())
    assert sizes.keys() == tars.keys()
    assert sum(sizes.values()) == made.entries
    found = []
    for name in tars:
        with tarfile.open(tmp_path / "out" / name) as tar:
            files = {one.name: tar.extractfile(one).read() for one in tar}  # type: ignore[union-attr]
        keys = [one.partition(".")[0] for one in files if one.endswith(".txt")]
        assert len(keys) == sizes[name]
        found += [(name.split("-")[0], json.loads(files[f"{key}.json"])["key"], files[f"{key}.txt"].decode(),
                   files[f"{key}.png"]) for key in keys]  # fmt: skip
    tiles = [tile for table in open_artifact(dataset).tables() for tile in from_table(table)]
    expected = [(tile.split, tile.key, one.text, tile.image.bytes) for tile in tiles for one in tile.captions if one.kept]
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    export(dataset, out=str(tmp_path / "again"), form="webdataset")
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").glob("*.tar")} == tars
