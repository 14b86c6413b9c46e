"""Images that viewers turn: one picture for everybody, and boxes that hold on it, or a refusal."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from PIL import Image, ImageOps, PngImagePlugin

from sartext.sources.captions import Captions
from sartext.sources.coco import Coco
from sartext.sources.coco_masks import CocoMasks
from sartext.sources.dota import Dota
from sartext.sources.images import Images
from sartext.sources.llava import Llava
from sartext.sources.masks import Masks
from sartext.sources.pairs import Pairs
from sartext.sources.source import Source
from sartext.sources.voc import Voc
from sartext.sources.yolo import Yolo
from sartext.tile import Reject, Tile

WIDTH, HEIGHT = 64, 40
SHIP = (8, 4, 24, 12)  # left, top, right, bottom in the stored pixels
XMP = '<x:xmpmeta><rdf:Description tiff:Orientation="{}"/></x:xmpmeta>'
TURNED = (5, 6, 7, 8)


def stored(height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    """Dark, with a bright ship."""
    pixels = np.full((height, width), 20, np.uint8)
    left, top, right, bottom = SHIP
    pixels[top:bottom, left:right] = 230
    return pixels


def tagged(orientation: int, kind: str = "jpeg", pixels: np.ndarray | None = None) -> bytes:
    """The image with an orientation tag, and nothing else that says so."""
    picture = Image.fromarray(stored() if pixels is None else pixels)
    stream, exif = BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    if kind == "jpeg":
        picture.save(stream, "JPEG", exif=exif, quality=95)
    elif kind == "jpeg xmp":
        picture.save(stream, "JPEG", xmp=XMP.format(orientation).encode(), quality=95)
    elif kind == "png":
        picture.save(stream, "PNG", exif=exif)
    elif kind == "png xmp":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.format(orientation))
        picture.save(stream, "PNG", pnginfo=text)
    else:
        picture.save(stream, "TIFF", tiffinfo={274: orientation})
    return stream.getvalue()


def box_in(frame: str, orientation: int) -> tuple[int, int, int, int]:
    """The ship's box in the stored or in the shown picture, found in the pixels."""
    picture = Image.open(BytesIO(tagged(orientation, "png")))
    pixels = np.asarray(ImageOps.exif_transpose(picture) if frame == "shown" else picture)
    rows, columns = np.flatnonzero((pixels > 128).any(axis=1)), np.flatnonzero((pixels > 128).any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def size_in(frame: str) -> tuple[int, int]:
    return (WIDTH, HEIGHT) if frame == "stored" else (HEIGHT, WIDTH)


def written(folder: Path, format_: str, frame: str, orientation: int, *, sized: bool = True) -> Source:
    """A source of one image that stands in `folder`, with its box as seen in the frame."""
    (left, top, right, bottom), (width, height) = box_in(frame, orientation), size_in(frame)
    images = str(folder)
    (image,) = [file.name for file in folder.iterdir() if file.suffix in (".jpg", ".png", ".tif")]
    labels = folder.parent / "labels"
    labels.mkdir(exist_ok=True)
    if format_ in ("coco", "coco_masks"):
        sides = {"width": width, "height": height} if sized else {}
        ring = [left, top, right, top, right, bottom, left, bottom]
        found = {
            "images": [{"id": 1, "file_name": image, **sides}],
            "categories": [{"id": 1, "name": "ship"}],
            "annotations": [
                {"image_id": 1, "category_id": 1, "bbox": [left, top, right - left, bottom - top], "segmentation": [ring]}
            ],
        }
        (labels / "a.json").write_text(json.dumps(found))
        kind = Coco if format_ == "coco" else CocoMasks
        return kind(images=images, annotations=str(labels / "a.json"))
    if format_ in ("voc", "voc_set"):
        size = f"<size><width>{width}</width><height>{height}</height></size>" if sized else ""
        corners = f"<xmin>{left + 1}</xmin><ymin>{top + 1}</ymin><xmax>{right}</xmax><ymax>{bottom}</ymax>"
        one = f"<annotation><filename>{image}</filename>{size}<object><name>ship</name><bndbox>{corners}</bndbox></object>"
        (labels / "a.xml").write_text(one + "</annotation>")
        return Voc(images=images, annotations=str(labels if format_ == "voc" else labels / "a.xml"))
    if format_ == "masks":
        mask = np.zeros((height, width), np.uint8)
        mask[top:bottom, left:right] = 1
        Image.fromarray(mask).save(labels / "a.png")
        return Masks(images=images, masks=str(labels), classes='{"background": 0, "ship": 1}')
    if format_ == "yolo":
        shares = (left + right) / 2 / width, (top + bottom) / 2 / height, (right - left) / width, (bottom - top) / height
        (labels / "a.txt").write_text(f"0 {' '.join(map(str, shares))}")
        (folder.parent / "classes").write_text("ship\n")
        return Yolo(images=images, labels=str(labels), classes=str(folder.parent / "classes"))
    if format_ == "dota":
        (labels / "a.txt").write_text(f"{left} {top} {right} {top} {right} {bottom} {left} {bottom} ship 0")
        return Dota(images=images, labels=str(labels))
    if format_ == "captions":
        (labels / "a.csv").write_text(f"image,caption\n{image},A ship in the upper left.\n")
        return Captions(images=images, captions=str(labels / "a.csv"))
    if format_ == "llava":
        turns = [{"from": "human", "value": "Where?"}, {"from": "gpt", "value": "upper left"}]
        (labels / "a.json").write_text(json.dumps([{"image": image, "conversations": turns}]))
        return Llava(images=images, conversations=str(labels / "a.json"))
    assert format_ == "images"
    return Images(images=images)


def read(source: Source) -> Tile | Reject:
    ((result,),) = [list(source.read(shard)) for shard in source.shards()]
    return result


def as_shown(data: bytes) -> list[np.ndarray]:
    """The image as those read it who look at an orientation tag, and as those who do not."""
    with Image.open(BytesIO(data)) as plain, Image.open(BytesIO(data)) as turned:
        return [np.asarray(plain), np.asarray(ImageOps.exif_transpose(turned))]


SIZED = ("coco", "coco_masks", "voc", "voc_set", "masks")
UNSIZED = ("yolo", "dota", "captions", "llava", "images")


@pytest.mark.parametrize("kind", ["jpeg", "jpeg xmp", "png", "png xmp"])
@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize("frame", ["stored", "shown"])
def test_the_stated_size_tells_which_picture_it_is(frame: str, orientation: int, kind: str, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / f"a.{'png' if kind.startswith('png') else 'jpg'}").write_bytes(tagged(orientation, kind))
    for format_ in SIZED:
        tile = read(written(tmp_path / "images", format_, frame, orientation))
        assert isinstance(tile, Tile), format_
        assert (tile.width_px, tile.height_px) == size_in(frame)
        left, top, right, bottom = box_in(frame, orientation)
        assert [box.polygon_px for box in tile.boxes] == [(left, top, right, top, right, bottom, left, bottom)]
        assert (tile.image.path or "").endswith(".png")
        for pixels in as_shown(tile.image.bytes or b""):
            assert pixels.shape == (tile.height_px, tile.width_px)
            assert pixels[top + 1 : bottom - 1, left + 1 : right - 1].min() > 200
            assert (pixels > 128).sum() == pytest.approx((right - left) * (bottom - top), rel=0.1)


@pytest.mark.parametrize(
    ("format_", "orientation"),
    [(one, number) for one in (*SIZED, *UNSIZED) for number in (2, 3, 4, *TURNED) if one != "masks" or number not in TURNED],
)
def test_where_no_size_tells_the_tile_is_refused(format_: str, orientation: int, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.jpg").write_bytes(tagged(orientation))
    sides_change = orientation in TURNED  # mirrored or turned by a half, both pictures have one size
    result = read(
        written(tmp_path / "images", format_, "shown" if sides_change else "stored", orientation, sized=not sides_change)
    )
    assert isinstance(result, Reject)
    assert result.reason == "exif_orientation"
    assert f"orientation {orientation}" in result.detail
    assert "write it upright" in result.detail


def test_a_square_image_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.jpg").write_bytes(tagged(6, pixels=stored(WIDTH, WIDTH)))
    source = written(tmp_path / "images", "coco", "stored", 6)
    data = json.loads((tmp_path / "labels" / "a.json").read_text())
    data["images"][0] |= {"width": WIDTH, "height": WIDTH}
    (tmp_path / "labels" / "a.json").write_text(json.dumps(data))
    result = read(source)
    assert isinstance(result, Reject)
    assert result.reason == "exif_orientation"


@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff"])
@pytest.mark.parametrize("orientation", [0, 1, 9])
def test_what_viewers_do_not_turn_passes_through(orientation: int, kind: str, tmp_path: Path) -> None:
    data = tagged(orientation, kind)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / f"a.{ {'jpeg': 'jpg', 'tiff': 'tif'}.get(kind, kind) }").write_bytes(data)
    for format_ in (*SIZED, *UNSIZED):
        tile = read(written(tmp_path / "images", format_, "stored", 1))
        assert isinstance(tile, Tile), format_
        assert tile.image.bytes == data


@pytest.mark.parametrize("format_", ["coco", "images"])
def test_a_turned_tiff_is_refused(format_: str, tmp_path: Path) -> None:
    """Its georeference is of the stored pixels, and viewers differ on what they show."""
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.tif").write_bytes(tagged(6, "tiff"))
    for frame in ("stored", "shown"):
        result = read(written(tmp_path / "images", format_, frame, 6))
        assert isinstance(result, Reject)
        assert result.reason == "exif_orientation"


def test_16_bits_are_turned_as_well(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    values = stored().astype(np.uint16) * 200
    (tmp_path / "images" / "a.png").write_bytes(tagged(6, "png", values))
    tile = read(written(tmp_path / "images", "coco", "shown", 6))
    assert isinstance(tile, Tile)
    assert (tile.rendering.quantity, tile.width_px, tile.height_px) == ("dn", HEIGHT, WIDTH)
    left, top, right, bottom = box_in("shown", 6)
    plain, turned = as_shown(tile.image.bytes or b"")
    assert (plain == turned).all()
    assert plain[top:bottom, left:right].min() == 255


def test_a_mask_that_viewers_turn_is_refused(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Image.fromarray(stored()).save(tmp_path / "images" / "a.png")
    source = written(tmp_path / "images", "masks", "stored", 1)
    for name, kind, orientation in (("a.png", "png", 3), ("a.tif", "tiff", 3)):
        (tmp_path / "labels" / "a.png").unlink(missing_ok=True)
        (tmp_path / "labels" / name).write_bytes(tagged(orientation, kind, (stored() > 128).astype(np.uint8)))
        result = read(source)
        assert isinstance(result, Reject)
        assert result.reason == "exif_orientation"


def test_tags_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """Those who show the image fail at them too."""
    stream = BytesIO()
    Image.fromarray(stored()).save(stream, "PNG", exif=b"Exif\0\0no TIFF at all")
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(stream.getvalue())
    result = read(Images(images=str(tmp_path / "images")))
    assert isinstance(result, Reject)
    assert result.reason == "exif_orientation"
    assert "EXIF that cannot be read" in result.detail


@pytest.fixture
def pair(tmp_path: Path) -> dict[str, Any]:
    for folder in ("sar", "optical"):
        (tmp_path / folder).mkdir()
        noise = np.random.default_rng(len(folder)).integers(0, 255, (HEIGHT, WIDTH), np.uint8)
        Image.fromarray(noise).save(tmp_path / folder / "a.png")
    return {"sar": str(tmp_path / "sar"), "optical": str(tmp_path / "optical")}


@pytest.mark.parametrize(("side", "reason"), [("sar", "exif_orientation"), ("optical", "twin_exif_orientation")])
@pytest.mark.parametrize(("file", "kind"), [("a.jpg", "jpeg"), ("a.png", "png"), ("a.tif", "tiff")])
def test_neither_image_of_a_pair_is_one_that_viewers_turn(
    pair: dict[str, Any], side: str, reason: str, file: str, kind: str
) -> None:
    assert isinstance(read(Pairs(**pair)), Tile)
    Path(pair[side], "a.png").unlink()
    Path(pair[side], file).write_bytes(tagged(6, kind))
    result = read(Pairs(**pair))
    assert isinstance(result, Reject)
    assert result.reason == reason
    if side == "optical":
        alone = read(Pairs(**pair, keep_alone=True))
        assert isinstance(alone, Tile)
        assert alone.optical is None


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_measured_tiffs_are_not_turned_either(pair: dict[str, Any], big: bool) -> None:
    fields = {"quantity": "sigma0_db", "polarisations": ("VV",), "optical_bands": (3, 2, 1), "optical_limits": (0.0, 3000.0)}
    random = np.random.default_rng(0)
    for side, bands in (("sar", 1), ("optical", 3)):
        path = Path(pair[side], "a.tif")
        Path(pair[side], "a.png").unlink()
        profile = {"driver": "GTiff", "width": WIDTH, "height": HEIGHT, "count": bands, "BIGTIFF": "YES" if big else "NO"}
        with rasterio.open(path, "w", dtype="float32", **profile) as dataset:
            dataset.write(random.uniform(-20, 0, (bands, HEIGHT, WIDTH)).astype(np.float32) * (1 if bands == 1 else -100))
    assert isinstance(read(Pairs(**pair, **fields)), Tile)
    for side, reason in (("optical", "twin_exif_orientation"), ("sar", "exif_orientation")):
        path = Path(pair[side], "a.tif")
        path.write_bytes(with_tag(path.read_bytes(), 6))
        result = read(Pairs(**pair, **fields))
        assert isinstance(result, Reject)
        assert result.reason == reason


def with_tag(data: bytes, orientation: int) -> bytes:
    """A little-endian TIFF whose first directory, copied to its end, has an orientation too."""
    big = data[2] == 43
    wide, entry_bytes, number_bytes = (8, 20, 8) if big else (4, 12, 2)
    start = int.from_bytes(data[8:16] if big else data[4:8], "little")
    count = int.from_bytes(data[start : start + number_bytes], "little")
    first = start + number_bytes
    entries = [data[first + at * entry_bytes : first + (at + 1) * entry_bytes] for at in range(count)]
    entries.append((274).to_bytes(2, "little") + (3).to_bytes(2, "little") + (1).to_bytes(wide, "little"))
    entries[-1] += orientation.to_bytes(wide, "little")
    entries.sort(key=lambda entry: int.from_bytes(entry[:2], "little"))
    directory = len(entries).to_bytes(number_bytes, "little") + b"".join(entries) + bytes(wide)
    data += bytes(len(data) % 2)
    at = len(data).to_bytes(wide, "little")
    return (data[:8] + at + data[16:] if big else data[:4] + at + data[8:]) + directory
