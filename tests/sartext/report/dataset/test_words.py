"""Words of captions: what counts as one, how long captions are, and texts that are too long to be kept."""

import statistics

import numpy as np
import pyarrow as pa

from sartext.report.dataset.words import Words


def added(texts: list[str], forms: list[str | None] | None = None) -> Words:
    words = Words()
    words.add(pa.array(texts, pa.string()), pa.array(forms or [None] * len(texts), pa.string()))
    return words


def test_words_are_what_stands_between_spaces_without_its_punctuation() -> None:
    words = added(["A ship, two ships.", "“Ship” (a  well-known one)!\n", "...", "Ästuar ästuar"])
    assert dict(words.words.most()) == {"a": 2, "ship": 2, "two": 1, "ships": 1, "well-known": 1, "one": 1, "ästuar": 2}
    assert words.vocabulary.number == 7


def test_lengths_are_by_form_and_their_quantiles_are_those_of_a_sorted_list() -> None:
    lengths = np.random.default_rng(0).integers(1, 80, 999).tolist()
    words = added(["word " * length for length in lengths], ["concise" if length < 9 else None for length in lengths])
    assert sum(words.lengths["concise"].values()) == sum(length < 9 for length in lengths)
    assert sum(words.lengths[""].values()) == sum(length >= 9 for length in lengths)
    ranked = sorted(lengths)
    assert words.length_quantiles((0.0, 0.5, 1.0)) == [ranked[0], statistics.median(lengths), ranked[-1]]
    assert Words().length_quantiles((0.5,)) == []


def test_a_very_long_text_counts_but_is_not_kept() -> None:
    words = added(["x " * 5_000] * 3 + ["short"])
    assert (words.captions, words.distinct.number) == (4, 2)
    assert dict(words.texts.most()) == {"short": 1}
    assert max(words.lengths[""]) == 1_000
