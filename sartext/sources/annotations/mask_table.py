"""What the values of a mask mean: its class table, from labels to values or colours.

Three names are no classes: "background" is labelled as none of the classes, "unlabelled" may be anything, "nodata" was not
measured.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sartext.errors import SourceError
from sartext.formats.encoding import decoded
from sartext.sources.annotations.labels import spelled
from sartext.sources.files.discover import read_source_file

BACKGROUND, UNLABELLED, NODATA = "background", "unlabelled", "nodata"
_SPECIAL = {
    **dict.fromkeys(("background", "other", "others", "none"), BACKGROUND),
    **dict.fromkeys(("unlabelled", "unlabeled", "ignore", "ignored", "void", "unknown", "unclassified"), UNLABELLED),
    **dict.fromkeys(("nodata", "no data"), NODATA),
}
MAX_VALUE = 2**32 - 1
MAX_CLASSES = 1000
_THREE = 'give three values as {"values": [1, 2, 3]}'


@dataclass(frozen=True, kw_only=True)
class MaskTable:
    """Classes, or the three other names, and beside them their values, or their colours as 65536 R + 256 G + B."""

    labels: tuple[str, ...]
    values: tuple[int, ...]
    colours: bool


def parse_table(text: str, labels: Mapping[str, str], file: str) -> MaskTable:
    """The table of a JSON object from label to value, to [R, G, B], or to a list of several of either.

    A list of three whole numbers is a colour; three values are {"values": [1, 2, 3]}. `labels` maps spelled labels to classes.
    Raises `SourceError` where it is no such object, mixes values and colours, gives one twice, or names what is no class.
    """
    try:
        table = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"no class table: {str(error)[:120]}", file=file, remedy='give JSON such as {"water": 1}') from error
    if not isinstance(table, dict) or not 0 < len(table) <= MAX_CLASSES:
        raise SourceError(f"a class table is a JSON object of 1 to {MAX_CLASSES} labels", file=file)
    pairs: list[tuple[str, int]] = []
    kinds: dict[bool, str] = {}  # whether they are colours, and a label that has such
    for label, stated in table.items():
        name = _SPECIAL.get(spelled(label)) or labels.get(label) or labels.get(spelled(label))
        if name is None:
            raise SourceError(
                f"{label[:60]!r} is no class that is known",
                file=file,
                place="class table",
                remedy="map it by --source.label-map",
            )
        for value, colour in _values(stated, label, file):
            pairs.append((name, value))
            kinds.setdefault(colour, label[:60])
    if len(kinds) > 1:
        raise SourceError(
            f"mixes values ({kinds[False]!r}) and colours ({kinds[True]!r})", file=file, place="class table", remedy=_THREE
        )
    values = [value for _, value in pairs]
    twice = next((value for at, value in enumerate(values) if value in values[:at]), None)
    if twice is not None:
        raise SourceError(f"has {said_value(twice, True in kinds)} twice", file=file, place="class table")
    return MaskTable(labels=tuple(name for name, _ in pairs), values=tuple(values), colours=True in kinds)


def read_class_table(stated: str, labels: Mapping[str, str]) -> MaskTable:
    """The table that JSON text says, or a file that holds it. Raises `SourceError` as `parse_table`."""
    if stated.lstrip().startswith("{"):
        return parse_table(stated, labels, "--source.classes")
    return parse_table(decoded(read_source_file(stated), stated), labels, stated)


@lru_cache(maxsize=8)
def from_canonical(text: str) -> MaskTable:
    """The table that `canonical` wrote."""
    value = json.loads(text)
    return MaskTable(labels=tuple(value["labels"]), values=tuple(value["values"]), colours=value["colours"])


def canonical_table(table: MaskTable) -> str:
    """The table as text, the same for the same table."""
    return json.dumps({"labels": table.labels, "values": table.values, "colours": table.colours})


def said_value(value: int, colour: bool) -> str:
    """The value for people."""
    return f"the colour [{value >> 16}, {value >> 8 & 255}, {value & 255}]" if colour else f"the value {value}"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a label is there twice")
    return table


def _values(stated: Any, label: str, file: str) -> list[tuple[int, bool]]:
    """The values of a label, and whether each is a colour."""
    if isinstance(stated, dict) and stated.keys() == {"values"}:
        values = stated["values"]
        several = values if isinstance(values, list) and not any(isinstance(one, list) for one in values) else [None]
    elif isinstance(stated, list) and not _is_three(stated):
        several = stated
    else:
        several = [stated]
    if not several:
        raise SourceError(f"{label[:60]!r} has no value", file=file, place="class table", remedy="give one, or leave it out")
    return [_value(one, label, file) for one in several]


def _value(stated: Any, label: str, file: str) -> tuple[int, bool]:
    if _is_three(stated):
        red, green, blue = stated
        if max(stated) > 255:
            raise SourceError(
                f"{str(stated)[:60]} of {label[:60]!r} is read as [R, G, B], and has more than 255",
                file=file,
                place="class table",
                remedy=_THREE,
            )
        return red << 16 | green << 8 | blue, True
    if type(stated) is int and 0 <= stated <= MAX_VALUE:
        return stated, False
    raise SourceError(f"the value of {label[:60]!r} is neither a whole number nor [R, G, B]", file=file, place="class table")


def _is_three(stated: Any) -> bool:
    return isinstance(stated, list) and len(stated) == 3 and all(type(part) is int and part >= 0 for part in stated)
