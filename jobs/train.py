"""datasets -> checkpoint, stage after stage: python -m jobs.train clip|coca|gpt --optical DIR --sar DIR --out DIR"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sartext.flow import commandline
from sartext.flow.engine.options import Workers
from sartext.flow.train.training import Options, Stage, Training
from sartext.models.optimizer import AdamW

if TYPE_CHECKING:
    from sartext.flow.predict.trained import Trained


@dataclass(frozen=True, kw_only=True)
class Config(Options):
    """What a training is: an objective, an optical dataset, then a SAR dataset, and where the models go."""

    optical: str = field(metadata={"help": "dataset of the first stage: a folder, or s3://bucket/prefix", "identity": False})
    sar: str = field(metadata={"help": "dataset of the second stage: a folder, or s3://bucket/prefix", "identity": False})
    out: str = field(metadata={"help": "where checkpoints and models go: a folder that all workers see"})
    optical_epochs: int = field(default=10, metadata={"help": "how often the first stage reads its dataset"})
    sar_epochs: int = field(default=10, metadata={"help": "how often the second stage reads its dataset"})
    optical_optimizer: AdamW = field(default_factory=AdamW)
    sar_optimizer: AdamW = field(default_factory=AdamW)
    workers: Workers = field(default_factory=Workers)


def training(config: Config) -> Training:
    """What the config says is learned."""
    stages = (
        Stage(name="optical", dataset=config.optical, epochs=config.optical_epochs, optimizer=config.optical_optimizer),
        Stage(name="sar", dataset=config.sar, epochs=config.sar_epochs, optimizer=config.sar_optimizer),
    )
    return Training.of(config, stages)


def main(config: Config) -> "Trained":
    """The training at `config.out`."""
    from sartext.flow.train.train import train  # torch takes seconds: --help and a wrong option do without

    return train(training(config), config.out, workers=config.workers)


if __name__ == "__main__":
    raise SystemExit(commandline.run(main, "jobs.recipes.train:TRAIN", prog="jobs.train"))
