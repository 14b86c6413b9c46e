"""dataset, and test sets -> audit of its splits: python -m jobs.audit --dataset DIR [--against DIR ...] --out DIR"""

from dataclasses import dataclass, field

from sartext.flow import commandline
from sartext.flow.engine.options import Pool


@dataclass(frozen=True, kw_only=True)
class Config:
    """Reports near-identical tiles, shared scenes and overlapping footprints across the splits of a dataset and test sets.

    What an audit is: a dataset whose splits are held against one another, test sets, and where the report goes.
    """

    dataset: str = field(metadata={"help": "dataset to audit: a folder, or s3://bucket/prefix", "identity": False})
    out: str = field(metadata={"help": "where the report goes: a folder, or s3://bucket/prefix", "identity": False})
    against: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "test sets that the train split must not resemble: finished datasets, of which all tiles count",
            "identity": False,
        },
    )
    max_leaks: int | None = field(
        default=None,
        metadata={"help": "end with status 2 where more held-out tiles than this leak (unset: never)", "identity": False},
    )
    pool: Pool = field(default_factory=Pool)


def main(config: Config) -> commandline.Made:
    """The audit at `config.out`."""
    from sartext.flow.audit.audit import audit  # torch takes seconds: --help and a wrong option do without

    return audit(config.dataset, against=config.against, out=config.out, max_leaks=config.max_leaks, pool=config.pool)


if __name__ == "__main__":
    raise SystemExit(commandline.run(main, Config, prog="jobs.audit"))
