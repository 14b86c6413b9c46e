"""Evaluation of three tiny trainings, from what their models say to the report."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from sartext.artifact import open_artifact
from sartext.errors import OutputError, UserError
from sartext.evaluate.retrieval import DEPTHS
from sartext.flow.engine.options import Pool
from sartext.flow.evaluate import evaluate as evaluation
from sartext.flow.evaluate.evaluate import Evaluated, Subject, evaluate
from sartext.flow.predict.generation import GenerationConfig
from sartext.flow.predict.held_out import held_out, questions_of
from sartext.flow.predict.predictions import predictions
from sartext.flow.predict.tile_rows import texts_of
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.gpt import GPT
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Tiny
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.optical_archive import OpticalArchive
from sartext.sources.synthetic import Synthetic
from sartext.store import open_store
from sartext.tile import Caption, Tile
from tests.support.datasets import dataset
from tests.support.trainings import trained

pytestmark = pytest.mark.long

TOWERS = Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1)
SAYING = GenerationConfig(caption_tokens=24, answer_tokens=4)
MODELS = ["baseline", "optical-only", "progressive"]


@dataclass(frozen=True)
class Made:
    sar: str
    bare: str  # without captions and questions
    clip: str
    coca: str
    gpt: str

    @property
    def checkpoints(self) -> list[str]:
        return [self.gpt, self.clip, self.coca]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("evaluate")
    optical = dataset(OpticalArchive(tiles=20, size_px=32), (Verify(), Questions()), str(folder / "optical"))
    source = Synthetic(tiles=150, size_px=32, twin=False, shard_tiles=50)
    sar = dataset(source, (A2C(), Verify(), Questions()), str(folder / "sar"))
    bare = dataset(Synthetic(tiles=60, size_px=32, twin=False), (), str(folder / "bare"))
    language = TinyQwen(image_size_px=32, heads=1, image_layers=1, text_layers=1)
    return Made(
        sar,
        bare,
        trained(CLIP(towers=TOWERS), optical, sar, str(folder / "clip")),
        trained(CoCa(towers=TOWERS), optical, sar, str(folder / "coca")),
        trained(GPT(language=language), optical, sar, str(folder / "gpt")),
    )


@dataclass(frozen=True)
class Described:
    """Captions without a form, as people write them, and one of a model."""

    human: int
    name: str = "described"
    revision: int = 1

    def apply(self, tile: Tile) -> Tile:
        human = [Caption(text=f"{tile.key} as seen by {number}.", route="human") for number in range(self.human)]
        return replace(tile, captions=(*human, Caption(text=f"{tile.key} by a model.", route="narrator", model="m")))


@pytest.fixture(scope="module")
def ray() -> Iterator[None]:
    from sartext.flow.engine.session import session

    with session(Pool(cpus=2)):
        yield


@pytest.fixture(scope="module")
def done(made: Made, ray: None, tmp_path_factory: pytest.TempPathFactory) -> Evaluated:  # noqa: ARG001
    out = str(tmp_path_factory.mktemp("report") / "out")
    return evaluate(made.checkpoints, made.sar, out=out, saying=SAYING)


def test_every_model_of_every_training_is_measured(made: Made, done: Evaluated) -> None:
    held = held_out(made.sar, "test", None)
    trainings = done.report["trainings"]
    assert sorted(trainings) == ["clip", "coca", "gpt"]
    for name, measured in (
        ("clip", {"retrieval", "search"}),
        ("coca", {"retrieval", "search", "captions", "facts"}),
        ("gpt", {"vqa"}),
    ):
        assert trainings[name]["order"] == MODELS
        assert all(set(trainings[name]["models"][model]) == measured for model in MODELS)
    search = trainings["clip"]["search"]
    assert search["oracle"]["first_hit"] == 1
    for measure in ("first_hit", "precision"):
        assert 0 < search["chance"][measure] < search["oracle"][measure] <= 1
        assert all(0 <= trainings["clip"]["models"][model]["search"][measure] <= 1 for model in MODELS)
    assert "clip: search by meaning" in (Path(done.uri) / "REPORT.md").read_text()
    captioned = [tile for tile in held.tiles if texts_of(tile.captions)]
    recalls = trainings["clip"]["models"]["progressive"]["retrieval"]
    texts = [text for tile in captioned for text in texts_of(tile.captions)]
    assert (recalls["images"], recalls["texts"], recalls["distinct_texts"]) == (len(captioned), len(texts), len(set(texts)))
    asked = [question for tile in held.tiles for question in questions_of(tile)]
    answers = trainings["gpt"]["models"]["progressive"]["vqa"]
    assert answers["overall"]["questions"] == len(asked) == done.report["dataset"]["questions"]
    assert {kind: one["majority_from"] for kind, one in answers["by_kind"].items()} == dict.fromkeys(
        {question.kind for question in asked}, "training"
    )


def test_the_models_of_a_progressive_training_alone_are_called_so() -> None:
    def called(*stages: str) -> list[str]:
        return Subject("there", "clip", frozenset(), "x", stages).called()

    assert called("baseline", "optical", "sar") == MODELS
    assert called("baseline", "sar") == ["baseline", "sar"]
    assert called("baseline", "distilled", "sar") == ["baseline", "distilled", "sar"]


@pytest.mark.usefixtures("ray")
def test_every_caption_of_an_image_is_asked_and_those_of_a_model_only_where_they_count(made: Made, tmp_path: Path) -> None:
    source = Synthetic(tiles=60, size_px=32, twin=False)
    five = dataset(source, (Described(5),), str(tmp_path / "five"))
    for counted, texts in ((False, 5), (True, 6)):
        out = str(tmp_path / f"out-{counted}")
        found = evaluate([made.clip], five, out=out, limit=4, narrator_captions=counted)
        assert found.report["dataset"]["narrator_captions"] == {"counted": counted, "captions": 4}
        assert found.manifest["config"]["narrator_captions"] is counted
        recalls = found.report["trainings"]["clip"]["models"]["progressive"]["retrieval"]
        assert (recalls["images"], recalls["texts"], recalls["distinct_texts"]) == (4, 4 * texts, 4 * texts)
        # No annotation bears out such texts: what they find is neither right nor wrong.
        assert found.report["trainings"]["clip"]["models"]["progressive"]["search"]["first_hit"] is None
        said = predictions(open_store(out), "clip/progressive", 1)
        assert [len(row["texts"]) for row in said] == [texts] * 4
        told = "count" if counted else "are left out"
        assert f"4 captions of the route narrator {told}. Trainings:" in (Path(out) / "REPORT.md").read_text()
    with pytest.raises(OutputError, match="narrator_captions was True, is False"):
        evaluate([made.clip], five, out=str(tmp_path / "out-True"), limit=4)
    alone = dataset(source, (Described(0),), str(tmp_path / "alone"))
    with pytest.raises(UserError, match=r"captions of the route narrator alone in the 4 tiles .* give --narrator-captions"):
        evaluate([made.clip], alone, out=str(tmp_path / "none"), limit=4)
    assert not (tmp_path / "none" / "plan.json").exists()
    found = evaluate([made.clip], alone, out=str(tmp_path / "none"), limit=4, narrator_captions=True)
    assert found.report["trainings"]["clip"]["models"]["baseline"]["retrieval"]["texts"] == 4


def test_recall_is_that_of_the_features_that_were_written(made: Made, done: Evaluated) -> None:
    held = held_out(made.sar, "test", None)
    rows = predictions(open_store(done.uri), "clip/progressive", len(held.parts))
    assert [row["key"] for row in rows] == [tile.key for tile in held.tiles]
    pairs = [(at, np.array(text)) for at, row in enumerate(rows) for text in row["texts"]]
    images = np.array([row["image"] for row in rows])
    ranks = [int(np.sum(similar > similar[at])) for at, similar in ((at, images @ text) for at, text in pairs)]
    found = done.report["trainings"]["clip"]["models"]["progressive"]["retrieval"]["exact_pair"]["text_to_image"]
    for depth, share in zip(DEPTHS, found, strict=True):
        assert share == pytest.approx(np.mean([rank < depth for rank in ranks]), abs=1e-3)


def test_the_report_is_whole_and_says_where_it_comes_from(made: Made, done: Evaluated) -> None:
    out = Path(done.uri)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["kind"] == "evaluation"
    assert manifest["parents"][0] == open_artifact(made.sar).fingerprint
    assert set(manifest["parents"][1:]) == {
        json.loads((Path(one) / "manifest.json").read_text())["fingerprint"] for one in made.checkpoints
    }
    for path, digest in manifest["files"].items():
        assert hashlib.sha256((out / path).read_bytes()).hexdigest() == digest
    assert {"report.json", "REPORT.md", "report.html", "figures/retrieval.png", "figures/answers.png"} <= set(manifest["files"])
    assert json.loads((out / "report.json").read_text()) == done.report
    assert "mean recall" in done.summary()
    assert made.sar not in (out / "report.json").read_text() + (out / "report.html").read_text()


def test_a_rerun_asks_nothing_again_and_gives_the_same_bytes(
    made: Made, done: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Path(done.uri)
    before = (out / "report.json").read_bytes()
    pieces = {path: path.stat().st_mtime_ns for path in (out / "predictions").rglob("*.parquet")}
    assert len(pieces) == 18
    again = list(reversed(made.checkpoints))
    with monkeypatch.context() as patch:
        patch.setattr(evaluation, "held_out", lambda *_: pytest.fail("a finished evaluation reads no dataset"))
        assert evaluate(again, made.sar, out=done.uri, saying=SAYING).report == done.report
    (out / "manifest.json").unlink()
    (out / "report.json").unlink()
    evaluate(again, made.sar, out=done.uri, saying=SAYING)
    assert (out / "report.json").read_bytes() == before
    assert {path: path.stat().st_mtime_ns for path in pieces} == pieces


def test_another_evaluation_at_the_same_place_is_refused(made: Made, done: Evaluated) -> None:
    with pytest.raises(OutputError, match="split was 'test', is 'val'"):
        evaluate(made.checkpoints, made.sar, out=done.uri, split="val", saying=SAYING)
    with pytest.raises(OutputError, match=r"trainings\.clip"):
        evaluate([made.gpt, made.coca], made.sar, out=done.uri, saying=SAYING)


def test_what_cannot_be_evaluated_is_said(made: Made, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    with pytest.raises(UserError, match="no finished training"):
        evaluate([str(tmp_path)], made.sar, out=out)
    with pytest.raises(UserError, match="holds a finished dataset and no training"):
        evaluate([made.sar], made.sar, out=out)
    with pytest.raises(UserError, match="hold the same training; give it once"):
        evaluate([made.clip, made.clip], made.sar, out=out)
    with pytest.raises(UserError, match="no checkpoints"):
        evaluate([], made.sar, out=out)
    with pytest.raises(UserError, match="no captions in the"):
        evaluate([made.clip], made.bare, out=out)
    with pytest.raises(UserError, match="no questions whose answers can be compared in the 6 tiles"):
        evaluate([made.gpt], made.bare, out=out)
    with pytest.raises(UserError, match=r"no tile of the split 'tes'; it has test \(\d+ tiles\), train"):
        evaluate([made.clip], made.sar, out=out, split="tes")
    with pytest.raises(UserError, match="limit is 0"):
        evaluate([made.clip], made.sar, out=out, limit=0)
    assert not (tmp_path / "out" / "plan.json").exists()  # so the right options can still go there
