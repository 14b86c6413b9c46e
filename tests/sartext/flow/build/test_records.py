"""The limits of a job: which rejects count, which are expected of the source, and when nothing is kept."""

from pathlib import Path

import pytest

from sartext.errors import UserError
from sartext.flow.build.commit import commit_shard
from sartext.flow.build.records import BuildRecords
from sartext.sources.source import Shard
from sartext.store.local import LocalStore
from tests.sartext.flow.build.test_commit import block


def watch(folder: Path, *shards: dict[int, str], tiles: int = 200, share: float = 0.05) -> BuildRecords:
    place = LocalStore(str(folder))
    for number, bad in enumerate(shards):
        commit_shard(place, block(bad, tiles, shard=number), planned=tiles, fingerprint="f", expected=("blank",))
    planned = [Shard(number=number, items=range(tiles)) for number in range(len(shards))]
    return BuildRecords(place, planned, share, ("blank",))


def test_what_is_expected_counts_neither_for_the_share_nor_in_a_row(tmp_path: Path) -> None:
    watch(tmp_path, dict.fromkeys(range(150), "blank"), dict.fromkeys(range(190), "blank")).check_rejects()


def test_faults_among_the_tiles_that_could_be_kept_count(tmp_path: Path) -> None:
    blank = dict.fromkeys(range(160), "blank")
    watch(tmp_path / "few", blank | {170: "x", 180: "x"}).check_rejects()
    with pytest.raises(
        UserError, match=r"3 of 40 planned tiles rejected \(x 3, blank 160 not counted\).*max-reject-share 0\.05"
    ):
        watch(tmp_path / "many", blank | {170: "x", 180: "x", 190: "y"} | {190: "x"}).check_rejects()


def test_faults_in_a_row_are_not_parted_by_what_is_expected(tmp_path: Path) -> None:
    mixed = {number: "blank" if number % 2 else "x" for number in range(200)}
    with pytest.raises(UserError, match=r"^100 tiles in a row rejected \(x 100\)"):
        watch(tmp_path, mixed, *[{} for _ in range(12)], share=0.5).check_rejects()


def test_where_nothing_is_kept_it_is_said(tmp_path: Path) -> None:
    watch(tmp_path / "one", dict.fromkeys(range(199), "blank")).check()
    with pytest.raises(UserError, match=r"no tile is kept: all 200 that are planned are rejected \(blank 199, x 1\); see "):
        watch(tmp_path / "none", {0: "x"} | dict.fromkeys(range(1, 200), "blank"), share=1).check()
