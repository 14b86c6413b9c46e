"""checkpoints x dataset -> report: python -m jobs.evaluate --checkpoints DIR ... --dataset DIR --out DIR"""

from dataclasses import dataclass, field

from sartext.flow import commandline
from sartext.flow.engine.options import Pool
from sartext.flow.predict.generation import GenerationConfig


@dataclass(frozen=True, kw_only=True)
class Config:
    """Measures what every model of some trainings says of one split of a dataset.

    What an evaluation is: trainings, the split of a dataset that they are asked about, and where the report goes.
    """

    checkpoints: tuple[str, ...] = field(metadata={"help": "folders of finished trainings, of any kind", "identity": False})
    dataset: str = field(metadata={"help": "dataset to ask about: a folder, or s3://bucket/prefix", "identity": False})
    out: str = field(metadata={"help": "where the report goes: a folder, or s3://bucket/prefix", "identity": False})
    split: str = field(default="test", metadata={"help": "which tiles of the dataset: train, val, test or all"})
    limit: int | None = field(default=None, metadata={"help": "only the first N tiles of the split"})
    narrator_captions: bool = field(
        default=False,
        metadata={"help": "captions of the route narrator, which a model wrote, count as the tiles' captions too"},
    )
    saying: GenerationConfig = field(default_factory=GenerationConfig)
    pool: Pool = field(default_factory=Pool)


def main(config: Config) -> commandline.Made:
    """The evaluation at `config.out`."""
    from sartext.flow.evaluate.evaluate import evaluate  # torch takes seconds: --help and a wrong option do without

    return evaluate(
        config.checkpoints,
        config.dataset,
        out=config.out,
        split=config.split,
        limit=config.limit,
        narrator_captions=config.narrator_captions,
        saying=config.saying,
        pool=config.pool,
    )


if __name__ == "__main__":
    raise SystemExit(commandline.run(main, Config, prog="jobs.evaluate"))
