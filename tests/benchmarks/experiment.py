"""Whether optical images first help SAR: arms, numbers of SAR images and seeds, on the embedded archive.

    python -m tests.benchmarks.experiment --out DIR [--arms sar sar_long joint progressive shuffled] [--pairs 150 600 2400]
                                          [--seeds 0 1 2] [--processes 2] [--save]

Trains `clip_cnn` (500 optical and 500 SAR steps of 64) in every arm, and measures it on 400 SAR tiles that nothing was learned
from or chosen by. Untrained and optical-only models are those before and after the first stage of `progressive`.

    sar          500 steps on SAR images alone: as many SAR steps as progressive has
    sar_long     1,000 of them: as many steps in all
    joint        1,000 steps on both kinds of images in one stage
    progressive  500 steps on optical images, then 500 on SAR images
    shuffled     the same with the optical captions at other images

What is trained is not trained again; killed, the same command goes on. Printed and kept with --save: the means of exact pairs
(mean recall), first hits and precision at 10, with the range over the seeds, beside guessing and knowing everything. The
images are drawn: no figure here is evidence about real SAR images.
"""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sartext.sources.synthetic import Synthetic
from tests.support.results import keep, parser_with_save

OPTICAL_TILES, MEASURED_TILES = 4000, 400
OPTICAL_SEED, SAR_SEED, MEASURED_SEED = 0, 1, 2
ARMS = ("sar", "sar_long", "joint", "progressive", "shuffled")
MEASURES = ("exact", "first_hit", "precision")
BEFORE, BETWEEN = "baseline", "optical"
Scores = dict[str, float]


@dataclass(frozen=True)
class Run:
    """One training of the experiment."""

    arm: str
    pairs: int
    seed: int
    out: str

    @property
    def name(self) -> str:
        return f"{self.arm}-{self.pairs}-{self.seed}"

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


def trained(run: Run) -> dict[str, Scores]:
    """Trains and measures; the scores of each model of the training, by its stage. What is there is not done again.

    Raises `UserError` where what is there was trained by another config.
    """
    import torch

    from jobs.recipes.train import clip_cnn, clip_cnn_joint, clip_cnn_sar, clip_cnn_shuffled
    from jobs.train import training
    from sartext.artifact import fingerprint
    from sartext.config import identity
    from sartext.errors import UserError
    from sartext.flow.train.loop import learn, task_of
    from tests.support.trainings import One

    torch.set_num_threads(1)
    recipes = {"joint": clip_cnn_joint, "progressive": clip_cnn, "shuffled": clip_cnn_shuffled}
    config = recipes.get(run.arm, clip_cnn_sar)()
    if run.arm == "sar_long":
        config = replace(config, stages=tuple(replace(stage, steps=2 * stage.steps) for stage in config.stages))
    data, place = Path(run.out, "data"), str(Path(run.out, "runs", run.name))
    optical = () if run.arm.startswith("sar") else (str(data / "optical"),)
    config = replace(config, optical=optical, sar=(str(data / f"sar{run.pairs}"),), out=place, seed=run.seed)
    config = replace(config, objective=replace(config.objective, seed=run.seed))
    wanted = fingerprint(identity(config))
    if run.result.exists():
        found: dict[str, Any] = json.loads(run.result.read_text())
        if found["config"] != wanted:
            raise UserError(f"{run.result} was measured with another config; give another --out")
        return dict(found["scores"])
    learn(task_of(training(config), place, 1), One())
    scores = {model.name: measured(model, str(data / "unseen")) for model in sorted(Path(place, "models").iterdir())}
    run.result.parent.mkdir(parents=True, exist_ok=True)
    run.result.write_text(json.dumps({"config": wanted, "scores": scores}))
    return scores


def measured(model: Path, unseen: str) -> Scores:
    """Exact pairs over concise and detailed captions, first hits and precision at 10, with guessing and knowing everything."""
    import torch

    from sartext.evaluate.retrieval import retrieval
    from sartext.flow.predict.held_out import held_out
    from sartext.flow.predict.queries import SearchTruth, concise_texts, queries_of
    from sartext.models import weights
    from sartext.narrate.facts.tile_facts import facts_of
    from sartext.tile import COARSE

    held = held_out(unseen, "all", None)
    tiles = [held.tiles[at] for at in range(len(held.tiles))]
    images, facts = held.images(range(len(tiles))), [facts_of(tile) for tile in tiles]
    coarse = [{one.text for one in tile.captions if one.form == COARSE} for tile in tiles]
    pairs = [(at, text) for at in range(len(tiles)) for text in held.texts(at) if text not in coarse[at]]
    owners, texts = [at for at, _ in pairs], [text for _, text in pairs]
    short = concise_texts(tiles)
    concise = [row for row, (at, text) in enumerate(pairs) if text in short[at]]
    truth = SearchTruth(facts, [texts[row] for row in concise], queries_of(facts))
    objective, module, tokenizer, preprocess = weights.load(model)
    module.eval()
    batches = [[images[at] for at in range(start, min(start + 100, len(tiles)))] for start in range(0, len(tiles), 100)]
    seen = torch.cat([objective.embed_images(module, preprocess.batch(batch)) for batch in batches]).numpy()
    read = torch.cat(
        [objective.embed_texts(module, texts[start : start + 200], tokenizer) for start in range(0, len(texts), 200)]
    ).numpy()
    asked = objective.embed_texts(module, list(truth.queries), tokenizer).numpy()
    found, (guess, best) = truth.scores(seen, read[concise], asked), truth.bounds
    return {
        "exact": float(retrieval(seen, read, owners, texts).exact_pair.mean),
        **{name: float(getattr(found, name) or 0) for name in MEASURES[1:]},
        **{f"{name}_guessed": float(getattr(guess, name) or 0) for name in MEASURES[1:]},
        **{f"{name}_best": float(getattr(best, name) or 0) for name in MEASURES[1:]},
    }


def table(results: dict[Run, dict[str, Scores]]) -> dict[str, dict[str, object]]:
    """By arm and number of pairs the mean and the range over the seeds of each measure."""
    rows: dict[tuple[str, int], list[Scores]] = {}
    for run, scores in results.items():
        rows.setdefault((run.arm, run.pairs), []).append(scores["joint" if run.arm == "joint" else "sar"])
        if run.arm == "progressive":
            rows.setdefault(("untrained", 0), []).append(scores[BEFORE])
            rows.setdefault(("optical only", 0), []).append(scores[BETWEEN])
    order = ["untrained", "optical only", *ARMS]
    return {
        f"{arm}, {pairs:,} SAR images" if pairs else arm: summary(rows[arm, pairs])
        for arm, pairs in sorted(rows, key=lambda row: (row[1], order.index(row[0])))
    }


def summary(scores: Sequence[Scores]) -> dict[str, object]:
    """The means, the least and the most in percent, and of how many trainings."""
    found: dict[str, object] = {"trainings": len(scores)}
    for name in MEASURES:
        values = [100 * one[name] for one in scores]
        found[name] = {"mean": sum(values) / len(values), "least": min(values), "most": max(values)}
    return found


def main(argv: list[str] | None = None) -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--out", required=True, help="folder for datasets, trainings and results")
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=ARMS)
    parser.add_argument("--pairs", nargs="+", type=int, default=[150, 600, 2400], help="SAR images that are learned from")
    parser.add_argument(
        "--seeds", nargs="+", type=int, default=[0, 1, 2], help="of the initialisation and the order of the data"
    )
    parser.add_argument("--processes", type=int, default=2, help="trainings at a time, one thread each")
    options = parser.parse_args(argv)
    datasets(options.out, options.pairs)
    runs = [Run(arm, pairs, seed, options.out) for seed in options.seeds for pairs in options.pairs for arm in options.arms]
    results: dict[Run, dict[str, Scores]] = {}
    with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(trained, run): run for run in runs}
        for done in as_completed(waiting):
            results[waiting[done]] = done.result()
            print(f"{len(results)}/{len(runs)} {waiting[done].name}", file=sys.stderr, flush=True)
    rows = table({run: results[run] for run in runs})
    heads = (f"percent of {MEASURED_TILES} unseen tiles", "exact pair", "first hit", "precision at 10")
    print(f"{heads[0]:40} {heads[1]:>20} {heads[2]:>20} {heads[3]:>20}")
    for name, row in rows.items():
        cells = ["{mean:.1f} ({least:.1f}-{most:.1f})".format(**row[measure]) for measure in MEASURES]  # type: ignore[arg-type]
        print(f"{name:40} {cells[0]:>20} {cells[1]:>20} {cells[2]:>20}")
    one = next(iter(results.values()))
    bounds = {name: 100 * value for name, value in next(iter(one.values())).items() if name.endswith(("_guessed", "_best"))}
    print("guessing and knowing everything:", ", ".join(f"{name} {value:.1f}" for name, value in bounds.items()))
    if options.save:
        keep(__file__, {"tiles": MEASURED_TILES, "bounds": bounds, "rows": rows}, packages=("torch", "open_clip_torch"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
