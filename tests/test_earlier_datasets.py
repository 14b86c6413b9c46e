"""A dataset of an earlier schema version goes through every job that reads datasets."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sartext.artifact import open_artifact
from sartext.flow.audit.descriptors import DescriptorWorker, TileDescriptors
from sartext.flow.build.pages.survey import surveyed, tiles_at
from sartext.flow.engine.options import Pool
from sartext.flow.evaluate.evaluate import evaluate
from sartext.flow.export.export import export
from sartext.flow.predict.held_out import held_out
from sartext.flow.predict.search import Gallery
from sartext.flow.train.examples.dataset import CaptionDataset
from sartext.models.clip import CLIP
from sartext.models.towers import Tiny
from sartext.store import open_store
from sartext.tile import from_table
from tests.support.indexed import index_of
from tests.support.stored_dataset import stored_dataset
from tests.support.trainings import trained

SMALL = CLIP(towers=Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1))
TILES, TRAIN, TEST = 12, 8, 3


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> str:
    return stored_dataset(tmp_path_factory.mktemp("old") / "tiles")


@pytest.fixture(scope="module")
def training(old: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Both stages on the old dataset, a step each."""
    return trained(SMALL, old, old, str(tmp_path_factory.mktemp("training") / "clip"))


@pytest.fixture
def ray() -> Iterator[None]:
    from sartext.flow.engine.session import session

    with session(Pool(cpus=2)):
        yield


def test_it_is_opened_and_counted(old: str) -> None:
    artifact = open_artifact(old)
    assert artifact.manifest["schema_version"] == 2
    tiles = [tile for table in artifact.tables() for tile in from_table(table)]
    assert (len(tiles), artifact.counts["kept"]) == (TILES, TILES)
    assert all(tile.captions and tile.questions and tile.optical for tile in tiles)
    survey = surveyed(artifact, lambda *_: None)
    assert survey.tiles == TILES
    assert sum(survey.claims.values()) == artifact.counts["captions"]["claims"] > 100
    places = survey.sample(3)
    by_key = {tile.key: tile for tile in tiles}
    assert [by_key[tile.key] for tile in tiles_at(artifact.store, places)] == tiles_at(artifact.store, places)


def test_it_is_learned_from(old: str, training: str) -> None:
    for kind in ("captions", "questions"):
        assert len(CaptionDataset(old, split="train", kind=kind, seed=0, kept_groups=1)) == TRAIN
    assert json.loads((Path(training) / "manifest.json").read_text())["steps"] == 2


def test_it_is_indexed(old: str, training: str, tmp_path: Path) -> None:
    model = Path(training) / "models" / "sar"
    found = index_of(model, old, tmp_path / "index", split="test")
    assert len(Gallery(found)) == TEST


def test_it_is_exported(old: str, tmp_path: Path) -> None:
    for form in ("llava", "open_clip"):
        assert export(old, out=str(tmp_path / form), form=form).images == TILES


def test_it_is_audited(old: str, tmp_path: Path) -> None:
    files = [(old, path) for path in open_artifact(old).paths()]
    for number in range(len(files)):
        DescriptorWorker(files, str(tmp_path))(number)
    assert TileDescriptors(open_store(str(tmp_path)), len(files)).count == TILES


def test_its_held_out_tiles_are_whole_but_for_their_pixels(old: str) -> None:
    held = held_out(old, "test", None)
    assert len(held.tiles) == TEST
    assert all(tile.captions[0].claims[0].boxes == () and tile.optical is None for tile in held.tiles)
    assert all(held.texts(number) for number in range(TEST))
    assert set(held.images([0, 2])) == {0, 2}


@pytest.mark.long
@pytest.mark.usefixtures("ray")
def test_it_is_evaluated(old: str, training: str, tmp_path: Path) -> None:
    done = evaluate([training], old, out=str(tmp_path / "evaluation"))
    recalls = done.report["trainings"]["clip"]["models"]["progressive"]["retrieval"]
    assert recalls["images"] == TEST
