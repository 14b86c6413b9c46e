"""The optical twin of a scene in colour: the same ground from above, in sunlight, without speckle."""

import math

import numpy as np
import numpy.typing as npt

from sartext.sources.archive import noise
from sartext.sources.archive.covers import COVERS
from sartext.sources.archive.ground import Ground, elevated, generator
from sartext.sources.archive.layers import MARGIN_PX, drawn_px, pixel_centres
from sartext.sources.archive.outlines import body, group, pixels
from sartext.sources.archive.plan import Scene
from sartext.sources.archive.shapes import Floats, turn_all
from sartext.sources.archive.things import CLASSES, Thing

_Picture = npt.NDArray[np.uint8]
SHADE = 0.45  # of the light that reaches a shadow

# What people call it, and its red, green and blue.
COLOURS: dict[str, tuple[tuple[str, tuple[int, int, int]], ...]] = {
    "ship": (("red", (150, 68, 52)), ("gray", (96, 100, 108)), ("light gray", (188, 188, 184)), ("blue", (70, 92, 120))),
    "aircraft": (("white", (236, 238, 240)), ("light gray", (214, 216, 220)), ("white", (228, 226, 214))),
    "car": (
        ("white", (226, 228, 230)),
        ("black", (40, 42, 46)),
        ("gray", (150, 152, 156)),
        ("red", (150, 36, 34)),
        ("blue", (44, 66, 122)),
        ("beige", (196, 190, 176)),
    ),
    "tank": (("white", (226, 226, 220)), ("light gray", (198, 200, 198)), ("beige", (214, 206, 188))),
    "bridge": (("gray", (120, 118, 116)), ("gray", (146, 142, 136))),
    "harbor": (("gray", (190, 190, 194)),),
}
_BODIES = tuple(label for label in CLASSES if label != "harbor")


def render(scene: Scene, ground: Ground) -> tuple[_Picture, float]:
    """The twin (size, size, 3) and the share of it that clouds hide."""
    light = np.float32(1.0) + ground.grain * _roughness(scene).take(ground.at)
    _cast(scene, ground, light)
    picture = _palette(scene).take(ground.at, axis=1)
    for label in _BODIES:
        things = [t for t in scene.twin.things if t.label == label]
        if things:
            _place(scene, label, things, picture, light)
    _trails(scene, ground, picture)
    tile = np.s_[MARGIN_PX : MARGIN_PX + scene.size_px]
    seen = picture[:, tile, tile] * light[tile, tile]
    cloud_share = _clouds(scene, seen) if scene.twin.cloudy else 0.0
    np.clip(seen, 0.0, 255.0, out=seen)
    interleaved = np.empty((scene.size_px, scene.size_px, 3), dtype=np.uint8)
    interleaved[...] = seen.astype(np.uint8).transpose(1, 2, 0)
    return interleaved, cloud_share


def _palette(scene: Scene) -> Floats:
    """The colours (3, k) by palette index; on another date the crops have changed places."""
    colours = [COVERS[p.cover].rgb for p in scene.palette]
    crops = [i for i, p in enumerate(scene.palette) if COVERS[p.cover].label == "cropland"]
    for i, j in zip(crops, crops[scene.twin.crop_shift % max(1, len(crops)) :] + crops, strict=False):
        colours[i] = COVERS[scene.palette[j].cover].rgb
    tints = np.array([[p.tint] for p in scene.palette], dtype=np.float32)
    return np.ascontiguousarray((np.array(colours, dtype=np.float32) + tints).T)


def _roughness(scene: Scene) -> Floats:
    """How unevenly lit each cover is."""
    by_label = {"water": 0.012, "forest": 0.20, "cropland": 0.035, "urban": 0.05, "bare soil": 0.05, "wetland": 0.11}
    return np.array([by_label[COVERS[p.cover].label] for p in scene.palette], dtype=np.float32)


def _cast(scene: Scene, ground: Ground, light: Floats) -> None:
    """Shadows of elevated covers; changes `light`."""
    for height_m, _, area in elevated(scene, ground.paints):
        reach = min(height_m * scene.twin.sun_reach / scene.sensor.gsd_m, 30.0)
        shadow = np.zeros_like(area)
        steps = max(1, math.ceil(reach / 4.0))
        for step in range(1, steps + 1):
            by_x = round(reach * step / steps * math.cos(scene.twin.sun_angle))
            by_y = round(reach * step / steps * math.sin(scene.twin.sun_angle))
            shadow |= _shifted(area, by_x, by_y)
        shadow &= ~area
        light[shadow] *= np.float32(SHADE)


def _shifted(area: npt.NDArray[np.bool_], by_x: int, by_y: int) -> npt.NDArray[np.bool_]:
    out = np.zeros_like(area)
    n = area.shape[0]
    out[max(0, by_y) : n + min(0, by_y), max(0, by_x) : n + min(0, by_x)] = area[
        max(0, -by_y) : n + min(0, -by_y), max(0, -by_x) : n + min(0, -by_x)
    ]
    return out


def _place(scene: Scene, label: str, things: list[Thing], picture: Floats, light: Floats) -> None:
    """The bodies of things of one class and their shadows; changes both arrays."""
    columns = group(things)
    u, v = body(label, columns)
    reach = columns.height * np.float32(scene.twin.sun_reach * (0.6 if label == "aircraft" else 1.0))
    move_x, move_y = reach * np.float32(math.cos(scene.twin.sun_angle)), reach * np.float32(math.sin(scene.twin.sun_angle))
    flat_light, flat = light.reshape(-1), picture.reshape(3, -1)
    for part in (0.5, 1.0):
        at = pixels(columns, u, v, move_x * np.float32(part), move_y * np.float32(part), scene.size_px)
        flat_light[at[at >= 0]] = np.float32(SHADE)
    at = pixels(columns, u, v, 0.0, 0.0, scene.size_px)
    colours = np.array([rgb for _, rgb in COLOURS[label]], dtype=np.float32)
    of_thing = colours[columns.style[:, 0] % len(colours)]
    painted = np.broadcast_to(of_thing[:, None, :], (*at.shape, 3)).copy()
    if label == "ship":
        painted[(u > -0.40 * columns.length) & (u < -0.28 * columns.length)] = (232, 232, 228)
    elif label == "car":
        painted[np.abs(u - 0.14 * columns.length) < 0.07 * columns.length] = (36, 40, 46)
    inside = at >= 0
    flat[:, at[inside]] = painted[inside].T
    flat_light[at[inside]] = 1.0


def _trails(scene: Scene, ground: Ground, picture: Floats) -> None:
    """Foam behind ships under way; changes `picture`."""
    under_way = [t for t in scene.twin.things if t.label == "ship" and t.speed_m_s > 0.0]
    if under_way:
        x, y = pixel_centres(scene.size_px)
        water = np.array([COVERS[p.cover].label == "water" for p in scene.palette]).take(ground.at)
        for ship in under_way:
            u, v = turn_all(x - np.float32(ship.x), y - np.float32(ship.y), ship.angle)
            behind = -u - np.float32(0.48 * ship.length)
            foam = np.exp(np.minimum(behind, 200.0) * np.float32(-1.0 / (2.0 * ship.length)))
            foam *= water & (behind > 0.0) & (np.abs(v) < np.float32(0.3 * ship.width) + np.float32(0.03) * behind)
            picture += foam * np.float32(110.0)


def _clouds(scene: Scene, seen: Floats) -> float:
    """Clouds over the picture; changes it, returns the share of pixels that they hide by half or more."""
    random, n = generator(scene, "clouds"), drawn_px(scene.size_px)
    wide, fine = noise.smooth(random, n, scene.size_px / 5.0), noise.smooth(random, n, scene.size_px / 16.0)
    tile = np.s_[MARGIN_PX : MARGIN_PX + scene.size_px]
    height = wide[tile, tile] + np.float32(0.4) * fine[tile, tile]
    rank = int((1.0 - scene.twin.cloud_share) * height.size)
    cut = np.partition(height.ravel(), rank)[rank]
    cover = np.clip((height - cut) * np.float32(2.5) + np.float32(0.5), 0.0, 1.0)
    white = np.float32(232.0) + np.float32(8.0) * fine[tile, tile]
    seen += (white - seen) * cover
    return round(int(np.count_nonzero(cover >= 0.5)) / int(cover.size), 4)
