"""datasets -> checkpoint, stage after stage: python -m jobs.train clip|coca|gpt --optical DIR --sar DIR --out DIR"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sartext.errors import UserError
from sartext.flow import commandline
from sartext.flow.engine.options import Workers
from sartext.flow.train.stage import OPTICAL_DATASETS, SAR_DATASETS, Stage
from sartext.flow.train.training import Options, Training

if TYPE_CHECKING:
    from sartext.flow.predict.trained import Trained


@dataclass(frozen=True, kw_only=True)
class Config(Options):
    """What a training is: an objective, its stages with the datasets that they read, and where the models go."""

    optical: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": f"datasets of the stages that read {OPTICAL_DATASETS}: folders, or s3://bucket/prefix",
            "identity": False,
        },
    )
    sar: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": f"datasets of the stages that read {SAR_DATASETS}: folders, or s3://bucket/prefix",
            "identity": False,
        },
    )
    out: str = field(metadata={"help": "where checkpoints and models go: a folder that all workers see"})
    stages: tuple[Stage, ...]
    workers: Workers = field(default_factory=Workers)


def training(config: Config) -> Training:
    """What the config says is learned. Raises `UserError` where a dataset is given that no stage reads, or is not given."""
    named = {OPTICAL_DATASETS: config.optical, SAR_DATASETS: config.sar}
    read = {dataset for stage in config.stages for dataset in stage.datasets}
    for name, given in named.items():
        if given and name not in read:
            raise UserError(f"--{name.removeprefix('@')} is given and no stage reads {name}; leave it out, or name it in one")
    return Training.of(config, [stage.resolved(named) for stage in config.stages])


def main(config: Config) -> "Trained":
    """The training at `config.out`."""
    from sartext.flow.train.train import train  # torch takes seconds: --help and a wrong option do without

    return train(training(config), config.out, workers=config.workers)


if __name__ == "__main__":
    raise SystemExit(commandline.run(main, "jobs.recipes.train:TRAIN", prog="jobs.train"))
