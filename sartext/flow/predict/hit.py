"""One tile that a search found. Without torch, for who only shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One tile that was found."""

    key: str
    score: float
    split: str | None
    caption: str | None
    thumbnail: bytes  # JPEG
