"""The table of answers: kinds beside guessing, and what is confused."""

from dataclasses import asdict

from sartext.evaluate.vqa import Reference, learned, vqa
from sartext.flow.evaluate.answers_table import answers_table

ASKED = [
    *[Reference(kind="presence", answer_type="yes_no", answer="yes", question="Are there any ships?")] * 15,
    *[Reference(kind="presence", answer_type="yes_no", answer="no", question="Are there any ports?")] * 15,
    *[Reference(kind="count", answer_type="count", answer="2", question="How many ships are there?")] * 20,
    *[Reference(kind="position", answer_type="position", answer="upper left", question="Where is the ship?")] * 5,
]


def test_a_row_a_kind_beside_both_guesses_and_what_is_confused() -> None:
    good = [one.answer for one in ASKED]
    bad = ["yes"] * 30 + ["2"] * 12 + ["3"] * 8 + ["perhaps"] * 5
    guesses = learned(ASKED[:40], classes={})
    scores = {
        name: asdict(vqa(ASKED, given, classes={}, guesses=guesses)) for name, given in (("baseline", good), ("sar", bad))
    }
    table = answers_table("gpt", scores)
    columns = {one.name: one.values for one in table.columns}
    assert columns["sar"] == {"count": 0.6, "position": 0.0, "presence": 0.5, "all": 27 / 55}
    assert columns["majority answer"]["presence"] == "50.0 (no)"
    assert columns["question only"]["presence"] == 1.0  # ports and ships tell the answer
    assert columns["confused most"] == {
        "count": "2: 3 (8)",
        "position": "upper left: nothing understood (5)",
        "presence": "no: yes (15)",
        "all": "",
    }
    assert table.note.endswith("Least ahead of both guesses, in percentage points: presence (-50.0), count (-40.0).")
    assert "none in training of the kind position, whose majority is of those asked here" in table.note
    (compared,) = table.compared
    assert (compared.name, compared.values) == ("gpt: accuracy", {"baseline": 1.0, "sar": 27 / 55})
