"""Which texts of a record are no captions that were kept or refused."""

from sartext.report.dataset.beside import are_of_twins, are_samples
from sartext.report.dataset.survey import MARKS_BESIDE, Survey
from sartext.tile import OF_OPTICAL_TWIN, SAMPLED, Caption, to_table, with_fields
from tests.chaos.faults import Faulty

TEXTS = (
    Caption(text="A ship.", route="narrator"),
    Caption(text="Two ships.", route="narrator", kept=False, reason=f"{SAMPLED}: drawn"),
    Caption(text="Green fields.", route="human", kept=False, reason=OF_OPTICAL_TWIN),
    Caption(text="A blue ship.", route="narrator", kept=False, reason="hue"),
)


def test_samples_and_texts_of_twins_are_known_by_their_reasons() -> None:
    captions = to_table([with_fields(Faulty(tiles=1).tile(0), captions=TEXTS)])["captions"].combine_chunks().flatten()
    assert are_samples(captions).to_pylist() == [False, True, False, False]
    assert are_of_twins(captions).to_pylist() == [False, False, True, False]


def test_a_report_counts_neither_as_refused() -> None:
    survey = Survey()
    survey.add(to_table([with_fields(Faulty(tiles=1).tile(0), captions=TEXTS)]), "")
    sample, of_twin = MARKS_BESIDE
    assert survey.captions == {
        ("narrator", "kept"): 1,
        ("narrator", "refused"): 1,
        ("narrator", sample): 1,
        ("human", of_twin): 1,
    }
    assert survey.refusals.most() == [(("narrator", "hue"), 1)]
