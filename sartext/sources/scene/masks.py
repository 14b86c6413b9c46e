"""Masks of whole scenes, of the scenes' own size, cut along with their windows."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rasterio.enums import ColorInterp

from sartext.errors import SourceError, TileRejected
from sartext.imaging.run_lengths import Mask
from sartext.sources.annotations.detection import Annotated
from sartext.sources.annotations.mask_image import MaskValues
from sartext.sources.annotations.mask_table import BACKGROUND, MAX_VALUE, NODATA, UNLABELLED, MaskTable
from sartext.sources.annotations.regions import classes_annotated
from sartext.sources.files.discover import list_files
from sartext.sources.files.keys import stem
from sartext.sources.filesystem import join, open_file
from sartext.sources.readers.raster import Raster
from sartext.sources.scene.checks import SceneRefused
from sartext.sources.scene.files import Owned, owned, such_as

_ENDINGS = (".tif", ".tiff")
_WHOLE = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")


@dataclass(frozen=True, kw_only=True)
class SceneMasks:
    """The masks of a folder by the scene that they are of."""

    folder: str
    table: MaskTable
    owned: Owned  # by their files

    @property
    def classes(self) -> frozenset[str]:
        """The classes of the table."""
        return frozenset(self.table.labels) - {BACKGROUND, UNLABELLED, NODATA}

    def of(self, number: int, height_px: int, width_px: int) -> tuple[str, str] | None:
        """The mask of a scene and its SHA-256; None where there is none.

        Raises `SceneRefused` as `bad_mask` where it may be of another scene, cannot be read, has another size than the scene
        or pixels that the class table does not fit, or where the scene has two that differ.
        """
        files = self.owned.of_scene[number]
        digests = []
        for file in files:
            if file in self.owned.unclear:
                raise _refused("several scenes have a file of this name; name the mask with its folder", file)
            try:
                with Raster(join(self.folder, file), file) as raster:
                    if raster.dataset.shape != (height_px, width_px):
                        raise _refused(f"has {raster.dataset.shape}, its scene {(height_px, width_px)} px", file)
                    _kind(raster, self.table)
                with open_file(join(self.folder, file)) as stream:
                    digests.append(hashlib.file_digest(stream, "sha256").hexdigest())
            except OSError as error:
                raise _refused(f"cannot be read, {error.strerror}", file) from error
            except SceneRefused:
                raise
            except SourceError as error:
                raise SceneRefused(str(error).removeprefix(f"{file}: "), file=file, reason="bad_mask") from error
        if len(set(digests)) > 1:
            raise _refused(f"is another mask than {files[0]} of the same scene; give one", files[1])
        return (files[0], digests[0]) if files else None


def read_masks(folder: str, table: MaskTable, scenes: Sequence[Sequence[str]]) -> SceneMasks:
    """The masks that a folder has of the scenes, which are given by their names, with and without their files' endings.

    Raises `SourceError` where it has none of any scene.
    """
    files = list_files(folder, _ENDINGS)
    of_stem: dict[str, list[str]] = defaultdict(list)
    for file in files:
        of_stem[stem(file)].append(file)
    mine = owned(list(of_stem), scenes, anywhere=True)
    if len(mine.of_none) == len(of_stem):
        raise SourceError(
            f"has no mask of any scene{such_as(files)}",
            file=folder,
            remedy=f"name masks as the scenes' files, with {' or '.join(_ENDINGS)}",
        )

    def all_of(stems: Sequence[str]) -> tuple[str, ...]:
        return tuple(file for one in stems for file in of_stem[one])

    by_file = Owned(
        tuple(all_of(stems) for stems in mine.of_scene),
        {file: numbers for one, numbers in mine.unclear.items() for file in of_stem[one]},
        all_of(mine.of_none),
    )
    return SceneMasks(folder=folder, table=table, owned=by_file)


def _refused(fact: str, file: str) -> SceneRefused:
    return SceneRefused(fact, file=file, reason="bad_mask")


def mask_window(
    raster: Raster, window: tuple[int, int, int, int], block_px: tuple[int, int], table: MaskTable, empty: Mask
) -> Annotated:
    """Regions and boxes of a window of the averaged grid; of a block the pixel in its middle counts.

    The pixels of `empty`, (height, width) of the window, have no measurement in the scene. Raises `TileRejected` where a value
    is not in the table, or the mask cannot be read; `SourceError` where it is no longer what was planned.
    """
    values = _values(raster, window, block_px, table)
    return classes_annotated(values, table, raster.shown, min_area_px=1, empty=empty)


def _kind(raster: Raster, table: MaskTable) -> str:
    """How the mask has its values: in one band as "values", "gray" or "palette", or as "colours" in three.

    Raises `SceneRefused` where the class table cannot mean such pixels.
    """
    dataset = raster.dataset
    kinds = sorted(set(dataset.dtypes))
    if not set(kinds) <= set(_WHOLE):
        raise _refused(f"pixels of the kind {kinds[0]}; a mask has whole numbers", raster.shown)
    if dataset.count in (3, 4) and kinds == ["uint8"]:
        return "colours"
    if dataset.count > 2 or (dataset.count == 2 and dataset.colorinterp[1] != ColorInterp.alpha):
        raise _refused(
            f"{dataset.count} bands of {kinds[0]}; a mask has one band, or red, green and blue of 8 bits", raster.shown
        )
    if not table.colours:
        return "values"
    if dataset.colorinterp[0] == ColorInterp.palette:
        return "palette"
    if dataset.dtypes[0] != "uint8":
        raise _refused(f"gray of the kind {dataset.dtypes[0]}, and the class table has colours", raster.shown)
    return "gray"


def _values(raster: Raster, window: tuple[int, int, int, int], block_px: tuple[int, int], table: MaskTable) -> MaskValues:
    """Values or packed colours, as the table has them, (height, width) of the window of the averaged grid."""
    row, column, height, width = window
    down, across = block_px

    def band(number: int) -> npt.NDArray[np.uint32]:
        raw = raster.read(number, row * down, column * across, height * down, width * across)
        raw = raw[down // 2 :: down, across // 2 :: across]
        if raw.min(initial=0) < 0 or raw.max(initial=0) > MAX_VALUE:
            raise TileRejected("bad_mask", f"{raster.shown}: values beyond 0 to {MAX_VALUE}")
        whole: npt.NDArray[np.uint32] = raw.astype(np.uint32)
        return whole

    kind = _kind(raster, table)
    if kind == "colours":
        red, green, blue = band(1), band(2), band(3)
        if table.colours:
            return _packed(red, green, blue)
        if (red != green).any() or (green != blue).any():
            raise TileRejected("bad_mask", f"{raster.shown} has colours, and the class table has values; give [R, G, B]")
        return red
    if kind == "palette":
        shades = raster.dataset.colormap(1)
        table_of = np.zeros((256 if raster.dataset.dtypes[0] == "uint8" else 65536, 3), dtype=np.uint32)
        for index, shade in shades.items():
            table_of[index] = shade[:3]
        return _packed(*table_of.T)[band(1)]
    return band(1) * np.uint32(0x010101) if kind == "gray" else band(1)


def _packed(red: MaskValues, green: MaskValues, blue: MaskValues) -> MaskValues:
    packed: MaskValues = red * np.uint32(65536) + green * np.uint32(256) + blue
    return packed
