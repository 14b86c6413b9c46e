"""Pairs with texts of their optical images, and with masks that were made on them."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sartext.errors import SourceError
from sartext.narrate.facts.place import Place
from sartext.narrate.verify import Verify
from sartext.narrate.write.twin.rule import TwinText
from sartext.narrate.write.twin.understand import LastingFact, lasting_in
from sartext.sources.described_pairs import DescribedPairs
from sartext.sources.pairs import Pairs
from sartext.sources.twin_boxes import LASTING_LABELS, TwinBox, said_of_boxes
from sartext.tile import OF_OPTICAL_TWIN, Reject, Tile
from tests.sartext.sources.test_pairs import folders, read, save  # noqa: F401 - a fixture

CLASSES = '{"background": 0, "water": 1, "ship": 2, "bridge": 3}'


def described(folders: tuple[Path, Path], **fields: Any) -> DescribedPairs:  # noqa: F811
    return DescribedPairs(sar=str(folders[0]), optical=str(folders[1]), **fields)


def test_texts_of_optical_images_are_captions_that_are_not_kept(
    folders: tuple[Path, Path],  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = tmp_path / "texts.csv"
    table.write_text("image,caption\na.jpg,A blue lake.\na.jpg,\na.jpg,Two ships.\nbelow/b.jpg,A road.\nnone.jpg,A field.\n")
    source = described(folders, captions=str(table))
    tiles = read(source)
    captions = {key: one.captions for key, one in tiles.items() if isinstance(one, Tile)}
    assert [one.text for one in captions["a/0_0"]] == ["A blue lake.", "Two ships."]
    assert {(one.route, one.kept, one.reason) for one in captions["a/0_0"]} == {("human", False, OF_OPTICAL_TWIN)}
    assert [one.text for one in captions["below.b/0_0"]] == ["A road."]
    assert captions["c/0_0"] == ()
    said = capsys.readouterr().err
    assert "images with texts that are no twin of a pair: 1 (none.jpg)" in said
    assert "twins without a text: 1 (c.jpg)" in said
    items = [item for shard in source.shards() for item in shard.items]
    assert source.identity(items[0])["texts"] == ["A blue lake.", "Two ships."]
    assert "texts" not in source.identity(items[2])


def test_without_texts_and_masks_tiles_are_those_of_pairs(folders: tuple[Path, Path]) -> None:  # noqa: F811
    assert read(described(folders)) == read(Pairs(sar=str(folders[0]), optical=str(folders[1])))


def test_texts_of_other_images_are_refused_as_a_whole(folders: tuple[Path, Path], tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "texts.csv").write_text("image,caption\nx.jpg,A blue lake.\n")
    with pytest.raises(SourceError, match=r"none is the twin of a pair \(x.jpg\)"):
        described(folders, captions=str(tmp_path / "texts.csv")).shards()


def mask(path: Path, side: int = 64) -> None:
    values = np.zeros((side, side), dtype=np.uint8)
    values[:, : side // 2] = 1
    values[: side // 4, : side // 4] = 2
    values[-side // 4 :, -side // 4 :] = 3
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(values).save(path)


@pytest.mark.parametrize("side", [64, 128])
def test_masks_become_regions_of_lasting_classes_without_boxes(
    folders: tuple[Path, Path],  # noqa: F811
    tmp_path: Path,
    side: int,
) -> None:
    mask(tmp_path / "masks" / "a_m.png", side)
    source = described(folders, masks=str(tmp_path / "masks"), classes=CLASSES, mask_suffix="_m")
    tile = read(source)["a/0_0"]
    assert isinstance(tile, Tile)
    assert tile.boxes == ()
    assert [region.label for region in tile.regions] == ["bridge", "water"]  # and no ship
    assert tile.unlabelled_share == pytest.approx(1 / 16)
    assert tile.regions[1].area_share == pytest.approx((1 / 2 - 1 / 16) / (15 / 16))
    assert tile.captions == ()
    items = [item for shard in source.shards() for item in shard.items]
    assert items[0].mask == "a_m.png"
    assert len(source.identity(items[0])["mask"]) == 64


def test_a_mask_of_another_shape_rejects_its_pair(folders: tuple[Path, Path], tmp_path: Path) -> None:  # noqa: F811
    mask(tmp_path / "masks" / "a.png", 48)
    result = read(described(folders, masks=str(tmp_path / "masks"), classes=CLASSES))["a/0_0"]
    assert isinstance(result, Reject)
    assert (result.reason, result.detail) == ("twin_mask_size", "a.png has 48 x 48 px, the SAR image 64 x 64")


def test_masks_need_their_classes_and_names_of_optical_images(folders: tuple[Path, Path], tmp_path: Path) -> None:  # noqa: F811
    with pytest.raises(ValueError, match="masks and classes belong together"):
        described(folders, masks=str(tmp_path))
    mask(tmp_path / "masks" / "x.png")
    with pytest.raises(SourceError, match=r"of its 1 masks none has the name of an optical image"):
        described(folders, masks=str(tmp_path / "masks"), classes=CLASSES).shards()


def test_a_pair_whose_twin_is_refused_has_neither_texts_nor_regions(folders: tuple[Path, Path], tmp_path: Path) -> None:  # noqa: F811
    save(folders[1] / "a.jpg", np.full((64, 64, 3), 7, dtype=np.uint8))
    (tmp_path / "texts.csv").write_text("image,caption\na.jpg,A lake.\nc.jpg,A road.\n")
    tile = read(described(folders, captions=str(tmp_path / "texts.csv"), keep_alone=True))["a/0_0"]
    assert isinstance(tile, Tile)
    assert (tile.optical, tile.captions) == (None, ())


def boxes(path: Path, file: str, size_px: tuple[int, int], *found: tuple[str, list[float]]) -> str:
    names = sorted({label for label, _ in found})
    listed = {
        "images": [{"id": 1, "file_name": file, "width": size_px[0], "height": size_px[1]}],
        "categories": [{"id": at, "name": name} for at, name in enumerate(names)],
        "annotations": [
            {"id": at, "image_id": 1, "category_id": names.index(label), "bbox": bbox} for at, (label, bbox) in enumerate(found)
        ],
    }
    path.write_text(json.dumps(listed))
    return str(path)


def test_boxes_become_a_text_of_lasting_classes_and_places_without_counts(
    folders: tuple[Path, Path],  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = (
        ("storage-tank", [2.0, 2.0, 5.0, 5.0]),
        ("storage-tank", [10.0, 3.0, 5.0, 5.0]),  # another one in the same cell: said once
        ("bridge", [4.0, 44.0, 56.0, 10.0]),  # from left to right
        ("harbor", [0.0, 0.0, 64.0, 64.0]),  # everywhere
        ("ship", [30.0, 30.0, 4.0, 4.0]),
        ("roof rack", [30.0, 30.0, 4.0, 4.0]),
    )
    source = described(folders, boxes=boxes(tmp_path / "boxes.json", "a.jpg", (64, 64), *found))
    tiles = read(source)
    tile = tiles["a/0_0"]
    assert isinstance(tile, Tile)
    assert (tile.boxes, tile.regions, tile.exhaustive) == ((), (), ())
    (text,) = tile.captions
    assert (text.route, text.kept, text.reason) == ("a2c", False, OF_OPTICAL_TWIN)
    assert text.text == "There is a storage tank in the upper left. There is a bridge in the lower part. There is a harbor."
    told = Verify().apply(TwinText().apply(tile))
    caption = told.captions[1]
    assert (caption.route, caption.kept, caption.derived_from) == ("twin", True, 0)
    assert not {"ship", "two", "2", "tanks", "bridges"} & set(re.findall(r"\w+", caption.text.lower()))
    assert {"storage", "bridge", "harbor"} <= set(re.findall(r"\w+", caption.text.lower()))
    said = capsys.readouterr().err
    assert "for which --source.label-map has one: 1 (roof rack)" in said
    assert "twins without boxes: 2 (below/b.jpg, c.jpg)" in said
    items = [item for shard in source.shards() for item in shard.items]
    assert source.identity(items[0])["boxes"][0] == ["tank", 2.0, 2.0, 7.0, 7.0]
    assert "boxes" not in source.identity(items[1])
    assert [one.captions for key, one in tiles.items() if key != "a/0_0" and isinstance(one, Tile)] == [(), ()]


def test_every_lasting_class_of_a_box_is_understood_as_it_is_meant() -> None:
    for label in sorted(LASTING_LABELS):
        for row in range(3):
            for column in range(3):
                box = TwinBox(label, 30 * column + 5, 30 * row + 5, 30 * column + 25, 30 * row + 25)
                ((_, facts),) = lasting_in(said_of_boxes([box], (90, 90)))
                assert facts == (LastingFact(label, Place(1 << row, 1 << column)),)


def test_boxes_of_another_image_reject_the_pair_or_the_list(
    folders: tuple[Path, Path],  # noqa: F811
    tmp_path: Path,
) -> None:
    bridge = ("bridge", [100.0, 2.0, 5.0, 5.0])
    for size_px, bbox, reason in (((64, 64), bridge, "twin_box_outside"), ((128, 128), bridge, "twin_boxes_size")):
        result = read(described(folders, boxes=boxes(tmp_path / "boxes.json", "a.jpg", size_px, bbox)))["a/0_0"]
        assert isinstance(result, Reject)
        assert result.reason == reason
    with pytest.raises(SourceError, match="none is the twin of a pair"):
        described(folders, boxes=boxes(tmp_path / "boxes.json", "x.jpg", (64, 64), bridge)).shards()
