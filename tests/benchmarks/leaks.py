"""What the audit finds and what it mistakes: `python -m tests.benchmarks.leaks [--tiles N] [--planted N]`.

Tiles of the embedded archive, and of plain speckle, are changed in known ways and looked for among thousands of others; then
the real samples, where they are there. Prints the share found of each change, pairs that are called near-identical and are
not, and what it costs. Exit status 1 where a bar is missed.
"""

import argparse
import io
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image

from sartext.dedup.candidates import SYMMETRIES, Descriptors, candidates
from sartext.dedup.keypoints import Gray, keypoints
from sartext.flow.audit.compare import compare
from sartext.flow.audit.descriptors import Shown, picture
from sartext.sources.archive import radar
from sartext.sources.archive.ground import ground
from sartext.sources.archive.plan import plan
from sartext.sources.synthetic import Synthetic

REAL = Path(__file__).parents[3] / "shared" / "sar-data"
FOUND = 0.95  # least share of a change
COST_MS = 15.0  # most time of describing a tile of 128 px on one core
REAL_PX = 400  # side of the crops of real images


@dataclass(frozen=True)
class Change:
    """One way to change a tile, and the least share of them that must be found."""

    name: str
    make: Callable[[Gray], Gray]
    bar: float | None = FOUND


def jpeg(gray: Gray, quality: int) -> Gray:
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(gray)).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(out.getvalue())))


def resized(gray: Gray, along_x: float, along_y: float | None = None) -> Gray:
    size = round(gray.shape[1] * along_x), round(gray.shape[0] * (along_y or along_x))
    return np.asarray(Image.fromarray(np.ascontiguousarray(gray)).resize(size, Image.Resampling.BICUBIC))


def cropped(gray: Gray, side: float = 0.5**0.5) -> Gray:
    height, width = (round(side * length) for length in gray.shape)
    top, left = round(0.6 * (gray.shape[0] - height)), round(0.35 * (gray.shape[1] - width))
    return gray[top : top + height, left : left + width]


def stretched(gray: Gray) -> Gray:
    """Other limits: the darkest twentieth is black, the brightest fiftieth white."""
    low, high = np.percentile(gray, [5, 98])
    return np.clip((gray - low) * (255.0 / max(high - low, 1.0)), 0, 255).astype(np.uint8)


def gamma(gray: Gray) -> Gray:
    return (255 * (gray / 255.0) ** 0.6).round().astype(np.uint8)


CHANGES = (
    Change("the same pixels", lambda gray: gray),
    Change("JPEG of quality 75", lambda gray: jpeg(gray, 75)),
    Change("JPEG of quality 50", lambda gray: jpeg(gray, 50)),
    Change("JPEG of quality 30", lambda gray: jpeg(gray, 30), bar=None),
    Change("half the side", lambda gray: resized(gray, 0.5)),
    Change("three quarters of the side", lambda gray: resized(gray, 0.75)),
    Change("one and a half of the side", lambda gray: resized(gray, 1.5)),
    Change("twice the side", lambda gray: resized(gray, 2.0)),
    Change("sides by 1 and 0.8", lambda gray: resized(gray, 1.0, 0.8)),
    Change("half of the area", cropped),
    Change("a quarter of the area", lambda gray: cropped(gray, 0.5), bar=None),
    Change("half of the area, to the old size, JPEG 75", lambda gray: jpeg(resized(cropped(gray), 2**0.5), 75)),
    Change("half of the area, half the side", lambda gray: resized(cropped(gray), 0.5), bar=None),
    Change("gamma of 0.6", gamma),
    Change("other limits", stretched),
    Change("other limits, half of the area, JPEG 75", lambda gray: jpeg(cropped(stretched(gray)), 75)),
    Change("mirrored", lambda gray: gray[:, ::-1]),
    Change("turned by 90 degrees", lambda gray: np.rot90(gray)),
    Change("mirrored, half of the area, JPEG 75", lambda gray: jpeg(cropped(gray[:, ::-1]), 75)),
    Change("turned by 5 degrees", lambda gray: np.asarray(Image.fromarray(gray).rotate(5, Image.Resampling.BICUBIC)), bar=None),
    Change("boxcar of 3 x 3", lambda gray: boxcar(gray), bar=None),
)


def boxcar(gray: Gray) -> Gray:
    padded = np.pad(gray.astype(np.float64), 1, mode="edge")
    height, width = gray.shape
    return (sum(padded[y : y + height, x : x + width] for y in range(3) for x in range(3)) / 9).round().astype(np.uint8)


@dataclass
class Looked:
    """Images and how they are found among one another."""

    shown: list[Shown] = field(default_factory=list)

    def add(self, gray: Gray) -> int:
        gray = np.ascontiguousarray(gray)
        self.shown.append(Shown(keypoints(gray), gray.shape[0], gray.shape[1], picture(gray)))
        return len(self.shown) - 1

    def descriptors(self) -> Descriptors:
        points = [one.points for one in self.shown]
        bits, sigma_px = (np.concatenate([getattr(one, name) for one in points]) for name in ("bits", "sigma_px"))
        return Descriptors(bits, sigma_px, np.repeat(np.arange(len(points)), [len(one) for one in points]))


def found(asked: Looked, known: Looked) -> tuple[dict[tuple[int, int], dict[str, float]], int]:
    """The near-identical pairs, as (number, number), and how many candidates there were."""
    proposed = candidates(asked.descriptors(), known.descriptors())
    pairs: dict[tuple[int, int], dict[str, float]] = {}
    for one, other, turn in zip(proposed.asked.tolist(), proposed.known.tolist(), proposed.turn.tolist(), strict=True):
        row = compare(asked.shown[one], known.shown[other], turn)
        if row and row["keypoints"] > pairs.get((one, other), {"keypoints": 0})["keypoints"]:
            pairs[one, other] = {**row, "turn": turn}
    return pairs, len(proposed.asked)


def archive(count: int, seed: int) -> Iterator[Gray]:
    """Tiles of the embedded archive."""
    source = Synthetic(tiles=count, seed=seed, twin=False)
    for item in range(count):
        yield np.asarray(Image.open(io.BytesIO(source.tile(item).image.bytes or b"")).convert("L"))


def speckle(count: int, seed: int, *, looks: int = 3, mean: float = 60.0, size_px: int = 128) -> Iterator[Gray]:
    """Plain sea: amplitude of `looks` looks, smoothed as by a point-spread function, nothing else."""
    random = np.random.default_rng(seed)
    spectrum = np.hypot(*np.meshgrid(np.fft.fftfreq(size_px), np.fft.fftfreq(size_px))) < 0.4
    for _ in range(count):
        intensity = np.zeros((size_px, size_px))
        for _ in range(looks):
            noise = random.normal(size=(2, size_px, size_px))
            intensity += np.abs(np.fft.ifft2(np.fft.fft2(noise[0] + 1j * noise[1]) * spectrum)) ** 2
        amplitude = np.sqrt(intensity)
        yield np.clip(amplitude * (mean / amplitude.mean()), 0, 255).astype(np.uint8)


def lattices(count: int, seed: int) -> Iterator[Gray]:
    """Rows of equal bright points on dark ground, as of car parks and tank farms, each in other speckle."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:128, :128]
    for ground_level in speckle(count, seed + 1, mean=25.0):
        pitch, shift = random.choice([10, 12, 16]), random.integers(0, 16, 2)
        near = np.hypot((y + shift[0]) % pitch - pitch / 2, (x + shift[1]) % pitch - pitch / 2)
        yield np.clip(ground_level + 230 * np.exp(-0.5 * (near / 1.3) ** 2), 0, 255).astype(np.uint8)


def other_dates(count: int, seed: int) -> Iterator[tuple[Gray, Gray]]:
    """The same scenes of the archive with another realisation of speckle."""
    for item in range(count):
        scene = plan(seed, item, 128)
        drawn = ground(scene)
        yield (
            radar.render(scene, drawn)[0],
            radar.render(replace(scene, index=scene.index + 10**6), drawn)[0],
        )


def _most(count: int, of: int) -> float:
    """The upper end of a one-sided 95% interval of a rate, of 100,000: 3 for none (the rule of three), else Poisson's about."""
    return 1e5 * (3.0 if not count else count + 1.645 * count**0.5 + 2) / of


class Bars:
    """What was missed."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def hold(self, held: bool, name: str) -> str:
        if not held:
            self.missed.append(name)
        return "" if held else "  MISSED"


def planted(name: str, known: Sequence[Gray], count: int, bars: Bars, *, barred: bool) -> None:
    """Looks for changed tiles of `known` among all of it: `count` tiles a change."""
    there, asked, source = Looked(), Looked(), []
    for gray in known:
        there.add(gray)
    for change in CHANGES:
        for number in range(count):
            asked.add(change.make(known[number]))
            source.append(number)
    start = time.perf_counter()
    pairs, proposed = found(asked, there)
    took_s = time.perf_counter() - start
    false = {pair: row for pair, row in pairs.items() if source[pair[0]] != pair[1]}
    print(f"{name}: {len(known)} tiles, {count} of them changed in each way")
    for at, change in enumerate(CHANGES):
        rows = [pairs.get((at * count + number, number)) for number in range(count)]
        share = sum(row is not None for row in rows) / count
        least = min((row["correlation"] for row in rows if row), default=0.0)
        points = sorted(row["keypoints"] for row in rows if row)
        missed = bars.hold(change.bar is None or share >= change.bar, f"{name}: {change.name}") if barred else ""
        middle = f"{points[len(points) // 2]:3.0f} keypoints agree, correlation at least {least:.2f}" if points else ""
        print(f"  {change.name:<44} {share:7.1%}  {middle}{missed}")
    compared = len(asked.shown) * len(known) - len(asked.shown)
    missed = bars.hold(not false, f"{name}: false pairs")
    print(f"  false pairs {len(false)} of {compared:,} (at most {_most(len(false), compared):.2g} of 100,000){missed}", end="")
    print(f"; {proposed / len(asked.shown):.1f} candidates a tile, {1e3 * took_s / len(asked.shown):.1f} ms a changed tile")


def unlike(name: str, grays: Sequence[Gray], bars: Bars) -> None:
    """Holds different images against one another: nothing may be found."""
    one = Looked()
    for gray in grays:
        one.add(gray)
    pairs, proposed = found(one, one)
    false = [pair for pair in pairs if pair[0] < pair[1]]
    compared = len(grays) * (len(grays) - 1) // 2
    print(f"{name}: false pairs {len(false)} of {compared:,}; {proposed - len(grays):,} candidates{bars.hold(not false, name)}")
    for pair in false[:5]:
        print(f"  {pair}: {pairs[pair]}")


def real(bars: Bars) -> None:
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
    unlike("real quarters", quarters, bars)
    planted("real images", whole, len(whole), bars, barred=False)
    known = Looked()
    for gray in quarters:
        known.add(gray)
    for overlap, barred in ((0.75, True), (0.5, True), (0.25, False)):
        shift = round(REAL_PX * (1 - overlap))
        asked, off = Looked(), []
        for gray in whole:
            asked.add(jpeg(gray[:REAL_PX, shift : shift + REAL_PX], 75))
        pairs, _ = found(asked, known)
        right = [pairs.get((number, 4 * number)) for number in range(len(whole))]
        off = [np.hypot(row["offset_x_px"] - shift, row["offset_y_px"]) for row in right if row]
        expected = {(number, 4 * number + beside) for number in range(len(whole)) for beside in (0, 1)}
        share, false = len(off) / len(whole), set(pairs) - expected
        missed = bars.hold((share >= FOUND or not barred) and not false, f"real crops that overlap by {overlap}")
        print(
            f"real crops of {REAL_PX} px, JPEG 75, that overlap by {overlap:.0%}: {share:7.1%} found, "
            f"offsets within {max(off, default=0):.2f} px, false pairs {len(false)}{missed}"
        )


def main() -> int:
    """Prints the figures; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--tiles", type=int, default=4000, help="tiles of the embedded archive that changed ones are looked for in"
    )
    parser.add_argument("--planted", type=int, default=100, help="tiles that are changed in each way")
    parser.add_argument("--seed", type=int, default=8, help="of the embedded archive's tiles")
    arguments = parser.parse_args()
    bars = Bars()
    tiles = list(archive(arguments.tiles, arguments.seed))
    few = tiles[: min(300, len(tiles))]
    start = time.perf_counter()
    for gray in few:
        keypoints(gray)
        picture(gray)
    cost_ms = 1e3 * (time.perf_counter() - start) / len(few)
    print(f"describing a tile of 128 px: {cost_ms:.1f} ms{bars.hold(cost_ms <= COST_MS, 'cost')}")
    planted("embedded archive", tiles, arguments.planted, bars, barred=True)
    planted("plain speckle", list(speckle(1000, 1)), min(arguments.planted, 50), bars, barred=True)
    unlike("dark sea, JPEG of quality 30", [jpeg(gray, 30) for gray in speckle(400, 2, mean=12.0)], bars)
    unlike("lattices of points", list(lattices(300, 3)), bars)
    dates = list(other_dates(200, 5))
    sides = Looked(), Looked()
    for pair in dates:
        for side, gray in zip(sides, pair, strict=True):
            side.add(gray)
    pairs, _ = found(*sides)
    same = sum((number, number) in pairs for number in range(len(dates)))
    print(
        f"scenes of the archive with other speckle: {same} of {len(dates)} are called near-identical (no bar: it is one place)"
    )
    real(bars)
    print(f"turns that are looked for: {', '.join(SYMMETRIES)}")
    print("missed: " + "; ".join(bars.missed) if bars.missed else "every bar is met")
    return int(bool(bars.missed))


if __name__ == "__main__":
    sys.exit(main())
