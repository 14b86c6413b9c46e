"""Places that the splits of a set's authors have on both sides: counted exactly."""

from sartext.sources.split.cut import cut_places
from sartext.tile import EncodedImage, Geo, Rendering, Tile, to_table


def tile(scene: str, split: str | None, footprint: str | None = None, *, source: str = "s") -> Tile:
    tile.number += 1  # type: ignore[attr-defined]
    return Tile(
        key=f"{source}/{scene}/{tile.number}",  # type: ignore[attr-defined]
        source=source,
        scene=scene,
        split=split,
        split_by="source",
        image=EncodedImage(bytes=b""),
        height_px=1,
        width_px=1,
        rendering=Rendering(quantity="display"),
        geo=Geo(footprint=footprint),
    )


tile.number = 0  # type: ignore[attr-defined]


def counted(*shards: list[Tile]) -> dict[str, int]:
    return cut_places(map(to_table, shards))


def square(left: float) -> str:
    return f"POLYGON (({left} 0, {left + 1} 0, {left + 1} 1, {left} 1, {left} 0))"


def test_scenes_on_both_sides_over_shards() -> None:
    first = [tile("a", "train"), tile("a", "train"), tile("b", "train"), tile("c", "val"), tile("d", "train"), tile("e", None)]
    second = [tile("a", "test"), tile("b", "train"), tile("c", "test"), tile("d", "val"), tile("e", "test")]
    third = [tile("d", "test"), tile("b", "test", source="other")]
    assert counted(first, second, third) == {"train and test": 1, "train and val and test": 1, "val and test": 1}
    assert counted() == {}


def test_scenes_that_overlap_are_one_place() -> None:
    tiles = [tile("a", "train", square(0)), tile("b", "test", square(0.5)), tile("c", "test", square(5)), tile("c", "train")]
    assert counted(tiles, [tile("d", "train"), tile("e", "test", square(9))]) == {"train and test": 2}
