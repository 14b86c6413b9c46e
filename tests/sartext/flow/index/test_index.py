"""Indexing through Ray, beside the model itself."""

import io
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch
from PIL import Image

from jobs.index import Config, main
from sartext.artifact import open_artifact
from sartext.errors import OutputError, UserError
from sartext.flow import commandline
from sartext.flow.index.indexer import concise
from sartext.flow.predict.index_files import Index, open_index
from sartext.flow.predict.model import Model
from sartext.flow.predict.search import Gallery
from sartext.models.fingerprint import model_fingerprint
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from sartext.tile import SPLITS
from tests.support.datasets import dataset
from tests.support.indexed import index_of
from tests.support.models import clip

pytestmark = pytest.mark.usefixtures("ray_here")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> str:
    source = Synthetic(tiles=60, size_px=48, twin=False, shard_tiles=20)
    return dataset(source, (A2C(), Verify()), str(tmp_path_factory.mktemp("tiles")))


def indexed(model: Path, tiles: str, out: Path, *options: str) -> Index:
    line = ["--checkpoint", str(model), "--dataset", tiles, "--out", str(out), *options]
    return main(commandline.parse(Config, line, prog="jobs.index"))


@pytest.fixture(scope="module")
def whole(model: Path, tiles: str, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """An index as the job makes it."""
    return indexed(model, tiles, tmp_path_factory.mktemp("whole"))


def rows(tiles: str) -> list[dict[str, object]]:
    return pa.concat_tables(open_artifact(tiles).tables()).to_pylist()


def test_what_is_shown_of_a_tile_is_its_first_concise_caption() -> None:
    said = [("coarse", "ships", True), ("concise", "No.", False), ("concise", "Two ships.", True), ("detailed", "Two.", True)]
    captions = [{"form": form, "text": text, "kept": kept} for form, text, kept in said]
    assert concise(captions) == "Two ships."
    assert concise(captions[:1]) == "ships"
    assert concise([]) is None


def test_an_index_holds_the_models_features_of_every_tile(model: Path, tiles: str, whole: Index) -> None:
    assert whole.summary() == f"{whole.uri}: 60 tiles indexed"
    assert [whole.manifest[name] for name in ("model", "dataset")] == [
        model_fingerprint(model),
        open_artifact(tiles).fingerprint,
    ]
    plain, there = Model(model), rows(tiles)
    expected = plain.embed_images([plain.tensor(one["image"]["bytes"]) for one in there])
    gallery = Gallery(open_index(whole.uri))
    for at in (0, 25, 59):
        hits = gallery.search(torch.from_numpy(expected[at]), 60)
        assert hits[0].key == there[at]["key"]
        scores = expected.astype(np.float64) @ expected[at].astype(np.float64)
        assert {hit.key: hit.score for hit in hits} == pytest.approx(
            {one["key"]: score for one, score in zip(there, scores, strict=True)}, abs=1e-5
        )
        assert [hits[0].caption, hits[0].split] == [concise(there[at]["captions"]), there[at]["split"]]
        with Image.open(io.BytesIO(hits[0].thumbnail)) as shown, Image.open(io.BytesIO(there[at]["image"]["bytes"])) as tile:
            difference = np.abs(np.asarray(shown, dtype=float) - np.asarray(tile, dtype=float)).mean()
            assert (shown.format, shown.size, difference < 8) == ("JPEG", tile.size, True)


def test_a_rerun_does_what_is_missing_and_nothing_else(model: Path, tiles: str, whole: Index, tmp_path: Path) -> None:
    shutil.copytree(whole.uri, tmp_path, dirs_exist_ok=True)
    for path in ("manifest.json", "records/00001.json", "features/00001.parquet"):
        (tmp_path / path).unlink()
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("features/*")}
    with pytest.raises(UserError, match="no finished index"):
        open_index(str(tmp_path))
    assert indexed(model, tiles, tmp_path).manifest == whole.manifest
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(list(tmp_path.glob("features/*"))) == 3


def test_one_split_is_indexed_and_another_at_its_place_is_refused(model: Path, tiles: str, tmp_path: Path) -> None:
    index = index_of(model, tiles, tmp_path, split="test")
    keys = {one["key"] for one in rows(tiles) if one["split"] == "test"}
    gallery = Gallery(index)
    assert {hit.key for hit in gallery.search(torch.ones(64), 60)} == keys
    with pytest.raises(OutputError, match="split was 'test', is 'all'"):
        indexed(model, tiles, tmp_path)


def test_another_model_is_refused(model: Path, tiles: str, whole: Index, tmp_path: Path) -> None:
    whole.of(model)
    other = clip(tmp_path / "other", seed=1)
    with pytest.raises(UserError, match="was made by another model"):
        whole.of(other)
    with pytest.raises(OutputError, match="model was"):
        indexed(other, tiles, Path(whole.uri))


def test_what_is_wrong_is_said(model: Path, tiles: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="split is 'tset'"):
        indexed(model, tiles, tmp_path, "--split", "tset")
    with pytest.raises(UserError, match="no finished training"):
        indexed(tmp_path, tiles, tmp_path)
    alone = dataset(Synthetic(tiles=1, size_px=48, twin=False), (A2C(),), str(tmp_path / "alone"))
    absent = next(split for split in SPLITS if split != rows(alone)[0]["split"])
    with pytest.raises(UserError, match=f"has no tile of the split '{absent}'"):
        indexed(model, alone, tmp_path / "out", "--split", absent)
    assert not (tmp_path / "out" / "plan.json").exists()
    with pytest.raises(UserError, match="is a dataset, no index"):
        open_index(tiles)
