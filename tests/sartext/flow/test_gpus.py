"""Models lie where Ray put them: two GPUs are declared that are not there, with a stub of the device alone in their place."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ray.train.torch import TorchConfig

from sartext.errors import UserError
from sartext.flow.build.build import build
from sartext.flow.engine.options import Engine, Pool, Workers
from sartext.flow.evaluate.evaluate import evaluate
from sartext.flow.index.index import index
from sartext.flow.predict.generation import GenerationConfig
from sartext.flow.predict.narrator import Narrator
from sartext.flow.serve.limits import Replicas
from sartext.flow.serve.serve import Serving, serve
from sartext.flow.train.train import train
from sartext.flow.train.training import Training
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.towers import Tiny
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.images import Images
from sartext.sources.synthetic import Synthetic
from tests.support.client import free_port
from tests.support.datasets import dataset
from tests.support.stub_gpu import declared, placed
from tests.support.trainings import stages_of, trained

pytestmark = pytest.mark.long

SMALL = Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1)


@dataclass(frozen=True)
class Made:
    """Datasets and trainings, and where workers note what they were allotted."""

    optical: str
    sar: str
    clip: str
    coca: str
    notes: Path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("gpus")
    optical = dataset(Synthetic(tiles=20, size_px=32, seed=1, twin=False), (A2C(), Verify()), str(folder / "optical"))
    sar = dataset(Synthetic(tiles=60, size_px=32, twin=False, shard_tiles=10), (A2C(), Verify()), str(folder / "sar"))
    clip = trained(CLIP(towers=SMALL), optical, sar, str(folder / "clip"))
    coca = trained(CoCa(towers=SMALL), optical, sar, str(folder / "coca"))
    notes = folder / "notes"
    notes.mkdir()
    with declared(notes, cpus=8, gpus=2):
        yield Made(optical, sar, clip, coca, notes)


def training_of(made: Made) -> Training:
    """A CLIP, an epoch of each dataset."""
    return Training(
        objective=CLIP(towers=SMALL),
        stages=stages_of(made.optical, made.sar),
        batch_size=16,
        checkpoint_every_steps=100,
    )


def placed_rightly(notes: Path, gpus: bool) -> None:
    """Every process that placed a model did so on a GPU of its own, or none did; the second may find no work left."""
    on, elsewhere = placed(notes)
    assert on + [""] * elsewhere
    assert set(on) <= {"0", "1"}
    assert len(on) == len(set(on))
    assert not (elsewhere if gpus else on)


@pytest.mark.parametrize("gpus", [True, False])
def test_narration_evaluation_and_an_index_use_the_gpus_that_are_allotted(made: Made, tmp_path: Path, gpus: bool) -> None:
    narrator = Narrator(checkpoint=made.coca, max_tokens=6)
    source = Synthetic(tiles=40, size_px=32, twin=False, shard_tiles=4, seed=5)
    built = build(source, (narrator,), out=str(tmp_path / "tiles"), engine=Engine(actors=2, cpus=8, gpus=gpus))
    assert [shard["rows"] for shard in built.manifest["shards"]] == [4] * 10
    placed_rightly(made.notes, gpus)
    pool = Pool(actors=2, cpus=8, gpus=gpus)
    index(made.clip, made.sar, out=str(tmp_path / "index"), pool=pool)
    placed_rightly(made.notes, gpus)
    evaluate(
        [made.coca, made.clip],
        made.sar,
        out=str(tmp_path / "report"),
        split="all",
        saying=GenerationConfig(caption_tokens=6),
        pool=pool,
    )
    placed_rightly(made.notes, gpus)


def test_two_actors_share_a_gpu_and_a_third_half_is_not_there_for_five(made: Made, tmp_path: Path) -> None:
    index(made.clip, made.sar, out=str(tmp_path / "index"), pool=Pool(actors=2, cpus=8, gpus=0.5))
    on, elsewhere = placed(made.notes)
    assert (len(set(on)), elsewhere) == (1, 0)
    source, narrator = Synthetic(tiles=8, size_px=32, twin=False), Narrator(checkpoint=made.coca)
    with pytest.raises(UserError, match=r"5 actors need 2\.5 GPUs and Ray has 2; lower --engine\.actors"):
        build(source, (narrator,), out=str(tmp_path / "out"), engine=Engine(actors=5, cpus=8, gpus=0.5))


def test_shards_of_several_sizes_stay_whole_on_gpus(made: Made, tmp_path: Path) -> None:
    narrator = Narrator(checkpoint=made.coca, max_tokens=6)
    source = Synthetic(tiles=23, size_px=32, twin=False, shard_tiles=5)
    built = build(source, (narrator,), out=str(tmp_path / "out"), engine=Engine(actors=1, cpus=8, gpus=True))
    assert [shard["rows"] for shard in built.manifest["shards"]] == [5, 5, 5, 5, 3]
    on, elsewhere = placed(made.notes)
    assert (len(on), elsewhere) == (1, 0)  # which of the two it is, is Ray's to say


@pytest.mark.parametrize(("gpus", "on"), [(True, ["0", "1"]), (False, [])])
def test_workers_of_a_training_use_the_gpus_that_are_allotted(
    made: Made, tmp_path: Path, gpus: bool, on: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # NCCL needs the real device; what it would carry goes through gloo.
    monkeypatch.setattr("sartext.flow.train.workers._backend", lambda gpus: TorchConfig(backend="gloo"))  # noqa: ARG005
    train(training_of(made), str(tmp_path / "out"), workers=Workers(workers=2, gpus=gpus))
    assert placed(made.notes) == (on, 2 - len(on))


@pytest.mark.parametrize(("gpus", "on"), [(True, ["0", "1"]), (False, [])])
def test_replicas_use_the_gpus_that_are_allotted(made: Made, gpus: bool, on: list[str]) -> None:
    up = threading.Event()

    def until() -> bool:
        up.set()
        return True

    replicas = Replicas(gpus=gpus, most=1)
    serve(Serving(clip=made.clip, coca=made.coca, port=free_port(), replicas=replicas), until=until)
    assert up.is_set()
    assert placed(made.notes) == (on, 2 - len(on))


def test_gpus_that_are_not_there_are_said_before_anything_waits(made: Made, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"3 actors need 3 GPUs and Ray has 2; lower --pool\.actors"):
        index(made.clip, made.sar, out=str(tmp_path / "index"), pool=Pool(actors=3, cpus=8, gpus=True))
    source, narrator = Images(images=str(tmp_path)), Narrator(checkpoint=made.coca)
    with pytest.raises(UserError, match=r"engine\.actors is 0, and narrator asks a model"):
        build(source, (narrator,), out=str(tmp_path / "out"))
    source = Synthetic(tiles=8, size_px=32, twin=False)
    with pytest.raises(UserError, match=r"3 actors need 3 GPUs and Ray has 2; lower --engine\.actors"):
        build(source, (narrator,), out=str(tmp_path / "out"), engine=Engine(actors=3, cpus=8, gpus=True))
    with pytest.raises(UserError, match=r"3 workers need 3 GPUs and Ray has 2; lower --workers\.workers"):
        train(training_of(made), str(tmp_path / "clip"), workers=Workers(workers=3, gpus=True))
