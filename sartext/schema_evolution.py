"""Schema evolution: tables of shards of every schema version up to today's, with the columns and nested fields of today.

What a shard lacks is null; columns that TILE does not have are kept. A table is of a shard where its metadata name a version,
every other one stays as it is. Columns are named as Parquet names them: "origin.may_train", "captions.list.element.text".
"""

from collections.abc import Iterable, Sequence

import pyarrow as pa

from sartext.errors import UserError
from sartext.tile import SCHEMA_VERSION, TILE

_VERSION = b"sartext_schema"


def upgrade(table: pa.Table, where: str, columns: Sequence[str] | None = None) -> pa.Table:
    """The table, read at `where`, in the present schema version: all columns of TILE, or those that are asked for.

    Raises `UserError` for a table of a newer version.
    """
    version = _version(table.schema)
    if version is None:
        return table
    if version > SCHEMA_VERSION:
        raise UserError(f"{where} has schema version {version}, this program reads up to {SCHEMA_VERSION}; update sartext")
    asked = list(TILE) if columns is None else _asked(TILE, [column.split(".") for column in columns])
    for field in asked:
        if field.name not in table.column_names:
            table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    unknown = [field for field in table.schema if field.name not in TILE.names]
    schema = pa.schema([*asked, *unknown], metadata=TILE.metadata)
    return table.select(schema.names).cast(schema)


def stored_columns(schema: pa.Schema, columns: Sequence[str]) -> list[str]:
    """What is to be read of a file with this schema, so that `upgrade` can give these columns.

    Of a nested field that the file lacks it is another field beside it, which says how many elements there are.
    """
    if _version(schema) is None:
        return list(columns)
    leaves = leaf_paths(schema)
    return list(dict.fromkeys(path for column in columns if (path := _stored(leaves, column))))


def leaf_paths(schema: pa.Schema) -> list[str]:
    """The columns of a schema as Parquet names them: lists add `.list.element`."""

    def below(name: str, kind: pa.DataType) -> list[str]:
        if pa.types.is_struct(kind):
            return [path for field in kind for path in below(f"{name}.{field.name}", field.type)]
        if pa.types.is_list(kind):
            return below(f"{name}.list.element", kind.value_type)
        return [name]

    return [path for field in schema for path in below(field.name, field.type)]


def _version(schema: pa.Schema) -> int | None:
    """The schema version of a shard; None of any other table."""
    version = (schema.metadata or {}).get(_VERSION)
    return None if version is None else int(version)


def _stored(leaves: Sequence[str], column: str) -> str:
    """The column if it is there, else the first leaf of the nearest struct around it that is, else ""."""
    path = column
    while path:
        inside = [leaf for leaf in leaves if leaf == path or leaf.startswith(f"{path}.")]
        if inside:
            return column if path == column else inside[0]
        path = path.rpartition(".")[0]
    return path


def _asked(fields: Iterable[pa.Field], paths: Sequence[Sequence[str]]) -> list[pa.Field]:
    """Those of the fields that a path names, or that hold what it names, with nothing else inside."""
    below = [(field, [path[1:] for path in paths if path[0] == field.name]) for field in fields]
    return [pa.field(field.name, kind) for field, inner in below if inner and (kind := _pruned(field.type, inner))]


def _pruned(kind: pa.DataType, paths: Sequence[Sequence[str]]) -> pa.DataType | None:
    """The type with what the paths name; None where that is nothing."""
    if not all(paths):
        return kind
    if pa.types.is_list(kind):
        inner = _pruned(kind.value_type, [path[2:] for path in paths])  # behind "list" and "element"
        return pa.list_(inner) if inner else None
    if pa.types.is_struct(kind):
        fields = _asked(kind, paths)
        return pa.struct(fields) if fields else None
    return None
