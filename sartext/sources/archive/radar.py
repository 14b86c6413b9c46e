"""The radar image of a scene: reflectivity, echoes, speckle, detection, looks, eight bits."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sartext.sar import psf, radiometry, speckle
from sartext.sar.geometry import layover_m, shadow_m
from sartext.sources.archive import noise
from sartext.sources.archive.covers import COVERS, level_db
from sartext.sources.archive.echoes import ECHOES, camber
from sartext.sources.archive.ground import Ground, elevated, generator
from sartext.sources.archive.layers import MARGIN_PX, drawn_px, pixel_centres
from sartext.sources.archive.outlines import Group, Indices, body, group, pixels
from sartext.sources.archive.plan import Scene, SensorPlan
from sartext.sources.archive.relief import relief
from sartext.sources.archive.shapes import Floats, turn_all
from sartext.sources.archive.things import CLASSES, Thing
from sartext.tile import Limits, Rendering

CORNER_DB = 9.0  # a dihedral of wall and ground, above the cover it belongs to, where the wall runs along azimuth
_BODY_DB = {"ship": -1.0, "aircraft": -11.0, "car": -5.0, "tank": -15.0, "bridge": -13.0}
_SHADE_HEIGHT = {"aircraft": 0.45, "car": 1.0, "tank": 1.0}


@dataclass(frozen=True)
class Echo:
    """What a scene returns: reflectivity (n, n), and the point targets' pixels (k,) and peak intensities (k,)."""

    reflectivity: Floats
    at: Indices
    peaks: Floats


def echo(scene: Scene, ground: Ground) -> Echo:
    """The reflectivity and the point targets of a scene, receiver noise included."""
    random = generator(scene, "echo")
    levels, orders = _levels(scene)
    sigma = levels.take(ground.at)
    sigma *= speckle.gamma_texture(ground.grain, orders.take(ground.at))
    open_water = [p.cover in ("sea", "inland water") for p in scene.palette]
    if any(open_water):
        _roughen(scene, random, sigma, np.array(open_water).take(ground.at))
    glints = _raise(scene, ground, sigma, random)
    at, peaks = [glints[0]], [glints[1]]
    for label in CLASSES:
        things = [t for t in scene.things if t.label == label]
        if things:
            found = _thing_echoes(scene.sensor, label, things, sigma, random, scene.size_px)
            at.append(found[0])
            peaks.append(found[1])
    sigma += np.float32(radiometry.from_db(scene.sensor.noise_db))
    return Echo(sigma, np.concatenate(at), np.concatenate(peaks))


def intensity(scene: Scene, ground: Ground) -> Floats:
    """The detected multi-look image (n, n), margins included, calibrated as sigma nought."""
    found = echo(scene, ground)
    sensor, n = scene.sensor, drawn_px(scene.size_px)
    gain = psf.peak_gain(n, sensor.oversampling, sensor.window)
    amplitudes = np.sqrt(found.peaks * np.float32(1.0 / gain))
    weights = psf.spectrum_2d(n, sensor.oversampling, sensor.window)
    return speckle.drawn_multilook(generator(scene, "speckle"), found.reflectivity, sensor.looks, weights, found.at, amplitudes)


def mean_intensity(scene: Scene, ground: Ground) -> Floats:
    """What `intensity` would be on average over speckle, (n, n)."""
    found = echo(scene, ground)
    sensor, n = scene.sensor, drawn_px(scene.size_px)
    transfer = psf.intensity_spectrum(n, sensor.oversampling, sensor.window)
    axis = psf.spectrum(n, sensor.oversampling, sensor.window).astype(np.float64)
    spread = np.sum(np.abs(np.fft.ifft(axis)) ** 2) ** 2  # the power of a unit point by its peak's: see psf.peak_gain
    powers = found.peaks * np.float32(spread / psf.peak_gain(n, sensor.oversampling, sensor.window))
    return speckle.expected(found.reflectivity, transfer, found.at, powers)


def render(scene: Scene, ground: Ground) -> tuple[npt.NDArray[np.uint8], Rendering]:
    """The tile's 8-bit image (size, size) and how it came to be."""
    sensor = scene.sensor
    tile = np.s_[MARGIN_PX : MARGIN_PX + scene.size_px]
    power = intensity(scene, ground)[tile, tile]
    if sensor.scale == "db":
        low, high, values = sensor.low_db, sensor.high_db, radiometry.to_db(power)
    else:
        # Three digits, so that the last bits of a sum cannot show in the limit.
        rms = math.sqrt(float(np.mean(power, dtype=np.float64)))
        low, high, values = 0.0, float(f"{sensor.white_by_rms * rms:.3g}"), np.sqrt(power)
    image, below, above = radiometry.to_8bit(values, low, high)
    limits = (Limits(polarisation=sensor.polarisation, low=low, high=high),)
    return image, replace(rendering(sensor), limits=limits, clipped_low_share=below, clipped_high_share=above)


def rendering(sensor: SensorPlan) -> Rendering:
    """What is known of an image's rendering before it is drawn."""
    return Rendering(
        quantity="sigma0" if sensor.scale == "db" else "amplitude",
        scale=sensor.scale,
        polarisations=(sensor.polarisation,),
        looks=float(sensor.looks),
    )


def _levels(scene: Scene) -> tuple[Floats, Floats]:
    """Mean sigma nought and inverse order of texture by palette index."""
    sensor = scene.sensor
    levels = [
        _level(p.cover, sensor.band, sensor.incidence_deg, sensor.polarisation) * 10.0 ** (p.offset_db / 10.0)
        for p in scene.palette
    ]
    orders = [COVERS[p.cover].inverse_order for p in scene.palette]
    return np.array(levels, dtype=np.float32), np.array(orders, dtype=np.float32)


@lru_cache(maxsize=4096)
def _level(cover: str, band: str, incidence_deg: float, polarisation: str) -> float:
    return radiometry.from_db(level_db(COVERS[cover], band, incidence_deg, polarisation))


def _roughen(scene: Scene, random: np.random.Generator, sigma: Floats, sea: npt.NDArray[np.bool_]) -> None:
    """Swell, the unevenness of wind, and wakes, on open sea; changes `sigma`."""
    state, n = scene.sea, drawn_px(scene.size_px)
    wind = noise.smooth(random, n, scene.size_px / 5.0)
    change = np.float32(1.0) + np.float32(state.streaks) * wind
    x, y = pixel_centres(scene.size_px)
    if state.swell > 0.0:
        k = math.tau / state.wavelength_px
        phase = np.float32(k * math.cos(state.angle)) * x + np.float32(k * math.sin(state.angle)) * y
        phase = phase + np.float32(1.5) * wind
        change *= np.float32(1.0) + np.float32(state.swell) * np.sin(phase)
    for thing in scene.things:
        if thing.label == "ship" and thing.speed_m_s > 0.0:
            _wake(thing, x, y, change)
    np.maximum(change, np.float32(0.15), out=change)
    np.multiply(sigma, change, out=sigma, where=sea)


def _wake(ship: Thing, x: Floats, y: Floats, change: Floats) -> None:
    """A dark turbulent streak between bright edges, and the arms of Kelvin's wedge, behind where the ship truly is.

    The wedge's half angle is 19.47 degrees (Kelvin 1887); what shows in SAR follows Lyden et al. 1988 (J. Geophys.
    Res. 93, 12293-12303).
    """
    u, v = turn_all(x - np.float32(ship.x), y - np.float32(ship.y), ship.angle)
    behind = -u - np.float32(0.3 * ship.length)
    aside = np.abs(v)
    fade = np.exp(behind * np.float32(-1.0 / (5.0 * ship.length)))
    fade[behind < 0.0] = 0.0
    half = np.float32(0.35 * ship.width) + np.float32(0.012) * np.maximum(behind, np.float32(0.0))
    change *= np.float32(1.0) - np.float32(0.8) * fade * (aside < half)
    change += np.float32(2.2) * fade * (np.abs(aside - half - np.float32(1.0)) < np.float32(0.8))
    arm = np.abs(aside - behind * np.float32(math.tan(math.radians(19.47)))) < np.float32(1.3)
    change += np.float32(1.3) * fade * fade * arm


def _raise(scene: Scene, ground: Ground, sigma: Floats, random: np.random.Generator) -> tuple[Indices, Floats]:
    """Layover, dihedrals and shadows of elevated covers; changes `sigma`, returns glints of walls as points."""
    sensor = scene.sensor
    at, peaks = [], []
    for height_m, built, area in elevated(scene, ground.paints):
        lean = round(layover_m(height_m, sensor.incidence_deg) / sensor.gsd_m)
        shade = max(1, round(shadow_m(height_m, sensor.incidence_deg) / sensor.gsd_m))
        masks = relief(area, sensor.toward, lean, shade)
        top = moved_values(np.where(area, sigma, np.float32(0.0)), sensor.toward * lean)
        np.copyto(sigma, np.float32(0.0), where=masks.shadow | area)
        sigma += top
        level = float(top.sum(dtype=np.float64)) / max(1, int(np.count_nonzero(top)))
        sigma += masks.wall * np.float32(level * (1.2 if built else 0.9))
        if built:
            spots = np.flatnonzero(masks.corner)
            sigma.reshape(-1)[spots] += np.float32(level * radiometry.from_db(CORNER_DB))
            bright = spots[random.random(len(spots), dtype=np.float32) < np.float32(0.16)]
            at.append(bright)
            spread = random.standard_exponential(len(bright), dtype=np.float32)
            peaks.append(spread * spread * np.float32(level * radiometry.from_db(CORNER_DB + 4.0)))
    if not at:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.float32)
    return np.concatenate(at), np.concatenate(peaks)


def moved_values(values: Floats, by_px: int) -> Floats:
    """The values moved along rows by `by_px` columns; what enters is zero."""
    if by_px == 0:
        return values
    out = np.zeros_like(values)
    if by_px > 0:
        out[:, by_px:] = values[:, :-by_px]
    else:
        out[:, :by_px] = values[:, -by_px:]
    return out


def _thing_echoes(
    sensor: SensorPlan, label: str, things: list[Thing], sigma: Floats, random: np.random.Generator, size_px: int
) -> tuple[Indices, Floats]:
    """Shadows and bodies of things of one class, painted into `sigma`; returns their points."""
    columns = group(things)
    lean = np.float32(sensor.toward / math.tan(math.radians(sensor.incidence_deg)))
    flat = sigma.reshape(-1)
    if label in _BODY_DB:
        u, v = body(label, columns)
        if label in _SHADE_HEIGHT:
            _shade(sensor, label, columns, u, v, flat, size_px)
        _paint_body(label, columns, u, v, lean, flat, size_px)
    pu, pv, heights, strength = ECHOES[label](random, columns, sensor.toward)
    at = pixels(columns, pu, pv, heights * lean, 0.0, size_px).ravel()
    inside = at >= 0
    return at[inside], strength.astype(np.float32).ravel()[inside]


def _shade(sensor: SensorPlan, label: str, columns: Group, u: Floats, v: Floats, flat: Floats, size_px: int) -> None:
    """The ground that things hide from the radar, set to nothing."""
    reach = columns.height * np.float32(_SHADE_HEIGHT[label] * -sensor.toward * math.tan(math.radians(sensor.incidence_deg)))
    steps = (
        1 if label == "aircraft" else max(1, math.ceil(float(np.abs(reach).max()) / max(1.0, 0.5 * float(columns.width.min()))))
    )
    for step in range(steps + 1):
        if label == "aircraft" and step == 0:
            continue
        at = pixels(columns, u, v, reach * np.float32(step / steps), 0.0, size_px)
        flat[at[at >= 0]] = 0.0


def _paint_body(label: str, columns: Group, u: Floats, v: Floats, lean: np.float32, flat: Floats, size_px: int) -> None:
    """The diffuse return of hulls, roofs and decks, where height displaces it to."""
    level = np.float32(radiometry.from_db(_BODY_DB[label]))
    share = {"ship": (0.0, 0.5), "aircraft": (0.4,), "car": (0.5, 1.0), "tank": (1.0,), "bridge": (1.0,)}[label]
    rise = camber(u / columns.length) if label == "bridge" else np.float32(1.0)
    for height in share:
        at = pixels(columns, u, v, columns.height * rise * np.float32(height) * lean, 0.0, size_px)
        flat[at[at >= 0]] = level
    if label == "tank":
        _wall(columns, lean, flat, size_px)


def _wall(columns: Group, lean: np.float32, flat: Floats, size_px: int) -> None:
    """The near wall of a tank, laid over between the near arcs of base and roof."""
    turn = np.linspace(-1.4, 1.4, max(24, math.ceil(float(columns.length.max()) * 2.2)), dtype=np.float32)
    u = np.float32(0.5) * np.cos(turn) * np.sign(lean) * columns.length
    v = np.float32(0.5) * np.sin(turn) * columns.width
    steps = max(1, math.ceil(float(columns.height.max()) * abs(float(lean)) / 0.7))
    level = np.float32(radiometry.from_db(-7.0))
    for step in range(steps + 1):
        at = pixels(columns, u, v, columns.height * np.float32(step / steps) * lean, 0.0, size_px)
        flat[at[at >= 0]] = level
