"""The section of a page that says what a narrator may say."""

from sartext.report.dataset.acquisition import acquisition
from sartext.report.dataset.precision import precision
from sartext.report.dataset.survey import Survey

SEEN = acquisition("Sentinel-1", "C", 10.0)
OTHER = acquisition("TerraSAR-X", "X", 1.0)


def manifest(**rule: object) -> dict[str, object]:
    return {"config": {"rules": [{"type": "Narrator", **rule}, {"type": "Verify"}]}}


def calibrated() -> dict[str, object]:
    kinds = [
        {"kind": "class", "threshold": 0.31, "claims": 400, "right": 396, "bound": 0.968},
        {"kind": "position", "threshold": None, "claims": 500, "right": 300, "bound": 0.55},
    ]
    return {"kinds": kinds, "scenes": 700, "sensors": [SEEN]}


def test_kinds_their_thresholds_and_guesses_are_told() -> None:
    survey = Survey()
    survey.acquisitions.update({SEEN: 30, OTHER: 12})
    made = precision(survey, manifest(calibrated=calibrated(), precision=0.95))
    assert made is not None
    assert "Of what the narrator says 95% is to be right" in made.words
    assert "Never said: position; nor is any kind that is not in the table." in made.words
    assert made.words.endswith(f"is a guess: {OTHER} (12).")
    (table,) = made.blocks
    assert [list(row)[:2] for row in table.rows] == [["class", "0.31"], ["position", "never said"]]


def test_of_tiles_whose_sensor_is_not_known_it_is_a_guess_also_where_labelled_ones_have_none() -> None:
    unknown = acquisition(None, None, 10.0)
    survey = Survey()
    survey.acquisitions.update({SEEN: 30, unknown: 5})
    made = precision(survey, manifest(calibrated=calibrated() | {"sensors": [SEEN, unknown]}, precision=0.95))
    assert made is not None
    assert "or one that is not known, and" in made.words
    assert made.words.endswith(f"is a guess: {unknown} (5).")


def test_without_another_sensor_nothing_is_a_guess_and_without_a_precision_there_is_no_section() -> None:
    survey = Survey()
    survey.acquisitions.update({SEEN: 30})
    made = precision(survey, manifest(calibrated=calibrated(), precision=0.95, delta=0.2))
    assert made is not None
    assert "a probability of 80%" in made.words
    assert "a guess" not in made.words
    assert precision(survey, manifest()) is None
