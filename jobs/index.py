"""checkpoint x dataset -> search index: python -m jobs.index --checkpoint DIR --dataset DIR --out DIR"""

from dataclasses import dataclass, field

from sartext.flow import commandline
from sartext.flow.engine.options import Pool
from sartext.flow.index.index import index
from sartext.flow.predict.index_files import ALL, Index


@dataclass(frozen=True, kw_only=True)
class Config:
    """Makes the tiles of a dataset searchable by a CLIP or a CoCa.

    What an index is: a model that embeds, the tiles of a dataset, and where it goes.
    """

    checkpoint: str = field(metadata={"help": "a training of clip or coca, or the folder of one model", "identity": False})
    dataset: str = field(metadata={"help": "whose tiles are indexed: a folder, or s3://bucket/prefix", "identity": False})
    out: str = field(metadata={"help": "where the index goes: a folder, or s3://bucket/prefix"})
    split: str = field(default=ALL, metadata={"help": "which tiles: all, train, val or test"})
    pool: Pool = field(default_factory=Pool)


def main(config: Config) -> Index:
    """The index at `config.out`."""
    return index(config.checkpoint, config.dataset, out=config.out, split=config.split, pool=config.pool)


if __name__ == "__main__":
    raise SystemExit(commandline.run(main, Config, prog="jobs.index"))
