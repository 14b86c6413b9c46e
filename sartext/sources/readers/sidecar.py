"""Files beside a raster that GDAL reads with it: whether it understands them, for it passes over the others in silence."""

import posixpath
from collections.abc import Collection
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sartext.errors import SourceError
from sartext.sources.filesystem import is_file, read_file

MASK = ".msk"
AUXILIARY = ".aux.xml"
_MAX_BYTES = 2**26  # 64 MB: an attribute table may be in it
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_NUMBERS = ("NoDataValue", "Scale", "Offset")
_MEND = "mend it, or take it away"

_OF_FILE = (AUXILIARY, MASK, ".ovr", ".msk.ovr", ".xml", ".rrd", ".md5", ".sha256")  # behind the whole name of a file
_OF_STEM = frozenset(
    (".tfw", ".tifw", ".tiffw", ".wld", ".prj", ".tab", ".aux", ".rrd", ".rpb", ".imd")
)  # in place of its ending


def check_sidecars(path: str, shown: str) -> None:
    """Raises `SourceError` where a mask or an .aux.xml is beside the raster at `path`, and is none."""
    if is_file(path + MASK) and _read(path, shown, MASK, 4) not in _TIFF:
        # What GDAL would take for another format may be an address.
        raise SourceError("a mask that is no TIFF", file=shown + MASK, remedy=_MEND)
    if not is_file(path + AUXILIARY):
        return
    for element in _auxiliary(path, shown).iter():
        if element.tag in _NUMBERS:
            try:
                float(element.text or "")
            except ValueError:
                raise SourceError(
                    f"{element.tag} is {(element.text or '')[:40]!r}, no number", file=shown + AUXILIARY, remedy=_MEND
                ) from None


def _auxiliary(path: str, shown: str) -> Element:
    data = _read(path, shown, AUXILIARY, _MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise SourceError(f"larger than {_MAX_BYTES} bytes", file=shown + AUXILIARY, remedy=_MEND)
    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise SourceError(f"broken XML, {str(error)[:120]}", file=shown + AUXILIARY, remedy=_MEND) from error
    return root


def _read(path: str, shown: str, end: str, size_bytes: int) -> bytes:
    try:
        return read_file(path + end, size_bytes)
    except OSError as error:
        raise SourceError(f"cannot be read, {error.strerror}", file=shown + end, remedy=_MEND) from error


def is_companion(file: str) -> bool:
    """Whether a file, by its ending, says more of another that has its name and another ending."""
    return posixpath.splitext(file)[1].lower() in _OF_STEM


def is_sidecar(file: str, files: Collection[str], stems: Collection[str]) -> bool:
    """Whether a file says more of another one: of one of `files`, or of one whose name without ending is in `stems`."""
    lower = file.lower()
    if any(lower.endswith(end) and file[: -len(end)] in files for end in _OF_FILE):
        return True
    return is_companion(file) and posixpath.splitext(file)[0] in stems
