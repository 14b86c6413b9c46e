"""The plan of a scene: everything about it but its pixels, in pure Python, from (seed, index) alone."""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sartext.sar.geometry import layover_m, near_side
from sartext.sources.archive import boxes, kinds
from sartext.sources.archive.canvas import Canvas, View
from sartext.sources.archive.draws import Draws
from sartext.sources.archive.layers import Layer, Paint
from sartext.sources.archive.things import Thing, moved

CLOUDY_SHARE = 0.10
OTHER_DATE_SHARE = 0.15
DAY_S = 86_400.0
EPOCH = datetime(2019, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SensorPlan:
    """How the scene is observed and rendered."""

    band: str  # X, C or L
    mode: str
    polarisation: str
    gsd_m: float  # the same along rows and columns
    incidence_deg: float
    orbit: str
    look_side: str
    acquired: datetime
    range_to_velocity_s: float  # slant range by platform speed
    looks: int
    oversampling: float  # sampling frequency by bandwidth
    window: str  # one of psf.WINDOWS
    noise_db: float  # noise-equivalent sigma nought
    scale: str  # "db" or "linear"
    low_db: float  # what becomes black, where scale is "db"
    high_db: float  # what becomes white, where scale is "db"
    white_by_rms: float  # what becomes white by the image's root mean square of amplitude, where scale is "linear"

    @property
    def toward(self) -> int:
        """-1 where the radar is on the left of the image, 1 where it is on the right."""
        return -1 if near_side(self.orbit, self.look_side) == "left" else 1

    @property
    def flight(self) -> int:
        """-1 where the platform flies up the image (ascending), 1 where it flies down."""
        return -1 if self.orbit == "ascending" else 1

    def layover_px(self, height_px: float) -> float:
        """The displacement in x of a point at `height_px` above the ground."""
        return self.toward * layover_m(height_px, self.incidence_deg)


@dataclass(frozen=True)
class Sea:
    """The state of open water."""

    angle: float  # where the waves run, radians
    swell: float  # modulation depth, 0 to 0.5
    wavelength_px: float
    streaks: float  # depth of the slow variation by wind


@dataclass(frozen=True)
class TwinPlan:
    """How the optical twin differs from the SAR image."""

    cloudy: bool
    cloud_share: float  # aimed at
    time_gap_s: float  # optical minus SAR
    things: tuple[Thing, ...]
    crop_shift: int  # by how many entries the palette's crops are exchanged
    sun_angle: float  # radians: where shadows fall
    sun_reach: float  # length of a shadow by height


@dataclass(frozen=True)
class Scene:
    """One scene, which is one tile."""

    seed: int
    index: int
    size_px: int
    kind: str
    sensor: SensorPlan
    sea: Sea
    palette: tuple[Paint, ...]
    layers: tuple[Layer, ...]
    things: tuple[Thing, ...]
    twin: TwinPlan


def plan(seed: int, index: int, size_px: int) -> Scene:
    """The scene of a tile of `size_px`; the same in every process and on every machine."""
    draws = Draws("scene", seed, index)
    kind = draws.weighted(kinds.KINDS)
    count = kinds.crowd(draws)
    gsd_m = round(kinds.drawn_gsd_m(draws, kind, count), 2)
    sensor = _sensor(draws, gsd_m, bare_sea=kind == "sea")
    view = View(
        size_px=size_px,
        gsd_m=gsd_m,
        incidence_deg=sensor.incidence_deg,
        range_to_velocity_s=sensor.range_to_velocity_s,
        toward=sensor.toward,
        flight=sensor.flight,
    )
    canvas = Canvas()
    kinds.draw(kind, draws, canvas, view, count)
    things = tuple(
        thing
        for thing in canvas.things
        if boxes.visible(thing, sensor.layover_px(thing.height), size_px) >= boxes.LEAST_VISIBLE
    )
    sea = Sea(
        angle=draws.uniform(0.0, math.tau),
        swell=draws.uniform(0.1, 0.4) if draws.chance(0.4) else 0.0,
        wavelength_px=max(6.0, draws.uniform(60.0, 200.0) / gsd_m),
        streaks=draws.uniform(0.02, 0.25),
    )
    return Scene(
        seed=seed,
        index=index,
        size_px=size_px,
        kind=kind,
        sensor=sensor,
        sea=sea,
        palette=tuple(canvas.palette),
        layers=tuple(canvas.layers),
        things=things,
        twin=_twin(Draws("twin", seed, index), things),
    )


def _sensor(draws: Draws, gsd_m: float, bare_sea: bool) -> SensorPlan:
    fine, coarse = gsd_m < 1.0, gsd_m >= 6.0
    band = "X" if fine else draws.weighted((("X", 0.45), ("C", 0.4), ("L", 0.15)))
    looks = draws.weighted(((1, 0.5), (2, 0.3), (3, 0.2)) if fine else ((1, 0.35), (2, 0.3), (3, 0.2), (4, 0.15)))
    db = draws.chance(0.2 if bare_sea else 0.5)
    return SensorPlan(
        band=band,
        mode="spotlight" if gsd_m < 1.5 else "interferometric wide" if coarse and band == "C" else "stripmap",
        polarisation=draws.weighted((("VV", 0.45), ("HH", 0.45), ("VH", 0.05), ("HV", 0.05))),
        gsd_m=gsd_m,
        incidence_deg=round(draws.uniform(30.0, 50.0) if fine else draws.uniform(24.0, 46.0), 1),
        orbit=draws.choose(("ascending", "descending")),
        look_side=draws.weighted((("right", 0.8), ("left", 0.2))),
        acquired=EPOCH + timedelta(seconds=draws.integer(0, 7 * 365 * 86_400)),
        range_to_velocity_s=draws.uniform(30.0, 60.0) if fine else draws.uniform(75.0, 125.0),
        looks=looks,
        oversampling=draws.choose((1.15, 1.25, 1.4)),
        window=draws.weighted((("hamming", 0.6), ("taylor", 0.3), ("uniform", 0.1))),
        noise_db=round(draws.uniform(-29.0, -23.0), 1),
        scale="db" if db else "linear",
        low_db=draws.choose((-30.0, -25.0, -22.0)),
        high_db=draws.choose((0.0, 3.0, 6.0)),
        white_by_rms=draws.uniform(2.2, 3.4),
    )


def _twin(draws: Draws, things: tuple[Thing, ...]) -> TwinPlan:
    cloudy = draws.chance(CLOUDY_SHARE)
    other_date = draws.chance(OTHER_DATE_SHARE)
    gap_s = DAY_S * draws.integer(1, 200) * draws.choose((-1, 1)) if other_date else 0.0
    there = tuple(replace(thing, shift_y=0.0) for thing in things)
    return TwinPlan(
        cloudy=cloudy,
        cloud_share=draws.uniform(0.15, 0.8),
        time_gap_s=gap_s,
        things=moved(there, draws, ("ship", "aircraft", "car")) if other_date else there,
        crop_shift=draws.integer(1, 4) if other_date else 0,
        sun_angle=draws.uniform(-2.6, -0.5),
        sun_reach=draws.uniform(0.5, 1.4),
    )
