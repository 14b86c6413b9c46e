"""What a quickstart runs, whole and tiny: the configs of its jobs, each complete."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

from jobs import build, evaluate, index, train
from jobs.recipes.build import synthetic, synthetic_optical, with_narrator
from jobs.recipes.train import clip, coca, gpt
from sartext.flow.engine.options import Pool, Workers
from sartext.sources.optical_archive import OpticalArchive
from sartext.sources.source import Source
from sartext.sources.synthetic import Synthetic
from sartext.sources.unlabelled import Unlabelled


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """The jobs of the chain, in which each finds what the ones before it made."""

    optical: build.Config
    sar: build.Config
    unseen: build.Config
    narrated: build.Config
    trainings: dict[str, train.Config]
    evaluation: evaluate.Config
    index: index.Config


def whole(out: str) -> Jobs:
    """Many optical images and 600 SAR images to learn from."""
    epochs = {"clip": (2, 20), "coca": (2, 16), "gpt": (2, 12)}
    return _chain(out, tiles={"optical": 4000, "sar": 750, "unseen": 400, "narrated": 200}, epochs=epochs)


def tiny(out: str) -> Jobs:
    """A hundred images of each kind: to see that everything runs."""
    epochs = {"clip": (1, 1), "coca": (1, 1), "gpt": (1, 1)}
    return _chain(out, tiles={"optical": 120, "sar": 100, "unseen": 60, "narrated": 40}, epochs=epochs)


def _chain(out: str, *, tiles: dict[str, int], epochs: dict[str, tuple[int, int]]) -> Jobs:
    """Every dataset has scenes of its own, by its seed."""

    def archive(name: str, config: build.Config, source: Source) -> build.Config:
        return replace(config, source=source, out=f"{out}/{name}")

    # The trainings run side by side: one thread each keeps two cores busier than two threads of one training. More than two
    # are too many for models of this size.
    workers = Workers(threads=min(2, max(1, (os.cpu_count() or 1) // len(epochs))))

    def training(name: str, config: train.Config) -> train.Config:
        """One of the three, with its stages and places."""
        stages = tuple(replace(stage, epochs=of) for stage, of in zip(config.stages, epochs[name], strict=True))
        return replace(
            config,
            optical=(f"{out}/optical",),
            sar=(f"{out}/sar",),
            out=f"{out}/{name}",
            stages=stages,
            workers=workers,
            checkpoint_every_steps=100,  # a worker that dies takes all three back to their last checkpoints
        )

    trainings = {name: training(name, recipe()) for name, recipe in _TRAININGS.items()}
    unlabelled = Unlabelled(of=Synthetic(tiles=tiles["narrated"], seed=3, twin=False))
    return Jobs(
        optical=archive("optical", synthetic_optical(), OpticalArchive(tiles=tiles["optical"], seed=0)),
        sar=archive("sar", synthetic(), Synthetic(tiles=tiles["sar"], seed=1)),
        unseen=archive("unseen", synthetic(), Synthetic(tiles=tiles["unseen"], seed=2)),
        narrated=replace(with_narrator(unlabelled, f"{out}/coca"), out=f"{out}/narrated"),
        trainings=trainings,
        evaluation=evaluate.Config(
            checkpoints=tuple(one.out for one in trainings.values()),
            dataset=f"{out}/unseen",
            split="all",
            out=f"{out}/evaluation",
            pool=Pool(actors=2),
        ),
        index=index.Config(checkpoint=f"{out}/clip", dataset=f"{out}/unseen", out=f"{out}/index"),
    )


_TRAININGS: dict[str, Callable[[], train.Config]] = {"clip": clip, "coca": coca, "gpt": gpt}
QUICKSTART: dict[str, Callable[[str], Jobs]] = {"whole": whole, "tiny": tiny}
