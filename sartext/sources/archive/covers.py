"""Land covers: how strongly and how unevenly each scatters, how high it stands, what colour it has.

Mean backscatter at 40 degrees, co-polarised, in whole and half dB: round figures chosen to lie beside what Ulaby & Dobson 1989
(Handbook of Radar Scattering Statistics for Terrain) tabulate by band, not taken from the tables. Open water is roughened by
about 5 m/s of wind (in C band Hersbach, Stoffelen & de Haan 2007, J. Geophys. Res. 112, C03006). The exponent n in sigma
nought ~ cos^n of incidence is small for volumes and large for smooth surfaces. On orders of texture see Oliver & Quegan
2004, Understanding Synthetic Aperture Radar Images, chapter 5.
"""

import math
from dataclasses import dataclass

LABELS = ("water", "forest", "cropland", "urban", "bare soil", "wetland")
BANDS = ("X", "C", "L")


@dataclass(frozen=True)
class Cover:
    """One kind of ground."""

    label: str  # one of LABELS
    level_db: tuple[float, float, float]  # sigma nought at 40 degrees in BANDS
    exponent: float  # of the cosine of incidence
    inverse_order: float  # of the gamma texture; 0 is even
    rgb: tuple[int, int, int]
    cross_db: float = -7.0  # cross-polarised by co-polarised
    height_m: float = 0.0


COVERS: dict[str, Cover] = {
    "sea": Cover("water", (-18.0, -19.5, -23.0), 6.0, 0.12, (24, 58, 92), -12.0),
    "inland water": Cover("water", (-21.0, -23.0, -27.0), 6.0, 0.05, (38, 74, 84), -12.0),
    "calm water": Cover("water", (-25.0, -27.0, -30.0), 6.0, 0.05, (30, 62, 78), -10.0),
    "forest": Cover("forest", (-8.5, -9.5, -9.0), 1.0, 0.30, (34, 62, 36), -6.0, 15.0),
    "woodland": Cover("forest", (-9.5, -10.5, -10.5), 1.0, 0.45, (52, 78, 44), -6.0, 9.0),
    "grain": Cover("cropland", (-11.0, -12.0, -16.0), 1.5, 0.04, (150, 150, 82)),
    "root crop": Cover("cropland", (-8.0, -9.0, -12.0), 1.5, 0.05, (70, 116, 54)),
    "meadow": Cover("cropland", (-12.5, -14.0, -18.0), 1.5, 0.05, (104, 134, 72)),
    "stubble": Cover("cropland", (-13.0, -15.5, -19.5), 2.0, 0.05, (176, 160, 112)),
    "ploughed": Cover("cropland", (-9.5, -11.5, -15.0), 2.5, 0.06, (126, 98, 72)),
    "hedge": Cover("cropland", (-7.5, -8.5, -10.0), 1.0, 0.30, (58, 82, 46), -6.0, 3.0),
    "track": Cover("cropland", (-16.0, -17.5, -21.0), 3.0, 0.05, (168, 152, 124)),
    "bare": Cover("bare soil", (-13.0, -14.5, -17.5), 2.5, 0.10, (164, 138, 104), -10.0),
    "gravel": Cover("bare soil", (-10.5, -12.5, -16.0), 2.5, 0.12, (178, 160, 134), -9.0),
    "sand": Cover("bare soil", (-17.0, -19.0, -22.0), 3.0, 0.06, (208, 186, 144), -10.0),
    "reed": Cover("wetland", (-7.0, -8.0, -7.5), 1.0, 0.35, (112, 118, 66), -9.0),
    "marsh": Cover("wetland", (-12.0, -13.0, -14.0), 1.5, 0.50, (90, 104, 70), -8.0),
    "pool": Cover("wetland", (-20.0, -22.0, -25.0), 5.0, 0.08, (52, 70, 66), -10.0),
    "asphalt": Cover("urban", (-17.0, -19.5, -24.0), 3.0, 0.05, (96, 96, 98), -10.0),
    "concrete": Cover("urban", (-18.0, -20.5, -25.0), 3.0, 0.04, (168, 166, 160), -10.0),
    "yard": Cover("urban", (-9.0, -10.0, -13.0), 1.5, 0.45, (128, 122, 114), -8.0),
    "building": Cover("urban", (-9.0, -9.5, -10.0), 1.0, 0.70, (172, 150, 138), -8.0, 10.0),
    "hall": Cover("urban", (-11.0, -12.0, -14.0), 1.5, 0.50, (190, 190, 194), -8.0, 9.0),
    "house": Cover("urban", (-9.0, -10.0, -11.0), 1.0, 0.70, (160, 96, 78), -8.0, 6.0),
    "garden": Cover("urban", (-10.5, -11.5, -13.5), 1.0, 0.40, (104, 118, 82), -7.0),
}


def level_db(cover: Cover, band: str, incidence_deg: float, polarisation: str) -> float:
    """Mean sigma nought of the cover in dB."""
    level = cover.level_db[BANDS.index(band)]
    slope = math.cos(math.radians(incidence_deg)) / math.cos(math.radians(40.0))
    level += 10.0 * cover.exponent * math.log10(slope)
    if polarisation in ("HV", "VH"):
        level += cover.cross_db
    elif polarisation == "HH" and cover.label == "water":
        level -= 3.0 + 0.1 * (incidence_deg - 40.0)  # water returns less in HH, the more so the flatter
    return level
