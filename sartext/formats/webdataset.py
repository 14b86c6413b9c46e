"""WebDataset's tars: the files of a sample lie one after another and share their name up to the first dot.

The same samples give the same bytes: names, sizes and contents alone, in the order in which they come, as POSIX ustar.
"""

import tarfile
from collections.abc import Iterable, Mapping
from typing import BinaryIO

_BLOCK, _RECORD = tarfile.BLOCKSIZE, tarfile.RECORDSIZE


def write_samples(stream: BinaryIO, samples: Iterable[tuple[str, Mapping[str, bytes]]]) -> int:
    """Writes a tar of samples, each its key and its files by their ending; how many samples there were.

    Raises `ValueError` for a key with a dot, behind which readers would look for the ending.
    """
    count = written = 0
    for key, files in samples:
        if "." in key:
            raise ValueError(f"the key {key!r} has a dot, which WebDataset takes for the beginning of an ending")
        count += 1
        for ending, data in files.items():
            stream.write(_header(f"{key}.{ending}", len(data)))
            stream.write(data)
            stream.write(b"\0" * (-len(data) % _BLOCK))
            written += _BLOCK + len(data) + -len(data) % _BLOCK
    stream.write(b"\0" * (2 * _BLOCK + -(written + 2 * _BLOCK) % _RECORD))
    return count


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    return info.tobuf(tarfile.USTAR_FORMAT)
