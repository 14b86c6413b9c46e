import pytest

from sartext.narrate.read.claims import coverage, said_in
from sartext.tile import Claim


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("A ship.", ["class"]),
        ("Three ships.", ["count"]),
        ("A ship in the center.", ["position"]),
        ("A ship near the bridge.", ["relation"]),
        ("A ship about 60 m long.", ["size"]),
        ("A large ship.", ["size"]),
        ("A bright ship.", ["optical"]),
        ("A red ship.", ["red", "optical"]),
        ("No ships.", ["absence"]),
        ("A vertical ship.", ["orientation"]),
        ("Three ships in a row.", ["arrangement"]),
        ("More ships than bridges.", ["relation"]),
        ("Frobs abound.", ["sentence"]),
    ],
)
def test_kinds_of_claims(text: str, kinds: list[str]) -> None:
    (said,) = said_in(text)
    assert list(said.kinds) == kinds
    assert len(said.texts) == len(kinds)


def test_a_claim_quotes_its_words() -> None:
    (said,) = said_in("In this image, Two Ships lie in the upper left and a bridge is near the harbor.")
    assert said.texts[0] == "two ships lie in the upper left"
    assert said.texts[1] == "a bridge is near the harbor"


def test_coverage_counts_what_was_understood() -> None:
    claims = tuple(Claim(kind=kind, text="", verdict="supported", evidence="") for kind in ("count", "sentence", "class"))
    assert coverage(claims) == (2, 3)
    assert coverage(()) == (0, 0)
