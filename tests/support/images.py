"""Images as clients send them, and as attackers do."""

import base64
import struct
import zlib


def data_uri(image: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(image).decode()}"


def bomb(side_px: int) -> bytes:
    """A whole PNG of one-bit black pixels, a thousandth of what it takes in memory."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer, row = zlib.compressobj(1), bytes(1 + (side_px + 7) // 8)
    data = b"".join(packer.compress(row * 1000) for _ in range(side_px // 1000)) + packer.compress(row * (side_px % 1000))
    header = struct.pack(">IIBBBBB", side_px, side_px, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data + packer.flush()) + chunk(b"IEND", b"")
