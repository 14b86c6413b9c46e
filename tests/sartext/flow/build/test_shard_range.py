"""Ranges of a build's shards, done apart and at once: the dataset is the one that a single build makes."""

from pathlib import Path

import pytest

from sartext.errors import OutputError, UserError
from sartext.flow.build.build import build, build_range
from sartext.flow.build.shard_range import ShardRange, parse_range, runs_of
from sartext.store import open_store
from tests.chaos.dataset import files
from tests.chaos.faults import Faulty, Say


def test_what_a_range_says() -> None:
    assert parse_range("0:128") == ShardRange(0, 128)
    for text in ("", "5", "3:3", "4:2", "-1:2", "1:2:3", "a:b"):
        with pytest.raises(UserError, match="as 0:128"):
            parse_range(text)
    shards = Faulty(tiles=30).shards()
    assert [shard.number for shard in ShardRange(1, 9).of(shards)] == [1, 2]
    with pytest.raises(UserError, match="shards is 3:9, and the build has 3, from 0"):
        ShardRange(3, 9).of(shards)
    assert runs_of([7, 0, 1, 2, 9, 8]) == "0:3, 7:10"
    assert runs_of(range(0, 20, 2)) == "0:1, 2:3, 4:5, 6:7, 8:9, ..."


@pytest.mark.usefixtures("ray_here")
def test_ranges_make_what_one_build_makes(tmp_path: Path) -> None:
    source, rules = Faulty(tiles=45, fates={"12": "reject"}), [Say()]
    whole = build(source, rules, out=str(tmp_path / "whole"), max_reject_share=1)
    out = str(tmp_path / "parts")
    last = build_range(source, rules, ShardRange(3, 5), out=out, max_reject_share=1)
    assert (
        last.summary()
        == f"{out}: shards 3:5 of 5 are done, 15 tiles kept, 0 rejected; when all are, --finish writes the manifest"
    )
    assert not (tmp_path / "parts" / "manifest.json").exists()
    with pytest.raises(UserError, match=r"3 of 5 shards are not there; do them by --shards 0:3"):
        build(source, rules, out=out, max_reject_share=1, only_finish=True)
    with pytest.raises(OutputError, match="another configuration"):
        build_range(source, [Say(text="Other.")], ShardRange(0, 3), out=out)
    assert build_range(source, rules, ShardRange(0, 3), out=out, max_reject_share=1).counts["rejected"] == 1
    made = build(source, rules, out=out, max_reject_share=1, only_finish=True)
    assert made.counts == whole.counts
    assert files(tmp_path / "parts") == files(tmp_path / "whole")


def test_what_one_part_is_writing_is_not_removed_by_another(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    with store.lock((0, 1)):
        store.prepare()
        (tmp_path / ".tmp").mkdir()
        (tmp_path / ".tmp" / "half").touch()
        with store.lock((1, 2)):
            store.prepare()
        assert (tmp_path / ".tmp" / "half").exists()
    with store.lock():
        assert not (tmp_path / ".tmp").exists()
