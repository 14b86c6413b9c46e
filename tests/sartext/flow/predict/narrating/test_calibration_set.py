"""A calibration set gives thresholds by kind; what the captioner learned from does not count."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from sartext.artifact import open_artifact
from sartext.config import identity
from sartext.errors import UserError
from sartext.evaluate.calibration import KindThreshold
from sartext.flow.predict.narrating.calibration_set import Calibrated, calibrated, check_calibration
from sartext.flow.predict.narrator import Narrator
from sartext.models.objective import ScoredText
from sartext.narrate.verify import Verify
from sartext.report.dataset.acquisition import acquisition
from sartext.report.dataset.survey import MARKS_BESIDE, Survey
from sartext.sources.synthetic import Synthetic
from sartext.tile import SAMPLED, Tile, from_table
from tests.support.datasets import dataset
from tests.support.stand_in_narrator import StandInNarrator

TILES = 700
SOURCE = Synthetic(tiles=TILES, size_px=32, twin=False, pixels=False)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> str:
    return dataset(SOURCE, (StandInNarrator(), Verify()), str(tmp_path_factory.mktemp("labelled") / "set"))


def training(folder: Path, parents: list[str]) -> str:
    """The manifest of a training, as far as it says what was learned from."""
    folder.mkdir()
    manifest = {"models": ["sar"], "losses": {}, "steps": 1, "parents": parents}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return str(folder)


def test_kinds_that_are_right_have_thresholds_and_others_have_none(
    labelled: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = calibrated(labelled, training(tmp_path / "none", []), (), precision=0.9, delta=0.05)
    there = open_artifact(labelled)
    assert made.dataset == there.fingerprint
    assert made.scenes == there.counts["kept"]  # one a scene in the archive
    assert made.left_out == 0
    thresholds = made.thresholds()
    assert thresholds.keys() == {"count", "position"}
    assert thresholds["position"] is None
    assert thresholds["count"] == 0.0
    count = next(one for one in made.kinds if one.kind == "count")
    assert count.claims == made.scenes
    assert 0.9 < count.bound < count.right / count.claims < 1
    told = capsys.readouterr().err
    assert "position is never said" in told
    assert "nothing says what" in told
    assert made.sensors


def test_a_precision_that_so_few_tiles_cannot_show_silences_all(
    labelled: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = calibrated(labelled, training(tmp_path / "none", []), (), precision=0.999, delta=0.05)
    assert set(made.thresholds().values()) == {None}
    assert "no kind reaches it: nothing will be said" in capsys.readouterr().err


def test_samples_are_counted_apart_from_captions(labelled: str) -> None:
    made = open_artifact(labelled)
    tiles = [tile for table in made.tables() for tile in from_table(table)]
    samples = StandInNarrator().samples * len(tiles)
    captions = [one for tile in tiles for one in tile.captions if not (one.reason or "").startswith(SAMPLED)]
    counts = made.counts["captions"]
    assert (counts["samples"], counts["all"]) == (samples, samples + len(captions))
    assert counts["claims"] == sum(len(one.claims) for one in captions)
    kept = sum(one.kept for one in captions)
    assert f"; {kept:,} of {len(captions):,} captions kept, beside {samples:,} samples; " in made.summary()
    survey = Survey()
    for table in made.tables():
        survey.add(table, "")
    marked = Counter(("narrator", "kept" if one.kept else "refused") for one in captions)
    assert survey.captions == marked | Counter({("narrator", MARKS_BESIDE[0]): samples})
    assert sum(number for _, number in survey.refusals.most()) == len(captions) - kept
    assert survey.claims == Counter((claim.kind, claim.verdict) for one in captions for claim in one.claims)
    assert survey.contradicted == sum(
        any(claim.verdict == "contradicted" for one in tile.captions if one.seed is None for claim in one.claims)
        for tile in tiles
    )


def test_scenes_that_the_captioner_learned_from_are_left_out(labelled: str, tmp_path: Path) -> None:
    learned = dataset(replace(SOURCE, tiles=100), (), str(tmp_path / "learned"))
    parents = [open_artifact(learned).fingerprint]
    with pytest.raises(UserError, match=r"1 datasets, of which 1 are not given, as \w{16}; give all by --narrator\.learned"):
        calibrated(labelled, training(tmp_path / "without", parents), (), precision=0.9, delta=0.05)
    made = calibrated(labelled, training(tmp_path / "with", parents), (learned,), precision=0.9, delta=0.05)
    both = {row["key"]: row["split"] for table in open_artifact(learned).tables() for row in table.to_pylist()}
    kept = {key for table in open_artifact(labelled).tables() for key in table["key"].to_pylist()}
    assert made.left_out == sum(split == "train" and key in kept for key, split in both.items()) > 0
    assert made.scenes == len(kept) - made.left_out


def test_a_dataset_of_another_narrator_is_no_calibration(labelled: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no calibration set; make one by a recipe whose name ends in calibration"):
        check_calibration(labelled, Narrator(checkpoint="c", samples=8))
    narrated = Narrator(checkpoint="c", model="m", samples=8)
    manifest = json.loads((Path(labelled) / "manifest.json").read_text())
    rules = [identity(narrated), {"type": "Verify"}]
    other = tmp_path / "other"
    other.mkdir()
    (other / "manifest.json").write_text(json.dumps(manifest | {"config": {"rules": rules}}))
    check_calibration(str(other), narrated)
    rules[0] |= {"precision": 0.9, "calibrated": {"kinds": []}}
    sure_already = tmp_path / "sure"
    sure_already.mkdir()
    (sure_already / "manifest.json").write_text(json.dumps(manifest | {"config": {"rules": rules}}))
    with pytest.raises(UserError, match="was itself narrated at a precision"):
        check_calibration(str(sure_already), narrated)
    with pytest.raises(UserError, match="was narrated with samples 8, not 4; give the same, or another one"):
        check_calibration(str(other), replace(narrated, samples=4))


def sure() -> Calibrated:
    def kind(name: str, threshold: float | None) -> KindThreshold:
        return KindThreshold(kind=name, threshold=threshold, claims=1, right=1, bound=0.0)

    return Calibrated(dataset="d", scenes=1, left_out=0, kinds=(kind("count", 0.6), kind("position", None)), sensors=())


def tile() -> Tile:
    return SOURCE.tile(0)


def test_sentences_below_their_threshold_go_and_the_rest_is_a_caption_of_its_own() -> None:
    narrator = Narrator(checkpoint="c", model="m", samples=2, precision=0.95, calibrated=sure())
    text = "At least one ship is visible. A bridge lies in the lower right of the image."
    drawn = [ScoredText("There is at least one ship.", 0.5), ScoredText("Three ships are visible.", 0.4)]
    made = narrator.answered(tile(), [ScoredText(text, 0.91234), *drawn]).captions
    assert [(one.kept, one.derived_from, one.confidence) for one in made] == [
        (False, None, 0.9123),
        (False, None, 0.5),
        (False, None, 0.4),
        (True, 0, 0.9123),
    ]
    assert made[3].text == "At least one ship is visible."
    assert (made[0].reason or "").startswith("below the asked precision: position is never said")
    assert {one.seed for one in made[1:3]}.isdisjoint({None})
    judged = Verify().apply(replace(tile(), boxes=(), exhaustive=(), regions=(), captions=made)).captions
    assert [one.kept for one in judged] == [False, False, False, True]
    unsure = narrator.answered(tile(), [ScoredText(text, 0.1), ScoredText("A road.", 0.5), ScoredText("A road.", 0.5)]).captions
    assert [one.kept for one in unsure] == [False] * 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"precision": 0.95}, "give --narrator.samples"),
        ({"precision": 0.95, "samples": 8}, "give --narrator.calibration DATASET"),
        ({"precision": 1.0, "samples": 8}, "above 0 and below 1"),
        ({"calibration": "out/set"}, "give --narrator.precision"),
        ({"samples": 8, "beams": 2}, "leave --narrator.beams or --narrator.samples out"),
        ({"temperature": 0.7}, "give --narrator.samples"),
        ({"temperature": 0.7, "samples": 0}, "give --narrator.samples"),
        ({"temperature": float("inf"), "samples": 2}, "above 0, and finite"),
        ({"delta": 0.2, "samples": 8}, "give --narrator.precision"),
        ({"delta": 0, "samples": 8}, "delta is 0; it must be above 0 and below 1"),
        ({"samples": -1}, "at least 0"),
        ({"samples": 1, "temperature": 0.0}, "above 0"),
    ],
)
def test_options_that_ask_for_one_another(options: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        Narrator(checkpoint="c", **options)  # type: ignore[arg-type]


def test_distances_that_are_about_the_same_are_one() -> None:
    assert acquisition("Sentinel-1", "C", 10.0) == acquisition("Sentinel-1", "C", 10.4)
    assert acquisition("Sentinel-1", "C", 10.0) != acquisition("Sentinel-1", "C", 20.0)
    assert acquisition(None, None, None) == "platform unknown, band unknown, distance unknown"
