"""How many tokens CLIP makes of a text, from the vocabulary that open_clip's package brings, without importing it or torch.

Byte-pair encoding (Sennrich et al., ACL 2016) with the merges of CLIP (Radford et al., ICML 2021): words are letters, single
digits, or other marks in a row; in each the pair that was merged first in training is merged first.
"""

import gzip
import re
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

_VOCABULARY = "bpe_simple_vocab_16e6.txt.gz"
_MERGES = 49152 - 256 - 2  # tokens without the bytes and the two marks of start and end
_WORD = re.compile(r"'(?:s|t|re|ve|m|ll|d)|[^\W\d_]+|\d|(?:[^\s\w]|_)+")


@lru_cache(maxsize=8192)  # captions of rules repeat half of their sentences
def tokens_in(text: str) -> int:
    """How many tokens a text has, without the marks of start and end."""
    return sum(map(_tokens_between_spaces, text.split()))


@lru_cache(maxsize=65536)
def _tokens_between_spaces(part: str) -> int:
    return sum([_tokens_of(word) for word in _WORD.findall(part.lower())])


def _tokens_of(word: str) -> int:
    ranks, parts = _ranks(), [_BYTES[byte] for byte in word.encode()]
    parts[-1] += "</w>"
    while len(parts) > 1:
        pairs = list(pairwise(parts))
        best = min(pairs, key=lambda pair: ranks.get(pair, _MERGES))
        if best not in ranks:
            break
        merged, at = list[str](), 0
        while at < len(parts):
            together = tuple(parts[at : at + 2]) == best
            merged.append(parts[at] + parts[at + 1] if together else parts[at])
            at += 1 + together
        parts = merged
    return len(parts)


@cache
def _ranks() -> dict[tuple[str, str], int]:
    """The pairs that are merged, with their order."""
    package = find_spec("open_clip")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("open_clip, whose package has the vocabulary of CLIP, is not installed")
    lines = gzip.decompress((Path(package.origin).parent / _VOCABULARY).read_bytes()).decode().split("\n")
    pairs = [line.split() for line in lines[1 : _MERGES + 1]]
    return {(one, other): rank for rank, (one, other) in enumerate(pairs)}


def _letters() -> list[str]:
    """The letter that stands for each byte: itself where it can be seen, else one of those from 256 on."""
    seen = {*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)}
    letters, further = list[str](), 256
    for byte in range(256):
        letters.append(chr(byte if byte in seen else further))
        further += byte not in seen
    return letters


_BYTES = _letters()
