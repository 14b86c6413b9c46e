"""weights of others -> a model for all jobs: python -m jobs.weights --weights FILE_OR_NAME --out DIR"""

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from sartext.flow import commandline
from sartext.flow.weights.foreign_weights import ForeignWeights

if TYPE_CHECKING:
    from sartext.flow.predict.trained import Trained


@dataclass(frozen=True, kw_only=True)
class Config(ForeignWeights):
    """Brings in a CLIP or CoCa of open_clip, or an image-text-to-text model of transformers, as all other jobs take models.

    What an import is: the weights, what they are of, and where the model goes.
    """

    out: str = field(metadata={"help": "where the model goes: a folder that all workers see"})


def main(config: Config) -> "Trained":
    """The model at `config.out`."""
    from sartext.flow.weights.weights import import_weights

    given = ForeignWeights(**{one.name: getattr(config, one.name) for one in fields(ForeignWeights)})
    return import_weights(given, config.out)


if __name__ == "__main__":
    raise SystemExit(commandline.run(main, Config, prog="jobs.weights"))
