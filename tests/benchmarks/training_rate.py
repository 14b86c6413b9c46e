"""Three trainings side by side, one thread each, against the same three one after another with all threads.

    python -m tests.benchmarks.training_rate [--tiles 400] [--rounds 2] [--save]

CLIP, CoCa and GPT as the recipes of these names have them, on so many optical and SAR tiles of the embedded archive. Both ways
run in turn, the best round of each is compared. Printed are the whole time, with the start of the workers (of three groups
where one follows another), and the time spent in steps (of trainings side by side that of the longest), which is what grows
with the data. Ends with 1 where side by side takes longer in steps. Run it alone: both ways use all cores.
"""

import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from jobs.recipes.train import TRAIN
from jobs.train import training as training_of
from sartext.flow.engine.options import Workers
from sartext.flow.engine.session import shared
from sartext.flow.engine.signals import stopping
from sartext.flow.train.step_log import read_log
from sartext.flow.train.train import train, train_side_by_side
from sartext.flow.train.training import Training
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.optical_archive import OpticalArchive
from sartext.sources.synthetic import Synthetic
from sartext.store import open_store
from tests.support.datasets import dataset
from tests.support.results import keep, parser_with_save

NAMES = ("clip", "coca", "gpt")
CPUS = os.cpu_count() or 1
Trainings = Sequence[tuple[Training, str]]


def trainings(optical: str, sar: str, out: Path) -> Trainings:
    """The three, an epoch of each stage."""
    found = []
    for name in NAMES:
        config = TRAIN[name]()
        places = {"optical": (optical,), "sar": (sar,), "out": str(out / name)}
        config = replace(config, **places, stages=tuple(replace(stage, epochs=1) for stage in config.stages))
        found.append((training_of(config), config.out))
    return found


def one_after_another(three: Trainings) -> float:
    """Trains; the seconds spent in steps."""
    for training, out in three:
        train(training, out, workers=Workers(threads=CPUS))
    return sum(in_steps_s(out) for _, out in three)


def side_by_side(three: Trainings) -> float:
    """Trains; the seconds spent in steps by the one that took longest."""
    train_side_by_side(three, workers=Workers(threads=max(1, CPUS // len(three))))
    return max(in_steps_s(out) for _, out in three)


def in_steps_s(out: str) -> float:
    return sum(float(step["seconds"]) for step in read_log(open_store(out)))


def main() -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--tiles", type=int, default=400, help="tiles of each dataset")
    parser.add_argument("--rounds", type=int, default=2, help="times that each way is run, of which the best counts")
    options = parser.parse_args()
    ways = {"one after another": one_after_another, "side by side": side_by_side}
    best = dict.fromkeys(ways, (float("inf"), float("inf")))
    with tempfile.TemporaryDirectory(prefix="sartext-training-rate-") as folder, stopping() as stop, shared(stop):
        base = Path(folder)
        optical = dataset(OpticalArchive(tiles=options.tiles), (Verify(), Questions()), str(base / "optical"))
        sar = dataset(Synthetic(tiles=options.tiles, twin=False), (A2C(), Verify(), Questions()), str(base / "sar"))
        for number in range(options.rounds):
            for way, run in ways.items():
                began = time.perf_counter()
                steps_s = run(trainings(optical, sar, base / f"{number}-{way}"))
                whole_s = time.perf_counter() - began
                print(f"round {number + 1}, {way:>17}: {whole_s:6.1f} s, in steps {steps_s:6.1f} s", flush=True)
                best[way] = min(best[way][0], whole_s), min(best[way][1], steps_s)
    (after_s, after_steps_s), (beside_s, beside_steps_s) = best.values()
    print(f"{CPUS} CPUs; side by side against one after another: {after_s / beside_s:.2f} times as fast", end="")
    print(f", in steps {after_steps_s / beside_steps_s:.2f} times")
    if options.save:
        ways_s = {way: {"whole_s": whole_s, "in_steps_s": steps_s} for way, (whole_s, steps_s) in best.items()}
        ratios = {"ratio": after_s / beside_s, "ratio_in_steps": after_steps_s / beside_steps_s, "in_steps_at_least": 1.0}
        keep(__file__, {"tiles": options.tiles, "rounds": options.rounds, **ways_s, **ratios})
    return int(beside_steps_s > after_steps_s)


if __name__ == "__main__":
    raise SystemExit(main())
