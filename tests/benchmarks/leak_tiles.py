"""Tiles that an audit is tried on: the embedded archive, plain speckle, lattices; and the ways in which they are changed."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from sartext.dedup.keypoints import Gray
from sartext.sources.archive import radar
from sartext.sources.archive.ground import ground
from sartext.sources.archive.plan import plan
from sartext.sources.synthetic import Synthetic

FOUND = 0.95  # least share of a change


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
