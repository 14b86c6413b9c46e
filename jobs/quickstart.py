"""the whole chain on one machine, on the embedded archive: python -m jobs.quickstart --out DIR"""

from dataclasses import dataclass, field, replace
from typing import Any

from sartext.flow import commandline
from sartext.flow.quickstart.steps import Link, chain


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a quickstart is: where everything goes, how much of it, and whether it is served at the end."""

    out: str = field(metadata={"help": "folder for the datasets, models, report, index and the page that tells of them"})
    tiny: bool = field(default=False, metadata={"help": "so little that it takes minutes, and models learn next to nothing"})
    serve: bool = field(default=False, metadata={"help": "open the application at the end, until Ctrl-C"})
    port: int = field(default=8000, metadata={"help": "TCP port of the application"})


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The jobs of the chain, each complete but for what the ones before it make."""

    optical: Any
    sar: Any
    unseen: Any
    narrated: Any
    trainings: dict[str, Any]
    evaluation: Any
    index: Any


def main(config: Config) -> commandline.Made:
    """The chain below `config.out`; what is there already is not done again."""
    from jobs import build, evaluate, index, train
    from jobs.recipes import QUICKSTART
    from sartext.flow.quickstart.summary import parts_of, tell
    from sartext.flow.serve.serve import Serving, check_port, serve
    from sartext.flow.train.train import train_side_by_side

    out, parts = config.out, QUICKSTART["tiny" if config.tiny else "whole"](config.out)
    models = {name: f"{out}/{name}" for name in parts.trainings}

    def told(made: dict[str, Any]) -> Any:
        return tell(parts_of(made, list(models)), out=out)

    if config.serve:  # a port that is taken is said now, and not at the end of the chain
        check_port(Serving(port=config.port))
    trainings = [(train.training(one), one.out) for one in parts.trainings.values()]
    made = chain(
        [
            Link("optical images", lambda _: build.main(parts.optical)),
            Link("SAR images", lambda _: build.main(parts.sar)),
            Link("unseen scenes", lambda _: build.main(parts.unseen)),
            Link("training", lambda _: train_side_by_side(trainings, workers=parts.trainings["clip"].workers)),
            Link("narration", lambda _: build.main(parts.narrated)),
            Link("evaluation", lambda _: evaluate.main(replace(parts.evaluation, checkpoints=tuple(models.values())))),
            Link("index", lambda _: index.main(parts.index)),
            Link("page", told),
        ]
    )
    if config.serve:
        clip, coca, gpt = (models[name] for name in ("clip", "coca", "gpt"))
        return serve(Serving(clip=clip, coca=coca, gpt=gpt, index=f"{out}/index", port=config.port))
    story: commandline.Made = made["page"]
    return story


if __name__ == "__main__":
    from jobs.recipes import quickstart

    raise SystemExit(commandline.run(main, quickstart, prog="jobs.quickstart"))
