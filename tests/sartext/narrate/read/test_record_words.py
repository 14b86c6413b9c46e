"""The words for how an image was made."""

import pytest

from sartext.narrate.facts.record import PLATFORMS, platform_of
from sartext.narrate.read.lexicon import LEXICON
from sartext.narrate.read.record_words import MADE, SAID, Date, RecordValue, entries


def test_no_other_word_of_the_lexicon_is_one_of_them() -> None:
    assert all(LEXICON[phrase] == entry for phrase, entry in entries().items())
    assert {code for code, _ in entries().values()} == {SAID, MADE}


@pytest.mark.parametrize(
    ("phrase", "value"),
    [
        ("c band", RecordValue("band", "C")),
        ("vv", RecordValue("polarisation", "VV")),
        ("vh polarized", RecordValue("polarisation", "VH")),
        ("dual pol", RecordValue("channels", 2)),
        ("ascending orbit", RecordValue("orbit", "ascending")),
        ("left looking", RecordValue("look_side", "left")),
        ("fall", RecordValue("season", "autumn")),
        ("july", RecordValue("date", Date(month=7))),
        ("sentinel 1 b", RecordValue("platform", ("sentinel 1", "b"))),
    ],
)
def test_phrases_have_their_values(phrase: str, value: RecordValue) -> None:
    assert entries()[phrase] == (SAID, value)


def test_the_names_in_texts_are_those_in_records() -> None:
    for phrase, (_, value) in entries().items():
        if isinstance(value, RecordValue) and value.field == "platform":
            assert platform_of(phrase.removesuffix(" satellite")) == value.value
    assert all(platform_of(family) == (family, "") for family in PLATFORMS)
