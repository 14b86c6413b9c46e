"""Folders as they are on S3: the same files under a prefix of a bucket."""

import uuid
from pathlib import Path

from sartext.store import open_store


def uploaded(folder: Path, bucket: str) -> str:
    """The URI of a new prefix that has all files of a folder, each below its relative path."""
    uri = f"{bucket}/{uuid.uuid4().hex}"
    store = open_store(uri)
    for path in folder.rglob("*"):
        if path.is_file():
            store.put(path.relative_to(folder).as_posix(), path.read_bytes())
    return uri
