"""What an audit finds, without the work of finding what is near-identical."""

from collections import defaultdict
from typing import Any

import pytest

from sartext.flow.audit import findings
from sartext.flow.audit.tiles import Tiles
from tests.support.described_tiles import sides


def test_what_is_counted_and_listed_is_what_plain_loops_find(
    rows: list[dict[str, Any]], tiles: Tiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "LISTED", 12)
    side = sides(rows)
    report = findings.findings(tiles, []).report
    leaking: dict[str, set[int]] = defaultdict(set)
    exact, scenes = [], []
    for compared, (asked, known) in zip(report["comparisons"], tiles.comparisons, strict=True):
        mine, theirs = ([number for number, one in enumerate(side) if one == of] for of in (asked, known))
        same = [(one, other) for one in mine for other in theirs if rows[one]["digest"] == rows[other]["digest"] is not None]
        place = {number: (rows[number]["source"], rows[number]["scene"]) for number in (*mine, *theirs)}
        shared = list(dict.fromkeys(place[one] for one in mine if place[one] in {place[other] for other in theirs}))
        assert (compared["exact_pairs"], compared["near_identical_pairs"]) == (len(same), len(same))
        assert compared["shared_scenes"] == len(shared)
        leaking["near_identical"] |= {one for one, _ in same}
        leaking["same_scene"] |= {one for one in mine if place[one] in shared}
        first = list(dict.fromkeys(rows[one]["digest"] for one, _ in same))  # in the order of the first tile of each
        same.sort(key=lambda pair: first.index(rows[pair[0]]["digest"]))
        exact += [(rows[one]["key"], rows[other]["key"]) for one, other in same[:12]]
        scenes += [(*one, sum(place[number] == one for number in mine)) for one in shared]
    told = report["findings"]
    assert [(one["tile"], one["like"]) for one in told["near_identical"]] == sorted(exact)[:12]
    assert [(one["source"], one["scene"], one["tiles"]) for one in told["same_scene"]] == scenes[:12]
    for kind, found in leaking.items():
        assert {name: one[kind] for name, one in report["held_out"].items()} == {
            tiles.names[of]: sum(side[number] == of for number in found) for of in (1, 2, 3)
        }
    assert report["unreadable"] == {"not_an_image": sum(row["reject"] is not None for row in rows)}
    assert report["few_keypoints"] == sum(len(row["bits"]) < findings.FEW_KEYPOINTS for row in rows)
