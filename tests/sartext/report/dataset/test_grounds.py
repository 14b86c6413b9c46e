from sartext.report.dataset.grounds import GroundedWords, grounded, region_mark
from sartext.tile import Caption, Claim


def claim(span: tuple[int, int] | None, verdict: str, *boxes: int, regions: tuple[str, ...] = ()) -> Claim:
    return Claim(kind="count", text="", verdict=verdict, evidence="", span=span, boxes=boxes, regions=regions)


def parts(*claims: Claim, text: str = "Two ships, a tank.", characters: int = 100) -> list[GroundedWords]:
    return grounded(Caption(text=text, route="human", claims=claims), characters)


def test_words_are_cut_where_claims_begin_and_end() -> None:
    found = parts(claim((0, 9), "supported", 4, 2), claim((11, 17), "contradicted"), claim(None, "contradicted", 7))
    assert [(one.text, one.verdict, one.boxes) for one in found] == [
        ("Two ships", "supported", [2, 4]),
        (", ", "", []),
        ("a tank", "contradicted", []),
        (".", "", []),
    ]


def test_where_claims_share_words_the_worst_verdict_counts_and_all_grounds() -> None:
    found = parts(claim((0, 18), "unverifiable", 1), claim((4, 9), "contradicted", 2), claim((4, 9), "supported", 1))
    assert [(one.text, one.verdict, one.boxes) for one in found] == [
        ("Two ", "unverifiable", [1]),
        ("ships", "contradicted", [1, 2]),
        (", a tank.", "unverifiable", [1]),
    ]


def test_no_more_characters_than_are_asked_for() -> None:
    found = parts(claim((0, 9), "supported"), claim((11, 17), "supported"), characters=7)
    assert [(one.text, one.verdict) for one in found] == [("Two shi", "supported")]
    assert parts(text="") == []


def test_regions_go_by_marks_whatever_they_are_called() -> None:
    (found,) = parts(claim((0, 18), "supported", regions=('a"<b',)))
    assert found.regions == [region_mark('a"<b')]
    assert found.regions[0].isalnum()
