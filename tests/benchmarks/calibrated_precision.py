"""Whether what is said at an asked precision reaches it, and how much is said.

    python -m tests.benchmarks.calibrated_precision [--resamplings 200] [--save]
    python -m tests.benchmarks.calibrated_precision --coca DIR --learned-from DATASET --out DIR [--save]

First by a stand-in for a captioner, whose errors and scores by kind are declared below: thresholds are learned from one
calibration set after another, and what is said with them is measured on a large fresh set. Exit status 1 where at delta 0.05
the precision is missed in more than 10% of the resamplings, less than 70% is said of what is with the thresholds of an oracle
that knows the fresh set, or a kind that cannot reach the precision is said in more than delta of them. Then, with --coca, by a
trained CoCa on scenes of the archive that it has not seen: what it says at several precisions, and how often it is right.
"""

import argparse
import dataclasses
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sartext.evaluate.calibration import LEVELS, KindCounts, learned_thresholds
from tests.support.results import keep, parser_with_save

PRECISION, DELTA, SCENES, FRESH = 0.95, 0.05, 3000, 1_000_000
REACHED, KEPT = 0.9, 0.7
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class StandInKind:
    """A kind of claim of the stand-in: how many scenes have one, and how often one of a score from 0 to 1 is right."""

    share: float
    right: Callable[[Scores], Scores]


# Scores are alike likely from 0 to 1. Errors on the whole: class 3%, count 20%, position 40%. A count's score says much, and a
# position's nothing.
STAND_IN = {
    "class": StandInKind(1.0, lambda score: np.full_like(score, 0.97)),
    "count": StandInKind(0.8, lambda score: np.where(score < 0.4, 0.505 + 0.05 * score, 0.99)),
    "position": StandInKind(0.7, lambda score: np.full_like(score, 0.6)),
}


def main() -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--resamplings", type=int, default=200, help="calibration sets that are drawn")
    parser.add_argument("--coca", help="a training of a CoCa")
    parser.add_argument("--learned-from", nargs="+", default=[], help="the datasets of its training")
    parser.add_argument("--out", help="where datasets of the CoCa go")
    parser.add_argument("--calibration-tiles", type=int, default=4000, help="tiles of the CoCa's calibration set")
    parser.add_argument("--tiles", type=int, default=1500, help="tiles that it narrates at each precision")
    args = parser.parse_args()
    if args.coca:
        keep_of = _by_coca(args)
        if args.save:
            keep(__file__, keep_of, "coca")
        return 0
    figures, good = _by_stand_in(args.resamplings)
    if args.save:
        keep(__file__, figures, "stand_in")
    return 0 if good else 1


def drawn(kind: StandInKind, scenes: int, random: np.random.Generator) -> KindCounts:
    """Claims of the kind in so many scenes, by the cells of their scores, with how many are right."""
    score = random.random(random.binomial(scenes, kind.share))
    right = random.random(len(score)) < kind.right(score)
    cells = (score * (LEVELS - 1)).astype(np.int64)
    return KindCounts(np.bincount(cells, minlength=LEVELS), np.bincount(cells[right], minlength=LEVELS))


def _by_stand_in(resamplings: int) -> tuple[dict[str, object], bool]:
    random = np.random.default_rng(0)
    fresh = {name: drawn(kind, FRESH, random) for name, kind in STAND_IN.items()}
    best = {name: _oracle(of) for name, of in fresh.items()}
    reached, said, missed = 0, {name: list[float]() for name in STAND_IN}, Counter[str]()
    for _ in range(resamplings):
        seen = {name: drawn(kind, SCENES, random) for name, kind in STAND_IN.items()}
        good = True
        for one in learned_thresholds(seen, precision=PRECISION, delta=DELTA):
            if one.threshold is None:
                said[one.kind].append(0.0)
                continue
            first = round(one.threshold * (LEVELS - 1))
            claims, right = (int(of[first:].sum()) for of in (fresh[one.kind].claims, fresh[one.kind].right))
            said[one.kind].append(claims)
            if right < PRECISION * claims:
                good = False
                missed[one.kind] += 1
        reached += good
    shares = {name: float(np.mean(said[name])) / best[name] for name in STAND_IN if best[name]}
    silent = {name: 1 - float(np.mean(np.array(said[name]) > 0)) for name in STAND_IN if not best[name]}
    kept = sum(float(np.mean(of)) for of in said.values()) / sum(best.values())
    errors = {name: 1 - float(of.right.sum() / of.claims.sum()) for name, of in fresh.items()}
    print(f"stand-in errors: {', '.join(f'{name} {error:.1%}' for name, error in errors.items())}")
    print(f"precision {PRECISION} reached in {reached / resamplings:.1%} of {resamplings} calibration sets of {SCENES} scenes")
    print(f"missed by kind: {dict(missed) or 'none'}")
    print(f"said, of what the oracle says: {kept:.1%} ({', '.join(f'{name} {share:.1%}' for name, share in shares.items())})")
    print(f"silent where the precision cannot be reached: {', '.join(f'{name} {one:.1%}' for name, one in silent.items())}")
    figures: dict[str, object] = {
        "stand_in_errors": errors,
        "resamplings": resamplings,
        "scenes": SCENES,
        "precision": PRECISION,
        "delta": DELTA,
        "reached_share": reached / resamplings,
        "kept_of_oracle": {"all": kept, **shares},
        "silent_share": silent,
    }
    good = reached >= REACHED * resamplings and all(one >= KEPT for one in (kept, *shares.values()))
    return figures, good and all(one >= 1 - DELTA for one in silent.values())


def _oracle(counts: KindCounts) -> int:
    """How many claims the laxest threshold keeps that reaches the precision on the fresh set; 0 where none does."""
    claims, right = (np.cumsum(of[::-1])[::-1] for of in (counts.claims, counts.right))
    return max((int(n) for n, good in zip(claims, right, strict=True) if n and good >= PRECISION * n), default=0)


def _by_coca(args: argparse.Namespace) -> dict[str, object]:
    """Calibrates the CoCa on scenes of one seed, and asks it about scenes of another, whose labels it does not see."""
    from jobs.recipes.build import synthetic_calibration  # torch and Ray take seconds
    from sartext.artifact import open_artifact
    from sartext.flow.build.build import build
    from sartext.flow.predict.narrator import Narrator
    from sartext.narrate.verify import Verify
    from sartext.sources.synthetic import Synthetic

    config = synthetic_calibration()
    narrator = next(rule for rule in config.rules if isinstance(rule, Narrator))
    narrator = dataclasses.replace(narrator, checkpoint=args.coca, max_tokens=32)
    source = Synthetic(tiles=args.calibration_tiles, seed=4, twin=False)
    build(source, (narrator, Verify()), out=f"{args.out}/calibration", engine=config.engine)
    figures: dict[str, object] = {"calibration_tiles": args.calibration_tiles, "tiles": args.tiles}
    for precision in (0.95, 0.9, 0.8, 0.7):
        asked = dataclasses.replace(
            narrator, precision=precision, calibration=f"{args.out}/calibration", learned_from=tuple(args.learned_from)
        )
        # Labelled, so that what is said can be judged; "trust" judges and refuses nothing, as where nothing is labelled.
        policy = tuple((dict(Verify().policy) | {"narrator": "trust"}).items())
        fresh = Synthetic(tiles=args.tiles, seed=5, twin=False)
        made = build(fresh, (asked, Verify(policy=policy)), out=f"{args.out}/said_{precision}", engine=config.engine)
        of, right, tiles = Counter[str](), Counter[str](), 0
        for path_table in made.tables():
            for row in path_table.to_pylist():
                kept = [one for one in row["captions"] if one["kept"]]
                tiles += bool(kept)
                for claim in (claim for one in kept for claim in one["claims"]):
                    of[claim["kind"]] += 1
                    right[claim["kind"]] += claim["verdict"] == "supported"
        kinds = open_artifact(f"{args.out}/said_{precision}").manifest["config"]["rules"][0]["calibrated"]["kinds"]
        said = {kind: {"claims": number, "right": right[kind] / number} for kind, number in sorted(of.items())}
        print(f"precision {precision}: {tiles} of {args.tiles} tiles have a caption; {said}")
        figures[str(precision)] = {
            "captioned": tiles,
            "said": said,
            "thresholds": {one["kind"]: [one["threshold"], one["claims"], one["right"]] for one in kinds},
        }
    return figures


if __name__ == "__main__":
    raise SystemExit(main())
