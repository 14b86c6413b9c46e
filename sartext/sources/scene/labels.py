"""What is annotated of whole scenes: boxes and masks together, and of which classes they are all that there is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sartext.errors import SourceError
from sartext.sources.annotations.labels import LAND_COVERS
from sartext.sources.annotations.mask_table import canonical_table, read_class_table
from sartext.sources.files.keys import stem
from sartext.sources.readers.scene import SceneFile
from sartext.sources.scene.boxes import SceneBoxes, read_boxes
from sartext.tile import Box

if TYPE_CHECKING:
    from sartext.sources.scene.masks import SceneMasks  # GDAL takes 0.3 s, and other builds do without

_SAME = 0.5  # of the area that two boxes have together, for one object


class Labelled(NamedTuple):
    """What is annotated of one scene."""

    boxes: tuple[Box, ...] | None  # None where nobody annotated the scene with any
    mask: tuple[str, str, str] | None  # its file, the digest of that, and the class table as text
    exhaustive: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SceneLabels:
    """What is annotated of the scenes of a source, by their numbers."""

    boxes: SceneBoxes | None
    masks: "SceneMasks | None"
    exhaustive: tuple[str, ...]  # what the user says is, wherever there are annotations of it

    def of(self, number: int, height_px: int, width_px: int) -> Labelled:
        """Boxes, mask and exhaustive classes of one scene. Raises `SceneRefused` where they do not fit it."""
        boxes = self.boxes.of(number, height_px, width_px) if self.boxes is not None else None
        found = self.masks.of(number, height_px, width_px) if self.masks is not None else None
        mask = (*found, canonical_table(self.masks.table)) if found is not None and self.masks is not None else None
        there = self.kinds(boxes is not None, mask is not None)
        return Labelled(boxes, mask, exhaustive_in(self.exhaustive, there))

    def kinds(self, boxes: bool, mask: bool) -> list[tuple[Collection[str], bool]]:
        """The classes of the boxes and of the masks, as far as they are given, and whether a scene has those."""
        both = ((self.boxes, boxes), (self.masks, mask))
        return [(one.classes, there) for one, there in both if one is not None]

    def of_none(self) -> list[tuple[str, str]]:
        """What is of no scene: "annotations" or "mask", and the name."""
        both = (("annotations", self.boxes), ("mask", self.masks))
        return [(kind, name) for kind, one in both if one is not None for name in one.owned.of_none]


def read_labels(
    annotations: str | None,
    masks: str | None,
    classes: str | None,
    *,
    labels: Mapping[str, str],
    exhaustive: tuple[str, ...],
    scenes: Sequence[SceneFile],
) -> SceneLabels:
    """What a COCO JSON and a folder of masks with a class table say of the scenes, as far as they are given.

    `labels` maps spelled labels to classes. Raises `SourceError` where one of them cannot be understood as a whole or is of
    none of the scenes, and where a class that is said to be exhaustive can be in neither.
    """
    boxes = read_boxes(annotations, labels, [scene.files() for scene in scenes]) if annotations is not None else None
    of_masks = None
    if masks is not None and classes is not None:
        from sartext.sources.scene.masks import read_masks

        names = [(*map(stem, scene.files()), scene.name) for scene in scenes]
        of_masks = read_masks(masks, read_class_table(classes, labels), names)
    found = SceneLabels(boxes=boxes, masks=of_masks, exhaustive=exhaustive)
    strange = [name for name in exhaustive if not any(_alike(name, kind) for kind, _ in found.kinds(True, True))]
    if strange:
        raise SourceError(
            f"has no class that is, or is a kind of, {strange[0]}, which --source.exhaustive names",
            file=annotations or masks or "",
            remedy="name classes that are annotated",
        )
    return found


def _alike(name: str, classes: Collection[str]) -> bool:
    """Whether some of the classes are things where the name is one, or land covers where it is one."""
    return any((one in LAND_COVERS) == (name in LAND_COVERS) for one in classes)


def exhaustive_in(asked: Sequence[str], kinds: Sequence[tuple[Collection[str], bool]]) -> tuple[str, ...]:
    """Of the classes that are said to be annotated exhaustively those that are in one scene.

    `kinds` are the annotations that are given at all: the classes that each has, and whether it is there for the scene. A
    class that none of them names, such as the ships of which all kinds are labelled, needs all that have things or, where it
    is one, land covers.
    """
    found = []
    for name in asked:
        naming = [there for classes, there in kinds if name in classes]
        alike = [there for classes, there in kinds if _alike(name, classes)]
        if any(naming) if naming else alike and all(alike):
            found.append(name)
    return tuple(found)


def told_once(parts: Sequence[Box], boxes: Sequence[Box]) -> tuple[tuple[Box, ...], frozenset[str]]:
    """The parts of a mask's things that no box of the same tile stands for, and the classes of which it is not sure.

    Boxes of a class stand for all that is of it; a box of another class for a part of nearly the same extent, since the one
    may call a ship what the other calls a tanker.
    """
    told = {box.label for box in boxes}
    kept, doubtful = [], set()
    for part in parts:
        if part.label in told:
            continue
        if any(_overlap(part, box) >= _SAME for box in boxes):
            doubtful.add(part.label)
        else:
            kept.append(part)
    return tuple(kept), frozenset(doubtful)


def _overlap(one: Box, other: Box) -> float:
    """The share that the extents of two boxes have in common, of all that they cover."""
    (left, top, right, bottom), (left_, top_, right_, bottom_) = _extent(one), _extent(other)
    common = max(0.0, min(right, right_) - max(left, left_)) * max(0.0, min(bottom, bottom_) - max(top, top_))
    return common / ((right - left) * (bottom - top) + (right_ - left_) * (bottom_ - top_) - common)


def _extent(box: Box) -> tuple[float, float, float, float]:
    xs, ys = box.polygon_px[0::2], box.polygon_px[1::2]
    return min(xs), min(ys), max(xs), max(ys)
