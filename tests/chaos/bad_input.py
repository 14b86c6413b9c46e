"""Makes detection datasets in COCO, VOC, YOLO and DOTA at once, in which chosen tiles are bad in one of 14 ways."""

import json
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

SIDE_PX = 64
CLASSES = ("ship", "aircraft", "tank", "bridge", "harbor", "car")
UNKNOWN = "sea serpent"

# kind -> the reason under which such a tile must be rejected
KINDS: dict[str, str] = {
    "truncated_jpeg": "truncated_image",
    "zero_bytes": "empty_file",
    "lfs_pointer": "lfs_pointer",
    "wrong_extension": "wrong_extension",
    "missing": "missing_image",
    "unreadable": "unreadable",
    "one_pixel": "too_small",
    "png_bomb": "too_large",
    "cmyk": "color_model",
    "animated_gif": "animated",
    "nan_tiff": "no_valid_pixels",
    "box_outside": "box_outside_image",
    "negative_box": "negative_box",
    "unknown_category": "unknown_category",
}
_ENDINGS = {"png_bomb": ".png", "animated_gif": ".gif", "nan_tiff": ".tif"}


@dataclass(frozen=True)
class Dataset:
    """Where everything is. `stems` are the images' names without ending, in planned order."""

    images: Path
    coco: Path
    voc: Path
    voc_set: Path
    yolo: Path
    yolo_classes: Path
    dota: Path
    stems: tuple[str, ...]


def write_dataset(folder: Path, tiles: int, bad: dict[int, str], seed: int, *, side_px: int = SIDE_PX) -> Dataset:
    """Writes `tiles` images of speckle with bright boxes, JPEG and PNG in turn; `bad` maps an index to one of KINDS."""
    made = Dataset(
        images=folder / "images",
        coco=folder / "instances.json",
        voc=folder / "Annotations",
        voc_set=folder / "annotations.xml",
        yolo=folder / "labels",
        yolo_classes=folder / "classes.txt",
        dota=folder / "labelTxt",
        stems=tuple(f"tile_{index:07d}" for index in range(tiles)),
    )
    for place in (made.images, made.voc, made.yolo, made.dota):
        place.mkdir(parents=True, exist_ok=True)
    made.yolo_classes.write_text("\n".join([*CLASSES, UNKNOWN]) + "\n")
    images, annotations = [], []
    with made.voc_set.open("w") as voc_set:
        voc_set.write("<annotations>\n")
        for index, stem in enumerate(made.stems):
            kind = bad.get(index)
            objects = _objects(index, seed, side_px, kind)
            file = stem + _ENDINGS.get(kind or "", ".png" if index % 2 and kind is None else ".jpg")
            _write_image(made.images / file, _pixels(index, seed, side_px, objects), kind)
            xml = _voc(file, side_px, objects)
            (made.voc / f"{stem}.xml").write_text(xml)
            voc_set.write(xml)
            (made.yolo / f"{stem}.txt").write_text("".join(_yolo(label, box, side_px) for label, box in objects))
            (made.dota / f"{stem}.txt").write_text("imagesource:made\ngsd:null\n" + "".join(_dota(*one) for one in objects))
            images.append({"id": index + 1, "file_name": file, "width": side_px, "height": side_px})
            for label, (left, top, width, height) in objects:
                category = (*CLASSES, UNKNOWN).index(label) + 1
                annotation = {"id": len(annotations) + 1, "image_id": index + 1, "category_id": category}
                annotations.append({**annotation, "bbox": [left, top, width, height], "iscrowd": 0})
        voc_set.write("</annotations>\n")
    categories = [{"id": number, "name": name} for number, name in enumerate((*CLASSES, UNKNOWN), 1)]
    made.coco.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))
    return made


def _objects(index: int, seed: int, side_px: int, kind: str | None) -> list[tuple[str, tuple[int, int, int, int]]]:
    """(label, (left, top, width, height)) of 1 to 3 boxes, the first of them bad where the kind says so."""
    random = np.random.Generator(np.random.Philox(key=[seed, 2 * index]))
    found = []
    for _ in range(int(random.integers(1, 4))):
        width, height = (int(size) for size in random.integers(6, side_px // 3, size=2))
        left, top = int(random.integers(0, side_px - width)), int(random.integers(0, side_px - height))
        found.append((CLASSES[int(random.integers(len(CLASSES)))], (left, top, width, height)))
    label, (left, top, width, height) = found[0]
    if kind == "box_outside":
        found[0] = (label, (side_px + 20, top, width, height))
    elif kind == "negative_box":
        found[0] = (label, (side_px // 2, top, -width, height))
    elif kind == "unknown_category":
        found[0] = (UNKNOWN, (left, top, width, height))
    return found


def _pixels(index: int, seed: int, side_px: int, objects: list[tuple[str, tuple[int, int, int, int]]]) -> np.ndarray:
    random = np.random.Generator(np.random.Philox(key=[seed, 2 * index + 1]))
    pixels = np.minimum(random.rayleigh(30, (side_px, side_px)), 255).astype(np.uint8)
    for _, (left, top, width, height) in objects:
        if left >= 0 and top >= 0 and width > 0:
            pixels[top : top + height, left : left + width] |= 0xC0
    return pixels


def _write_image(path: Path, pixels: np.ndarray, kind: str | None) -> None:
    image = Image.fromarray(pixels)
    if kind == "missing":
        return
    if kind == "unreadable":
        path.mkdir()  # also for the superuser, whom permissions do not stop
    elif kind == "zero_bytes":
        path.write_bytes(b"")
    elif kind == "lfs_pointer":
        path.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 123456\n")
    elif kind == "wrong_extension":
        image.save(path, "PNG")
    elif kind == "one_pixel":
        image.crop((0, 0, 1, 1)).save(path)
    elif kind == "png_bomb":
        path.write_bytes(png_bomb())
    elif kind == "cmyk":
        image.convert("CMYK").save(path)
    elif kind == "animated_gif":
        image.save(path, save_all=True, append_images=[Image.fromarray(255 - pixels)])
    elif kind == "nan_tiff":
        Image.fromarray(np.full(pixels.shape, np.nan, dtype=np.float32)).save(path)
    else:
        image.save(path)
        if kind == "truncated_jpeg":
            whole = path.read_bytes()
            path.write_bytes(whole[: len(whole) * 2 // 3])


def png_bomb(side_px: int = 50_000) -> bytes:
    """A PNG of about 2 kB whose header says `side_px` x `side_px` gray pixels of 8 bits."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side_px, side_px, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(2_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _voc(file: str, side_px: int, objects: list[tuple[str, tuple[int, int, int, int]]]) -> str:
    parts = [
        f"<object><name>{label}</name><difficult>0</difficult><bndbox><xmin>{left + 1}</xmin><ymin>{top + 1}</ymin>"
        f"<xmax>{left + width}</xmax><ymax>{top + height}</ymax></bndbox></object>\n"
        for label, (left, top, width, height) in objects
    ]
    size = f"<size><width>{side_px}</width><height>{side_px}</height><depth>1</depth></size>"
    return f"<annotation><filename>{file}</filename>{size}\n{''.join(parts)}</annotation>\n"


def _yolo(label: str, box: tuple[int, int, int, int], side_px: int) -> str:
    left, top, width, height = box
    shares = ((left + width / 2) / side_px, (top + height / 2) / side_px, width / side_px, height / side_px)
    return f"{(*CLASSES, UNKNOWN).index(label)} " + " ".join(f"{share:.6f}" for share in shares) + "\n"


def _dota(label: str, box: tuple[int, int, int, int]) -> str:
    """A negative width has no meaning among four corners: there it becomes a box without area."""
    left, top, width, height = box
    right, bottom = left + max(width, 0), top + height
    return f"{left}.0 {top}.0 {right}.0 {top}.0 {right}.0 {bottom}.0 {left}.0 {bottom}.0 {label.replace(' ', '-')} 0\n"
