"""How a rule draws its captions."""

from dataclasses import replace

from sartext.narrate.facts.tile_facts import Facts
from sartext.narrate.seeded import Pick
from sartext.narrate.write.sampling import with_captions
from sartext.tile import Tile


def drawn(_: Facts, pick: Pick) -> str | None:
    return pick.one(("A SAR image of a port.", "A radar image of a port.", "A port."))


def silent(_: Facts, pick: Pick) -> str | None:  # noqa: ARG001
    return None


def texts(tile: Tile, seed: int = 0, per_form: int = 3, route: str = "a2c") -> list[str]:
    return [one.text for one in with_captions(tile, route, drawn, silent, seed=seed, per_form=per_form).captions]


def test_no_text_comes_twice(hand_tiles: dict[str, Tile]) -> None:
    assert sorted(texts(hand_tiles["coast"], per_form=9)) == ["A SAR image of a port.", "A port.", "A radar image of a port."]


def test_texts_depend_on_seed_route_and_scene_and_not_on_the_source(hand_tiles: dict[str, Tile]) -> None:
    tile = hand_tiles["coast"]
    moved = replace(tile, key=f"other/{tile.key.partition('/')[2]}")
    assert texts(tile) == texts(moved)
    first = {number: texts(tile, seed=number, per_form=1) for number in range(20)}
    assert len({tuple(one) for one in first.values()}) == 3
    assert {number: texts(tile, seed=number, per_form=1, route="sa2c") for number in range(20)} != first


def test_optical_images_are_not_called_radar(hand_tiles: dict[str, Tile]) -> None:
    tile = hand_tiles["coast"]
    light = replace(tile, sensor=replace(tile.sensor, modality="optical"))
    assert not any("SAR" in text or "radar" in text for text in texts(light))


def test_a_tile_of_which_nothing_is_said_stays_the_same_object(hand_tiles: dict[str, Tile]) -> None:
    tile = hand_tiles["coast"]
    assert with_captions(tile, "a2c", silent, silent, seed=0, per_form=3) is tile
