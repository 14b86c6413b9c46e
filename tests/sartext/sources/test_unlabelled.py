from dataclasses import replace

from sartext.config import identity
from sartext.sources.synthetic import Synthetic
from sartext.sources.unlabelled import Unlabelled
from sartext.tile import Tile


def test_only_the_image_and_the_sensor_are_left() -> None:
    labelled = Synthetic(tiles=3, size_px=32, shard_tiles=2)
    source = Unlabelled(of=labelled)
    assert source.shards() == labelled.shards()
    for shard in source.shards():
        for made, whole in zip(source.read(shard), labelled.read(shard), strict=True):
            assert isinstance(made, Tile)
            assert isinstance(whole, Tile)
            assert made == replace(whole, boxes=(), regions=(), exhaustive=(), optical=None)
    assert source.card.exhaustive == ()
    assert identity(source) != identity(Unlabelled(of=replace(labelled, seed=1)))
