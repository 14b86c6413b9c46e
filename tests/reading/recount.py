"""Answers to questions from the annotations of a tile alone: another path than the one that the questions are made of.

A question is understood from its words, and answered by counting boxes and pixels in the parts of the image that it names.
"""

import math
import re
from collections.abc import Iterator
from itertools import pairwise, product

import numpy as np

from sartext.narrate.facts import taxonomy
from sartext.tile import Box, Question, Tile

_EDGE = 0.05  # how far an object in a part may reach beyond its border, as a share of the side
_GRAIN = 0.005  # what polygons are rounded by
_PART = re.compile(r"\b(?:(upper|lower) )?(left|right|upper|lower) (half|quarter)\b")
_AXIS = {"left": 0, "right": 0, "upper": 1, "lower": 1}
_OPPOSITE = {"left": "right", "right": "left", "upper": "lower", "lower": "upper"}
_AHEAD = {"left": -1, "upper": -1, "right": 1, "lower": 1}
_TYPES = {
    **dict.fromkeys(("presence", "area", "relation", "size", "orientation", "arrangement"), "yes_no"),
    **{kind: kind for kind in ("count", "position", "class")},
}

Sides = tuple[str, ...]  # of a part of the image, "left", or "upper" and "left"


class Recount:
    """Answers from the boxes and the masks of a tile, without the facts that the questions are made of."""

    def __init__(self, tile: Tile) -> None:
        self.tile = tile
        self.counted = [box for box in tile.boxes if not box.crowd and box.visible_share >= 0.4]
        self.others = [box.label for box in tile.boxes if box.crowd or box.visible_share < 0.4]

    def faults(self, question: Question) -> Iterator[str]:
        """What is wrong with a question and its answer."""
        text, answer = question.question, question.answer
        if not text.strip() or not answer.strip() or not question.kept or not text.endswith("?"):
            yield "empty or not kept"
        if question.answer_type != _TYPES.get(question.kind):
            yield f"type {question.answer_type} of kind {question.kind}"
        elif question.answer_type == "yes_no" and answer not in ("yes", "no"):
            yield "neither yes nor no"
        else:
            yield from getattr(self, f"_{question.kind}")(text, answer)

    def _known(self, name: str, *, resolvable: bool = True) -> Iterator[str]:
        """What makes the number of a class open."""
        if self.tile.unlabelled_share:
            yield "not all is labelled"
        if any(name in _line(region.label) for region in self.tile.regions) and not any(
            name in _line(box.label) for box in self.tile.boxes
        ):
            yield f"the mask has a {name} without a box"
        if any(name in _line(box.label) and box.component for box in self.tile.boxes):
            yield f"a part of a mask may be several of {name}"
        if not any(above in self.tile.exhaustive for above in _line(name)):
            yield f"{name} is not exhaustive"
        if any(name in _line(label) or label in _line(name) for label in self.others):
            yield f"crowds or cut objects of {name}"
        if any(box.label in _line(name) and box.label != name for box in self.counted):
            yield f"a coarser label than {name}"
        if resolvable and not all(map(self._resolvable, self._of(name))):
            yield f"an unresolvable {name}"

    def _of(self, name: str) -> list[Box]:
        return [box for box in self.counted if name in _line(box.label)]

    def _presence(self, text: str, answer: str) -> Iterator[str]:
        name, (part,) = class_in(text), parts_in(text)
        yield from self._known(name, resolvable=False)
        if answer == "yes" and not any(self._within(box, part) and self._resolvable(box) for box in self._of(name)):
            yield f"no resolvable {name} in {part}"
        if answer == "no" and any(self._touches(box, part) for box in self._of(name)):
            yield f"a {name} in {part}"

    def _count(self, text: str, answer: str) -> Iterator[str]:
        name, parts = class_in(text), parts_in(text)
        yield from self._known(name)
        mine = self._of(name)
        if parts:
            if any(self._within(box, parts[0]) == (not self._touches(box, parts[0])) for box in mine):
                yield f"some of {name} are neither in nor out of {parts[0]}"
            mine = [box for box in mine if self._within(box, parts[0])]
        if answer != str(len(mine)):
            yield f"{len(mine)} of {name}, not {answer}"

    def _position(self, text: str, answer: str) -> Iterator[str]:
        things = self._meant(_QUARTERS.sub("", text))
        yield from self._known(class_in(text), resolvable="larger" not in text and "largest" not in text)
        if not things or not all(self._within(box, tuple(answer.split())) for box in things):
            yield f"{len(things)} objects are not in the {answer}"

    def _class(self, _: str, answer: str) -> Iterator[str]:
        name = class_in(answer)
        if "cover" in _:
            shares = self._shares()
            others = [share for label, share in shares.items() if label != name]
            if shares.get(name, 0) < max(1 / 3, max(others, default=0) + 0.0999) or name not in taxonomy.REGIONS:
                yield f"{name} is not the largest of {shares}"
            if abs(sum(shares.values()) - 1) > 1e-9 or self.tile.unlabelled_share or self.tile.nodata_share:
                yield "not all is labelled"
            return
        if {box.label for box in self.tile.boxes} != {name} or not self.counted:
            yield f"classes are {sorted({box.label for box in self.tile.boxes})}"
        if not all(map(self._resolvable, self.counted)):
            yield "an unresolvable object"
        if "type of" in _ and not (class_in(_) in self.tile.exhaustive and class_in(_) in _line(name)[1:]):
            yield f"{name} is no type of {class_in(_)}, or not all are annotated"
        if "type of" not in _ and (name not in self.tile.exhaustive or len(self.tile.exhaustive) < 2):
            yield f"{name} is all that could be there"

    def _area(self, text: str, answer: str) -> Iterator[str]:
        if abs(sum(self._shares().values()) - 1) > 1e-9 or self.tile.unlabelled_share or self.tile.nodata_share:
            yield "not all is labelled"
        mask = self._mask(class_in(text))
        first, second = (float(self._cut(mask, part).mean()) for part in parts_in(text))
        if (first > second) != (answer == "yes") or abs(first - second) < 0.1 - 1e-9:
            yield f"shares are {first} and {second}"

    def _relation(self, text: str, answer: str) -> Iterator[str]:
        names, parts = classes_in(text), parts_in(text)
        if "border each other" in text or " touch " in text:
            yield from self._borders(names, parts[0], answer)
            return
        for name in names:
            yield from self._known(name, resolvable="two" not in text)
        yes = answer == "yes"
        if any(word in text for word in _OUTERMOST):
            yield from self._in_half(text, answer)
        elif parts:
            numbers = [sum(self._within(box, part) for box in self._of(names[0])) for part in parts]
            astride = len(self._of(names[0])) - sum(numbers)
            if (numbers[0] > numbers[1]) != yes or abs(numbers[0] - numbers[1]) <= astride:
                yield f"{numbers[0]} of {names[0]} against {numbers[1]}, and {astride} astride"
        else:
            word = next(word for word in ("left of", "right of", "above", "below") if word in text)
            if "two" in text:
                small, large = sorted(self._of(names[0]), key=_area)
                things = [large, small] if text.index("larger") < text.index("smaller") else [small, large]
            else:
                things = [box for name in names for box in self._of(name)]
                if any(len(self._of(name)) != 1 for name in names):
                    yield "several objects"
            (x, y), (x_other, y_other) = map(_centre, things)
            ahead = {"left of": x_other - x, "right of": x - x_other, "above": y_other - y, "below": y - y_other}[word]
            if (ahead > 0) != yes:
                yield f"{word}: {ahead}"

    def _borders(self, names: list[str], part: Sides, answer: str) -> Iterator[str]:
        """Whether pixels of the two lie edge to edge in the part; where not, not even within two pixels."""
        if abs(sum(self._shares().values()) - 1) > 1e-9 or self.tile.unlabelled_share or self.tile.nodata_share:
            yield "not all is labelled"
        one, other = (self._cut(self._mask(name), part) for name in names)
        edges = sum(
            int((first & second).sum())
            for first, second in (
                (one[1:], other[:-1]),
                (other[1:], one[:-1]),
                (one[:, 1:], other[:, :-1]),
                (other[:, 1:], one[:, :-1]),
            )
        )
        if answer == "yes" and edges < max(4, 0.05 * min(self.tile.width_px, self.tile.height_px)):
            yield f"{edges} pairs of pixels in {part}"
        near = np.zeros_like(one)
        for down, right in product(range(-2, 3), repeat=2):
            near |= np.roll(np.pad(one, 2), (down, right), axis=(0, 1))[2:-2, 2:-2]
        if answer == "no" and (near & other).any():
            yield f"they come near one another in {part}"

    def _size(self, text: str, answer: str) -> Iterator[str]:
        yield from self._known(class_in(text), resolvable=False)
        yield from self._in_half(text, answer)

    def _in_half(self, text: str, answer: str) -> Iterator[str]:
        """Whether what is meant is in the first of two halves, where the answer is yes, and else in the second."""
        held = parts_in(text)[answer == "no"]
        things = self._meant(text)
        if len(things) != 1 or not self._within(things[0], held):
            yield f"{len(things)} objects, not in {held}"

    def _orientation(self, text: str, answer: str) -> Iterator[str]:
        name, parts = class_in(text), parts_in(text)
        yield from self._known(name)
        yes = answer == "yes"
        if not parts:
            falling = ("upper left to" in text) == yes
            if not all(30 - 1 <= (angle if falling else 180 - angle) <= 60 + 1 for angle in map(_angle_deg, self._of(name))):
                yield f"angles are {[round(_angle_deg(box)) for box in self._of(name)]}"
            return
        for part, flat in zip(parts, (yes, not yes), strict=True):
            for box in self._of(name):
                off = abs(_angle_deg(box) - (90 if not flat else 180 * (_angle_deg(box) > 90)))
                if self._within(box, part) and off > 15 + 1:
                    yield f"one in {part} is turned by {_angle_deg(box)}"
        if not all(any(self._within(box, part) for part in parts) for box in self._of(name)):
            yield "one lies astride"

    def _arrangement(self, text: str, answer: str) -> Iterator[str]:
        name, parts = class_in(text), parts_in(text)
        yield from self._known(name)
        points = np.array([_centre(box) for box in self._of(name)])
        if len(points) < 3:
            yield f"{len(points)} objects"
            return
        _, widths, axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
        if "line" in text and widths[1] > 0.101 * widths[0]:
            yield f"no line: {widths}"
        if not parts:
            falling = ("upper left to" in text) == (answer == "yes")
            if (axes[0][0] * axes[0][1] > 0) != falling or not 0.55 < abs(axes[0][1] / axes[0][0]) < 1.8:
                yield f"the line goes along {axes[0]}"
            return
        if "line" not in text and max(np.ptp(points, axis=0) / (self.tile.width_px, self.tile.height_px)) > 0.34:
            yield "no cluster"
        held = parts[answer == "no"]
        if not all(self._within(box, held) for box in self._of(name)):
            yield f"not all are in {held}"

    def _meant(self, text: str) -> list[Box]:
        """The objects that a noun phrase names: the largest, the leftmost, the only one, or all."""
        mine = self._of(class_in(text))
        for word, (axis, sign) in _OUTERMOST.items():
            if word in text:
                order = sorted(mine, key=lambda box: sign * _centre(box)[axis])
                return order[:1]
        if "larger" in text or "largest" in text:
            order = sorted(mine, key=_area)
            several = len(mine) == 2 if "larger of the two" in text else len(mine) > 2
            return order[-1:] if several and _area(order[-1]) > 1.1 * _area(order[-2]) else []
        plural = taxonomy.KINDS[class_in(text)].plural in text
        return mine if (len(mine) > 1 and plural) or (len(mine) == 1 and not _only_plural(text)) else []

    def _extent(self, box: Box, axis: int) -> tuple[float, float]:
        side = (self.tile.width_px, self.tile.height_px)[axis]
        values = [min(max(value / side, 0.0), 1.0) for value in box.polygon_px[axis::2]]
        return min(values), max(values)

    def _within(self, box: Box, sides: Sides) -> bool:
        """Whether the object lies in a part of the image, and in no other, whatever side of a border its edge is counted to."""
        for side in sides:
            low, high = self._extent(box, _AXIS[side])
            if _AHEAD[side] > 0:
                low, high = 1 - high, 1 - low
            if (low + high) / 2 > 0.5 or low > 0.5 - _EDGE + _GRAIN or high > 0.5 + _EDGE + _GRAIN:
                return False
            if min(high, 0.5) - low < 0.74 * (high - low) - _GRAIN:
                return False
        return True

    def _touches(self, box: Box, sides: Sides) -> bool:
        """Whether more of the object than its rim lies in a part of the image: it is not wholly in another half."""
        return not any(self._within(box, (_OPPOSITE[side],)) for side in sides)

    def _shares(self) -> dict[str, float]:
        return {region.label: float(self._mask(region.label).mean()) for region in self.tile.regions}

    def _mask(self, name: str) -> np.ndarray:
        """The pixels of the class, from its run lengths: down the columns, with a run outside first."""
        sides = [self.tile.height_px, self.tile.width_px]
        found = np.zeros(sides, dtype=bool)
        for region in self.tile.regions:
            if name in _line(region.label):
                inside = np.arange(len(region.rle)) % 2 == 1
                found |= np.repeat(inside, region.rle).reshape(sides[::-1]).T
        return found

    def _cut(self, mask: np.ndarray, sides: Sides) -> np.ndarray:
        """The half of the mask, to the pixel that the middle lies next to."""
        (side,) = sides
        middle = round(0.5 * mask.shape[1 - _AXIS[side]])
        if _AXIS[side]:
            return mask[:middle] if side == "upper" else mask[middle:]
        return mask[:, :middle] if side == "left" else mask[:, middle:]

    def _resolvable(self, box: Box) -> bool:
        x, y = (tuple(math.floor(8 * value + 0.5) / 8 for value in box.polygon_px[axis::2]) for axis in (0, 1))
        width, height = self.tile.width_px, self.tile.height_px
        wide = min(max(x), width) - max(min(x), 0)
        high = min(max(y), height) - max(min(y), 0)
        sides = [wide, high]
        if x[0] != x[3] and y[0] != y[3]:
            sides += [math.hypot(x[1] - x[0] + x[2] - x[3], y[1] - y[0] + y[2] - y[3]) / 2]
            sides += [math.hypot(x[2] - x[1] + x[3] - x[0], y[2] - y[1] + y[3] - y[0]) / 2]
        return min(sides) * 224 / max(width, height) >= 4


_OUTERMOST = {"leftmost": (0, 1), "rightmost": (0, -1), "topmost": (1, 1), "bottommost": (1, -1)}
_QUARTERS = re.compile(r" in the upper left, upper right, lower left or lower right quarter")


def parts_in(text: str) -> list[Sides]:
    """The halves and quarters that a text names, each once."""
    found = [tuple(word for word in match[:2] if word) for match in _PART.findall(_QUARTERS.sub("", text))]
    return list(dict.fromkeys(found))


def _centre(box: Box) -> tuple[float, float]:
    x, y = box.polygon_px[::2], box.polygon_px[1::2]
    return (min(x) + max(x)) / 2, (min(y) + max(y)) / 2


def _area(box: Box) -> float:
    """The area of the polygon, by the triangles that it has with its first corner."""
    x, y = box.polygon_px[::2], box.polygon_px[1::2]
    corners = list(zip(x[1:], y[1:], strict=True))
    return abs(sum((a - x[0]) * (d - y[0]) - (c - x[0]) * (b - y[0]) for (a, b), (c, d) in pairwise(corners))) / 2


def _angle_deg(box: Box) -> float:
    """The angle of the longer pair of opposite edges from the horizontal, downward, from 0 to 180 degrees."""
    x, y = box.polygon_px[::2], box.polygon_px[1::2]
    pairs = [
        (x[at + 1] - x[at] + x[at + 2] - x[(at + 3) % 4], y[at + 1] - y[at] + y[at + 2] - y[(at + 3) % 4]) for at in (0, 1)
    ]
    dx, dy = max(pairs, key=lambda edge: math.hypot(*edge))
    return math.degrees(math.atan2(dy, dx)) % 180


def _line(name: str) -> list[str]:
    """The class and all above it."""
    line = [name]
    while parent := taxonomy.KINDS[line[-1]].parent:
        line.append(parent)
    return line


_WORDS = {word: kind.name for kind in taxonomy.KINDS.values() for word in (kind.singular, kind.plural, kind.mass)}
_PATTERN = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, _WORDS), key=len, reverse=True))})\b")


def _only_plural(text: str) -> bool:
    kind = taxonomy.KINDS[class_in(text)]
    return kind.plural in text and kind.plural != kind.singular


def classes_in(text: str) -> list[str]:
    return [_WORDS[word] for word in _PATTERN.findall(text)]


def class_in(text: str) -> str:
    (name,) = classes_in(text)
    return name
