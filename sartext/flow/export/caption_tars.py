"""Captions with their images as WebDataset's tars, a sample a caption, a tar a shard and split, as open_clip's training reads.

train-00000.tar    the samples of a shard of the dataset that are of this split: 000012-0.jpg, .txt, and .json with the key
sizes.json         how many samples each tar has
"""

import io
import json
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from sartext.formats.webdataset import write_samples
from sartext.imaging.encode import png
from sartext.imaging.guard import gray_or_rgb, opened
from sartext.store import Store
from sartext.tile import Tile

SIZES = "sizes.json"
_ENDINGS = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png"}  # of encodings that open_clip's training reads as they are


class CaptionTars:
    """The tars of an export, of which those of one shard at a time are in memory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._samples: dict[str, list[tuple[str, dict[str, bytes]]]] = defaultdict(list)
        self._sizes: dict[str, int] = {}
        self._tiles = 0

    def add(self, tile: Tile, texts: Sequence[str]) -> list[None]:
        """One more tile of the shard, and nothing for each of its texts.

        An image of another encoding than JPEG or PNG becomes a PNG of the same pixels.
        """
        data = tile.image.bytes or b""
        ending = next((name for head, name in _ENDINGS.items() if data.startswith(head)), None)
        image = {ending: data} if ending else {"png": png(np.asarray(gray_or_rgb(opened(data))))}
        about = json.dumps({"key": tile.key}).encode()
        for at, text in enumerate(texts):
            sample = {**image, "txt": text.encode(), "json": about}
            self._samples[tile.split or "none"].append((f"{self._tiles:06d}-{at}", sample))
        self._tiles += 1
        return [None] * len(texts)

    def put(self, shard: int) -> None:
        """Puts the tars of a shard of the dataset, which ends here."""
        for split, samples in sorted(self._samples.items()):
            out = io.BytesIO()
            path = f"{split}-{shard:05d}.tar"
            self._sizes[path] = write_samples(out, samples)
            self._store.put_if_absent(path, out.getvalue())
        self._samples.clear()
        self._tiles = 0

    def sizes(self) -> bytes:
        """The file that says how many samples each tar has."""
        return (json.dumps(self._sizes, indent=1) + "\n").encode()
