"""What in a sentence that is not understood could be wrong."""

import pytest

from sartext.narrate.verify.sentences import doubt


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("The picture feels calm.", None),
        ("A busy and captivating tableau.", None),
        ("Seven wonders await.", "a number"),
        ("Nothing moves.", "a negation"),
        ("A crimson tide.", "a hue, light, weather or a season"),
        ("Autumn comes.", "a hue, light, weather or a season"),
        ("It lies by the quay.", "a relation"),
        ("Das Bild gemacht.", "a word that is not known, 'gemacht'"),
        ("图中有三艘船。", "another script"),
        ("Cal\u200bm.", "a control character"),
        ("<b>Calm</b>.", "marks that are no words"),
    ],
)
def test_doubts(text: str, what: str | None) -> None:
    assert doubt(text) == what
