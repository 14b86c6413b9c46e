"""A search index as it lies at its place, opened by those who search in it.

features/00000.parquet   a row a tile in planned order: key, split, caption, features, thumbnail
records/00000.json       written after it: rows, tiles that cannot be read, sha256
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sartext.artifact import MANIFEST, read_json
from sartext.errors import UserError
from sartext.models.fingerprint import model_fingerprint
from sartext.store import open_store

FEATURES, INDEX_RECORDS = "features", "records"
ALL = "all"  # in place of a split: every tile


@dataclass(frozen=True)
class Index:
    """A finished index: where it lies and what its manifest says."""

    uri: str
    manifest: dict[str, Any]

    @property
    def tiles(self) -> int:
        return int(self.manifest["counts"]["tiles"])

    def paths(self) -> list[str]:
        """The files of the shards that have tiles, in planned order."""
        return [shard["path"] for shard in self.manifest["shards"] if shard["rows"]]

    def of(self, folder: Path) -> None:
        """Raises `UserError` where the index is of another model than the one in this folder."""
        if self.manifest["model"] != model_fingerprint(folder):
            raise UserError(
                f"{self.uri} was made by another model than {folder}, so their features are not of one space; "
                f"run jobs.index --checkpoint {folder} with another --out"
            )

    def summary(self) -> str:
        """One line for people."""
        line = f"{self.uri}: {self.tiles:,} tiles indexed"
        skipped = self.manifest["counts"]["skipped"]
        return line + (f", {skipped:,} that cannot be read are left out" if skipped else "")


def open_index(uri: str) -> Index:
    """The index at a place. Raises `UserError` where none is finished there."""
    try:
        manifest = read_json(open_store(uri), MANIFEST, ("kind",))
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{uri} has no {MANIFEST}: it is no finished index; run jobs.index to its end") from None
    if manifest["kind"] != "index":
        raise UserError(f"{uri} is a {manifest['kind']}, no index; give the place that jobs.index wrote")
    return Index(open_store(uri).uri, manifest)


def index_record_path(number: int) -> str:
    """Where the record of a shard lies."""
    return f"{INDEX_RECORDS}/{number:05d}.json"


def features_path(number: int) -> str:
    """Where the features of a shard lie."""
    return f"{FEATURES}/{number:05d}.parquet"
