"""What a quickstart runs, whole and tiny: the configs of its jobs, each complete."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from jobs import build, evaluate, index, train
from jobs.recipes.build import synthetic, synthetic_optical, with_narrator
from jobs.recipes.train import clip_cnn, coca_distilled, gpt
from sartext.config import REQUIRED
from sartext.flow.engine.options import Pool, Workers
from sartext.flow.train.stage import OPTICAL_DATASETS
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
    clip: train.Config
    after_clip: dict[str, train.Config]  # side by side, once the CLIP is there, whose features the CoCa learns
    evaluation: evaluate.Config
    index: index.Config


def whole(out: str) -> Jobs:
    """Many optical images and 600 SAR images to learn from."""
    steps = {"clip": (500, 500), "coca": (300, 300), "gpt": (204, 228)}
    return _chain(out, tiles={"optical": 4000, "sar": 750, "unseen": 400, "narrated": 200}, steps=steps)


def tiny(out: str) -> Jobs:
    """A hundred images of each kind: to see that everything runs."""
    steps = {"clip": (2, 2), "coca": (2, 2), "gpt": (2, 2)}
    return _chain(out, tiles={"optical": 120, "sar": 100, "unseen": 60, "narrated": 40}, steps=steps)


def _chain(out: str, *, tiles: dict[str, int], steps: dict[str, tuple[int, int]]) -> Jobs:
    """Every dataset has scenes of its own, by its seed; `steps` are those of a training's two stages."""

    def archive(name: str, config: build.Config, source: Source) -> build.Config:
        return replace(config, source=source, out=f"{out}/{name}")

    def training(name: str, recipe: train.Config) -> train.Config:
        """The training of a recipe with its places; what learns a teacher's features learns those of the CLIP."""
        stages = [replace(stage, steps=of) for stage, of in zip(recipe.stages, steps[name], strict=True)]
        return replace(
            recipe,
            optical=(f"{out}/optical",) if any(OPTICAL_DATASETS in stage.datasets for stage in stages) else (),
            sar=(f"{out}/sar",),
            out=f"{out}/{name}",
            stages=tuple(replace(stage, teacher=clip.out) if stage.teacher is REQUIRED else stage for stage in stages),
            # Two threads take twice the CPU time of one, and end a quarter sooner at most.
            workers=Workers(threads=1),
            checkpoint_every_steps=100,  # a worker that dies takes those beside it back to their last checkpoints too
        )

    clip = training("clip", clip_cnn())
    after_clip = {name: training(name, recipe()) for name, recipe in _AFTER_CLIP.items()}
    unlabelled = Unlabelled(of=Synthetic(tiles=tiles["narrated"], seed=3, twin=False))
    return Jobs(
        optical=archive("optical", synthetic_optical(), OpticalArchive(tiles=tiles["optical"], seed=0)),
        sar=archive("sar", synthetic(), Synthetic(tiles=tiles["sar"], seed=1)),
        unseen=archive("unseen", synthetic(), Synthetic(tiles=tiles["unseen"], seed=2)),
        narrated=replace(with_narrator(unlabelled, f"{out}/coca"), out=f"{out}/narrated"),
        clip=clip,
        after_clip=after_clip,
        evaluation=evaluate.Config(
            checkpoints=(clip.out, *[one.out for one in after_clip.values()]),
            dataset=f"{out}/unseen",
            split="all",
            out=f"{out}/evaluation",
            pool=Pool(actors=2),
        ),
        index=index.Config(checkpoint=clip.out, dataset=f"{out}/unseen", out=f"{out}/index"),
    )


# A GPT of distilled features takes longer, and in the time that there is neither beats the majority answer.
_AFTER_CLIP: dict[str, Callable[[], train.Config]] = {"coca": coca_distilled, "gpt": gpt}
QUICKSTART: dict[str, Callable[[str], Jobs]] = {"whole": whole, "tiny": tiny}
