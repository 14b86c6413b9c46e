"""datasets -> checkpoint, stage after stage: python -m jobs.train clip|coca|gpt --optical DIR --sar DIR --out DIR"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sartext.flow import commandline
from sartext.flow.engine.options import Workers
from sartext.models.optimizer import AdamW

if TYPE_CHECKING:
    from sartext.flow.predict.trained import Trained
    from sartext.flow.train.train import Training
    from sartext.models.objective import AnyObjective


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a training is: an objective, an optical dataset, then a SAR dataset, and where the models go."""

    objective: "AnyObjective"
    kind: str = field(metadata={"help": "what of the tiles is learned: captions or questions"})
    optical: str = field(metadata={"help": "dataset of the first stage: a folder, or s3://bucket/prefix", "identity": False})
    sar: str = field(metadata={"help": "dataset of the second stage: a folder, or s3://bucket/prefix", "identity": False})
    out: str = field(metadata={"help": "where checkpoints and models go: a folder that all workers see"})
    optical_epochs: int = field(default=10, metadata={"help": "how often the first stage reads its dataset"})
    sar_epochs: int = field(default=10, metadata={"help": "how often the second stage reads its dataset"})
    optical_optimizer: AdamW = field(default_factory=AdamW)
    sar_optimizer: AdamW = field(default_factory=AdamW)
    batch_size: int = field(default=64, metadata={"help": "examples a step, over all workers"})
    seed: int = field(default=0, metadata={"help": "of the order of the data"})
    checkpoint_every_steps: int = field(default=200, metadata={"help": "steps between checkpoints"})
    fit: str = field(default="pad", metadata={"help": "how a whole image becomes square: pad or squash"})
    narrator_captions: bool = field(
        default=False, metadata={"help": "learn also from captions that a trained model wrote: those of the route narrator"}
    )
    workers: Workers = field(default_factory=Workers)


def training(config: Config) -> "Training":
    """What the config says is learned."""
    from sartext.flow.train.loop import Stage  # torch takes seconds: --help and a wrong option do without
    from sartext.flow.train.train import Training

    stages = (
        Stage(name="optical", dataset=config.optical, epochs=config.optical_epochs, optimizer=config.optical_optimizer),
        Stage(name="sar", dataset=config.sar, epochs=config.sar_epochs, optimizer=config.sar_optimizer),
    )
    return Training(
        objective=config.objective,
        stages=stages,
        kind=config.kind,
        batch_size=config.batch_size,
        seed=config.seed,
        fit=config.fit,
        checkpoint_every_steps=config.checkpoint_every_steps,
        narrator_captions=config.narrator_captions,
    )


def main(config: Config) -> "Trained":
    """The training at `config.out`."""
    from sartext.flow.train.train import train

    return train([(training(config), config.out)], workers=config.workers)[0]


if __name__ == "__main__":
    raise SystemExit(commandline.run(main, "jobs.recipes.train:TRAIN", prog="jobs.train"))
