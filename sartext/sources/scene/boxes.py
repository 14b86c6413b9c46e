"""Boxes of whole scenes, from a COCO instance JSON, cut along with their windows."""

import posixpath
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sartext.errors import SourceError, TileRejected
from sartext.formats.annotation import Annotation
from sartext.formats.coco import parse_coco
from sartext.sar.tiling import Window, cut_boxes
from sartext.sources.annotations.boxes import tile_boxes
from sartext.sources.annotations.labels import spelled
from sartext.sources.filesystem import open_file
from sartext.sources.scene.checks import SceneRefused
from sartext.sources.scene.files import Owned, owned, such_as
from sartext.tile import Box


class _Image(NamedTuple):
    """One image that a COCO JSON lists."""

    size_px: tuple[int, int] | None  # (height, width)
    annotations: tuple[Annotation, ...]


@dataclass(frozen=True, kw_only=True)
class SceneBoxes:
    """The annotations of a COCO JSON by the scene that they are of."""

    shown: str
    images: Mapping[str, _Image]
    labels: Mapping[str, str]  # what its categories mean
    classes: frozenset[str]  # of its categories
    owned: Owned

    def of(self, number: int, height_px: int, width_px: int) -> tuple[Box, ...] | None:
        """The boxes of a scene; None where the JSON does not list it.

        Raises `SceneRefused` where the image that it lists may be another scene, has another size or other boxes than a
        second one of the scene, or where a box is not in the scene or its label is unknown.
        """
        names = self.owned.of_scene[number]
        if not names:
            return None
        for name in names:
            if name in self.owned.unclear:
                raise self._refused(name, "several scenes have a file of this name; list it with its folder")
            size = self.images[name].size_px
            if size not in (None, (height_px, width_px)):
                raise self._refused(name, f"annotated as {size}, but the scene has {(height_px, width_px)} rows and columns")
        listed = [self.images[name].annotations for name in names if self.images[name].annotations]
        if len({frozenset((one.label, one.corners_px, one.crowd) for one in annotations) for annotations in listed}) > 1:
            raise self._refused(names[1], f"has other boxes than {names[0]} of the same scene; list a scene once")
        try:
            return tile_boxes(listed[0] if listed else (), self.labels, width_px=width_px, height_px=height_px)
        except TileRejected as error:
            raise self._refused(names[0], str(error), error.reason) from error

    def _refused(self, name: str, fact: str, reason: str = "bad_annotation") -> SceneRefused:
        return SceneRefused(fact, file=self.shown, place=name, reason=reason)


def read_boxes(path: str, labels: Mapping[str, str], scenes: Sequence[Sequence[str]]) -> SceneBoxes:
    """The boxes that a COCO JSON has of the scenes, which are given by their files.

    `labels` maps spelled labels to classes. Raises `SourceError` where the file is no COCO instance JSON, lists an image
    twice, or lists none of the scenes.
    """
    try:
        with open_file(path) as stream:
            found = parse_coco(stream, path)
    except OSError as error:
        raise SourceError(f"cannot be read, {error.strerror}", file=path) from error
    files = [posixpath.normpath(file) for file in found.files]
    twice = next((file for file, times in Counter(files).items() if times > 1), None)
    if twice is not None:
        raise SourceError(f"{twice!r} is there twice", file=path, remedy="name every image once")
    of_image: list[list[Annotation]] = [[] for _ in files]
    for at, image in enumerate(found.image.tolist()):
        label, corners = found.labels[found.label[at]], tuple(found.corners_px[at].tolist())
        of_image[image].append(Annotation(label, corners, crowd=bool(found.crowd[at]), place=f"annotations[{at}]"))
    sizes = [(height, width) if width and height else None for width, height in found.sizes_px.tolist()]
    mine = owned(files, scenes, anywhere=False)
    if len(mine.of_none) == len(files):
        raise SourceError(
            f"lists none of the scenes{such_as(files)}", file=path, remedy="name the scenes' files relative to their folder"
        )
    return SceneBoxes(
        shown=posixpath.basename(path),
        images={file: _Image(sizes[at], tuple(of_image[at])) for at, file in enumerate(files)},
        labels=labels,
        classes=frozenset(
            name for label in found.labels if (name := labels.get(label) or labels.get(spelled(label))) is not None
        ),
        owned=mine,
    )


def cut_along(boxes: Sequence[Box], window: Window, block_px: tuple[int, int]) -> tuple[Box, ...]:
    """The boxes of a scene in a window of its averaged grid, of `block_px` pixels (y, x) each."""
    down, across = block_px
    whole = Window(
        row=window.row * down,
        column=window.column * across,
        height=window.height * down,
        width=window.width * across,
        down=0,
        right=0,
    )
    cut = cut_boxes(boxes, whole)
    if block_px == (1, 1):
        return cut
    scales = (across, down) * 4
    return tuple(
        Box(**{**vars(box), "polygon_px": tuple(v / s for v, s in zip(box.polygon_px, scales, strict=True))}) for box in cut
    )
