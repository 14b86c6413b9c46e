"""what must go -> the same dataset without it: python -m jobs.takedown --dataset DIR --take-down source=NAME"""

from dataclasses import dataclass, field

from sartext.flow import commandline
from sartext.flow.curate.takedown import TakenDown, take_down


@dataclass(frozen=True, kw_only=True)
class Config:
    """Takes tiles out of a dataset where it lies: shards, tables and pages; what was taken is named by key and reason.

    What a takedown is: a dataset, and what must go.
    """

    dataset: str = field(metadata={"help": "what is taken from: a folder, or s3://bucket/prefix", "identity": False})
    takedown: str = field(
        default="",
        metadata={
            "help": "file of what must go: a JSON object a line with key, source, scene or licence, and reason",
            "identity": False,
        },
    )
    take_down: tuple[tuple[str, str], ...] = field(
        default=(), metadata={"help": "the same in a word: key, source, scene or licence (all must hold), and reason"}
    )


def main(config: Config) -> TakenDown:
    """The dataset at `config.dataset`, without what is named."""
    return take_down(config.dataset, file=config.takedown, named=config.take_down)


if __name__ == "__main__":
    raise SystemExit(commandline.run(main, Config, prog="jobs.takedown"))
