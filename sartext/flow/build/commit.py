"""Commits: a shard's data put if absent, then its record; the manifest last. Plain functions, no Ray.

tiles/00012-0.parquet     shard number and generation
rejects/00012-0.parquet   only where the shard has any
records/00012.json        which generation lives, what it holds, its hashes
"""

import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sartext.artifact import read_json, readable
from sartext.errors import SartextError
from sartext.failpoint import reach
from sartext.report.dataset.beside import are_of_twins, are_samples
from sartext.rights import PARTS
from sartext.schema_evolution import leaf_paths
from sartext.store import Store
from sartext.tile import TILE, Reject, arrow_type

RECORDS = "records"
ROW_GROUP_TILES = 128  # small enough that reading one tile of a shard does not read the shard

REJECTS = pa.schema([*arrow_type(Reject), ("position", pa.int32())])

KINDS = ("tiles", "rejects")
TAKEDOWN, TAKEN_DOWN = "takedown", "taken_down"  # stage and reason of rejects that were taken out of a dataset
_RECORD = re.compile(RECORDS + r"/(?P<shard>\d{5,})\.json")
_DATA = re.compile(r"(tiles|rejects)/\d{5,}-\d+\.parquet")

Record = dict[str, Any]
_FIELDS = ("shard", "generation", "fingerprint", "planned", "rows", "rejected", "reject_runs", "tiles", "rejects", "captions")


def record_path(shard: int) -> str:
    return f"{RECORDS}/{shard:05d}.json"


def data_path(kind: str, shard: int, generation: int) -> str:
    return f"{kind}/{shard:05d}-{generation}.parquet"


def commit_shard(store: Store, block: pa.Table, *, planned: int, fingerprint: str, expected: Collection[str] = ()) -> Record:
    """Writes one shard in flight and its record; returns the record that lives afterwards.

    Rejects for the reasons that are `expected` are no faults, and in no run of these.
    Doing it again, or twice at once, is success: what is there first stays.
    Raises `SartextError` where the block does not hold exactly one row a planned tile.
    """
    shard, generation = _only(block, "shard"), _only(block, "generation")
    if block.num_rows != planned or block["position"].to_pylist() != list(range(planned)):
        raise SartextError(f"shard {shard} came back with {block.num_rows} rows of {planned} planned, or out of order")
    try:
        old, tag = store.read_tagged(record_path(shard))
    except FileNotFoundError:
        old, tag = b"", ""
    if old and json.loads(old)["generation"] >= generation:
        return dict(json.loads(old))
    tiles, rejects = split_block(block)
    files = {kind: encode(table) for kind, table in zip(KINDS, (tiles, rejects), strict=True) if table.num_rows}
    while not _put_files(store, files, shard, generation):
        generation += 1  # a half-written generation with other bytes (a model's text can vary): leave it and move on
    record = {
        "shard": shard,
        "generation": generation,
        "fingerprint": fingerprint,
        "tiles": None,
        "rejects": None,
        **{
            kind: {"path": data_path(kind, shard, generation), "sha256": _sha256(data), "size_bytes": len(data)}
            for kind, data in files.items()
        },
        **contents(tiles, rejects, expected),
    }
    reach("before_record")
    written = (
        store.swap(record_path(shard), readable(record), tag)
        if old
        else store.put_if_absent(record_path(shard), readable(record))
    )
    reach("after_record")
    return record if written else dict(json.loads(store.read(record_path(shard))))


def split_block(block: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The kept tiles with the schema TILE, and the refused ones with the schema REJECTS."""
    refused = pc.is_valid(block["reject"])
    kept = block.filter(pc.invert(refused)) if pc.any(refused).as_py() else block  # a filter copies every image
    tiles = kept.select(TILE.names).cast(TILE).combine_chunks()
    out = block.filter(refused)
    reject = out["reject"].combine_chunks()
    inside = {field.name for field in reject.type}
    columns = {name: reject.field(name) if name in inside else out[name] for name in REJECTS.names}
    return tiles, pa.table(columns, schema=REJECTS).combine_chunks()


def _put_files(store: Store, files: dict[str, bytes], shard: int, generation: int) -> bool:
    """True where all files are there with these bytes; False where one is there with others."""
    for kind, data in files.items():
        path = data_path(kind, shard, generation)
        reach(f"before_{kind}")
        if not store.put_if_absent(path, data) and _sha256(store.read(path)) != _sha256(data):
            return False
        reach(f"after_{kind}")
    return True


def encode(table: pa.Table) -> bytes:
    """Parquet with the same bytes for the same table: image bytes as they are, everything else by zstd."""
    images = ("image.bytes", "optical.image.bytes")
    paths = leaf_paths(table.schema)
    sink = io.BytesIO()
    pq.write_table(
        table,
        sink,
        row_group_size=ROW_GROUP_TILES,
        compression={path: "NONE" if path in images else "ZSTD" for path in paths},
        # Encoded images differ from one another, and a dictionary of them would only be abandoned half way.
        use_dictionary=[path for path in paths if path not in images],
        write_statistics=[path for path in paths if path not in images],
    )
    return sink.getvalue()


def contents(tiles: pa.Table, rejects: pa.Table, expected: Collection[str] = ()) -> Record:
    """What one shard holds, as its record says it."""
    planned = tiles.num_rows + rejects.num_rows
    refused = dict(zip(rejects["position"].to_pylist(), rejects["reason"].to_pylist(), strict=True))
    faults = [refused.get(position) is not None for position in range(planned) if refused.get(position) not in expected]
    return {
        "planned": planned,
        "rows": tiles.num_rows,
        "rejected": dict(sorted(Counter(rejects["reason"].to_pylist()).items())),
        "reject_runs": _runs(faults),
        "expected": sorted(expected),
        "captions": _caption_counts(tiles),
        "questions": _question_counts(tiles),
        "splits": _split_counts(tiles),
        "licences": _licences(tiles),
    }


def _licences(tiles: pa.Table) -> list[str]:
    """Of images, annotations and texts."""
    paths = ["licence", *([of, "licence"] for of in PARTS[1:])]
    return sorted({one for path in paths for one in pc.unique(pc.struct_field(tiles["origin"], path)).to_pylist()} - {None})


def _split_counts(tiles: pa.Table) -> dict[str, dict[str, int]]:
    """How many tiles are in each split, by what decided it; "" where nothing is said."""
    found: dict[str, dict[str, int]] = {}
    columns = (pc.fill_null(tiles[name].combine_chunks(), "") for name in ("split", "split_by"))
    for (split, rule), number in Counter(zip(*(column.to_pylist() for column in columns), strict=True)).items():
        found.setdefault(split, {})[rule] = number
    return {split: dict(sorted(rules.items())) for split, rules in sorted(found.items())}


def _caption_counts(tiles: pa.Table) -> dict[str, int]:
    """Captions in all, kept, tiles without a kept one, and claims by verdict and understood.

    Among all are samples and texts of optical twins too, which are counted by themselves where there are any; of the claims
    none are theirs.
    """
    captions = tiles["captions"]  # in Arrow, whose columns hold what ten thousand objects would
    each = pc.list_flatten(captions)
    tile_of_kept = pc.list_parent_indices(captions).filter(pc.struct_field(each, "kept"))
    beside = {"samples": are_samples(each), "of_twins": are_of_twins(each)}
    claims = pc.list_flatten(pc.struct_field(each, "claims").filter(pc.invert(pc.or_(*beside.values()))))
    kinds, verdicts = pc.struct_field(claims, "kind"), pc.struct_field(claims, "verdict")
    counts = Counter(
        {
            "all": len(each),
            "kept": len(tile_of_kept),
            "tiles_without": tiles.num_rows - len(pc.unique(tile_of_kept)),
            "claims": len(claims),
            "understood": pc.sum(pc.not_equal(kinds, "sentence")).as_py() or 0,
        }
    )
    counts.update({name: number for name, which in beside.items() if (number := pc.sum(which).as_py())})
    counts.update({verdict["values"]: verdict["counts"] for verdict in pc.value_counts(verdicts).to_pylist()})
    return dict(sorted(counts.items()))


def _question_counts(tiles: pa.Table) -> dict[str, int]:
    """Questions in all, and kept."""
    kept = pc.struct_field(pc.list_flatten(tiles["questions"]), "kept")
    return {"all": len(kept), "kept": pc.sum(kept).as_py() or 0}


def _runs(faults: Sequence[bool]) -> dict[str, int]:
    """How many faults in a row a shard begins with, ends with, and holds at most."""
    longest = run = 0
    for fault in faults:
        run = run + 1 if fault else 0
        longest = max(longest, run)
    return {"head": faults.index(False) if False in faults else len(faults), "tail": run, "longest": longest}


def _only(block: pa.Table, name: str) -> int:
    values = pc.unique(block[name]).to_pylist()
    if len(values) != 1:
        raise SartextError(f"a block came back with the values {values} of {name}; it must hold one shard whole")
    return int(values[0])


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_records(store: Store, shards: Iterable[int] | None = None) -> dict[int, Record]:
    """The records that are there, by shard number; only of `shards` where given. Raises `OutputError` for a damaged one."""
    names = {path: _RECORD.fullmatch(path) for path in store.paths(RECORDS)}
    there = {int(match["shard"]): path for path, match in names.items() if match}
    wanted = there if shards is None else {number: there[number] for number in sorted(shards) if number in there}
    with ThreadPoolExecutor(max_workers=16) as pool:
        found = pool.map(lambda path: read_json(store, path, _FIELDS), wanted.values())
        return dict(zip(wanted, found, strict=True))


def whole(store: Store, records: dict[int, Record]) -> set[int]:
    """The shards whose data is there, all of it, in the size that its record names."""
    sizes = {**store.sizes_bytes("tiles"), **store.sizes_bytes("rejects")}
    return {
        number
        for number, record in records.items()
        if all(sizes.get(record[kind]["path"]) == record[kind]["size_bytes"] for kind in KINDS if record[kind])
    }


def forget_record(store: Store, shard: int) -> None:
    """Takes a record back; what data there is of the shard is found again, or passed over, by its next commit."""
    store.delete(record_path(shard))


def longest_run(records: dict[int, Record], expected: Collection[str] = ()) -> int:
    """The most faults in a row in planned order, over shards whose records are there: rejects but those that are `expected`,
    which neither count nor part others."""
    longest = run = 0
    previous = None
    for number in sorted(records):
        record = records[number]
        run = run if previous == number - 1 else 0
        previous = number
        aside = {reason: times for reason, times in record["rejected"].items() if reason in expected}
        if not set(aside) <= set(record.get("expected", ())):
            run = 0  # a record from before there were such reasons: its runs hold them too, and no longer say where
            continue
        runs, counted = record["reject_runs"], record["planned"] - sum(aside.values())
        longest = max(longest, run + runs["head"], runs["longest"])
        run = run + counted if runs["head"] == counted else runs["tail"]
    return max(longest, run)


def totals(records: dict[int, Record]) -> dict[str, Any]:
    """What all records hold together."""
    rejected: Counter[str] = Counter()
    captions: Counter[str] = Counter()
    questions: Counter[str] = Counter()
    splits: dict[str, Counter[str]] = {}
    for record in records.values():
        rejected.update(record["rejected"])
        captions.update(record["captions"])
        questions.update(record.get("questions", {}))  # records of before have none
        for split, rules in record.get("splits", {}).items():
            splits.setdefault(split, Counter()).update(rules)
    return {
        "planned": sum(record["planned"] for record in records.values()),
        "kept": sum(record["rows"] for record in records.values()),
        "rejected": sum(rejected.values()),
        "rejected_by_reason": dict(sorted(rejected.items())),
        "captions": dict(sorted(captions.items())),
        "questions": dict(sorted(questions.items())),
        "splits": {split: dict(sorted(rules.items())) for split, rules in sorted(splits.items())},
    }


def remove_orphans(store: Store, records: dict[int, Record]) -> list[str]:
    """Deletes data files that no record names (left by a crash between data and record, or by a retry); their paths."""
    live = {record[kind]["path"] for record in records.values() for kind in KINDS if record[kind]}
    # Only names that a commit gives: whatever else somebody keeps there is theirs.
    orphans = [path for kind in KINDS for path in store.paths(kind) if _DATA.fullmatch(path) and path not in live]
    for path in orphans:
        store.delete(path)
    return orphans
