"""Local folders and S3 behind one protocol."""

from sartext.store.base import Storage, storage

__all__ = ["Storage", "storage"]
