"""A contact sheet of the embedded archive: `python tests/benchmarks/contact_sheet.py OUT.png [FIRST [COLUMNS ROWS]]`.

Each cell is a SAR tile with its boxes beside its optical twin. Where the real samples are beside the checkout, a last row
shows crops of them, to compare with.
"""

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from sartext.sources.archive.plan import plan
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile

SAMPLES = Path(__file__).parents[3] / "shared" / "sar-data"
COLOURS = {"ship": "red", "aircraft": "cyan", "car": "yellow", "tank": "magenta", "bridge": "lime", "harbor": "orange"}
ZOOM, GAP_PX = 2, 4


def cell(tile: Tile, kind: str, boxed: bool) -> Image.Image:
    """The SAR tile and its twin, side by side, with a line of text."""
    side = tile.width_px * ZOOM
    sheet = Image.new("RGB", (2 * side + GAP_PX, side + 12))
    sar = Image.open(io.BytesIO(tile.image.bytes or b"")).convert("RGB").resize((side, side), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(sar)
    for box in tile.boxes if boxed else ():
        corners = [value * ZOOM for value in box.polygon_px]
        draw.polygon(corners, outline=COLOURS[box.label])
    sheet.paste(sar, (0, 12))
    if tile.optical is not None:
        twin = Image.open(io.BytesIO(tile.optical.image.bytes or b"")).resize((side, side), Image.Resampling.NEAREST)
        sheet.paste(twin, (side + GAP_PX, 12))
    s = tile.sensor
    near = "<" if (s.orbit == "ascending") == (s.look_side == "right") else ">"
    gsd = s.gsd_m[0] if s.gsd_m else 0.0
    text = f"{tile.key[10:-4]} {kind} {s.band} {gsd} m {tile.rendering.looks:.0f} looks {tile.rendering.quantity} radar {near}"
    ImageDraw.Draw(sheet).text((0, 0), text, fill="white")
    return sheet


def real(columns: int, side: int) -> list[Image.Image]:
    """Crops of the real samples at the same zoom; none where they are absent."""
    crops = []
    for path in [*sorted(SAMPLES.glob("seg_*/images/*.jpg"))[3:8], *sorted(SAMPLES.glob("pair_*/dataset/sar/*.png"))]:
        image = Image.open(path).convert("L")
        blocks = np.asarray(image.resize((image.width // 64, image.height // 64), Image.Resampling.BOX), dtype=np.float64)
        row, column = divmod(int(np.argmax(blocks[:-1, :-1] + blocks[1:, 1:])), blocks.shape[1] - 1)
        crop = image.crop((column * 64, row * 64, column * 64 + 128, row * 64 + 128))
        crops.append(crop.resize((side, side), Image.Resampling.NEAREST).convert("RGB"))
    return crops[: 2 * columns]


def main() -> int:
    """Write the sheet."""
    out = Path(sys.argv[1])
    first, columns, rows = (int(a) for a in (*sys.argv[2:5], *("0", "4", "5")[len(sys.argv) - 2 :]))
    source = Synthetic(tiles=first + columns * rows)
    cells = []
    for index in range(first, first + columns * rows):
        cells.append(cell(source.tile(index), plan(source.seed, index, source.size_px).kind, boxed=True))
    width, height = cells[0].width + GAP_PX, cells[0].height + GAP_PX
    crops = real(columns, source.size_px * ZOOM)
    sheet = Image.new("RGB", (columns * width, rows * height + (height if crops else 0)), "gray")
    for number, image in enumerate(cells):
        sheet.paste(image, ((number % columns) * width, (number // columns) * height))
    for number, image in enumerate(crops):
        sheet.paste(image, (number * width // 2, rows * height))
    sheet.save(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
