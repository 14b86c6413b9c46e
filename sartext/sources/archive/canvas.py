"""What a kind of scene draws on, and from where it is seen."""

import math
from dataclasses import dataclass, field

from sartext.sar.geometry import azimuth_shift_m
from sartext.sources.archive.layers import Area, Fill, Layer, Paint
from sartext.sources.archive.shapes import Shape
from sartext.sources.archive.things import Thing


@dataclass(frozen=True)
class View:
    """The geometry of a scene, as far as the placing of things depends on it."""

    size_px: int
    gsd_m: float
    incidence_deg: float
    range_to_velocity_s: float
    toward: int  # -1 where the radar is on the left
    flight: int  # -1 where the platform flies up the image

    def px(self, length_m: float) -> float:
        """A length in m as pixels."""
        return length_m / self.gsd_m

    def shift_px(self, speed_m_s: float, angle: float) -> float:
        """The displacement in y of a mover whose course is `angle`."""
        away_m_s = -self.toward * speed_m_s * math.cos(angle)
        return self.flight * azimuth_shift_m(away_m_s, self.incidence_deg, self.range_to_velocity_s) / self.gsd_m


@dataclass
class Canvas:
    """The palette, the layers and the things of a scene in the making."""

    palette: list[Paint] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)

    def paint(self, cover: str, offset_db: float = 0.0, tint: int = 0, height_m: float | None = None) -> int:
        """The palette index of a paint, which is added where it is new."""
        wanted = Paint(cover, round(offset_db, 2), tint, height_m)
        if wanted not in self.palette:
            self.palette.append(wanted)
        return self.palette.index(wanted)

    def fill(self, cover: str) -> None:
        """One cover everywhere."""
        self.layers.append(Fill(self.paint(cover)))

    def area(self, shape: Shape, cover: str, height_m: float | None = None) -> None:
        """One cover inside a shape."""
        self.layers.append(Area(shape, self.paint(cover, height_m=height_m)))
