"""A dataset without what is taken down: no byte of it stays, in shards, tables or pages, and what is named is its key and why.

Each shard that is touched gets a new generation, then its record is swapped; when all are, the pages are deleted, the manifest
follows, tables are cleaned, old objects deleted, and the pages made anew. Records keep the keys as rejects of the stage
`takedown`: from them the same command completes a run that was killed.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sartext.artifact import MANIFEST, Artifact, open_artifact, read_json, readable
from sartext.errors import OutputError, UserError
from sartext.failpoint import reach
from sartext.flow.build.commit import (
    KINDS,
    REJECTS,
    TAKEDOWN,
    TAKEN_DOWN,
    contents,
    data_path,
    encode,
    read_records,
    record_path,
    remove_orphans,
    totals,
)
from sartext.flow.build.pages.describe import CARD, REPORT, describe
from sartext.flow.curate.requests import REQUEST_COLUMNS, TakedownRequest, takedown_requests, why_taken
from sartext.flow.engine.signals import stopping
from sartext.report.dataset.card import is_made
from sartext.row_groups import read_table
from sartext.sources.split.cut import COLUMNS_OF_PLACES, cut_places
from sartext.store import Store
from sartext.tile import TILE

_TABLES = "tables"


@dataclass(frozen=True)
class TakenDown:
    """What a takedown left."""

    artifact: Artifact
    taken: int  # tiles, in all
    now: int  # of these by this run

    def summary(self) -> str:
        """One line for people."""
        line = f"{self.artifact.uri}: {self.now:,} tiles taken down, {self.taken:,} in all"
        made = "indexes, exports, models and selections that were made of it hold them still: make them anew"
        parents = self.artifact.manifest.get("parents")
        of = f"; so do the datasets that it was selected from ({', '.join(one[:12] for one in parents)})" if parents else ""
        return f"{line}; {made}{of}"


def take_down(dataset: str, *, file: str = "", named: Sequence[tuple[str, str]] = ()) -> TakenDown:
    """Takes out of a dataset what requests mean, wherever it lies there.

    Done again, or after it was killed, it completes what is missing. Raises `UserError` where nothing is named or nothing is
    meant, `OutputError` where another run holds the dataset or its card was edited by somebody.
    """
    requests = takedown_requests(file, named)
    if not requests:
        raise UserError("nothing is named; name it by --take-down key=... (or source, scene, licence) or by --takedown FILE")
    artifact = open_artifact(dataset)
    store = artifact.store
    with stopping() as stop, store.lock() as check_lock:
        artifact = open_artifact(dataset)
        _check_card(store)
        records = read_records(store)
        now = 0
        for number in sorted(records):
            stop.check()
            check_lock()
            records[number], found = _without(store, records[number], requests)
            now += found
        taken = _taken(store, records)
        if not taken:
            raise UserError(f"{artifact.uri} holds nothing that is meant by {_said(requests)}; check the names")
        check_lock()
        _delete_pages(store)
        reach("before_takedown_manifest")
        _put_manifest(store, artifact, records, taken)
        _clean_tables(store, {one["key"] for one in taken})
        remove_orphans(store, records)
        reach("before_takedown_pages")
        artifact = open_artifact(dataset)
        describe(artifact, {}, check_lock)
    return TakenDown(artifact, len(taken), now)


def _said(requests: Sequence[TakedownRequest]) -> str:
    named = {name: value for name, value in vars(requests[0]).items() if value is not None and name != "reason"}
    more = f" and {len(requests) - 1} more" if len(requests) > 1 else ""
    return ", ".join(f"{name}={value}" for name, value in named.items()) + more


def _check_card(store: Store) -> None:
    """Raises `OutputError` for a card that somebody wrote: only they know what of it has to go."""
    try:
        text = store.read(CARD).decode("utf-8", "replace")
    except FileNotFoundError:
        return
    if not is_made(text):
        raise OutputError(f"{store.uri}/{CARD} was edited and may name what is taken down; move it away and run this again")


def _without(store: Store, record: dict[str, Any], requests: Sequence[TakedownRequest]) -> tuple[dict[str, Any], int]:
    """The record of a shard after the takedown, which is swapped, and how many tiles were taken; itself where none is meant."""
    before = {kind: record[kind]["path"] for kind in KINDS if record[kind]}
    empty = {"tiles": TILE.empty_table(), "rejects": REJECTS.empty_table()}
    why = {}
    for kind, path in before.items():
        columns = list(REQUEST_COLUMNS) if kind == "tiles" else ["key", "stage"]
        for row in read_table(store, path, columns).to_pylist():
            source, scene, _ = row["key"].split("/")
            meant = {"source": source, "scene": scene, **row}
            if row.get("stage") != TAKEDOWN and (reason := why_taken(requests, meant)) is not None:
                why[row["key"]] = reason
    if not why:
        return record, 0
    parts = {kind: read_table(store, before[kind]) if kind in before else empty[kind] for kind in KINDS}
    positions = _positions(parts["tiles"].num_rows, parts["rejects"])
    keys = parts["tiles"]["key"].to_pylist()
    gone = [(key, at) for key, at in zip(keys, positions, strict=True) if key in why]
    stays = pc.invert(pc.is_in(parts["tiles"]["key"], pa.array(list(why), pa.string())))
    rejects = [one for one in parts["rejects"].to_pylist() if one["key"] not in why or one["stage"] == TAKEDOWN]
    refused = [(one["key"], one["position"]) for one in parts["rejects"].to_pylist() if one["key"] in why]
    rejects += [
        {"key": key, "stage": TAKEDOWN, "reason": TAKEN_DOWN, "detail": why[key], "tries": 1, "position": at}
        for key, at in {(key, at) for key, at in (*gone, *refused)} - {(one["key"], one["position"]) for one in rejects}
    ]
    tiles = parts["tiles"].filter(stays).combine_chunks()
    table = pa.Table.from_pylist(sorted(rejects, key=lambda one: one["position"]), schema=REJECTS)
    return _swapped(store, record, {"tiles": tiles, "rejects": table}), len(why)


def _positions(tiles: int, rejects: pa.Table) -> list[int]:
    """The planned positions of the kept tiles: those that no reject has."""
    taken = set(rejects["position"].to_pylist())
    return [at for at in range(tiles + rejects.num_rows) if at not in taken]


def _swapped(store: Store, record: dict[str, Any], parts: dict[str, pa.Table]) -> dict[str, Any]:
    """Commits a new generation of a shard and its record, which is returned. Raises `OutputError` where another did."""
    number, generation = record["shard"], record["generation"] + 1
    files = {kind: encode(table) for kind, table in parts.items() if table.num_rows}
    while not all(
        store.put_if_absent(data_path(kind, number, generation), data)
        or store.read(data_path(kind, number, generation)) == data
        for kind, data in files.items()
    ):
        generation += 1
    expected = {*record.get("expected", ()), TAKEN_DOWN}
    new = {
        **record,
        **dict.fromkeys(KINDS),
        "generation": generation,
        **{
            kind: {
                "path": data_path(kind, number, generation),
                "sha256": hashlib.sha256(data).hexdigest(),
                "size_bytes": len(data),
            }
            for kind, data in files.items()
        },
        **contents(parts["tiles"], parts["rejects"], expected),
    }
    reach("before_takedown_record")
    if not store.swap(record_path(number), readable(new), store.read_tagged(record_path(number))[1]):
        raise OutputError(f"{store.uri}/{record_path(number)} was changed by another run; run this again")
    reach("after_takedown_record")
    return new


def _taken(store: Store, records: dict[int, dict[str, Any]]) -> list[dict[str, str]]:
    """All that was ever taken down, by key and reason."""
    found = []
    for record in records.values():
        if record["rejected"].get(TAKEN_DOWN):
            rows = read_table(store, record["rejects"]["path"], ["key", "stage", "detail"]).to_pylist()
            found += [{"key": one["key"], "reason": one["detail"]} for one in rows if one["stage"] == TAKEDOWN]
    return sorted(found, key=lambda one: one["key"])


def _delete_pages(store: Store) -> None:
    """The report shows tiles and the card may quote them."""
    for path in (REPORT, CARD):
        store.delete(path)


def _put_manifest(store: Store, artifact: Artifact, records: dict[int, dict[str, Any]], taken: list[dict[str, str]]) -> None:
    """The manifest of what the records say, in place of the one before."""
    ordered = [records[number] for number in sorted(records)]
    shards = [{name: one[name] for name in ("shard", "generation", "rows", "tiles", "rejects")} for one in ordered]
    manifest = read_json(store, MANIFEST)
    if manifest["shards"] == shards and manifest.get("taken_down") == taken:
        return
    counts = totals(records)
    places = {}
    if artifact.manifest["counts"].get("places_in_several_splits"):
        paths = [one["tiles"]["path"] for one in ordered if one["tiles"]]
        places = cut_places(read_table(store, path, COLUMNS_OF_PLACES) for path in paths)
    licences = sorted({licence for one in ordered for licence in one.get("licences", ())})
    new = {
        **manifest,
        "shards": shards,
        "counts": {**manifest["counts"], **counts, "places_in_several_splits": places},
        "licences": licences,
        "taken_down": taken,
    }
    store.put(MANIFEST, readable(new))


def _clean_tables(store: Store, keys: set[str]) -> None:
    """Takes the rows of the keys out of all tables beside the shards."""
    for path in store.paths(_TABLES):
        if not path.endswith(".parquet"):
            continue
        table = read_table(store, path)
        if "key" not in table.column_names:
            continue
        stays = pc.invert(pc.is_in(table["key"], pa.array(sorted(keys), pa.string())))
        if not pc.all(stays).as_py():
            out = io.BytesIO()
            pq.write_table(table.filter(stays), out, compression="ZSTD")
            store.put(path, out.getvalue())
