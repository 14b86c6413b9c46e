"""What the captions of a dataset are made of: their lengths, their words, and how often a text is said."""

from collections import Counter

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sartext.report.dataset.counting import Distinct, Frequent, hashes_of, value_counts

_WORDS, _TEXTS = 50_000, 4_000
_DISTINCT_WORDS, _DISTINCT_TEXTS = 1 << 16, 1 << 18
_WORD_CHARACTERS = 64
_LONGEST_WORDS = 1_000  # longer captions count as this long
_CHARACTERS = 2_000  # longer texts are not looked for among the most repeated
_EDGES = ".,;:!?()[]{}\"'`“”‘’«»…–—-"


class Words:
    """Counts of kept captions."""

    def __init__(self) -> None:
        self.lengths: dict[str, Counter[int]] = {}  # form ("" where none) -> words in a caption -> captions
        self.words: Frequent[str] = Frequent(_WORDS)
        self.vocabulary = Distinct(_DISTINCT_WORDS)
        self.captions = 0
        self.texts: Frequent[str] = Frequent(_TEXTS)
        self.distinct = Distinct(_DISTINCT_TEXTS)

    def add(self, texts: pa.Array, forms: pa.Array) -> None:
        """Takes in captions with their forms."""
        tokens = pc.ascii_split_whitespace(pc.ascii_trim_whitespace(texts))
        self._add_lengths(pc.list_value_length(tokens), pc.fill_null(forms, ""))
        words: Counter[str] = Counter()
        for token, number in value_counts(pc.list_flatten(tokens)).items():
            word = token.strip(_EDGES).lower()[:_WORD_CHARACTERS]
            if word:
                words[word] += number
        self.words.update(words)
        self.vocabulary.add(hashes_of(words), list(words.values()))
        said = value_counts(texts)
        self.captions += len(texts)
        self.texts.update({text: number for text, number in said.items() if len(text) <= _CHARACTERS})
        self.distinct.add(hashes_of(said), list(said.values()))

    def _add_lengths(self, lengths: pa.Array, forms: pa.Array) -> None:
        for form in pc.unique(forms).to_pylist():
            found = value_counts(lengths.filter(pc.equal(forms, form)))
            counted = self.lengths.setdefault(form, Counter())
            for length, number in found.items():
                counted[min(length, _LONGEST_WORDS)] += number

    def length_quantiles(self, shares: tuple[float, ...]) -> list[int]:
        """Words of a caption at these shares of all captions; empty where there is none."""
        together: Counter[int] = sum(self.lengths.values(), Counter())
        if not together:
            return []
        lengths: npt.NDArray[np.int64] = np.array(sorted(together), np.int64)
        reached = np.cumsum([together[length] for length in lengths.tolist()])
        at = np.searchsorted(reached, np.asarray(shares) * reached[-1])
        return [int(lengths[min(index, len(lengths) - 1)]) for index in at]
