"""Masks as sources: by value, palette, colour and instance, real ones and broken ones."""

import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image

from sartext.errors import SourceError
from sartext.imaging.run_lengths import decode
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.sa2c import SA2C
from sartext.sources.masks import Masks
from sartext.tile import Reject, Tile

COLOURS = {0: (0, 0, 0), 1: (0, 0, 255), 2: (255, 0, 0), 7: (90, 90, 90), 9: (1, 2, 3)}
TABLE = {"background": 0, "water": 1, "ship": 2, "unlabelled": 7, "nodata": 9}


def drawn() -> np.ndarray:
    """64 x 48: water below, two ships that touch at a corner and one apart, some pixels unlabelled, some nodata."""
    mask = np.zeros((48, 64), dtype=np.uint8)
    mask[24:, :] = 1
    mask[4:8, 4:8] = mask[8:10, 8:14] = mask[30:34, 40:50] = 2
    mask[:2, :32], mask[:2, 32:48] = 7, 9
    return mask


def as_file(mask: np.ndarray, form: str) -> bytes:
    if form == "palette":
        picture = Image.fromarray(mask, mode="P")
        picture.putpalette([part for value in range(256) for part in COLOURS.get(value, (value, 0, 0))])
    elif form == "rgb":
        picture = Image.fromarray(np.array([COLOURS[int(value)] for value in mask.ravel()], np.uint8).reshape(*mask.shape, 3))
    elif form == "gray as rgb":
        picture = Image.fromarray(np.repeat(mask[:, :, None], 3, axis=2))
    else:
        picture = Image.fromarray(mask.astype(np.uint16 if form == "16 bits" else np.uint8))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def dataset(folder: Path, files: dict[str, bytes]) -> tuple[str, str]:
    images, masks = folder / "images", folder / "masks"
    images.mkdir()
    masks.mkdir()
    for name, data in files.items():
        Image.fromarray(np.full((48, 64), 60, np.uint8)).save(images / f"{name}.png")
        if data:
            (masks / f"{name}.png").write_bytes(data)
    return str(images), str(masks)


def read(source: Masks) -> list[Tile | Reject]:
    return [one for shard in source.shards() for one in source.read(shard)]


def one(source: Masks) -> Tile:
    (tile,) = read(source)
    assert isinstance(tile, Tile), tile
    return tile


@pytest.mark.parametrize("form", ["gray", "palette", "palette by colour", "rgb", "gray as rgb", "16 bits"])
def test_the_same_mask_in_every_form(form: str, tmp_path: Path) -> None:
    mask = drawn()
    images, masks = dataset(tmp_path, {"a": as_file(mask, form.removesuffix(" by colour"))})
    by_colour = form in ("rgb", "palette by colour")
    table = {label: list(COLOURS[value]) if by_colour else value for label, value in TABLE.items()}
    tile = one(Masks(images=images, masks=masks, classes=json.dumps(table)))
    counted = mask.size - (mask == 7).sum() - (mask == 9).sum()
    assert {region.label: region.area_share for region in tile.regions} == {
        "ship": (mask == 2).sum() / counted,
        "water": (mask == 1).sum() / counted,
    }
    for region in tile.regions:
        assert (decode(region.rle, 48, 64) == (mask == TABLE[region.label])).all()
    assert tile.unlabelled_share == (mask == 7).sum() / mask.size
    assert tile.nodata_share == (mask == 9).sum() / mask.size
    assert [(box.label, box.component, box.polygon_px[:2], box.polygon_px[4:6]) for box in tile.boxes] == [
        ("ship", True, (4.0, 4.0), (14.0, 10.0)),
        ("ship", True, (40.0, 30.0), (50.0, 34.0)),
    ]


def test_parts_may_touch_and_so_are_never_counted_exactly(tmp_path: Path) -> None:
    images, masks = dataset(tmp_path, {"a": as_file(drawn(), "gray")})
    tile = one(Masks(images=images, masks=masks, classes=json.dumps(TABLE), exhaustive=("ship",)))
    assert facts_of(tile).count("ship") == (2, None, 0)
    for number in range(30):
        narrated = Verify().apply(A2C(seed=number).apply(tile))
        for caption in narrated.captions:
            assert caption.kept
            assert "at least" in caption.text.lower()


def test_specks_get_no_box(tmp_path: Path) -> None:
    images, masks = dataset(tmp_path, {"a": as_file(drawn(), "gray")})
    tile = one(Masks(images=images, masks=masks, classes=json.dumps(TABLE), min_area_px=30))
    assert [box.polygon_px[:2] for box in tile.boxes] == [(40.0, 30.0)]


def test_instances_are_counted(tmp_path: Path) -> None:
    mask = drawn()
    colours = np.zeros((48, 64, 3), np.uint8)
    colours[4:8, 4:8], colours[8:10, 8:14], colours[30:34, 40:50] = (255, 0, 0), (0, 255, 0), (12, 12, 200)
    out = io.BytesIO()
    Image.fromarray(colours).save(out, "PNG")
    images, masks = dataset(tmp_path, {"a": out.getvalue()})
    tile = one(Masks(images=images, masks=masks, instances_of="vessel", exhaustive=("ship",)))
    assert sorted(box.polygon_px[:2] for box in tile.boxes) == [(4.0, 4.0), (8.0, 8.0), (40.0, 30.0)]
    assert facts_of(tile).count("ship").exact
    assert [(region.label, region.area_share) for region in tile.regions] == [("ship", (mask == 2).sum() / mask.size)]


def test_each_bad_mask_takes_only_its_own_tile(tmp_path: Path) -> None:
    good = as_file(drawn(), "gray")
    strange = drawn()
    strange[0, 0] = 77
    files = {
        "a": good,
        "b": b"",
        "c": good[:60],
        "d": as_file(drawn()[:40], "gray"),
        "e": as_file(strange, "gray"),
        "f": b"version https://git-lfs.github.com/spec/v1\n",
        "g": as_file(drawn(), "rgb"),
    }
    images, masks = dataset(tmp_path, files)
    results = read(Masks(images=images, masks=masks, classes=json.dumps(TABLE)))
    reasons = [result.reason if isinstance(result, Reject) else "kept" for result in results]
    assert reasons == ["kept", "missing_mask", "bad_mask", "bad_mask", "unknown_category", "lfs_pointer", "bad_mask"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "nothing says what the values of the masks mean; a.png has 0, 1, 2, 7, 9; give --source.classes"),
        ({"classes": "{"}, "no class table"),
        ({"classes": '{"water": 1, "sea": 1}'}, "has the value 1 twice"),
        (
            {"classes": '{"water": [0, 0, 256]}'},
            "[0, 0, 256] of 'water' is read as [R, G, B], and has more than 255; give three",
        ),
        (
            {"classes": '{"water": [1, 2, 255], "forest": 4}'},
            "mixes values ('forest') and colours ('water'); give three values as",
        ),
        ({"classes": '{"water": {"values": [[0, 0, 1]]}}'}, "neither a whole number nor"),
        ({"classes": '{"water": {"colour": 1}}'}, "neither a whole number nor"),
        ({"classes": '{"water": []}'}, "'water' has no value"),
        ({"classes": '{"water": 1, "water": 2}'}, "a label is there twice"),
        ({"classes": '{"water": 1, "ship": [1, 2, 3]}'}, "mixes values ('water') and colours ('ship')"),
        ({"classes": '{"wotan": 1}'}, "'wotan' is no class that is known"),
        ({"classes": '{"water": -1}'}, "neither a whole number nor"),
        ({"classes": "{}"}, "1 to 1000 labels"),
        ({"classes": "nowhere.json"}, "cannot be read"),
        ({"instances_of": "wotan"}, "'wotan' is no class that is known"),
    ],
)
def test_what_is_the_users_to_mend_is_one_line(options: dict[str, str], message: str, tmp_path: Path) -> None:
    images, masks = dataset(tmp_path, {"a": as_file(drawn(), "gray")})
    with pytest.raises(SourceError) as caught:
        Masks(images=images, masks=masks, **options).shards()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_fields_are_checked() -> None:
    with pytest.raises(ValueError, match="exclude each other"):
        Masks(images="", masks="", classes="{}", instances_of="ship")
    with pytest.raises(ValueError, match="min_area_px is 0"):
        Masks(images="", masks="", min_area_px=0)


def test_several_values_a_class_and_a_table_in_a_file(tmp_path: Path) -> None:
    images, masks = dataset(tmp_path, {"a": as_file(drawn(), "gray")})
    (tmp_path / "classes.json").write_text('{"water": [1, 2], "Bareland": 0, "ignore": [7, 9]}')
    tile = one(Masks(images=images, masks=masks, classes=str(tmp_path / "classes.json")))
    assert [region.label for region in tile.regions] == ["bare soil", "water"]
    assert tile.boxes == ()


def test_three_values_a_class(tmp_path: Path) -> None:
    images, masks = dataset(tmp_path, {"a": as_file(drawn(), "gray")})
    table = {"water": {"values": [1, 2, 7]}, "nodata": {"values": [9]}, "background": 0}
    (region,) = one(Masks(images=images, masks=masks, classes=json.dumps(table))).regions
    assert (region.label, region.area_share) == ("water", np.isin(drawn(), (1, 2, 7)).sum() / (drawn() != 9).sum())


@pytest.mark.parametrize(
    "colours",
    [
        {0: (255, 255, 255), 1: (255, 0, 0), 2: (0, 255, 0)},  # the background is no black
        {0: (0, 0, 0), 1: (255, 0, 0), 2: (255, 0, 0)},  # both of one colour
        {0: (0, 0, 0), 1: (255, 0, 0), 2: (0, 0, 0)},  # one is black
    ],
)
def test_instances_of_a_palette_are_its_numbers(colours: dict[int, tuple[int, int, int]], tmp_path: Path) -> None:
    mask = np.zeros((48, 64), np.uint8)
    mask[4:8, 4:8], mask[30:34, 40:50] = 1, 2
    picture = Image.fromarray(mask, mode="P")
    picture.putpalette([part for value in range(3) for part in colours[value]])
    out = io.BytesIO()
    picture.save(out, "PNG")
    images, masks = dataset(tmp_path, {"a": out.getvalue()})
    tile = one(Masks(images=images, masks=masks, instances_of="ship"))
    assert sorted(box.polygon_px[:2] for box in tile.boxes) == [(4.0, 4.0), (40.0, 30.0)]
    assert [(region.label, region.area_share) for region in tile.regions] == [("ship", (mask > 0).mean())]


def deep_png(mask: np.ndarray) -> bytes:
    """RGB of 16 bits a sample, which Pillow does not write."""
    rows = b"".join(b"\0" + np.repeat(row.astype(">u2")[:, None], 3, axis=1).tobytes() for row in mask)
    head = struct.pack(">IIBBBBB", mask.shape[1], mask.shape[0], 16, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    packed = [struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("options", [{"classes": json.dumps(TABLE)}, {"instances_of": "ship"}])
def test_colours_of_16_bits_are_not_cut_to_8(ending: str, options: dict[str, str], tmp_path: Path) -> None:
    images, masks = dataset(tmp_path, {"a": b""})
    if ending == "png":
        Path(masks, "a.png").write_bytes(deep_png(drawn()))
    else:
        shape = {"height": 48, "width": 64, "count": 3, "dtype": "uint16", "photometric": "RGB", "interleave": "pixel"}
        with rasterio.open(Path(masks, "a.tif"), "w", driver="GTiff", **shape) as file:
            file.write(np.repeat(drawn()[None].astype(np.uint16), 3, axis=0))
    (reject,) = read(Masks(images=images, masks=masks, **options))
    assert isinstance(reject, Reject)
    assert reject.reason == "bad_mask"
    assert reject.detail == f"a.{ending}: colours of 16 bits; give gray, or RGB of 8 bits"


def test_images_and_masks_may_lie_in_one_folder(tmp_path: Path) -> None:
    images, masks = dataset(tmp_path, {"a": as_file(drawn(), "gray"), "b": as_file(drawn(), "gray")})
    for name in "ab":
        Path(masks, f"{name}.png").rename(Path(images, f"{name}_mask.png"))
    tiles = read(Masks(images=images, masks=images, classes=json.dumps(TABLE), mask_suffix="_mask"))
    assert [tile.key for tile in tiles] == ["masks/a/0_0", "masks/b/0_0"]
    for tile in tiles:
        assert isinstance(tile, Tile)
        assert {region.label for region in tile.regions} == {"ship", "water"}
    with pytest.raises(SourceError, match="every image in it is a mask too; give the masks a folder of their own, or say by"):
        Masks(images=images, masks=images, classes=json.dumps(TABLE)).shards()
    with pytest.raises(SourceError, match=r"a_mask\.png has 0, 1, 2, 7, 9"):
        Masks(images=images, masks=images, mask_suffix="_mask").shards()


def test_with_a_suffix_other_files_are_no_masks(tmp_path: Path) -> None:
    images, masks = dataset(tmp_path, {"a": as_file(drawn(), "gray")})
    Path(masks, "a.png").rename(Path(masks, "a_mask.png"))
    Path(masks, "a.png").write_bytes(as_file(drawn() * 0, "gray"))  # a preview, say
    tile = one(Masks(images=images, masks=masks, classes=json.dumps(TABLE), mask_suffix="_mask"))
    assert {region.label for region in tile.regions} == {"ship", "water"}


def test_two_masks_of_one_image_reject_it(tmp_path: Path) -> None:
    images, masks = dataset(tmp_path, {"a": as_file(drawn(), "gray"), "b": as_file(drawn(), "gray")})
    source = Masks(images=images, masks=masks, classes=json.dumps(TABLE))
    before = source.identity(source.shards()[0].items[0])
    Image.fromarray(drawn()[:, ::-1].copy()).save(Path(masks, "a.tif"))
    first, second = read(source)
    assert isinstance(first, Reject)
    assert (first.key, first.reason) == ("masks/a/0_0", "bad_annotation")
    assert first.detail == "nothing says which label file is that of a.png: a.png, a.tif"
    assert isinstance(second, Tile)
    assert source.identity(source.shards()[0].items[0]) != before


def test_the_masks_are_part_of_what_a_tile_is(tmp_path: Path) -> None:
    images, masks = dataset(tmp_path, {"a": as_file(drawn(), "gray")})
    source = Masks(images=images, masks=masks, classes=json.dumps(TABLE))
    before = source.identity(source.shards()[0].items[0])
    mask = drawn()
    mask[40, 40] = 2
    Path(masks, "a.png").write_bytes(as_file(mask, "gray"))
    assert source.identity(source.shards()[0].items[0]) != before
    other = Masks(images=images, masks=masks, classes=json.dumps({**TABLE, "water": 2, "ship": 1}))
    assert other.identity(other.shards()[0].items[0]) != source.identity(source.shards()[0].items[0])


def test_real_masks(real_samples: Path) -> None:
    from jobs.recipes.build import hrsid_masks

    config = hrsid_masks()
    folder = real_samples / "seg_hrsid_mini_test"
    source = Masks(**{**vars(config.source), "images": str(folder / "images"), "masks": str(folder / "masks")})
    tiles = read(source)
    assert len(tiles) == 18
    for tile in tiles:
        assert isinstance(tile, Tile)
        stem = f"{tile.scene}_{tile.key.rsplit('/', 1)[1]}"
        assert tile.scene.startswith("P00")
        narrated = tile
        for rule in (A2C(), SA2C(), Verify()):
            narrated = rule.apply(narrated)
        assert len(narrated.captions) == 2, stem  # ships are counted, what they cover is not said
        assert all(caption.kept for caption in narrated.captions)
        name = tile.origin.uri.rsplit(".", 1)[0]
        green = np.asarray(Image.open(folder / "masks" / f"{name}.png"))[:, :, 1] == 255
        (region,) = tile.regions
        assert region.area_share == green.mean()


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        (".jpg", "is a JPEG, whose values are not exact; give PNG"),
        (".JPG", "is a JPEG"),
        (".bmp", "is a BMP; give PNG"),
        (".png", "is a JPEG"),
    ],
)
def test_a_mask_of_another_kind_is_said_to_be_one(tmp_path: Path, ending: str, said: str) -> None:
    images, masks = dataset(tmp_path, {"a": b""})
    form = "BMP" if ending == ".bmp" else "JPEG"
    Image.fromarray(drawn()).save(f"{masks}/a{ending}", form)
    (reject,) = read(Masks(images=images, masks=masks, classes=json.dumps(TABLE)))
    assert (reject.reason, f"its mask a{ending} {said}" in reject.detail) == ("bad_mask", True)


def test_a_tiff_that_was_compressed_as_a_jpeg_is(tmp_path: Path) -> None:
    images, masks = dataset(tmp_path, {"a": b""})
    Image.fromarray(drawn()).save(f"{masks}/a.tif", compression="jpeg")
    (reject,) = read(Masks(images=images, masks=masks, classes=json.dumps(TABLE)))
    assert (reject.reason, "its mask a.tif is compressed as a JPEG is" in reject.detail) == (
        "bad_mask",
        True,
    )


def test_an_image_beside_its_masks_is_not_its_mask(tmp_path: Path) -> None:
    Image.fromarray(np.full((48, 64), 60, np.uint8)).save(tmp_path / "a.jpg")
    Image.fromarray(np.full((48, 64), 60, np.uint8)).save(tmp_path / "b.jpg")
    (tmp_path / "b.png").write_bytes(as_file(drawn(), "gray"))
    first, second = read(Masks(images=str(tmp_path), masks=str(tmp_path), classes=json.dumps(TABLE)))
    assert (first.reason, isinstance(second, Tile)) == ("missing_mask", True)


OIL = {
    "Sea Surface": (0, 0, 0),
    "Oil Spill": (0, 255, 255),
    "Look-alike": (255, 0, 0),
    "Ship": (153, 76, 0),
    "Land": (0, 153, 0),
}


def test_an_oil_spill_set_is_narrated_and_all_of_it_is_borne_out(tmp_path: Path) -> None:
    """The colours of Krestenitis et al. (2019)."""
    random = np.random.default_rng(4)
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
    for number in range(12):
        mask = np.zeros((60, 90, 3), np.uint8)
        mask[:, : 20 * (number % 3)] = OIL["Land"]
        for label, wide in (("Oil Spill", 30), ("Look-alike", 20), ("Ship", 6)):
            if random.random() < 0.8:
                y, x = random.integers(0, 60 - wide // 2), random.integers(0, 90 - wide)
                mask[y : y + wide // 2, x : x + wide] = OIL[label]
        Image.fromarray(mask).save(tmp_path / "masks" / f"{number:02}.png")
        Image.fromarray(random.integers(0, 255, (60, 90), dtype=np.uint8)).save(tmp_path / "images" / f"{number:02}.jpg")
    tiles = read(Masks(images=str(tmp_path / "images"), masks=str(tmp_path / "masks"), classes=json.dumps(OIL)))
    said = ""
    for tile in tiles:
        assert isinstance(tile, Tile), tile
        assert {box.label for box in tile.boxes} <= {"ship"}
        for seed in range(4):
            captions = Verify().apply(SA2C(seed=seed).apply(A2C(seed=seed).apply(tile))).captions
            assert captions
            assert [caption.text for caption in captions if not caption.kept] == []
            said += " ".join(caption.text for caption in captions)
    assert all(words in said for words in ("oil spills", "look-alikes", "land", "water", "ship"))
