"""What is taken out of a sentence as said of the record, and how the rest is read."""

import pytest

from sartext.narrate.read.claims import said_in
from sartext.narrate.read.record import RECORD
from sartext.narrate.read.record_words import RecordValue


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("This C-band image shows three ships.", ["count", "record"]),
        ("Three ships are in the center in VV.", ["position", "record"]),
        ("The image, in VV and VH, has pixels of 10 m.", ["record"] * 3),
        ("In winter, a ship is in the center.", ["position", "record"]),
        ("The image was taken in winter and shows three ships.", ["count", "record"]),
        ("Not in winter.", ["record"]),
        ("C-band, VV.", ["record", "record"]),
        ("VV ships.", ["sentence"]),
        ("No ships in VV.", ["sentence"]),
        ("The ship was taken.", ["sentence"]),
        ("Three frobbed ships in VV.", ["sentence"]),
    ],
)
def test_the_rest_is_read_without_it(text: str, kinds: list[str]) -> None:
    assert [kind for said in said_in(text) for kind in said.kinds] == kinds


@pytest.mark.parametrize(
    ("text", "scope", "values"),
    [
        ("Only VV.", "only", ["VV"]),
        ("The image is in VV and VH only.", "only", ["VV", "VH"]),
        ("The polarisation is VV.", "equals", ["VV"]),
        ("No VV.", "none", ["VV"]),
        ("The image is in VV.", "", ["VV"]),
    ],
)
def test_scopes(text: str, scope: str, values: list[str]) -> None:
    (said,) = said_in(text)
    (statement,) = said.reading.statements
    found = [said.values[at] for at in statement.tokens]
    assert (statement.form, statement.scope) == (RECORD, scope)
    assert [one.value for one in found if isinstance(one, RecordValue)] == values
