"""The record: its schema is as stored, and tiles survive every reader."""

import dataclasses
import io
import types
import typing
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sartext import tile as record
from sartext.flow.build.commit import encode
from sartext.tile import KEY, TILE, EncodedImage, Optical, Rendering, Tile, arrow_type, from_table, to_table
from tests.support.stored import same_as_stored


def lines(fields: Iterable[pa.Field], depth: int = 0) -> Iterator[str]:
    """Every field with its type, its nullability and its own metadata, the fields inside it below."""
    for field in fields:
        kind = field.type
        inner = [kind.field(at) for at in range(kind.num_fields)]
        name = type(kind).__name__.removesuffix("Type").lower() if inner else str(kind)
        marks = "" if field.nullable else " not null"
        yield "    " * depth + f"{field.name}: {name}{marks}{field.metadata or ''}"
        yield from lines(inner, depth + 1)


def test_the_schema_is_as_it_is_stored() -> None:
    """Whoever reads a shard relies on it; a change of the schema is a new SCHEMA_VERSION."""
    metadata = [f"{name.decode()} = {value.decode()}" for name, value in (TILE.metadata or {}).items()]
    same_as_stored("tile_schema.txt", [*lines(TILE), *metadata])


@pytest.mark.parametrize("hint", [dict, set[str], int | str, complex])
def test_what_has_no_column_is_refused(hint: Any) -> None:
    with pytest.raises(TypeError, match="no type of Arrow"):
        arrow_type(hint)


REAL = st.floats(allow_nan=False, allow_infinity=False, width=32)
SHARE = st.floats(0, 1)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
SEGMENT = st.text("abcXYZ0189_-", min_size=1, max_size=9).map(lambda text: text + ".x")
POSITION = st.integers(0, 2**31 - 1)
OF_FIELD = {
    ("Tile", "key"): st.builds(lambda a, b, c: f"{a}/{b}/{c}", SEGMENT, SEGMENT, SEGMENT),
    ("Tile", "split"): st.none() | st.sampled_from(record.SPLITS),
    ("Tile", "split_by"): st.none() | st.sampled_from(record.SPLIT_RULES),
    ("Rendering", "multilook_px"): st.none() | st.tuples(st.integers(1, 99), st.integers(1, 99)),
    ("Tile", "height_px"): st.integers(1, 2**31 - 1),
    ("Tile", "width_px"): st.integers(1, 2**31 - 1),
    ("Box", "polygon_px"): st.tuples(*[REAL] * 8),
    ("Claim", "span"): st.none() | st.tuples(POSITION, POSITION),
    ("Claim", "boxes"): st.lists(POSITION, max_size=4).map(tuple),
    ("Caption", "derived_from"): st.none() | POSITION,
    ("Region", "rle"): st.lists(st.integers(0, 2**31 - 1), max_size=4).map(tuple),
}


def instances(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotated type."""
    if isinstance(hint, types.UnionType):
        return st.none() | instances(next(option for option in typing.get_args(hint) if option is not types.NoneType))
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return st.builds(hint, **{name: OF_FIELD.get((hint.__name__, name), instances(hints[name])) for name in hints})
    if typing.get_origin(hint) is tuple:
        return st.lists(instances(typing.get_args(hint)[0]), max_size=2).map(tuple)
    return {
        str: TEXT,
        int: st.integers(-(2**63), 2**63 - 1),
        float: REAL,
        bool: st.booleans(),
        bytes: st.binary(max_size=20),
        datetime: st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    }[hint]


@settings(max_examples=60, deadline=None)
@given(st.lists(instances(Tile), max_size=3))
def test_tiles_come_back_from_arrow_and_parquet_as_they_were(tiles: list[Tile]) -> None:
    table = to_table(tiles)
    assert table.schema.equals(TILE)
    assert from_table(table) == tiles
    assert from_table(pq.read_table(io.BytesIO(encode(table)))) == tiles


@pytest.mark.parametrize("key", ["a/b", "a/b/c/d", "a/../c", "../b/c", "a//c", "a/b c/d", "a/b/ü", "/a/b", "a/b/.", ""])
def test_keys_that_are_unsafe_in_a_path_are_refused(key: str) -> None:
    assert not KEY.fullmatch(key)
    with pytest.raises(ValueError, match="key"):
        Tile(
            key=key,
            source="s",
            scene="x",
            split=None,
            image=EncodedImage(bytes=b""),
            height_px=1,
            width_px=1,
            rendering=DISPLAY,
        )


DISPLAY = Rendering(quantity="display")


def test_wrong_splits_and_sizes_are_refused() -> None:
    good: dict[str, Any] = {
        "key": "a/b/0_0",
        "source": "a",
        "scene": "b",
        "image": EncodedImage(bytes=b""),
        "rendering": DISPLAY,
    }
    with pytest.raises(ValueError, match="split"):
        Tile(**good, split="training", height_px=1, width_px=1)
    with pytest.raises(ValueError, match="1 x 0 px"):
        Tile(**good, split=None, height_px=0, width_px=1)


def picture(mode: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).convert(mode).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def shard(tmp_path: Path) -> Path:
    optical = Optical(image=EncodedImage(bytes=picture("RGB"), path="b.png"), time_gap_s=0.0, offset_px=(0.0, 1.0))
    tiles = [
        Tile(
            key=f"a/s{number}/0_0",
            source="a",
            scene=f"s{number}",
            split="train",
            image=EncodedImage(bytes=picture("L"), path="a.png"),
            height_px=8,
            width_px=8,
            rendering=DISPLAY,
            optical=optical if number else None,
        )
        for number in range(2)
    ]
    path = tmp_path / "00000-0.parquet"
    path.write_bytes(encode(to_table(tiles)))
    return path


def test_hugging_face_datasets_decodes_the_images(shard: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    rows = load_dataset("parquet", data_files=str(shard), split="train", cache_dir=str(tmp_path / "cache"))
    assert isinstance(rows[0]["image"], Image.Image)
    assert rows[0]["image"].size == (8, 8)
    assert rows[0]["optical"] is None or rows[0]["optical"]["image"] is None
    assert rows[1]["optical"]["image"].mode == "RGB"
    assert rows[1]["optical"]["offset_px"] == [0.0, 1.0]


def test_pandas_reads_the_columns(shard: Path) -> None:
    import pandas as pd

    frame = pd.read_parquet(shard)
    assert list(frame.columns) == TILE.names
    assert frame["image"][0]["bytes"] == picture("L")
    assert frame["key"].tolist() == ["a/s0/0_0", "a/s1/0_0"]
