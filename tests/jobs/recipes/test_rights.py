"""Three licences of one tile, from the command line of a build to what is exported and what is learned from."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jobs.export import Config
from jobs.export import main as export_main
from jobs.recipes.build import BUILD
from sartext.artifact import open_artifact
from sartext.errors import UserError
from sartext.flow import commandline
from sartext.flow.build.pages.describe import describe
from sartext.flow.build.plan import rights_notes
from sartext.flow.train.examples.dataset import CaptionDataset
from sartext.tile import Rights, Tile, from_table
from tests.support.datasets import dataset

PIXELS = ["--source.licence", "Copernicus", "--source.citation", "ESA."]
ANNOTATIONS = ["--source.annotations-licence", "academic only", "--source.annotations-citation", "A."]
TEXTS = ["--source.texts-licence", "CC-BY-NC-ND-4.0", "--source.texts-citation", "W."]


def options(folder: Path) -> list[str]:
    """A set of six annotated images with captions, all of which are to be learned from."""
    (folder / "images").mkdir(exist_ok=True)
    rows = ["image,caption,split"]
    for name in "abcdef":
        pixels = np.random.default_rng(ord(name)).integers(0, 60, (64, 64), np.uint8)
        Image.fromarray(pixels).save(folder / "images" / f"{name}.png")
        rows.append(f"{name}.png,There is a ship in the upper left.,train")
    (folder / "captions.csv").write_text("\n".join(rows))
    images = [{"id": at, "file_name": f"{name}.png", "width": 64, "height": 64} for at, name in enumerate("abcdef")]
    boxes = [{"id": at, "image_id": at, "category_id": 1, "bbox": [4, 4, 10, 9]} for at in range(6)]
    value = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "ship"}]}
    (folder / "boxes.json").write_text(json.dumps(value))
    given = {"images": folder / "images", "annotations": folder / "boxes.json", "captions": folder / "captions.csv"}
    return [word for name, path in given.items() for word in (f"--source.{name}", str(path))]


def built(folder: Path, *more: str) -> str:
    config = commandline.parse(BUILD, ["verify", "--out", str(folder), *options(folder.parent), *more], prog="jobs.build")
    return dataset(config.source, config.rules, str(folder))


def tiles(uri: str) -> list[Tile]:
    return [tile for table in open_artifact(uri).tables() for tile in from_table(table)]


def learned(uri: str, **changes: bool) -> CaptionDataset:
    return CaptionDataset(uri, split="train", kind="captions", seed=0, kept_groups=1, **changes)


def test_three_licences_of_a_tile_are_recorded_obeyed_and_shown(tmp_path: Path) -> None:
    uri = built(tmp_path / "set", *PIXELS, *ANNOTATIONS, *TEXTS)
    for tile in tiles(uri):
        assert (tile.origin.licence, tile.origin.may_train, tile.origin.citation) == ("Copernicus", None, "ESA.")
        assert tile.origin.annotations == Rights(licence="academic only", citation="A.")
        assert tile.origin.texts == Rights(licence="CC-BY-NC-ND-4.0", citation="W.")
    assert len(tiles(uri)) == 6
    with pytest.raises(UserError, match=r"to learn from: 6 may not be trained on \(texts under CC-BY-NC-ND-4.0\)$"):
        learned(uri)
    with pytest.raises(UserError, match=r"to write: 6 may not be trained on \(texts under CC-BY-NC-ND-4.0\)$"):
        export_main(Config(dataset=uri, out=str(tmp_path / "out"), form="open_clip"))
    artifact = open_artifact(uri)
    assert artifact.manifest["licences"] == ["CC-BY-NC-ND-4.0", "Copernicus", "academic only"]
    describe(artifact, {}, lambda: None)
    card, report = (Path(uri, name).read_text() for name in ("README.md", "report.html"))
    for words in (
        "| coco | pixels | Copernicus | yes | yes | attribution | 6 |",
        "| coco | annotations | academic only | yes | no | attribution, non-commercial | 6 |",
        "| coco | texts | CC-BY-NC-ND-4.0 | no | no | attribution, non-commercial | 6 |",
        *("- coco: ESA.", "- coco: A.", "- coco: W."),
    ):
        assert words in card, words
    assert "Licences: Copernicus of pixels; academic only of annotations; CC-BY-NC-ND-4.0 of texts." in report
    assert "academic only" in report.partition('id="rights"')[2]


def test_what_is_declared_stands_for_its_own_part(tmp_path: Path) -> None:
    uri = built(tmp_path / "set", *PIXELS, "--source.may-train", *ANNOTATIONS, *TEXTS)
    with pytest.raises(UserError, match=r"\(texts under CC-BY-NC-ND-4.0\)$"):
        learned(uri)
    named = built(tmp_path / "named", *PIXELS, *ANNOTATIONS, *TEXTS, "--source.texts-may-train")
    assert len(learned(named)) == 6
    with pytest.raises(UserError, match=r"6 are for non-commercial use only \(annotations under academic only and texts under"):
        learned(named, commercial_use=True)
    with pytest.raises(
        UserError, match=r"6 may not be passed on, which --own-use writes \(annotations under academic only and"
    ):
        export_main(Config(dataset=named, out=str(tmp_path / "out"), form="open_clip"))
    own = export_main(Config(dataset=named, out=str(tmp_path / "own"), form="open_clip", own_use=True))
    assert (own.images, dict(own.left_out)) == (6, {"may_train": 0, "narrator_captions": 0})
    with pytest.raises(UserError, match="6 are for non-commercial use only"):
        export_main(Config(dataset=named, out=str(tmp_path / "sold"), form="open_clip", own_use=True, commercial_use=True))


@pytest.mark.parametrize("part", ["", "annotations-", "texts-"])
def test_each_part_alone_may_forbid_and_free_ones_do_not(part: str, tmp_path: Path) -> None:
    free = [word for one in ("", "annotations-", "texts-") for word in (f"--source.{one}licence", "CC-BY-4.0")]
    uri = built(tmp_path / "free", *free)
    assert len(learned(uri, commercial_use=True)) == 6
    assert export_main(Config(dataset=uri, out=str(tmp_path / "out"), form="open_clip", commercial_use=True)).images == 6
    named = part.removesuffix("-") or "pixels"
    closed = built(tmp_path / "closed", *free, f"--source.{part}licence", "proprietary")
    with pytest.raises(UserError, match=rf"6 may not be trained on \({named} under proprietary\)$"):
        learned(closed)
    said = built(tmp_path / "said", *free, f"--no-source.{part}may-redistribute")
    with pytest.raises(UserError, match=rf"\({named} declared may_redistribute false under CC-BY-4.0\)$"):
        export_main(Config(dataset=said, out=str(tmp_path / "passed"), form="open_clip"))
    assert len(learned(said)) == 6


def test_licences_that_nobody_knows_and_declarations_against_one_are_said(tmp_path: Path) -> None:
    given = ["--source.licence", "MINE", "--source.texts-licence", "proprietary", "--source.texts-may-train"]
    config = commandline.parse(BUILD, ["verify", "--out", "o", *options(tmp_path), *given], prog="jobs.build")
    assert rights_notes(config.source.card) == [
        "'MINE' of the pixels is no licence that is known here; say by --source.may-train whether it allows it",
        "'MINE' of the pixels is no licence that is known here; say by --source.may-redistribute whether it allows it",
        "proprietary of the texts forbids what --source.texts-may-train says, which stands for the texts alone",
    ]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (
            ["narrator", "--source.images", "i", "--narrator.checkpoint", "c"],
            "images without annotations have no rights of these",
        ),
        (
            ["scenes", "--source.scenes", "s"],
            "annotations_licence and its like are said of annotations; give annotations or masks",
        ),
    ],
)
def test_rights_of_what_is_not_there_are_refused(argv: list[str], words: str) -> None:
    with pytest.raises(UserError, match=words):
        commandline.parse(BUILD, [*argv, "--out", "o", "--source.annotations-licence", "MIT"], prog="jobs.build")
