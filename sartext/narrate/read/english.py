"""Which words are English, as far as a vocabulary of many texts tells: that of open_clip's tokenizer, read from its package.

Nothing of the package is imported. A word counts where the vocabulary has it as one token: 33,000 words that are frequent in
texts from the web (Radford et al. 2021), so rare words are missing, and words of other languages mostly are.
"""

import gzip
import importlib.util
from functools import cache
from pathlib import Path

_FILE = "bpe_simple_vocab_16e6.txt.gz"
_MERGES = 49152 - 256 - 2  # those that the tokenizer uses; the file has more
_ENDS = "</w>"


@cache
def english() -> frozenset[str]:
    """The words in lower case; none where the package is not there, so that no word is known."""
    spec = importlib.util.find_spec("open_clip")
    if spec is None or not spec.submodule_search_locations:
        return frozenset()
    path = Path(spec.submodule_search_locations[0]) / _FILE
    if not path.is_file():
        return frozenset()
    lines = gzip.decompress(path.read_bytes()).decode("utf-8").split("\n")[1 : _MERGES + 1]
    words = ("".join(line.split()).removesuffix(_ENDS) for line in lines if line.endswith(_ENDS))
    return frozenset(word for word in words if word.isascii() and word.isalpha())
