"""Several datasets into one, through Ray: what is selected, what is left out and why, and that it is the same again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from jobs.curate import Config, main
from sartext.artifact import Artifact, open_artifact
from sartext.errors import OutputError, UserError
from sartext.flow import commandline
from sartext.flow.curate.facts import classes_told
from sartext.flow.predict.model import Model
from sartext.flow.predict.trained import model_folder
from sartext.models.clip import CLIP
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.row_groups import read_table
from sartext.sources.source import Shard
from sartext.sources.synthetic import Synthetic
from sartext.tile import Reject, Tile
from tests.support.datasets import dataset
from tests.support.models import TOWERS
from tests.support.permitted import NARRATION, Narrates, Restricted
from tests.support.selected_sets import three_sets, tiles_of
from tests.support.trainings import trained
from tests.support.wrapped import Wrapped

pytestmark = pytest.mark.usefixtures("ray_here")
Sets = tuple[str, str, str]


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Sets:
    return three_sets(tmp_path_factory.mktemp("sets"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A training on tiles that are in none of the sets."""
    folder = tmp_path_factory.mktemp("model")
    other = dataset(Synthetic(tiles=8, seed=7, size_px=32, twin=False), (A2C(),), str(folder / "other"))
    return trained(CLIP(towers=TOWERS), other, other, str(folder / "out"))


@dataclass(frozen=True, kw_only=True)
class Published(Wrapped):
    """The archive's tiles, two of a scene, one of them in train and one in test, as if a source had said so."""

    def read(self, shard: Shard) -> Iterator[Tile | Reject]:
        for number, tile in enumerate(self.of.read(shard)):
            assert isinstance(tile, Tile)
            yield replace(tile, scene=f"p{number // 2}", split=("train", "test")[number % 2], split_by="source")


def curated(sets: tuple[str, ...], out: Path, *options: str) -> Artifact:
    return main(commandline.parse(Config, ["--datasets", *sets, "--out", str(out), *options], prog="jobs.curate"))


def files(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def test_three_kinds_of_sets_become_one_and_nothing_vanishes_without_a_word(sets: Sets, tmp_path: Path) -> None:
    made = curated(sets, tmp_path / "out")
    given = [tile for one in sets for tile in tiles_of(one)]
    kept = {tile.key: tile for tile in tiles_of(made.uri)}
    refused = {row["key"]: row for table in made.rejects() for row in table.to_pylist()}
    assert kept.keys() | refused.keys() == {tile.key for tile in given}
    assert len(kept) + len(refused) == len(given)
    same = {key: row for key, row in refused.items() if row["reason"] == "same_pixels"}
    first = tiles_of(sets[0])
    assert {row["detail"] for row in same.values()} == {f"as {first[0].key}", f"as {first[1].key}"}
    assert {key.split("/")[0] for key in same} == {"boxes", "texts"}
    assert {tile.source for tile in kept.values()} == {"synthetic", "boxes", "texts"}
    for before in given:
        if before.key in kept:
            after = kept[before.key]
            assert (after.image, after.captions, after.boxes) == (before.image, before.captions, before.boxes)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["parents"] == [open_artifact(one).fingerprint for one in sets]
    assert manifest["selected"]["tiles_left_out"] == {"same_pixels": 2}
    assert "same_pixels" in made.summary()
    assert "same pixels" in (tmp_path / "out" / "report.html").read_text()
    table = read_table(made.store, "tables/duplicates/00003.parquet").to_pylist()
    assert [(row["key"], row["like"], row["reason"]) for row in table] == [("boxes/same/0_0", first[0].key, "same_pixels")]
    assert not list(tmp_path.glob("out/facts/*")) + list(tmp_path.glob("out/decided/*"))


def test_the_same_bytes_for_any_number_of_workers_and_after_it_was_cut_off(sets: Sets, tmp_path: Path) -> None:
    options = ("--most-same-text", "2", "--most-of-class", "0.5", "--most-narrator", "0.3")
    one = curated(sets, tmp_path / "one", *options)
    again = files(tmp_path / "one")
    assert curated(sets, tmp_path / "one", *options).manifest == one.manifest
    assert files(tmp_path / "one") == again
    curated(sets, tmp_path / "two", *options, "--pool.actors", "2")
    assert files(tmp_path / "two") == again
    for path in ("manifest.json", "records/00001.json", "report.html"):
        (tmp_path / "two" / path).unlink()
    curated(sets, tmp_path / "two", *options)
    assert files(tmp_path / "two") == again
    with pytest.raises(OutputError, match="most_same_text was 2, is 3"):
        curated(sets, tmp_path / "one", *options, "--most-same-text", "3")


def test_scores_and_near_duplicates_by_a_model(sets: Sets, model: str, tmp_path: Path) -> None:
    made = curated(sets, tmp_path / "out", "--clip", model, "--score-quantile", "0.25")
    kept = {tile.key: tile for tile in tiles_of(made.uri)}
    scores = [row for path in made.manifest["tables"]["scores"] for row in read_table(made.store, path).to_pylist()]
    assert {row["key"] for row in scores} == {key for key, tile in kept.items() if tile.captions}
    low = [row for row in scores if kept[row["key"]].captions[row["caption"]].reason == "curate: low score"]
    high = [row for row in scores if kept[row["key"]].captions[row["caption"]].kept]
    assert len(low) + made.manifest["selected"]["tiles_left_out"].get("no_caption_left", 0) > 0
    assert max((row["score"] for row in low), default=-1) < min(row["score"] for row in high)
    assert all(-1 <= row["score"] <= 1 for row in scores)
    near = curated(sets, tmp_path / "near", "--clip", model, "--near", "0.5")
    refused = {row["key"]: row for table in near.rejects() for row in table.to_pylist() if row["reason"] == "near_duplicate"}
    assert refused
    assert all(float(row["detail"].rpartition(" ")[2]) >= 0.5 for row in refused.values())


def test_a_model_that_learned_from_the_captions_may_not_score_them(sets: Sets, model: str, tmp_path: Path) -> None:
    learned = trained(CLIP(towers=TOWERS), sets[0], sets[0], str(tmp_path / "learned"))
    with pytest.raises(UserError, match="was trained on captions of these datasets"):
        curated(sets, tmp_path / "out", "--clip", learned)
    child = curated(sets[:2], tmp_path / "child")
    with pytest.raises(UserError, match="was trained on captions of these datasets"):
        curated((child.uri,), tmp_path / "out", "--clip", learned)
    of_child = trained(CLIP(towers=TOWERS), child.uri, child.uri, str(tmp_path / "of_child"))
    with pytest.raises(UserError, match="was trained on captions of these datasets"):
        curated(sets, tmp_path / "out", "--clip", of_child)
    with pytest.raises(UserError, match="near and score_quantile ask a model"):
        curated(sets, tmp_path / "out", "--near", "0.9")
    with pytest.raises(UserError, match="1 models and 2 halves"):
        curated(sets, tmp_path / "out", "--clip", model, "--halves", *sets[:2])


def test_two_models_score_the_half_that_the_other_learned_from(sets: Sets, tmp_path: Path) -> None:
    halves, models = [], []
    for half in ("0", "1"):
        part = curated(sets[:1], tmp_path / f"half{half}", "--half", half)
        halves.append(part.uri)
        models.append(trained(CLIP(towers=TOWERS, seed=int(half)), part.uri, part.uri, str(tmp_path / f"model{half}")))
    keys = [{tile.key for tile in tiles_of(one)} for one in halves]
    assert keys[0] | keys[1] == {tile.key for tile in tiles_of(sets[0])}
    assert not keys[0] & keys[1]
    made = curated(sets[:1], tmp_path / "out", "--clip", *models, "--halves", *halves)
    crossed = {row["key"]: row["score"] for path in made.manifest["tables"]["scores"]
               for row in read_table(made.store, path).to_pylist() if row["caption"] == 0}  # fmt: skip
    assert crossed.keys() == keys[0] | keys[1]
    for half, key in ((0, min(keys[0])), (1, min(keys[1]))):
        plain = Model(model_folder(models[1 - half]))  # which never saw this tile
        tile = next(one for one in tiles_of(sets[0]) if one.key == key)
        image = plain.embed_images([plain.tensor(tile.image.bytes or b"")])[0]
        assert crossed[key] == pytest.approx(float(plain.embed_texts([tile.captions[0].text])[0] @ image), abs=1e-5)
    with pytest.raises(UserError, match="was not trained on"):
        curated(sets[:1], tmp_path / "out2", "--clip", *models[::-1], "--halves", *halves)
    with pytest.raises(UserError, match="is not half 0 of these datasets"):
        curated(sets[:1], tmp_path / "out2", "--clip", *models, "--halves", *halves[::-1])


def test_rights_and_takedown_and_the_narrators_share(tmp_path: Path) -> None:
    source = Restricted(of=Synthetic(tiles=40, size_px=32, twin=False), may_train=(True, False))
    uri = dataset(source, (A2C(), Verify(), Narrates()), str(tmp_path / "tiles"))
    given = tiles_of(uri)
    scene = given[0].scene
    made = curated((uri,), tmp_path / "out", "--most-narrator", "0.2", "--take-down", f"scene={scene}", "reason=a law")
    refused = {row["key"]: row for table in made.rejects() for row in table.to_pylist()}
    barred = {tile.key for tile in given if tile.split == "train" and tile.origin.may_train is False and tile.scene != scene}
    assert {key for key, row in refused.items() if row["reason"] == "rights"} == barred
    assert {row["detail"] for row in refused.values() if row["reason"] == "taken_down"} == {"a law"}
    captions = [one for tile in tiles_of(made.uri) for one in tile.captions]
    narrated = [one for one in captions if one.text == NARRATION and one.kept]
    left = [one for one in captions if one.reason == "curate: narrator share"]
    assert 0 < len(narrated) <= 0.2 * sum(one.kept for one in captions) < len(narrated) + 1
    assert len(narrated) + len(left) == len(tiles_of(made.uri))
    with pytest.raises(UserError, match="no tile is selected"):
        curated((uri,), tmp_path / "none", "--routes", "twin")
    with pytest.raises(UserError, match="names 'sceen'; it may name key, source, scene, licence"):
        curated((uri,), tmp_path / "none", "--take-down", "sceen=a")


def test_published_splits_stay_and_the_places_that_they_cut_are_counted(tmp_path: Path) -> None:
    uri = dataset(Published(of=Synthetic(tiles=8, size_px=32, twin=False)), (A2C(),), str(tmp_path / "tiles"))
    other = dataset(Synthetic(tiles=4, seed=3, size_px=32, twin=False), (A2C(),), str(tmp_path / "other"))
    made = curated((uri, other), tmp_path / "out")
    given = {tile.key: (tile.split, tile.split_by) for one in (uri, other) for tile in tiles_of(one)}
    assert {tile.key: (tile.split, tile.split_by) for tile in tiles_of(made.uri)} == given
    assert made.counts["places_in_several_splits"] == {"train and test": 4}
    assert "with places on both sides: 4 in train and test" in made.summary()


def test_a_training_from_a_selection(sets: Sets, tmp_path: Path) -> None:
    made = curated(sets, tmp_path / "out")
    out = trained(CLIP(towers=TOWERS), made.uri, made.uri, str(tmp_path / "model"))
    manifest = json.loads((Path(out) / "manifest.json").read_text())
    assert set(manifest["parents"]) == {made.fingerprint}
    assert set(manifest["ancestors"]) == set(made.manifest["parents"])
    assert manifest["steps"] >= 2


def test_of_tiles_without_annotations_classes_are_those_that_captions_tell_of() -> None:
    assert classes_told(["Two ships in a harbor.", "No bridge can be seen."]) == {"ship", "harbor"}
    assert classes_told([]) == set()


def test_a_takedown_that_means_no_tile_is_said(sets: Sets, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    curated(sets, tmp_path / "out", "--take-down", "scene=nobody", "reason=a letter")
    assert "the takedown means no tile of these datasets" in capfd.readouterr().err


def test_captions_of_a_model_alone_are_no_selection_and_the_remedy_is_said(tmp_path: Path) -> None:
    source = Synthetic(tiles=6, size_px=48, twin=False)
    narrated = dataset(source, (Narrates(),), str(tmp_path / "narrated"))
    with pytest.raises(UserError, match=r"narrator_share 6\); give --most-narrator 1"):
        curated((narrated,), tmp_path / "out")
