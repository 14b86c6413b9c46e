"""the whole chain on one machine, on the embedded archive: python -m jobs.quickstart --out DIR"""

from dataclasses import dataclass, field

from jobs import build, curate, evaluate, index, train
from jobs.recipes.quickstart import QUICKSTART
from sartext.flow import commandline
from sartext.flow.quickstart.steps import Step, run_steps


@dataclass(frozen=True, kw_only=True)
class Config:
    """Builds, trains, narrates, selects, evaluates and indexes on the embedded archive, and tells of it on a page.

    What a quickstart is: where everything goes, how much of it, and whether it is served at the end.
    """

    out: str = field(metadata={"help": "folder for the datasets, models, report, index and the page that tells of them"})
    tiny: bool = field(default=False, metadata={"help": "so little that it takes minutes, and models learn next to nothing"})
    seed: int = field(default=0, metadata={"help": "of the trainings: their initialisation and the order of the data"})
    serve: bool = field(default=False, metadata={"help": "open the application at the end, until Ctrl-C"})
    port: int = field(default=8000, metadata={"help": "TCP port of the application"})


def main(config: Config) -> commandline.Made:
    """The chain below `config.out`; what is there already is not done again."""
    from sartext.flow.quickstart.summary import Summary, parts_of, write_summary
    from sartext.flow.serve.serve import Serving, check_port, serve
    from sartext.flow.train.train import train_side_by_side

    out, jobs = config.out, QUICKSTART["tiny" if config.tiny else "whole"](config.out, config.seed)
    models = {"clip": jobs.clip.out} | {name: one.out for name, one in jobs.after_clip.items()}
    stories: list[Summary] = []

    if config.serve:  # a port that is taken is said now, and not at the end of the chain
        check_port(Serving(port=config.port))
    beside = list(jobs.after_clip.values())
    side_by_side = [(train.training(one), one.out) for one in beside]
    run_steps(
        [
            Step("SAR images", lambda _: build.main(jobs.sar)),
            Step("unseen scenes", lambda _: build.main(jobs.unseen)),
            Step("CLIP", lambda _: train.main(jobs.clip)),
            Step("CoCa and GPT", lambda _: train_side_by_side(side_by_side, workers=beside[0].workers)),
            Step("narration", lambda _: build.main(jobs.narrated)),
            Step("optical twins", lambda _: build.main(jobs.twins)),
            Step("selection", lambda _: curate.main(jobs.selected)),
            Step("evaluation", lambda _: evaluate.main(jobs.evaluation)),
            Step("index", lambda _: index.main(jobs.index)),
            Step("page", lambda made: stories.append(write_summary(parts_of(made, list(models)), out=out))),
        ]
    )
    if config.serve:
        clip, coca, gpt = (models[name] for name in ("clip", "coca", "gpt"))
        return serve(Serving(clip=clip, coca=coca, gpt=gpt, index=f"{out}/index", port=config.port))
    return stories[0]


if __name__ == "__main__":
    raise SystemExit(commandline.run(main, Config, prog="jobs.quickstart"))
