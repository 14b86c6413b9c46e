from sartext.narrate.facts import taxonomy
from sartext.narrate.read import vocabulary
from sartext.narrate.read.lexicon import LEXICON, Quantity


def test_every_name_of_a_class_is_known() -> None:
    for kind in taxonomy.KINDS.values():
        for pair in ((kind.singular, kind.plural), *kind.synonyms):
            for word in pair:
                code, name = LEXICON[word.lower().replace("-", " ")]
                assert code in "kKb"
                assert name == kind.name


def test_no_phrase_reaches_over_a_cut() -> None:
    for phrase in LEXICON:
        inner = f" {phrase} "[1:]
        assert phrase.split()[-1] not in ("in", "at", "near") or " " not in phrase, phrase
        assert not any(f" {mark} " in inner for mark in ("and", "or", ",", "in the", "at the", "near the")), phrase


def test_a_phrase_is_in_one_line_of_the_table_only() -> None:
    lines = [line[2:].partition(" = ")[2].split(" | ") for line in vocabulary.TABLE.strip().splitlines()]
    phrases = [phrase for line in lines for phrase in line]
    assert len(phrases) == len(set(phrases))


def test_quantities_are_ranges() -> None:
    for code, value in LEXICON.values():
        if code == "n":
            assert isinstance(value, Quantity)
            assert value.least <= value.low <= value.high <= value.most
