"""What stands for a model in records: the same wherever its folder lies."""

import hashlib
from functools import partial
from pathlib import Path

_READ_BYTES = 1 << 24


def model_fingerprint(folder: Path) -> str:
    """SHA-256 over the names and contents of a model's files."""
    whole = hashlib.sha256()
    for path in sorted(one for one in folder.iterdir() if one.is_file()):
        of_file = hashlib.sha256()
        with path.open("rb") as file:
            for piece in iter(partial(file.read, _READ_BYTES), b""):
                of_file.update(piece)
        whole.update(f"{path.name} {of_file.hexdigest()}\n".encode())
    return whole.hexdigest()
