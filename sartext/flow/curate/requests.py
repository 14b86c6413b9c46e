"""Requests to take tiles down: which tiles they mean, by source, scene, key or licence, and why."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sartext.errors import SourceError, UserError, require
from sartext.rights import rights_of
from sartext.store import open_store

NAMED = ("key", "source", "scene", "licence")  # what a request may name
REQUEST_COLUMNS = ("key", "source", "scene", "origin")


@dataclass(frozen=True)
class TakedownRequest:
    """One request: a tile is meant where everything holds that is named."""

    key: str | None = None
    source: str | None = None
    scene: str | None = None
    licence: str | None = None
    reason: str = "asked for"

    def __post_init__(self) -> None:
        if not any(getattr(self, name) for name in NAMED):
            raise UserError(f"a takedown names nothing; name at least one of {', '.join(NAMED)}")
        require("reason", self.reason, bool(self.reason.strip()), "some words")

    def means(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of REQUEST_COLUMNS is meant; a row without `origin` has no licence."""
        named = all(getattr(self, name) in (None, row[name]) for name in ("key", "source", "scene"))
        if not named or self.licence is None:
            return named
        return self.licence in {one.licence for one in rights_of(row.get("origin"))}


def why_taken(requests: Sequence[TakedownRequest], row: Mapping[str, Any]) -> str | None:
    """The reason of the first request that means the row; None where none does."""
    return next((one.reason for one in requests if one.means(row)), None)


def takedown_requests(file: str, given: Sequence[tuple[str, str]]) -> list[TakedownRequest]:
    """The requests of a file, and the one that is given as pairs.

    The file has a JSON object a line with some of `key`, `source`, `scene` and `licence`, and `reason`. Raises `UserError` for
    another field and where a file cannot be read.
    """
    found = [_request(dict(given), "--take-down")] if given else []
    if not file:
        return found
    folder, _, name = file.rpartition("/")
    try:
        text = open_store(folder or ".").read(name).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file} cannot be read ({error}); give a file with a JSON object a line") from error
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                value = json.loads(line)
            except ValueError as error:
                raise SourceError(f"is no JSON ({error})", file=file, place=f"line {number}") from error
            if not isinstance(value, dict):
                raise SourceError("is no JSON object", file=file, place=f"line {number}")
            found.append(_request(value, f"{file}: line {number}"))
    return found


def _request(fields: Mapping[str, Any], where: str) -> TakedownRequest:
    if unknown := sorted(fields.keys() - {*NAMED, "reason"}):
        raise UserError(f"{where} names {unknown[0]!r}; it may name {', '.join((*NAMED, 'reason'))}")
    if wrong := [name for name, value in fields.items() if not isinstance(value, str)]:
        raise UserError(f"{where} has a {wrong[0]} that is no text; give one")
    return TakedownRequest(**fields)


def as_config(requests: Sequence[TakedownRequest]) -> list[dict[str, str]]:
    """As they are recorded."""
    return [{name: value for name, value in asdict(one).items() if value is not None} for one in requests]
