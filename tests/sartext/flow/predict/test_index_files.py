"""A search index as it lies at its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from sartext.errors import UserError
from sartext.flow.predict.index_files import features_path, index_record_path, open_index


def written(folder: Path, **more: Any) -> str:
    shards = [{"path": features_path(0), "rows": 5}, {"path": features_path(1), "rows": 0}]
    manifest = {"schema_version": 1, "kind": "index", "shards": shards, "counts": {"tiles": 1500, "skipped": 2}, "model": "m"}
    (folder / "manifest.json").write_text(json.dumps({**manifest, **more}))
    return str(folder)


def test_an_index_says_where_its_tiles_are_and_how_many(tmp_path: Path) -> None:
    index = open_index(written(tmp_path))
    assert (index.tiles, index.paths()) == (1500, ["features/00000.parquet"])
    assert index.summary().endswith(": 1,500 tiles indexed, 2 that cannot be read are left out")
    assert index_record_path(12) == "records/00012.json"


def test_what_is_no_finished_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="it is no finished index"):
        open_index(str(tmp_path))
    with pytest.raises(UserError, match="is a dataset, no index"):
        open_index(written(tmp_path, kind="dataset"))
