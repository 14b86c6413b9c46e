"""Which words count as English."""

from sartext.narrate.read.english import english


def test_frequent_words_are_english_and_others_are_not() -> None:
    assert {"captivating", "maritime", "the"} <= english()
    assert english().isdisjoint({"schiffe", "vesels", "\u8239", "sichtbar"})
