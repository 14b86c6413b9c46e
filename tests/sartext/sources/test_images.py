from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sartext.sources.images import Images
from sartext.tile import Reject, Tile


def test_every_image_is_a_tile_of_which_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    for file in ("b.png", "below/c.png", "a.tif"):
        Image.fromarray(np.full((20, 30), 9, dtype=np.uint8)).save(tmp_path / file)
    (tmp_path / "bad.jpg").touch()
    (tmp_path / "notes.txt").touch()
    source = Images(images=str(tmp_path))
    found = [made for shard in source.shards() for made in source.read(shard)]
    assert [made.key for made in found] == ["images/a/0_0", "images/b/0_0", "images/bad/0_0", "images/below.c/0_0"]
    assert [type(made) for made in found] == [Tile, Tile, Reject, Tile]
    tile = found[0]
    assert isinstance(tile, Tile)
    assert (tile.boxes, tile.exhaustive, tile.captions) == ((), (), ())


@pytest.mark.parametrize("said", [{"exhaustive": ("ship",)}, {"label_map": {"a": "ship"}}])
def test_nothing_is_claimed_of_labels_that_are_not_there(said: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="have no labels"):
        Images(images="here", **said)  # type: ignore[arg-type]
