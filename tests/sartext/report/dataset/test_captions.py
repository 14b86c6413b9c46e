"""The sections on captions: how many there are of each form."""

import pyarrow as pa

from sartext.report.dataset.captions import captions
from sartext.report.dataset.survey import Survey


def test_captions_are_counted_by_form() -> None:
    survey = Survey()
    survey.captions.update({("a2c", "kept"): 4})
    texts, forms = ["Two ships.", "a few ships", "ships", "some ships"], ["concise", "coarse", "coarse", None]
    survey.words.add(pa.array(texts, pa.string()), pa.array(forms, pa.string()))
    found = repr(captions(survey))
    assert all(words in found for words in ("1 concise", "2 coarse", "1 of no form"))
