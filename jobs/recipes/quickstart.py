"""What a quickstart runs, whole and tiny: the configs of its jobs, each complete."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from jobs import build, curate, evaluate, index, train
from jobs.recipes.build import synthetic, synthetic_masks, synthetic_twins, with_narrator
from jobs.recipes.train import SHORT_TOKENS, clip_cnn_sar, coca_distilled, gpt_distilled
from sartext.config import REQUIRED
from sartext.flow.engine.options import Pool, Workers
from sartext.sources.archive_twins import ArchiveTwins
from sartext.sources.synthetic import Synthetic
from sartext.sources.unlabelled import Unlabelled


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """The jobs of the chain, in which each finds what the ones before it made."""

    sar: build.Config
    unseen: build.Config
    narrated: build.Config
    twins: build.Config
    selected: curate.Config  # of what the CLIP that scores it did not learn from
    clip: train.Config
    after_clip: dict[str, train.Config]  # side by side, once the CLIP is there, whose features they learn first
    evaluation: evaluate.Config
    index: index.Config


def whole(out: str, seed: int = 0) -> Jobs:
    """Four thousand SAR images to learn from; the seed is that of the trainings."""
    steps = {"clip": (1250,), "coca": (200, 450), "gpt": (420, 560)}
    return _chain(out, tiles={"sar": 5000, "unseen": 400, "narrated": 200, "twins": 200}, steps=steps, seed=seed)


def tiny(out: str, seed: int = 0) -> Jobs:
    """A hundred images of each kind: to see that everything runs."""
    steps = {"clip": (2,), "coca": (2, 2), "gpt": (2, 2)}
    return _chain(out, tiles={"sar": 100, "unseen": 60, "narrated": 40, "twins": 40}, steps=steps, seed=seed)


def _chain(out: str, *, tiles: dict[str, int], steps: dict[str, tuple[int, ...]], seed: int) -> Jobs:
    """Every dataset has scenes of its own, by its seed; `steps` are those of a training's stages."""

    def archive(name: str, config: build.Config, seed: int) -> build.Config:
        return replace(config, source=Synthetic(tiles=tiles[name], seed=seed, twin=False), out=f"{out}/{name}")

    def training(name: str, recipe: train.Config, workers: int) -> train.Config:
        """The training of a recipe with its places; what learns a teacher's features learns those of the CLIP."""
        stages = [replace(stage, steps=of) for stage, of in zip(recipe.stages, steps[name], strict=True)]
        return replace(
            recipe,
            sar=(f"{out}/sar",),
            out=f"{out}/{name}",
            seed=seed,
            objective=replace(recipe.objective, seed=seed),  # type: ignore[type-var] # objectives of recipes are dataclasses
            stages=tuple(replace(stage, teacher=clip.out) if stage.teacher is REQUIRED else stage for stage in stages),
            # Two threads take twice the CPU time of one, and end a quarter sooner at most.
            workers=Workers(workers=workers, threads=1),
            checkpoint_every_steps=100,  # a worker that dies takes those beside it back to their last checkpoints too
        )

    clip = training("clip", clip_cnn_sar(), 2)
    after_clip = {name: training(name, recipe(), 1) for name, recipe in _AFTER_CLIP.items()}
    pairs = ArchiveTwins(of=Synthetic(tiles=tiles["twins"], seed=4))
    unlabelled = Unlabelled(of=Synthetic(tiles=tiles["narrated"], seed=3, twin=False))
    return Jobs(
        sar=archive("sar", synthetic_masks(), 1),
        unseen=archive("unseen", synthetic(), 2),
        narrated=replace(with_narrator(unlabelled, f"{out}/coca", max_tokens=SHORT_TOKENS), out=f"{out}/narrated"),
        twins=replace(synthetic_twins(), source=pairs, out=f"{out}/twins"),
        selected=curate.Config(
            datasets=(f"{out}/twins", f"{out}/narrated"),
            out=f"{out}/selected",
            clip=(clip.out,),
            near=0.99,
            score_quantile=0.1,
            most_same_text=5,
            pool=Pool(actors=2),
        ),
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


_AFTER_CLIP: dict[str, Callable[[], train.Config]] = {"coca": coca_distilled, "gpt": gpt_distilled}
QUICKSTART: dict[str, Callable[[str, int], Jobs]] = {"whole": whole, "tiny": tiny}
