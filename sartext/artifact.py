"""A directory and its manifest, written last: its existence means that everything it names is there, whole."""

import glob
import hashlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from sartext.config import identity
from sartext.errors import OutputError, UserError
from sartext.row_groups import read_table
from sartext.store import Store, open_store
from sartext.tile import SCHEMA_VERSION

MANIFEST = "manifest.json"
PLAN = "plan.json"
DATASET = (MANIFEST, "records", "tiles", "rejects", "report.html")  # what a build writes
# The rules that write captions from what is known of optical twins.
_OF_TWINS = ("TwinText", "TwinRewriter", "VLLMTwinRewriter")
_FIELDS = ("schema_version", "fingerprint", "config", "counts", "shards")


@dataclass(frozen=True)
class Artifact:
    """A finished directory: where it lies and what its manifest says."""

    uri: str
    manifest: dict[str, Any]

    @property
    def store(self) -> Store:
        """Where its files are read."""
        return open_store(self.uri)

    @property
    def fingerprint(self) -> str:
        return str(self.manifest["fingerprint"])

    @property
    def ancestry(self) -> set[str]:
        """The fingerprints of this dataset and of all that it was selected from."""
        return {self.fingerprint, *self.manifest.get("parents", ()), *self.manifest.get("ancestors", ())}

    @property
    def counts(self) -> dict[str, Any]:
        return dict(self.manifest["counts"])

    def summary(self) -> str:
        """One line for people."""
        counts, captions = self.counts, self.counts["captions"]
        line = f"{self.uri}: {counts['kept']:,} tiles kept, {counts['rejected']:,} rejected"
        if captions["all"]:
            line += f"; {captions_kept(captions)}"
        if captions["claims"]:
            line += f"; {captions['understood'] / captions['claims']:.1%} of {captions['claims']:,} claims understood"
        questions = self.counts.get("questions", {})
        if questions.get("all"):
            line += f"; {questions['kept']:,} of {questions['all']:,} questions kept"
        return "; ".join(one for one in (line, cut_by_authors(self.manifest), without_texts(self.manifest)) if one)

    def files(self, kind: str = "tiles") -> list[str]:
        """Where the live Parquet files are: those of `tiles`, or of `rejects`, as `datasets.load_dataset` takes them.

        It takes each for a pattern: what would stand for other characters in the name of a folder is escaped.
        """
        return [glob.escape(f"{self.uri}/{path}") for path in self.paths(kind)]

    def paths(self, kind: str = "tiles") -> list[str]:
        """The same, relative to the artifact."""
        return [shard[kind]["path"] for shard in self.manifest["shards"] if shard[kind]]

    def tables(self) -> Iterator[pa.Table]:
        """The kept tiles, one table a shard, in planned order; at least the columns of TILE, unknown ones kept."""
        yield from self._tables("tiles")

    def rejects(self) -> Iterator[pa.Table]:
        """The refused tiles, one table a shard that has any: key, stage, reason, detail, tries, position."""
        yield from self._tables("rejects")

    def _tables(self, kind: str) -> Iterator[pa.Table]:
        store = self.store
        for shard in self.manifest["shards"]:
            if shard[kind]:
                yield read_table(store, shard[kind]["path"])


def captions_kept(captions: Mapping[str, int]) -> str:
    """How many captions of a dataset are kept, in words; samples of a model and texts of optical twins are told apart."""
    beside = [(captions.get("samples", 0), "samples"), (captions.get("of_twins", 0), "texts of optical twins")]
    words = f"{captions['kept']:,} of {captions['all'] - sum(number for number, _ in beside):,} captions kept"
    more = " and ".join(f"{number:,} {what}" for number, what in beside if number)
    return f"{words}, beside {more}" if more else words


def without_texts(manifest: Mapping[str, Any]) -> str:
    """What is to be said of a dataset with neither captions nor questions, or of pairs some of which have no caption, and what
    to do; "" for every other.

    Nor is anything said where that is not known, as of datasets made before questions were counted.
    """
    counts, rules = manifest["counts"], manifest["config"]["rules"]
    if any(one["type"] in _OF_TWINS for one in rules) and (lacking := counts["captions"].get("tiles_without", 0)):
        return (
            f"{lacking:,} of {counts['kept']:,} pairs have no caption: nothing that lasts is known of their optical images; "
            "--source.captions takes texts of these, --source.masks masks and --source.boxes boxes, the recipe "
            "`pairs_described` has a captioner look at them, `pairs_rewritten` has a language model put into words what is "
            "known, and `narrator` has a captioner look at the SAR images"
        )
    if not counts.get("kept") or counts["captions"].get("all") or counts.get("questions", {}).get("all", 1):
        return ""
    if rules:
        return (
            "its tiles have no captions, for no annotation allows one: an absence may be said of classes that "
            "--source.exhaustive names, and the recipe `narrator` has a trained CoCa caption images that nobody annotated"
        )
    return (
        "its tiles have no captions yet, for this recipe writes none: the recipe `captions` takes those of a file, `narrator` "
        "has a trained CoCa write them, and `pairs` writes them from what is known of optical twins"
    )


def cut_by_authors(manifest: Mapping[str, Any]) -> str:
    """What is to be said of places that the splits of a dataset's authors have on both sides; "" where there are none."""
    found = manifest["counts"].get("places_in_several_splits", {})  # manifests of before do not count them
    if not found:
        return ""
    sides = ", ".join(f"{number:,} in {name}" for name, number in sorted(found.items()))
    return f"its authors' splits are kept as they are, with places on both sides: {sides}"


def open_artifact(uri: str) -> Artifact:
    """The dataset at a place. Raises `UserError` where there is no manifest, or that of something else or a newer version."""
    try:
        manifest = read_json(open_store(uri), MANIFEST)
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(
            f"{uri} has no {MANIFEST}: it is not a finished dataset; run the job that makes it to its end"
        ) from None
    if lacking := [name for name in _FIELDS if name not in manifest]:
        raise UserError(f"{uri}/{MANIFEST} has no {lacking[0]!r}: it is of no dataset; give a folder that jobs.build wrote")
    if manifest["schema_version"] > SCHEMA_VERSION:
        raise UserError(
            f"{uri} has schema version {manifest['schema_version']}, this program reads up to {SCHEMA_VERSION}; update sartext"
        )
    return Artifact(uri=uri, manifest=manifest)


def read_json(store: Store, path: str, fields: Sequence[str] = ()) -> dict[str, Any]:
    """A JSON object of a place that has these fields. Raises `OutputError` where it is damaged, `FileNotFoundError`."""
    try:
        value = json.loads(store.read(path))
    except (ValueError, RecursionError) as error:
        raise OutputError(f"{store.uri}/{path} is damaged ({error}); delete it and run the same command again") from error
    if not isinstance(value, dict):
        raise OutputError(f"{store.uri}/{path} is no JSON object: it is not of this program; choose another --out")
    if lacking := [name for name in fields if name not in value]:
        raise OutputError(f"{store.uri}/{path} has no {lacking[0]!r}: it is not of this program; choose another --out")
    return value


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> bytes:
    """JSON with one way of writing every value."""
    return _CANONICAL.encode(value).encode()


def readable(value: Any) -> bytes:
    """JSON for files that people open; the same value gives the same bytes."""
    return (json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def fingerprint(value: Any) -> str:
    """SHA-256 of a value's identity."""
    return hashlib.sha256(canonical(identity(value))).hexdigest()


def reserve(store: Store, plan: dict[str, Any], writes: Sequence[str] = DATASET) -> dict[str, Any]:
    """Writes the plan of a run at its place, or finds one of the same fingerprint there; the plan that counts.

    Raises as `reserved_plan`.
    """
    there = reserved_plan(store, plan, writes)
    if there is not None:
        return there
    if glob.has_magic(store.uri):
        note = "has *, ? or [ in its name, which other programs (datasets, vLLM, a shell) take for a pattern of names"
        print(f"note: {store.uri} {note}; another --out spares you that", file=sys.stderr)
    store.put_if_absent(PLAN, readable(plan))
    return reserved_plan(store, plan, writes) or plan


def reserved_plan(store: Store, plan: dict[str, Any], writes: Sequence[str] = DATASET) -> dict[str, Any] | None:
    """The plan of the same fingerprint at a place, or None where the place is free.

    `writes` are the files and folders that the run will write. Raises `OutputError` naming what differs where the place belongs
    to another configuration, or one of them that is there where it is somebody else's.
    """
    try:
        there = read_json(store, PLAN, tuple(plan))
    except FileNotFoundError:
        foreign = [path for path in store.paths("") if path.split("/")[0] in writes]
        if foreign:
            raise OutputError(
                f"{store.uri} holds {foreign[0]}, which no run of this program made there; choose another --out"
            ) from None
        return None
    if there["fingerprint"] == plan["fingerprint"]:
        return there
    changes = list(differences(there["config"], plan["config"])) or ["the source's files or annotations differ"]
    shown = "; ".join(changes[:3]) + ("; ..." if len(changes) > 3 else "")
    raise OutputError(
        f"{store.uri} holds what another configuration made: {shown}; choose another --out, or the configuration that "
        f"is recorded in {PLAN}"
    )


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Where two plain values differ, a line each: `source.seed was 0, is 1`."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            yield from differences(old.get(name), new.get(name), f"{path}.{name}" if path else name)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (left, right) in enumerate(zip(old, new, strict=True)):
            yield from differences(left, right, f"{path}[{number}]")
    elif old != new:
        yield f"{path} was {old!r}, is {new!r}"


def commit_of_code() -> str | None:
    """The revision of this program: SARTEXT_COMMIT, else what git says, else None."""
    if os.environ.get("SARTEXT_COMMIT"):
        return os.environ["SARTEXT_COMMIT"]
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except OSError as error:
        logging.getLogger(__name__).debug("git cannot be run: %s", error)
        return None
    return answer.stdout.strip() or None
