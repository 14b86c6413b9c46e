import json
import os
import random
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from sartext.evaluate import java
from sartext.evaluate.captions import METRICS, CaptionScores, caption_scores, caption_scores_of
from sartext.evaluate.java_metrics import missing_spice_jars, package

pytestmark = pytest.mark.long

needs_java = pytest.mark.skipif(java.find() is None, reason="no java")
NAMES = dict(zip(METRICS, ("Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "METEOR", "ROUGE_L", "CIDEr", "SPICE"), strict=True))

# COCOEvalCap, run on files in COCO's format. SPICE would download its jars where they are not there, and is left out then.
PROGRAM = """
import json, sys
from pycocotools.coco import COCO
from pycocoevalcap import eval as evaluation
class NoSpice:
    def method(self): return "none"
    def compute_score(self, gts, res): return 0.0, [0.0] * len(gts)
if sys.argv[3] == "without":
    evaluation.Spice = NoSpice
truth = COCO(sys.argv[1])
scoring = evaluation.COCOEvalCap(truth, truth.loadRes(sys.argv[2]))
scoring.evaluate()
json.dump({name: float(value) for name, value in scoring.eval.items()}, open(sys.argv[4], "w"))
"""


def captions(count: int, seed: int) -> tuple[list[str], list[list[str]]]:
    """Captions of some variety, with punctuation, numbers, capitals, other alphabets and empty candidates."""
    draw = random.Random(seed)
    things = ("ships", "a ship", "Two tankers", "storage tanks", "an aircraft", "17 cars", "no bridges", "a harbour (cut)")
    places = (
        "in the upper left",
        "at the center",
        "along the coast, near the pier",
        "in the U.S.",
        "in Köln's port",
        "-- far off",
    )
    ends = (".", "", "!", "; it can't be told.", ' of the "SAR" image.')

    def one() -> str:
        return f"{draw.choice(things)} {draw.choice(places)}{draw.choice(ends)}"

    references = [[one() for _ in range(draw.choice((1, 2, 5)))] for _ in range(count)]
    candidates = [draw.choice((one(), texts[0], texts[-1].upper(), f"{one()} {one()}")) for texts in references]
    candidates[2], candidates[-1] = "", "..."
    return candidates, references


def coco_scores(candidates: list[str], references: list[list[str]], folder: Path) -> dict[str, float]:
    """What COCOEvalCap says, run from a copy of its package, because it writes beside its jars."""
    for path in package().rglob("*"):
        copy = folder / "packages" / "pycocoevalcap" / path.relative_to(package())
        if path.is_file() and path.suffix != ".pyc":
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.symlink_to(path)
    notes = [{"image_id": at, "id": 0, "caption": text} for at, texts in enumerate(references) for text in texts]
    notes = [note | {"id": at} for at, note in enumerate(notes, 1)]
    images = [{"id": at} for at in range(len(references))]
    (folder / "truth.json").write_text(json.dumps({"info": {}, "images": images, "annotations": notes, "licenses": []}))
    (folder / "made.json").write_text(json.dumps([{"image_id": at, "caption": text} for at, text in enumerate(candidates)]))
    spice = "without" if missing_spice_jars() else "with"
    subprocess.run(
        [sys.executable, "-c", PROGRAM, "truth.json", "made.json", spice, "scores.json"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "packages")},
        capture_output=True,
        check=True,
    )
    found: dict[str, float] = json.loads((folder / "scores.json").read_text())
    return found


@pytest.fixture(scope="module")
def pairs() -> tuple[list[str], list[list[str]]]:
    return captions(40, 1)


@pytest.fixture(scope="module")
def scores(pairs: tuple[list[str], list[list[str]]]) -> CaptionScores:
    before = {path: path.stat().st_mtime_ns for path in package().rglob("*") if "__pycache__" not in path.parts}
    found = caption_scores(*pairs)
    after = {path: path.stat().st_mtime_ns for path in package().rglob("*") if "__pycache__" not in path.parts}
    assert before == after, "nothing may be written into the installed package"
    assert not [child for child in psutil.Process().children(recursive=True) if "java" in child.name()]
    return found


@needs_java
def test_values_are_those_of_the_coco_evaluation(
    pairs: tuple[list[str], list[list[str]]], scores: CaptionScores, tmp_path: Path
) -> None:
    expected = coco_scores(*pairs, tmp_path)
    for name, value in scores.values.items():
        assert value == pytest.approx(expected[NAMES[name]], abs=1e-6), name
    assert 0 < scores.values["BLEU-4"] < 1
    assert 0 < scores.values["METEOR"] < 1


@needs_java
def test_several_systems_have_the_scores_that_each_has_alone(
    pairs: tuple[list[str], list[list[str]]], scores: CaptionScores
) -> None:
    candidates, references = pairs
    others = candidates[1:] + candidates[:1]
    found = caption_scores_of([others, candidates], references)
    assert found[1] == scores
    assert found[0] == caption_scores(others, references)
    assert found[0].values["CIDEr"] < scores.values["CIDEr"]


@needs_java
def test_each_metric_is_there_or_named_as_missing(scores: CaptionScores) -> None:
    assert sorted([*scores.values, *scores.missing]) == sorted(METRICS)
    assert set(scores.missing) <= {"SPICE"}
    for name in missing_spice_jars():
        assert name in scores.missing["SPICE"]


def test_without_java_all_are_missing_and_captions_are_still_counted(tmp_path: Path) -> None:
    found = caption_scores(["a ship", "a ship", "two  big ships"], [["a ship"]] * 3, program=str(tmp_path / "java"))
    assert found.values == {}
    assert set(found.missing) == set(METRICS)
    assert "needs Java" in found.missing["BLEU-1"]
    assert (found.captions, found.distinct, found.mean_words) == (3, 2, pytest.approx(7 / 3))


def test_a_java_that_fails_is_named_with_its_words(tmp_path: Path) -> None:
    path = tmp_path / "java"
    path.write_text('#!/bin/sh\n[ "$1" = -version ] && exit 0\necho no room for the heap >&2\nexit 1\n')
    path.chmod(0o755)
    found = caption_scores(["a ship"], [["a ship"]], program=str(path))
    assert set(found.missing) == set(METRICS)
    assert "no room for the heap" in found.missing["CIDEr"]


@needs_java
def test_a_meteor_that_fails_takes_only_itself_along(tmp_path: Path) -> None:
    path = tmp_path / "java"
    path.write_text(f'#!/bin/sh\ncase "$*" in *meteor*) echo out of heap >&2; exit 1;; esac\nexec {java.find()} "$@"\n')
    path.chmod(0o755)
    found = caption_scores(["a ship", "a car"], [["a ship"], ["a bus", "a car"]], program=str(path))
    assert "out of heap" in found.missing["METEOR"]
    assert found.values["BLEU-1"] == pytest.approx(1.0)


def test_what_does_not_fit_is_said() -> None:
    with pytest.raises(ValueError, match="2 candidates and 1 lists"):
        caption_scores(["a", "b"], [["a"]])
    with pytest.raises(ValueError, match="0 candidates"):
        caption_scores([], [])
    with pytest.raises(ValueError, match="candidate 1 has no reference"):
        caption_scores(["a", "b"], [["a"], []])
