"""Image files: radar images as PNG, without loss and fast; drawn twins as JPEG, as optical sets have them."""

import io
import struct
import zlib

import numpy as np
import numpy.typing as npt
from PIL import Image


def png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """The PNG file of an image, 8-bit: gray (rows, columns) or RGB (rows, columns, 3).

    Rows are unfiltered and coded by Huffman's codes alone, since speckle has no repetitions: several times faster than a
    search for the best way.
    """
    height, width = pixels.shape[:2]
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    rows = np.zeros((height, 1 + width * channels), dtype=np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    packer = zlib.compressobj(1, zlib.DEFLATED, 15, 9, zlib.Z_HUFFMAN_ONLY)
    data = packer.compress(rows.tobytes()) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


def jpeg(pixels: npt.NDArray[np.uint8]) -> bytes:
    """The JPEG file of an image (rows, columns, 3), RGB, with colours at full resolution: a car is a few pixels wide."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=92, subsampling=0)
    return file.getvalue()
