"""The archive's pairs without annotations, with the texts of their twins."""

import pytest

from sartext.sources.archive_twins import ArchiveTwins
from sartext.sources.optical_archive import OpticalArchive
from sartext.sources.synthetic import Synthetic
from sartext.tile import OF_OPTICAL_TWIN, Tile

SOURCE = ArchiveTwins(of=Synthetic(tiles=3, pixels=False))


def test_nothing_is_known_but_the_twin_and_its_texts() -> None:
    (shard,) = SOURCE.shards()
    for tile in SOURCE.read(shard):
        assert isinstance(tile, Tile)
        assert (tile.boxes, tile.regions, tile.exhaustive, tile.questions) == ((), (), (), ())
        assert tile.optical is not None
        assert {(one.route, one.kept, one.reason) for one in tile.captions} == {("human", False, OF_OPTICAL_TWIN)}


def test_the_texts_are_those_of_the_optical_archive() -> None:
    texts = [one.text for one in OpticalArchive(tiles=3).tile(1).captions]
    assert [one.text for one in SOURCE.tile(1).captions] == texts


def test_without_twins_there_is_nothing_to_tell_of() -> None:
    with pytest.raises(ValueError, match=r"of\.twin is False; it must be true"):
        ArchiveTwins(of=Synthetic(tiles=3, twin=False))
