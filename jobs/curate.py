"""datasets -> one selected dataset: python -m jobs.curate --datasets DIR ... --out DIR"""

from dataclasses import dataclass, field

from sartext.artifact import Artifact
from sartext.flow import commandline
from sartext.flow.curate.curate import curate
from sartext.flow.curate.selection import Selection
from sartext.flow.engine.options import Pool


@dataclass(frozen=True, kw_only=True)
class Config(Selection):
    """Selects one dataset from several: without duplicates, by rights, routes, verdicts, scores and balance.

    What a selection is: the datasets in the order of who stays among equals, what of them is wanted, and where it goes.
    """

    datasets: tuple[str, ...] = field(
        metadata={"help": "what is selected from: folders, or s3://bucket/prefix; earlier ones come first", "identity": False}
    )
    out: str = field(metadata={"help": "where the selection goes: a folder, or s3://bucket/prefix"})
    clip: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "a training of clip or coca that scores captions and finds near-duplicates; two of them: each was trained "
            "on the half of --halves at its place, and scores the other",
            "identity": False,
        },
    )
    halves: tuple[str, ...] = field(
        default=(),
        metadata={"help": "two datasets by jobs.curate: --half 0 and --half 1 of the same datasets", "identity": False},
    )
    takedown: str = field(
        default="",
        metadata={
            "help": "file of what must not be selected: a JSON object a line with key, source, scene or licence, and reason",
            "identity": False,
        },
    )
    take_down: tuple[tuple[str, str], ...] = field(
        default=(), metadata={"help": "the same in a word: key, source, scene or licence (all must hold), and reason"}
    )
    pool: Pool = field(default_factory=Pool)


def main(config: Config) -> Artifact:
    """The dataset at `config.out`."""
    return curate(
        config.datasets,
        out=config.out,
        selection=Selection.of(config),
        clip=config.clip,
        halves=config.halves,
        takedown=config.takedown,
        take_down=config.take_down,
        pool=config.pool,
    )


if __name__ == "__main__":
    raise SystemExit(commandline.run(main, Config, prog="jobs.curate"))
