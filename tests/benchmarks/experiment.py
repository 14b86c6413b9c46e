"""Whether optical images first help SAR: arms, numbers of SAR images and seeds, on the embedded archive.

    python -m tests.benchmarks.experiment --out DIR [--objective clip] [--arms sar sar_long joint progressive shuffled]
                                          [--pairs 150 600 2400] [--seeds 0 1 2] [--processes 2] [--save]

Trains `clip_cnn` (500 optical and 500 SAR steps of 64) in every arm, and measures it on 400 SAR tiles that nothing was learned
from or chosen by. Untrained and optical-only models are those before and after the first stage of `progressive`. With
--objective coca or gpt it is the CoCa or the GPT of the quickstart, from nothing, in as many steps; unless said otherwise they
learn from 600 SAR images, alone and after optical ones.

    sar          500 steps on SAR images alone: as many SAR steps as progressive has
    sar_long     1,000 of them: as many steps in all
    joint        1,000 steps on both kinds of images in one stage
    progressive  500 steps on optical images, then 500 on SAR images
    shuffled     the same with the optical captions at other images

What is trained is not trained again; killed, the same command goes on. Printed and kept with --save: the means with the range
over the seeds, beside guessing and knowing everything, of exact pairs (mean recall), first hits and precision at 10; of CIDEr
(times 100), fact precision and class sets; of answers that are right. The images are drawn: no figure here is evidence about
real SAR images.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sartext.sources.synthetic import Synthetic
from tests.benchmarks.experiment_measures import BOUNDS, MEASURES, SCORES, Scores
from tests.support.results import keep, parser_with_save

if TYPE_CHECKING:
    from jobs.train import Config

OPTICAL_TILES, MEASURED_TILES = 4000, 400
OPTICAL_SEED, SAR_SEED, MEASURED_SEED = 0, 1, 2
ARMS = ("sar", "sar_long", "joint", "progressive", "shuffled")
DEFAULTS = {"clip": (ARMS, (150, 600, 2400)), "coca": (("sar", "progressive"), (600,)), "gpt": (("sar", "progressive"), (600,))}
BEFORE, BETWEEN = "baseline", "optical"


@dataclass(frozen=True)
class Run:
    """One training of the experiment."""

    objective: str
    arm: str
    pairs: int
    seed: int
    out: str

    @property
    def name(self) -> str:
        name = f"{self.arm}-{self.pairs}-{self.seed}"
        return name if self.objective == "clip" else f"{self.objective}-{name}"

    @property
    def result(self) -> Path:
        return Path(self.out, "results", f"{self.name}.json")


def tiles_for(pairs: int) -> int:
    """How many tiles of the archive have so many in their training split."""
    source, found = Synthetic(tiles=10**9, seed=SAR_SEED, twin=False, pixels=False), 0
    for index in count():
        found += source.tile(index).split == "train"
        if found == pairs:
            return index + 1
    raise AssertionError("the archive ends")


def datasets(out: str, pairs: Iterable[int]) -> None:
    """Builds what is not there yet."""
    from jobs.recipes.build import synthetic, synthetic_optical
    from sartext.sources.optical_archive import OpticalArchive
    from tests.support.datasets import dataset

    rules = synthetic().rules
    wanted: dict[str, Callable[[], object]] = {
        "optical": lambda: OpticalArchive(tiles=OPTICAL_TILES, seed=OPTICAL_SEED),
        "unseen": lambda: Synthetic(tiles=MEASURED_TILES, seed=MEASURED_SEED, twin=False),
        **{f"sar{one}": lambda one=one: Synthetic(tiles=tiles_for(one), seed=SAR_SEED, twin=False) for one in pairs},  # type: ignore[misc]
    }
    for name, source in wanted.items():
        place = Path(out, "data", name)
        if not (place / "manifest.json").exists():
            dataset(source(), synthetic_optical().rules if name == "optical" else rules, str(place))  # type: ignore[arg-type]


def config_of(run: Run) -> "Config":
    """The training of a run: the recipe of its arm, with its objective, datasets and seed."""
    from jobs.recipes.train import clip_cnn, clip_cnn_joint, clip_cnn_sar, clip_cnn_shuffled, coca_distilled, gpt_distilled

    recipes = {"joint": clip_cnn_joint, "progressive": clip_cnn, "shuffled": clip_cnn_shuffled}
    config = recipes.get(run.arm, clip_cnn_sar)()
    if run.arm == "sar_long":
        config = replace(config, stages=tuple(replace(stage, steps=2 * stage.steps) for stage in config.stages))
    if run.objective == "coca":
        config = replace(config, objective=coca_distilled().objective)
    if run.objective == "gpt":  # captions alone have forms, and words that are flipped
        unflipped = [
            replace(
                stage,
                forms=(),
                augmentation=replace(stage.augmentation, flips=0.0),
                optimizer=gpt_distilled().stages[1].optimizer,
            )
            for stage in config.stages
        ]
        config = replace(config, objective=gpt_distilled().objective, stages=tuple(unflipped))
    data, place = Path(run.out, "data"), str(Path(run.out, "runs", run.name))
    optical = () if run.arm.startswith("sar") else (str(data / "optical"),)
    config = replace(config, optical=optical, sar=(str(data / f"sar{run.pairs}"),), out=place, seed=run.seed)
    return replace(config, objective=replace(config.objective, seed=run.seed))


def trained(run: Run) -> dict[str, Scores]:
    """Trains and measures; the scores of each model of the training, by its stage. What is there is not done again.

    Raises `UserError` where what is there was trained by another config.
    """
    import torch

    from jobs.train import training
    from sartext.artifact import fingerprint
    from sartext.config import identity
    from sartext.errors import UserError
    from sartext.flow.train.loop import learn, task_of
    from tests.support.trainings import One

    torch.set_num_threads(1)
    config = config_of(run)
    wanted = fingerprint(identity(config))
    if run.result.exists():
        found: dict[str, Any] = json.loads(run.result.read_text())
        if found["config"] != wanted:
            raise UserError(f"{run.result} was measured with another config; give another --out")
        return dict(found["scores"])
    learn(task_of(training(config), config.out, 1), One())
    unseen = str(Path(run.out, "data", "unseen"))
    models = sorted(Path(config.out, "models").iterdir())
    scores = {model.name: SCORES[run.objective](model, unseen, *config.sar) for model in models}
    run.result.parent.mkdir(parents=True, exist_ok=True)
    run.result.write_text(json.dumps({"config": wanted, "scores": scores}))
    return scores


def table(results: Mapping[Run, Mapping[str, Scores]], measures: Sequence[str]) -> dict[str, dict[str, object]]:
    """By arm and number of pairs the mean and the range over the seeds of each measure."""
    rows: dict[tuple[str, int], list[Scores]] = {}
    for run, scores in results.items():
        rows.setdefault((run.arm, run.pairs), []).append(scores["joint" if run.arm == "joint" else "sar"])
        if run.arm == "progressive":
            rows.setdefault(("untrained", 0), []).append(scores[BEFORE])
            rows.setdefault(("optical only", 0), []).append(scores[BETWEEN])
    order = ["untrained", "optical only", *ARMS]
    return {
        f"{arm}, {pairs:,} SAR images" if pairs else arm: summary(rows[arm, pairs], measures)
        for arm, pairs in sorted(rows, key=lambda row: (row[1], order.index(row[0])))
    }


def summary(scores: Sequence[Scores], measures: Sequence[str]) -> dict[str, object]:
    """The means, the least and the most in percent, and of how many trainings."""
    found: dict[str, object] = {"trainings": len(scores)}
    for name in measures:
        values = [100 * one[name] for one in scores]
        found[name] = {"mean": sum(values) / len(values), "least": min(values), "most": max(values)}
    return found


def main(argv: list[str] | None = None) -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--out", required=True, help="folder for datasets, trainings and results")
    parser.add_argument("--objective", choices=DEFAULTS, default="clip", help="what is trained")
    parser.add_argument("--arms", nargs="+", choices=ARMS, help="those of the objective unless given")
    parser.add_argument("--pairs", nargs="+", type=int, help="SAR images that are learned from")
    parser.add_argument(
        "--seeds", nargs="+", type=int, default=[0, 1, 2], help="of the initialisation and the order of the data"
    )
    parser.add_argument("--processes", type=int, default=2, help="trainings at a time, one thread each")
    options = parser.parse_args(argv)
    arms, pairs = options.arms or DEFAULTS[options.objective][0], options.pairs or DEFAULTS[options.objective][1]
    if min(pairs) < 1:
        parser.error(f"--pairs {min(pairs)}: at least 1")
    datasets(options.out, pairs)
    runs = [Run(options.objective, arm, of, seed, options.out) for seed in options.seeds for of in pairs for arm in arms]
    results: dict[Run, dict[str, Scores]] = {}
    with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(trained, run): run for run in runs}
        for done in as_completed(waiting):
            results[waiting[done]] = done.result()
            print(f"{len(results)}/{len(runs)} {waiting[done].name}", file=sys.stderr, flush=True)
    measures = MEASURES[options.objective]
    rows = table({run: results[run] for run in runs}, measures)
    print(f"{f'percent of {MEASURED_TILES} unseen tiles':40}" + "".join(f" {name.replace('_', ' '):>20}" for name in measures))
    for name, row in rows.items():
        cells = ["{mean:.1f} ({least:.1f}-{most:.1f})".format(**row[measure]) for measure in measures]  # type: ignore[arg-type]
        print(f"{name:40}" + "".join(f" {cell:>20}" for cell in cells))
    one = results[runs[0]]
    bounds = {name: 100 * value for name, value in next(iter(one.values())).items() if name.endswith(BOUNDS)}
    print("guessing and knowing everything:", ", ".join(f"{name} {value:.1f}" for name, value in bounds.items()) or "-")
    if options.save:
        figures: dict[str, object] = {"tiles": MEASURED_TILES, "bounds": bounds, "rows": rows}
        keep(__file__, figures, arm=options.objective, packages=("torch", "open_clip_torch"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
