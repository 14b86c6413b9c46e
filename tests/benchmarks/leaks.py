"""What the audit finds and what it mistakes: `python -m tests.benchmarks.leaks [--tiles N] [--planted N] [--against orb]`.

Tiles of the embedded archive, and of plain speckle, are changed in known ways and looked for among thousands of others; then
the real samples, where they are there. Prints the share found of each change, pairs that are called near-identical and are
not, and what it costs in seconds of the process, on one thread. --against does the same by OpenCV's ORB and faiss, verified by
RANSAC (orb, orb-affine) or by the alignment of `sartext.dedup` (orb-aligned); --save keeps the figures as leaks.json. Exit
status 1 where `sartext.dedup` misses a bar, 2 where a package is absent.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sartext.dedup.candidates import Descriptors, candidates
from sartext.dedup.keypoints import Gray, keypoints
from sartext.dedup.turns import SYMMETRIES
from sartext.flow.audit.compare import compare
from sartext.flow.audit.descriptors import Shown, picture
from tests.benchmarks.leak_tiles import CHANGES, FOUND, archive, jpeg, lattices, other_dates, speckle
from tests.support.results import keep, parser_with_save

REAL = Path(__file__).parents[3] / "shared" / "sar-data"
COST_MS = 15.0  # most time of describing a tile of 128 px on one core
REAL_PX = 400  # side of the crops of real images
AGAINST = {"orb": "partial", "orb-affine": "affine", "orb-aligned": "aligned"}
PACKAGES = ("numpy", "pillow", "opencv-python-headless", "faiss-cpu")
Pairs = dict[tuple[int, int], dict[str, float]]


class Method(Protocol):
    """A way to find near-identical images."""

    name: str

    def describe(self, gray: Gray, *, asked: bool) -> Any:
        """What is kept of an image, and what it takes to ask for it."""

    def size(self, described: Any) -> int:
        """Bytes of the descriptors that are kept of an image."""

    def propose(self, asked: Sequence[Any], known: Sequence[Any]) -> NDArray[np.intp]:
        """Rows (number of an asked image, of a known one, turn) of pairs that may be near-identical."""

    def verdict(self, asked: Any, known: Any, turn: int) -> dict[str, float] | None:
        """Where one image lies in the other; None where they are not near-identical."""


class House:
    """What the audit does."""

    name = "sartext.dedup"

    def describe(self, gray: Gray, *, asked: bool) -> Shown:  # noqa: ARG002 - the same on both sides
        return Shown(keypoints(gray), gray.shape[0], gray.shape[1], picture(gray))

    def size(self, described: Shown) -> int:
        points = described.points
        return sum(array.nbytes for array in (points.x_px, points.y_px, points.sigma_px, points.bits))

    def propose(self, asked: Sequence[Shown], known: Sequence[Shown]) -> NDArray[np.intp]:
        found = candidates(_descriptors(asked), _descriptors(known))
        return np.stack([found.asked, found.known, found.turn], axis=1)

    def verdict(self, asked: Shown, known: Shown, turn: int) -> dict[str, float] | None:
        return compare(asked, known, turn)


def _descriptors(shown: Sequence[Shown]) -> Descriptors:
    points = [one.points for one in shown]
    bits, sigma_px = (np.concatenate([getattr(one, name) for one in points]) for name in ("bits", "sigma_px"))
    return Descriptors(bits, sigma_px, np.repeat(np.arange(len(points)), [len(one) for one in points]))


@dataclass
class Found:
    """What a search found: near-identical pairs as (number, number), how many candidates there were, and what it took."""

    pairs: Pairs = field(default_factory=dict)
    candidates: int = 0
    search_s: float = 0.0
    verify_s: float = 0.0

    def costs(self, asked: int) -> dict[str, float]:
        """Candidates and milliseconds of an asked image."""
        return {
            "candidates_a_tile": round(self.candidates / asked, 1),
            "search_ms": round(1e3 * self.search_s / asked, 2),
            "verify_ms": round(1e3 * self.verify_s / asked, 2),
        }


def find(method: Method, asked: Sequence[Any], known: Sequence[Any]) -> Found:
    """All that a method finds of the asked images among the known ones."""
    start, found = time.process_time(), Found()
    proposed = method.propose(asked, known)
    searched = time.process_time()
    for one, other, turn in proposed.tolist():
        row = method.verdict(asked[one], known[other], turn)
        if row and row["keypoints"] > found.pairs.get((one, other), {"keypoints": 0})["keypoints"]:
            found.pairs[one, other] = {**row, "turn": turn}
    found.candidates, found.search_s, found.verify_s = len(proposed), searched - start, time.process_time() - searched
    return found


def _most(count: int, of: int) -> float:
    """The upper end of a one-sided 95% interval of a rate, of 100,000: 3 for none (the rule of three), else Poisson's about."""
    return 1e5 * (3.0 if not count else count + 1.645 * count**0.5 + 2) / of


class Trial:
    """A method on trial: what it found and what it missed."""

    def __init__(self, method: Method) -> None:
        self.method = method
        self.figures: dict[str, Any] = {}
        self.missed: list[str] = []

    def hold(self, held: bool, name: str) -> str:
        if not held:
            self.missed.append(name)
        return "" if held else "  MISSED"

    def described(self, grays: Sequence[Gray], *, asked: bool = False) -> list[Any]:
        return [self.method.describe(np.ascontiguousarray(gray), asked=asked) for gray in grays]

    def cost(self, grays: Sequence[Gray]) -> None:
        """Times the description of tiles of 128 px."""
        for asked, name in ((False, "kept"), (True, "asked for")):
            start = time.process_time()
            described = self.described(grays, asked=asked)
            cost_ms = 1e3 * (time.process_time() - start) / len(grays)
            self.figures[f"describe_{name.split()[0]}_ms"] = round(cost_ms, 2)
            missed = self.hold(cost_ms <= COST_MS, "cost")
            print(f"describing a tile of 128 px that is {name}: {cost_ms:.1f} ms{missed}")
        size = float(np.mean([self.method.size(one) for one in described]))
        self.figures["bytes_a_tile"] = round(size)
        print(f"descriptors of a tile of 128 px: {size:,.0f} bytes")

    def planted(self, name: str, known: Sequence[Gray], count: int, *, barred: bool) -> None:
        """Looks for changed tiles of `known` among all of it: `count` tiles a change."""
        source = [number for _ in CHANGES for number in range(count)]
        asked = self.described([change.make(known[number]) for change in CHANGES for number in range(count)], asked=True)
        found = find(self.method, asked, self.described(known))
        false = [pair for pair in found.pairs if source[pair[0]] != pair[1]]
        print(f"{name}: {len(known)} tiles, {count} of them changed in each way")
        shares = {}
        for at, change in enumerate(CHANGES):
            rows = [found.pairs.get((at * count + number, number)) for number in range(count)]
            share = shares[change.name] = sum(row is not None for row in rows) / count
            least = min((row["correlation"] for row in rows if row), default=0.0)
            points = sorted(row["keypoints"] for row in rows if row)
            missed = self.hold(change.bar is None or share >= change.bar, f"{name}: {change.name}") if barred else ""
            middle = f"{points[len(points) // 2]:3.0f} keypoints agree, correlation at least {least:.2f}" if points else ""
            print(f"  {change.name:<44} {share:7.1%}  {middle}{missed}")
        compared = len(asked) * len(known) - len(asked)
        missed = self.hold(not false, f"{name}: false pairs")
        print(f"  false pairs {len(false)} of {compared:,} (at most {_most(len(false), compared):.2g} of 100,000){missed}")
        for pair in false[:5]:
            print(f"    {CHANGES[pair[0] // count].name}, {pair}: {found.pairs[pair]}")
        costs = found.costs(len(asked))
        print("  a changed tile: " + ", ".join(f"{cost} {value}" for cost, value in costs.items()), flush=True)
        shares = {change: round(share, 4) for change, share in shares.items()}
        self.figures[name] = {"found": shares, "false": len(false), "of": compared, **costs}

    def unlike(self, name: str, grays: Sequence[Gray]) -> None:
        """Holds different images against one another: nothing may be found."""
        described = self.described(grays, asked=True)
        found = find(self.method, described, described)
        false = [pair for pair in found.pairs if pair[0] < pair[1]]
        compared = len(grays) * (len(grays) - 1) // 2
        missed = self.hold(not false, name)
        print(f"{name}: false pairs {len(false)} of {compared:,}; {found.candidates:,} candidates{missed}", flush=True)
        for pair in false[:5]:
            print(f"  {pair}: {found.pairs[pair]}")
        self.figures[name] = {"false": len(false), "of": compared, **found.costs(len(grays))}

    def dates(self, scenes: Sequence[tuple[Gray, Gray]]) -> None:
        """Counts the scenes that are called near-identical with other speckle."""
        sides = [self.described([pair[side] for pair in scenes], asked=not side) for side in (0, 1)]
        pairs = find(self.method, *sides).pairs
        same = sum((number, number) in pairs for number in range(len(scenes)))
        false = len(pairs) - same
        missed = self.hold(not false, "scenes with other speckle")
        print(
            f"scenes of the archive with other speckle: {same} of {len(scenes)} are called near-identical (no bar: it is one "
            f"place); false pairs {false}{missed}"
        )
        self.figures["other speckle"] = {"found": same / len(scenes), "false": false, "of": len(scenes) * (len(scenes) - 1)}

    def real(self) -> None:
        """The real samples: overlapping crops are found at their offsets, all other pairs of crops are not."""
        files = sorted((REAL / "seg_hrsid_mini_test" / "images").glob("*.jpg"))
        files += sorted((REAL / "pair_optical-sar_s1s2_volkov" / "dataset" / "sar").glob("*.png"))
        if not files:
            print(f"real images: none, {REAL} is not there")
            return
        whole = [np.asarray(Image.open(file).convert("L")) for file in files]
        quarters = [
            gray[top : top + REAL_PX, left : left + REAL_PX] for gray in whole for top in (0, REAL_PX) for left in (0, REAL_PX)
        ]
        self.unlike("real quarters", quarters)
        self.planted("real images", whole, len(whole), barred=False)
        known = self.described(quarters)
        for overlap, barred in ((0.75, True), (0.5, True), (0.25, False)):
            shift = round(REAL_PX * (1 - overlap))
            crops = [jpeg(gray[:REAL_PX, shift : shift + REAL_PX], 75) for gray in whole]
            pairs = find(self.method, self.described(crops, asked=True), known).pairs
            right = [pairs.get((number, 4 * number)) for number in range(len(whole))]
            off = [float(np.hypot(row["offset_x_px"] - shift, row["offset_y_px"])) for row in right if row]
            expected = {(number, 4 * number + beside) for number in range(len(whole)) for beside in (0, 1)}
            share, false = len(off) / len(whole), set(pairs) - expected
            missed = self.hold((share >= FOUND or not barred) and not false, f"real crops that overlap by {overlap}")
            print(
                f"real crops of {REAL_PX} px, JPEG 75, that overlap by {overlap:.0%}: {share:7.1%} found, "
                f"offsets within {max(off, default=0):.2f} px, false pairs {len(false)}{missed}",
                flush=True,
            )
            name = f"real crops that overlap by {overlap:.0%}"
            self.figures[name] = {"found": round(share, 4), "off_px": round(max(off, default=0), 2), "false": len(false)}


def methods(against: Sequence[str]) -> list[Method]:
    """The audit's method, and those to hold it against. Exits where a package of theirs is absent."""
    if not against:
        return [House()]
    try:
        from tests.benchmarks.leak_orb import Orb
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed, and --against needs it; install it with uv sync --group bench", file=sys.stderr)
        sys.exit(2)
    return [House(), *(Orb(AGAINST[name]) for name in against)]


def main() -> int:
    """Prints the figures; 1 where a bar is missed."""
    parser = parser_with_save(__doc__)
    parser.add_argument(
        "--tiles", type=int, default=4000, help="tiles of the embedded archive that changed ones are looked for in"
    )
    parser.add_argument("--planted", type=int, default=100, help="tiles that are changed in each way")
    parser.add_argument("--seed", type=int, default=8, help="of the embedded archive's tiles")
    parser.add_argument("--against", choices=AGAINST, nargs="+", default=[], help="what else does the same, in turn")
    arguments = parser.parse_args()
    trials = [Trial(method) for method in methods(arguments.against)]
    tiles = list(archive(arguments.tiles, arguments.seed))
    for trial in trials:
        print(f"== {trial.method.name}")
        start = time.process_time()
        trial.cost(tiles[: min(300, len(tiles))])
        trial.planted("embedded archive", tiles, arguments.planted, barred=True)
        trial.planted("plain speckle", list(speckle(1000, 1)), min(arguments.planted, 50), barred=True)
        trial.unlike("dark sea, JPEG of quality 30", [jpeg(gray, 30) for gray in speckle(400, 2, mean=12.0)])
        trial.unlike("lattices of points", list(lattices(300, 3)))
        trial.dates(list(other_dates(200, 5)))
        trial.real()
        trial.figures.update(missed=trial.missed, process_s=round(time.process_time() - start))
        print("missed: " + "; ".join(trial.missed) if trial.missed else "every bar is met")
    print(f"turns that are looked for: {', '.join(SYMMETRIES)}")
    if arguments.save:
        asked = {name: getattr(arguments, name) for name in ("tiles", "planted", "seed")}
        keep(__file__, {**asked, "methods": {trial.method.name: trial.figures for trial in trials}}, packages=PACKAGES)
    return int(bool(trials[0].missed))


if __name__ == "__main__":
    sys.exit(main())
