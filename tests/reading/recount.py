"""Answers to questions from the annotations of a tile alone: another path than the one that the questions are made of."""

import math
import re
from collections.abc import Iterator

import numpy as np

from sartext.narrate.facts import taxonomy
from sartext.tile import Box, Question, Tile


class Recount:
    """Answers from the boxes of a tile, without the facts that the questions are made of."""

    def __init__(self, tile: Tile) -> None:
        self.tile = tile
        self.counted = [box for box in tile.boxes if not box.crowd and box.visible_share >= 0.4]
        self.others = [box.label for box in tile.boxes if box.crowd or box.visible_share < 0.4]

    def faults(self, question: Question) -> Iterator[str]:
        """What is wrong with a question and its answer."""
        if not question.question.strip() or not question.answer.strip() or not question.kept:
            yield "empty or not kept"
        if question.kind in ("class", "area", "relation"):
            yield from {"class": self._class, "area": self._area, "relation": self._relation}[question.kind](question)
            return
        name = class_in(question.question)
        if self.tile.unlabelled_share:
            yield "not all is labelled"
        if any(name in _line(region.label) for region in self.tile.regions) and not any(
            name in _line(box.label) for box in self.tile.boxes
        ):
            yield f"the mask has a {name} without a box"
        mine = [box for box in self.counted if name in _line(box.label)]
        if not any(above in self.tile.exhaustive for above in _line(name)):
            yield f"{name} is not exhaustive"
        if question.kind == "presence":
            maybe = [box.label for box in self.tile.boxes if name in _line(box.label) or box.label in _line(name)]
            if question.answer == "yes" and not any(map(self._resolvable, mine)):
                yield f"no resolvable {name}"
            if question.answer == "no" and maybe:
                yield f"there may be a {name}"
            if question.answer not in ("yes", "no") or question.answer_type != "yes_no":
                yield "neither yes nor no"
            return
        if any(name in _line(label) or label in _line(name) for label in self.others):
            yield f"crowds or cut objects of {name}"
        if any(box.label in _line(name) and box.label != name for box in self.counted):
            yield f"a coarser label than {name}"
        if not all(map(self._resolvable, mine)):
            yield f"an unresolvable {name}"
        if question.kind == "count":
            if question.answer != str(len(mine)) or question.answer_type != "count":
                yield f"{len(mine)} of {name}, not {question.answer}"
        elif question.kind == "position":
            yield from self._position(question, mine)
        else:
            yield f"kind {question.kind}"

    def _class(self, question: Question) -> Iterator[str]:
        labels = {box.label for box in self.tile.boxes}
        if len(labels) != 1 or not self.counted or question.answer_type != "class":
            yield f"classes are {labels}"
        elif question.answer != taxonomy.KINDS[label := labels.pop()].singular:
            yield "another class"
        else:
            offered = classes_in(question.question)
            if sorted(offered) != sorted(set(offered)) or label not in offered or len(offered) < 2:
                yield f"offered are {offered}"
            for name in offered:
                if not any(above in self.tile.exhaustive for above in _line(name)):
                    yield f"{name} is not exhaustive"
                if name != label and (name in _line(label) or label in _line(name)):
                    yield f"it may be a {name}"
        if not all(map(self._resolvable, self.counted)):
            yield "an unresolvable object"

    def _area(self, question: Question) -> Iterator[str]:
        shares = {region.label: float(self._mask(region.label).mean()) for region in self.tile.regions}
        if self.tile.unlabelled_share or self.tile.nodata_share or abs(sum(shares.values()) - 1) > 1e-9:
            yield "not all is labelled"
        if question.answer_type == "class":
            name = _WORDS[question.answer]
            others = [share for label, share in shares.items() if label != name]
            if shares.get(name, 0) < max(1 / 3, max(others, default=0) + 0.0999) or name not in taxonomy.REGIONS:
                yield f"{name} is not the largest of {shares}"
            return
        share = shares.get(class_in(question.question), 0.0)
        if question.answer_type == "yes_no":
            if question.answer != ("yes" if share > 0.5 else "no") or 0.45 < share < 0.55:
                yield f"half: {share}"
        elif not question.answer.endswith("%") or abs(100 * share - int(question.answer[:-1])) > 3 + 1e-9:
            yield f"{share} is not {question.answer}"

    def _relation(self, question: Question) -> Iterator[str]:
        one, other = classes_in(question.question)
        if question.answer not in ("yes", "no") or question.answer_type != "yes_no":
            yield "neither yes nor no"
        yes = question.answer == "yes"
        if one in taxonomy.REGIONS:
            a, b = self._mask(one), self._mask(other)
            around = np.pad(a, 1)
            around = np.logical_or.reduce([np.roll(around, s, (0, 1)) for s in ((0, 1), (0, -1), (1, 0), (-1, 0))])[1:-1, 1:-1]
            if not a.any() or not b.any() or (around & b).any() != yes:
                yield "borders"
            return
        found = []
        for name in (one, other):
            mine = [box for box in self.counted if name in _line(box.label)]
            found.append(mine)
            if not any(above in self.tile.exhaustive for above in _line(name)) or not all(map(self._resolvable, mine)):
                yield f"the number of {name} is not known"
            if any(name in _line(label) or label in _line(name) for label in self.others):
                yield f"crowds or cut objects of {name}"
        text = question.question
        word = next((word for word in ("left of", "right of", "above", "below") if word in text), None)
        if word is None:
            first, second = (len(found[1]), len(found[0])) if "fewer" in text else (len(found[0]), len(found[1]))
            if first == second or (first > second) != yes:
                yield f"{first} of {one}, {second} of {other}"
        elif [len(mine) for mine in found] != [1, 1]:
            yield "several objects"
        else:
            (x, y), (x_other, y_other) = (
                (sum(mine[0].polygon_px[::2]) / 4, sum(mine[0].polygon_px[1::2]) / 4) for mine in found
            )
            ahead = {"left of": x_other - x, "right of": x - x_other, "above": y_other - y, "below": y - y_other}[word]
            if (ahead > 0) != yes:
                yield f"{word}: {ahead}"

    def _mask(self, name: str) -> np.ndarray:
        """The pixels of the class, from its run lengths: down the columns, with a run outside first."""
        sides = [self.tile.height_px, self.tile.width_px]
        found = np.zeros(sides, dtype=bool)
        for region in self.tile.regions:
            if name in _line(region.label):
                inside = np.arange(len(region.rle)) % 2 == 1
                found |= np.repeat(inside, region.rle).reshape(sides[::-1]).T
        return found

    def _position(self, question: Question, mine: list[Box]) -> Iterator[str]:
        if len(mine) != 1 or question.answer_type != "position":
            yield f"{len(mine)} objects"
            return
        row, _, column = question.answer.rpartition(" ")
        row, column = (row or "middle", column) if question.answer != "center" else ("middle", "center")
        rows, columns = ("upper", "middle", "lower"), ("left", "center", "right")
        for values, side, third in (
            (mine[0].polygon_px[::2], self.tile.width_px, columns.index(column)),
            (mine[0].polygon_px[1::2], self.tile.height_px, rows.index(row)),
        ):
            low, high = (min(max(edge / side, 0.0), 1.0) for edge in (min(values), max(values)))
            centre, clear = (low + high) / 2, 0.05 - 0.005  # half a percent for what the polygon was rounded by
            first, last = third / 3 + (clear if third > 0 else 0), (third + 1) / 3 - (clear if third < 2 else 0)
            if not first <= centre <= last:
                yield f"the centre {centre:.3f} is not in the {third}. third, off its edges"

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


def _line(name: str) -> list[str]:
    """The class and all above it."""
    line = [name]
    while parent := taxonomy.KINDS[line[-1]].parent:
        line.append(parent)
    return line


_WORDS = {word: kind.name for kind in taxonomy.KINDS.values() for word in (kind.singular, kind.plural, kind.mass)}
_PATTERN = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, _WORDS), key=len, reverse=True))})\b")


def classes_in(text: str) -> list[str]:
    return [_WORDS[word] for word in _PATTERN.findall(text)]


def class_in(text: str) -> str:
    (name,) = classes_in(text)
    return name
