from sartext.report.dataset.datasets import DatasetFacts
from sartext.report.dataset.rights_rows import RIGHTS_HEAD, rights_rows, rights_table
from sartext.report.dataset.survey import Survey


def test_a_row_for_each_licence_of_each_part() -> None:
    survey, facts = Survey(), DatasetFacts()
    facts.rights["texts"].update({("CC-BY-NC-4.0", "", "false", "W."): 2, ("", "", "", ""): 1})
    facts.rights["pixels"].update({("GPL-3.0-only", "", "", "A."): 3})
    survey.datasets["set"] = facts
    assert [row.cells() for row in rights_rows(survey)] == [
        ("set", "pixels", "GPL-3.0-only", "yes", "yes", "attribution, share-alike", "3"),
        ("set", "texts", "unknown", "unknown", "unknown", "–", "1"),
        ("set", "texts", "CC-BY-NC-4.0", "yes", "no", "attribution, non-commercial", "2"),
    ]
    assert [row.citation for row in rights_rows(survey)] == ["A.", "", "W."]
    assert (rights_table(survey).head, len(rights_table(survey).rows)) == (RIGHTS_HEAD, 3)


def test_a_long_table_says_what_it_leaves_out() -> None:
    survey, facts = Survey(), DatasetFacts()
    facts.rights["pixels"].update({(f"LicenseRef-{number:03d}", "", "", ""): 1 for number in range(103)})
    survey.datasets["set"] = facts
    assert rights_table(survey).rows[-1] == ["3 more"]
    assert len(rights_table(survey).rows) == 101
