"""What coarse captions say of land covers, read by patterns and held against their masks."""

import math
import re

import numpy as np

from tests.reading.scene import UNITS, Scene, Thing
from tests.reading.shares import COVERS
from tests.reading.shares import NOUNS as MASSES
from tests.reading.truth import Fault

# What is written -> the class.
NOUNS = {
    **{noun: name for name, noun in MASSES.items() if name in COVERS},
    **dict.fromkeys(("farmland", "cropland"), "cropland"),
    **dict.fromkeys(("forest", "woodland"), "forest"),
    **dict.fromkeys(("an urban area", "a built-up area"), "urban"),
    **dict.fromkeys(("bare land", "bare ground"), "bare soil"),
    "sea": "sea",
    "a river": "river",
    "a lake": "lake",
    **dict.fromkeys(("a flooded area", "floodwater"), "flood"),
}
_COVER = "|".join(sorted(map(re.escape, NOUNS), key=len, reverse=True))
_MASS = "|".join(sorted(map(re.escape, (*MASSES.values(), "sea", "river", "lake", "floodwater")), key=len, reverse=True))
_SHARES = {
    **dict.fromkeys(("mostly", "mainly", "largely", "predominantly", "primarily", "chiefly"), 0.5 + 1e-6),
    **dict.fromkeys(("almost entirely", "nearly entirely", "almost completely"), 0.9),
    **dict.fromkeys(("entirely", "completely", "wholly", "exclusively"), 0.995),
}
_SHARE = re.compile(rf"(?P<share>{'|'.join(sorted(_SHARES, key=len, reverse=True))}) (?P<one>{_MASS})")
_ONE = re.compile(rf"(?P<one>{_COVER})(?: (?:in|at|on|near) the (?P<at>[a-z ]+))?")
_TWO = re.compile(rf"(?P<one>{_COVER})(?P<how> and | with |, | next to | beside )(?P<two>{_COVER})")
_LEAST, _REACH = 0.01, 0.05
_WORDS = {"upper": (1, 0), "lower": (1, 2), "left": (0, 0), "right": (0, 2)}


def read_grounds(text: str, scene: Scene) -> list[Fault] | None:
    """What is wrong with a text on land covers alone; None where it is none."""
    if share := _SHARE.fullmatch(text):
        name = {**{noun: name for name, noun in MASSES.items()}, **NOUNS}[share["one"]]
        return [] if scene.covered.get(name, 0.0) >= _SHARES[share["share"]] - 1e-9 else [Fault("wrong size", text)]
    if two := _TWO.fullmatch(text):
        found = covered(two["one"], scene, _LEAST) + covered(two["two"], scene, _LEAST)
        if two["how"] in (" next to ", " beside ") and not _touch(NOUNS[two["one"]], NOUNS[two["two"]], scene):
            found.append(Fault("wrong relation", text))
        return found
    if one := _ONE.fullmatch(text):
        found = covered(one["one"], scene, _LEAST)
        if one["at"] and _inside(NOUNS[one["one"]], one["at"], scene) < 0.5:
            found.append(Fault("wrong position", text))
        return found
    return None


def covered(noun: str, scene: Scene, least: float) -> list[Fault]:
    """Whether a land cover has so much of the image."""
    share = scene.covered.get(NOUNS[noun], 0.0)
    return [] if share >= least - 1e-4 else [Fault("wrong class", f"there is next to no {noun}: {share:.4f}")]


def is_on(noun: str, thing: Thing, scene: Scene) -> bool:
    """Whether half of the pixels of a thing's extent are of the land cover, and no more than a tenth of any other."""
    rows, columns = (slice(math.floor(thing.low[axis] / UNITS), math.ceil(thing.high[axis] / UNITS)) for axis in (1, 0))
    shares = {label: float(mask[rows, columns].mean()) for label, mask in scene.masks.items() if label in COVERS | {"sea"}}
    own = shares.pop(NOUNS[noun], 0.0)
    return own >= 0.5 and sum(shares.values()) <= 0.1


def is_near(noun: str, thing: Thing, scene: Scene) -> bool:
    """Whether some pixel of the land cover is within a tenth of the longer side of a thing's extent."""
    mask = scene.masks.get(NOUNS[noun])
    if mask is None or not mask.any():
        return False
    rows, columns = np.nonzero(mask)
    low, high = [value / UNITS for value in thing.low], [value / UNITS for value in thing.high]
    aside = np.maximum(np.maximum(low[0] - columns - 1, columns - high[0]), 0)
    above = np.maximum(np.maximum(low[1] - rows - 1, rows - high[1]), 0)
    return bool(np.hypot(aside, above).min() <= 0.1 * max(scene.size) / UNITS)


def _touch(one: str, other: str, scene: Scene) -> bool:
    """Whether the land covers have four pixels or more edge to edge."""
    a, b = scene.masks[one], scene.masks[other]
    pairs = ((a[1:], b[:-1]), (a[:-1], b[1:]), (a[:, 1:], b[:, :-1]), (a[:, :-1], b[:, 1:]))
    return sum(int((first & second).sum()) for first, second in pairs) >= 4


def _inside(name: str, at: str, scene: Scene) -> float:
    """The share of a land cover's pixels in a place, widened by a twentieth of the side."""
    mask = scene.masks[name]
    inside = mask.copy()
    words = at.split()
    for axis, size in ((0, mask.shape[1]), (1, mask.shape[0])):
        third = next((_WORDS[word][1] for word in words if word in _WORDS and _WORDS[word][0] == axis), None)
        if third is None:
            if not {"center", "middle"} & set(words):
                continue
            third = 1
        reach = 0.5 if "half" in words else 1 / 3
        low = {0: 0.0, 1: 1 / 3 - _REACH, 2: 1 - reach - _REACH}[third] * size
        high = {0: reach + _REACH, 1: 2 / 3 + _REACH, 2: 1.0}[third] * size
        at_px = np.arange(size) + 0.5
        keep = (at_px >= low - 1) & (at_px <= high + 1)
        inside &= keep[None, :] if axis == 0 else keep[:, None]
    return float(inside.sum()) / float(mask.sum())
