"""A dataset of an earlier schema version, written from stored rows as the program of then wrote it.

`tests/stored/version_2` is what commit 5d1266b made of 12 scenes of the synthetic archive, 32 px wide: `schema.json` has the
columns with their Arrow types (a struct is an object, a list an array of one), `tiles/` a row a line, its bytes as base64.
"""

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from sartext.flow.build.commit import encode
from tests.support.stored import FOLDER

VERSION_2 = FOLDER / "version_2"
_TIMES = {"timestamp[us, tz=UTC]": pa.timestamp("us", tz="UTC")}


def stored_dataset(out: Path, folder: Path = VERSION_2) -> str:
    """The dataset at `out`, which is returned."""
    about = json.loads((folder / "schema.json").read_text())
    schema = pa.schema([(name, arrow(kind)) for name, kind in about["columns"].items()], metadata=about["metadata"])
    for path in (path for path in folder.rglob("*.json*") if path.name != "schema.json"):
        target = out / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".json":
            target.write_bytes(path.read_bytes())
            continue
        rows = [
            {field.name: value(json.loads(line)[field.name], field.type) for field in schema}
            for line in path.read_text().splitlines()
        ]
        target.with_suffix(".parquet").write_bytes(encode(pa.Table.from_pylist(rows, schema=schema)))
    return str(out)


def arrow(kind: Any) -> pa.DataType:
    """The Arrow type as it is written in `schema.json`."""
    if isinstance(kind, dict):
        return pa.struct([(name, arrow(one)) for name, one in kind.items()])
    if isinstance(kind, list):
        return pa.list_(arrow(kind[0]))
    return _TIMES.get(kind) or pa.type_for_alias(kind)


def value(written: Any, kind: pa.DataType) -> Any:
    """A value of a row as Arrow takes it."""
    if written is None:
        return None
    if pa.types.is_struct(kind):
        return {field.name: value(written[field.name], field.type) for field in kind}
    if pa.types.is_list(kind):
        return [value(one, kind.value_type) for one in written]
    if pa.types.is_binary(kind):
        return base64.b64decode(written)
    return datetime.fromisoformat(written) if pa.types.is_timestamp(kind) else written
