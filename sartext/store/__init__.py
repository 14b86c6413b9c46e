"""Local folders and S3 behind one protocol."""

from sartext.store.base import Store, open_store

__all__ = ["Store", "open_store"]
