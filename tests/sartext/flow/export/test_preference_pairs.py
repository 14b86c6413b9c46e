"""Kept captions before those that the labels contradict."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from jobs.export import Config, main
from sartext.artifact import open_artifact
from sartext.errors import UserError
from sartext.flow.export.export import export
from sartext.flow.export.preference_pairs import preference_pairs, unpaired
from sartext.formats.preference import PreferencePair
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from sartext.tile import Caption, EncodedImage, Rendering, Tile, from_table
from tests.support.datasets import dataset
from tests.support.permitted import Restricted

WRONG = "contradicted: four ships (ship: 3)"


def kept(text: str, derived_from: int | None = None) -> Caption:
    return Caption(text=text, route="a2c", derived_from=derived_from)


def refused(text: str, reason: str | None = WRONG) -> Caption:
    return Caption(text=text, route="twin", kept=False, reason=reason)


def tile(*captions: Caption) -> Tile:
    return Tile(
        key="a/b/0_0",
        source="a",
        scene="b",
        split="train",
        image=EncodedImage(bytes=b""),
        height_px=64,
        width_px=64,
        rendering=Rendering(quantity="display"),
        captions=captions,
    )


@pytest.mark.parametrize(
    ("captions", "pairs", "alone"),
    [
        ((kept("a"), refused("x")), ["a>x"], 0),
        ((kept("a"), refused("x"), kept("b", derived_from=1)), ["b>x"], 0),
        ((kept("a"), refused("x"), refused("y"), kept("b", derived_from=2)), ["a>x", "b>y"], 0),
        ((kept("a"), kept("b"), refused("x"), refused("y"), refused("z")), ["a>x", "b>y", "a>z"], 0),
        ((kept("a"), refused("x"), refused("x "), refused("y")), ["a>x", "a>y"], 0),
        ((kept("a b"), refused("a  b")), [], 1),
        ((kept("a"), kept("b"), refused("a")), ["b>a"], 0),
        ((refused("x"), refused("y")), [], 2),
        ((kept("a"), refused("x", "unverifiable: it claims nothing"), refused("y", None), refused("z", "duplicate")), [], 0),
    ],
)
def test_which_captions_are_a_pair(captions: tuple[Caption, ...], pairs: list[str], alone: int) -> None:
    found = list(preference_pairs(tile(*captions), "a.png"))
    assert found == [PreferencePair("a.png", *pair.split(">")) for pair in pairs]
    assert unpaired(tile(*captions)) == alone


def test_captions_that_may_not_be_used_are_in_no_pair() -> None:
    both = tile(kept("a"), replace(kept("n"), route="narrator"), refused("x"), replace(refused("y"), route="narrator"))
    found = list(preference_pairs(both, "a.png", lambda one: one.route != "narrator"))
    assert found == [PreferencePair("a.png", "a", "x")]


@dataclass(frozen=True)
class Lies:
    """Adds captions of a route that states, of every tile, what it has and what it has not."""

    route: str = "twin"
    name: str = "lies"
    revision: int = 1

    def apply(self, tile: Tile) -> Tile:
        wrong = f"{tile.captions[0].text} There are 999 ships." if tile.captions else "There are 999 ships."
        return replace(tile, captions=(*tile.captions, Caption(text=wrong, route=self.route)))


def test_a_dataset_is_exported_as_pairs(tmp_path: Path) -> None:
    source = Restricted(of=Synthetic(tiles=20, size_px=64, twin=False), may_train=(True, False, None))
    uri = dataset(source, (A2C(), Lies(), Verify()), str(tmp_path / "tiles"))
    made = main(Config(dataset=uri, out=str(tmp_path / "out"), form="preference"))
    lines = [json.loads(line) for line in (tmp_path / "out" / "preference.jsonl").read_text().splitlines()]
    tiles = {
        f"images/{tile.key}.png": tile
        for table in open_artifact(uri).tables()
        for tile in from_table(table)
        if tile.origin.may_train is not False or tile.split in ("val", "test")
    }
    assert [line["images"][0] for line in lines] == list(tiles)
    assert made.entries == made.images == len(lines) == 20 - made.left_out["may_train"] < 20
    assert made.summary().startswith(f"{made.uri}: {made.images} images, {made.entries} pairs; left out: ")
    for line in lines:
        (path,) = line["images"]
        assert (tmp_path / "out" / path).is_file()
        chosen, rejected = (line[name][0]["content"][0]["text"] for name in ("chosen", "rejected"))
        assert rejected.endswith("There are 999 ships.")
        assert rejected.startswith(chosen)  # what was left of it
        assert chosen in [one.text for one in tiles[path].captions if one.kept and one.derived_from is not None]


def test_what_a_model_wrote_is_paired_only_where_it_is_asked_for(tmp_path: Path) -> None:
    uri = dataset(Synthetic(tiles=5, size_px=64, twin=False), (A2C(), Lies("narrator"), Verify()), str(tmp_path / "tiles"))
    with pytest.raises(UserError, match="the labels contradict to write: 5 have captions of a"):
        export(uri, out=str(tmp_path / "out"), form="preference")
    assert export(uri, out=str(tmp_path / "out"), form="preference", narrator_captions=True).entries == 5


@dataclass(frozen=True)
class Bare:
    """Leaves only what was refused, in one tile of two."""

    name: str = "bare"
    revision: int = 1

    def apply(self, tile: Tile) -> Tile:
        if int(tile.key.split("/")[1].rpartition("-")[2]) % 2:
            return tile
        return replace(tile, captions=tuple(one for one in tile.captions if not one.kept))


def test_contradicted_captions_without_a_kept_one_are_counted(tmp_path: Path) -> None:
    uri = dataset(Synthetic(tiles=40, size_px=64, twin=False), (A2C(), Lies(), Verify(), Bare()), str(tmp_path / "tiles"))
    tiles = [tile for table in open_artifact(uri).tables() for tile in from_table(table)]
    alone = sum(not any(one.kept for one in tile.captions) for tile in tiles)
    assert 0 < alone < 40
    made = export(uri, out=str(tmp_path / "out"), form="preference")
    assert made.skipped == alone == 40 - made.entries
    assert made.summary().endswith(f"left out: {alone} contradicted captions have no kept one beside them")
