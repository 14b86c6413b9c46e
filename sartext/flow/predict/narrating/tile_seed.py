"""The seed of what a model draws at random for one tile."""

import hashlib


def tile_seed(seed: int, key: str) -> int:
    """The seed of one tile, from 0 to 2^63 - 1: the same in whatever shard, order and process it is asked about."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{key}".encode()).digest()[:8], "big") >> 1
