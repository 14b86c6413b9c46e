import io

from sartext.store.ranged import RangedFile


def test_only_what_is_read_is_asked_for() -> None:
    data, asked = bytes(range(100)), []

    def read_range(start: int, length: int) -> bytes:
        asked.append((start, length))
        return data[start : start + length]

    file = RangedFile(read_range, len(data))
    assert (file.readable(), file.seekable(), file.tell()) == (True, True, 0)
    assert file.seek(-10, io.SEEK_END) == 90
    assert file.read(4) == data[90:94]
    assert (file.seek(2, io.SEEK_CUR), file.read()) == (96, data[96:])
    assert file.read(5) == b""
    assert file.seek(-5) == 0
    assert asked[:2] == [(90, 4), (96, 4)]
    assert all(start + length <= 100 for start, length in asked)
