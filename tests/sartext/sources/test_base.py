import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from sartext.errors import TileRejected
from sartext.sources.annotations.packed import Item
from sartext.sources.base import FolderSource, finite, utf8
from sartext.sources.captions import Captions
from sartext.sources.llava import Llava
from sartext.sources.pairs import Pairs
from sartext.sources.source import Shard
from sartext.tile import Reject, Sensor, Tile


@dataclass(frozen=True, kw_only=True)
class Refusing(FolderSource):
    """Rejects everything with what it is called."""

    title: ClassVar[str] = "Nothing"

    def tile(self, item: Item) -> Tile:
        raise TileRejected(item.file, "a\udce9" + "b" * 999)


def test_a_tile_that_cannot_be_made_is_a_reject_in_its_place() -> None:
    items: Sequence[Item] = [Item(key="folder/a/0_0", file="one"), Item(key="folder/b/0_0", file="two")]
    first, second = Refusing().read(Shard(number=0, items=items))
    assert isinstance(first, Reject)
    assert (first.key, first.stage, first.reason, second.reason) == ("folder/a/0_0", "read", "one", "two")
    assert first.detail == r"a\udce9" + "b" * 293


def test_what_is_known_goes_into_origin_sensor_and_card() -> None:
    one = Refusing(name="mine", licence="MIT", citation="Someone", may_train=True, may_redistribute=False, gsd_m=3.0)
    origin = one.origin("a/\udce9.png", "ab")
    assert (origin.licence, origin.citation, origin.may_train, origin.may_redistribute) == ("MIT", "Someone", True, False)
    assert (origin.uri, origin.sha256) == (r"a/\udce9.png", "ab")
    assert one.sensor(5.0) == Sensor(gsd_m=(3.0, 3.0))
    assert (Refusing().sensor(5.0), Refusing().sensor()) == (Sensor(gsd_m=(5.0, 5.0)), Sensor())
    assert (one.card.name, one.card.title, one.card.licence, one.card.labels) == ("mine", "Nothing", "MIT", {})


@pytest.mark.parametrize(
    ("kind", "paths"),
    [(Captions, {"images", "captions"}), (Llava, {"images", "conversations"}), (Pairs, {"sar", "optical", "pairs"})],
)
def test_every_field_has_help_and_paths_are_no_identity(kind: Any, paths: set[str]) -> None:
    fields = dataclasses.fields(kind)
    assert all(len(field.metadata["help"]) > 10 for field in fields)
    assert {field.name for field in fields if field.metadata.get("identity") is False} == paths | {"splits"}
    assert kind(**dict.fromkeys(paths, "")).name == kind.__name__.lower()


def test_what_neither_utf8_nor_json_can_hold() -> None:
    assert (utf8("é"), utf8("\ud800")) == ("é", r"\ud800")
    assert finite((1.0, float("nan"), float("inf"))) == [1.0, None, None]
    assert finite((1e308, 1e308)) == [1e308, 1e308]
