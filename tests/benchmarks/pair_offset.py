"""How well the offset of a twin is found: planted shifts, images of different ground, and the real pairs.

    python -m tests.benchmarks.pair_offset [--tiles 200] [--save]

Shifts of 0 to 16 px on either axis are planted between the radar image and the twin of scenes of the embedded archive, at
128 and 256 px. On level ground (the same scenes with every height set to 0) an offset that is said must be the planted one
within 1 px on both axes. As drawn, tall things lean toward the radar, a displacement that is really there: it is printed how
many offsets lie within 1 px of the planted one, and how many between it and that displaced by the tallest thing's lean; and
the change from the unshifted twin's offset, where both are said, must be the planted shift within 1 px in 95 of 100. Twins of
other scenes must have no offset, nor may any be said of the real pairs, which are aligned. Exit status 1 where one of this is
missed.
"""

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from sartext.sar.geometry import layover_m
from sartext.sar.offset import offset_px
from sartext.sources.archive import optical, radar
from sartext.sources.archive.ground import Ground, elevated, ground
from sartext.sources.archive.plan import Scene, plan
from tests.support.results import keep, parser_with_save

REAL = Path(__file__).parents[3] / "shared" / "sar-data" / "pair_optical-sar_s1s2_volkov" / "dataset"
MARGIN_PX, MOST_PX = 16, 16
LEAST_SAID = 0.4  # of the tiles on level ground
Array = np.ndarray[Any, Any]


def level(scene: Scene) -> Scene:
    """The scene with everything on the ground, as if it had no height."""

    def flat(things: Any) -> Any:
        return tuple(replace(thing, height=0.0, shift_y=0.0) for thing in things)

    palette = tuple(replace(paint, height_m=0.0) for paint in scene.palette)
    twin = replace(scene.twin, things=flat(scene.twin.things))
    return replace(scene, palette=palette, things=flat(scene.things), twin=twin)


def shifted(first: Array, second: Array, x: int, y: int, margin: int) -> tuple[Array, Array]:
    """Both without their margins, the second displaced by (x, y): what is at (0, 0) of the first is at (x, y) of it."""
    height, width = (side - 2 * margin for side in first.shape)
    return (
        first[margin : margin + height, margin : margin + width],
        second[margin - y : margin - y + height, margin - x : margin - x + width],
    )


def lean_px(scene: Scene, drawn: Ground) -> float:
    """By how much the tallest thing or cover is displaced in x; negative is to the left."""
    heights = [height_m for height_m, _, area in elevated(scene, drawn.paints) if area.mean() > 0.002]
    tallest = max(heights, default=0.0)
    covers = scene.sensor.toward * layover_m(tallest, scene.sensor.incidence_deg) / scene.sensor.gsd_m
    return max([covers, *[scene.sensor.layover_px(thing.height) for thing in scene.things]], key=abs)


@dataclass
class Tally:
    """What was asked and what was said."""

    tiles: int = 0
    said: int = 0
    within: int = 0  # 1 px of the planted shift
    explained: int = 0  # by the planted shift and the lean
    changes: int = 0
    changes_within: int = 0
    foreign: int = 0
    foreign_said: int = 0
    worst: list[tuple[float, str]] = field(default_factory=list)


def measure(size_px: int, tiles: int, seed: int, *, flat: bool) -> Tally:
    """Planted shifts over the scenes of one seed; every scene's radar image also meets the twin of the scene before."""
    random, tally, before = np.random.default_rng(seed), Tally(), None
    for index in range(tiles):
        scene = plan(seed, index, size_px + 2 * MARGIN_PX)
        scene = level(scene) if flat else scene
        drawn = ground(scene)
        first, second = radar.render(scene, drawn)[0], optical.render(scene, drawn)[0].mean(axis=2)
        x, y = (int(value) for value in random.integers(-MOST_PX, MOST_PX + 1, 2))
        one, other = shifted(first, second, x, y, MARGIN_PX)
        offset = offset_px(one, other)
        tally.tiles += 1
        if offset is not None:
            wrong_x, wrong_y = offset[0] - x, offset[1] - y
            low, high = sorted((0.0, -lean_px(scene, drawn)))
            tally.said += 1
            tally.within += max(abs(wrong_x), abs(wrong_y)) <= 1.0
            tally.explained += low - 1 <= wrong_x <= high + 1 and abs(wrong_y) <= 1.5
            tally.worst.append((max(abs(wrong_x), abs(wrong_y)), f"{scene.kind} {index}: {offset} for {(x, y)}"))
            unshifted = offset_px(*shifted(first, second, 0, 0, MARGIN_PX))
            if unshifted is not None:
                tally.changes += 1
                change = offset[0] - unshifted[0] - x, offset[1] - unshifted[1] - y
                tally.changes_within += max(map(abs, change)) <= 1.0
        if before is not None:
            tally.foreign += 1
            tally.foreign_said += offset_px(one, before) is not None
        before = other
    return tally


def real_pairs() -> list[str]:
    """What is said of the real pairs; empty where they are not there."""
    lines = []
    for file in sorted((REAL / "sar").glob("*.png")):
        one, other = (np.asarray(Image.open(REAL / kind / file.name).convert("L")) for kind in ("sar", "opt"))
        lines.append(f"{file.stem} {offset_px(one, other) or 'undetermined'}")
    return lines


def main() -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--tiles", type=int, default=200, help="scenes of each kind at 128 px, half as many at 256 px")
    parser.add_argument("--seed", type=int, default=31, help="of the scenes")
    arguments = parser.parse_args()
    good, figures = True, dict[str, object]()
    for flat in (True, False):
        for size_px, tiles in ((128, arguments.tiles), (256, arguments.tiles // 2)):
            tally = measure(size_px, tiles, arguments.seed, flat=flat)
            name = f"{'level ground' if flat else 'as drawn'}, {size_px} px"
            figures[name] = {key: value for key, value in vars(tally).items() if key != "worst"}
            print(
                f"{name}: said of {tally.said} of {tally.tiles}, within 1 px "
                f"{tally.within}, with the lean {tally.explained}; changes within 1 px {tally.changes_within} of "
                f"{tally.changes}; said of other scenes' twins {tally.foreign_said} of {tally.foreign}"
            )
            if flat:
                for error, told in sorted(tally.worst, reverse=True)[:3]:
                    print(f"  largest error {error:.1f} px: {told}")
                good = good and tally.within == tally.said >= LEAST_SAID * tally.tiles
            good = good and not tally.foreign_said and tally.changes_within >= 0.95 * tally.changes
    real = real_pairs()
    figures["real_pairs"] = real
    for line in real or [f"real pairs: none, {REAL} is not there"]:
        print(f"real pair {line}")
        good = good and ("undetermined" in line or "(0.0, 0.0)" in line or "none" in line)
    if arguments.save:
        keep(__file__, figures)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
