"""Commits: data, then record; doing it again is success; what is half done is left behind and removed."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from sartext.artifact import captions_kept
from sartext.errors import SartextError
from sartext.flow.build.commit import (
    commit_shard,
    data_path,
    encode,
    longest_run,
    read_records,
    record_path,
    remove_orphans,
    totals,
)
from sartext.flow.build.worker.rows import narrated, staged_row, staged_table
from sartext.row_groups import read_table
from sartext.store.local import LocalStore
from sartext.tile import OF_OPTICAL_TWIN, SAMPLED, TILE, Caption, Claim, Question, Reject, with_fields
from tests.chaos.faults import Faulty, Say


def block(bad: dict[int, str], tiles: int = 6, *, shard: int = 0, generation: int = 0, text: str = "A ship.") -> pa.Table:
    source = Faulty(tiles=tiles)
    rows = []
    for position in range(tiles):
        result = narrated(source.tile(position), [Say(text=text)])
        if position in bad:
            result = Reject(key=source.key(position), stage="read", reason=bad[position])
        rows.append(staged_row(result, shard=shard, generation=generation, position=position))
    return staged_table(rows)


@pytest.fixture
def place(tmp_path: Path) -> LocalStore:
    return LocalStore(str(tmp_path))


def test_kept_and_refused_are_parted_and_counted(place: LocalStore) -> None:
    record = commit_shard(place, block({1: "missing_image", 4: "empty_file"}), planned=6, fingerprint="f")
    assert (record["rows"], record["rejected"]) == (4, {"empty_file": 1, "missing_image": 1})
    assert record["captions"]["kept"] == 4
    tiles = read_table(place, record["tiles"]["path"])
    assert tiles.schema.equals(TILE)
    assert tiles.num_rows == 4
    rejects = read_table(place, record["rejects"]["path"]).to_pylist()
    assert [(one["key"], one["reason"], one["position"]) for one in rejects] == [
        ("faulty/s00001/0_0", "missing_image", 1),
        ("faulty/s00004/0_0", "empty_file", 4),
    ]
    assert json.loads(place.read(record_path(0))) == record


def test_captions_and_claims_are_counted(place: LocalStore) -> None:
    source = Faulty(tiles=4)
    supported = Claim(kind="count", text="a ship", verdict="supported", evidence="ship: 1")
    wrong = Claim(kind="optical", text="blue", verdict="contradicted", evidence="blue: SAR does not show it")
    unread = Claim(kind="sentence", text="Blorp.", verdict="unverifiable", evidence="not understood")
    captions = (
        (
            Caption(text="a", route="a2c", claims=(supported, supported)),
            Caption(text="b", route="twin", kept=False, claims=(wrong,)),
        ),
        (),
        (Caption(text="c", route="twin", kept=False, claims=(unread, wrong)),),
    )
    asked = [Question(question="?", answer="!", answer_type="text", kind="given", kept=kept) for kept in (True, False, True)]
    questions = ((), tuple(asked), ())
    texts = enumerate(zip(captions, questions, strict=True))
    tiles = [replace(source.tile(at), captions=some, questions=others) for at, (some, others) in texts]
    made = [Reject(key=source.key(3), stage="read", reason="empty_file"), *tiles]  # so that what is kept begins in the middle
    rows = [staged_row(one, shard=0, generation=0, position=at) for at, one in enumerate(made)]
    record = commit_shard(place, staged_table(rows), planned=4, fingerprint="f")
    said = {"all": 3, "kept": 1, "tiles_without": 2, "claims": 5, "understood": 4}
    assert record["captions"] == {**said, "supported": 2, "contradicted": 2, "unverifiable": 1}
    nothing = commit_shard(place, block({0: "x"}, tiles=1, shard=1), planned=1, fingerprint="f")
    assert nothing["captions"] == dict.fromkeys(said, 0)
    assert (record["questions"], nothing["questions"]) == ({"all": 3, "kept": 2}, {"all": 0, "kept": 0})
    both = totals({0: record, 1: nothing})
    assert (both["captions"]["all"], both["questions"]) == (3, {"all": 3, "kept": 2})


def test_a_shard_of_rejects_only_has_no_tiles_file(place: LocalStore) -> None:
    record = commit_shard(place, block(dict.fromkeys(range(6), "x")), planned=6, fingerprint="f")
    assert record["tiles"] is None
    assert place.paths("tiles") == []


def test_the_same_table_gives_the_same_bytes() -> None:
    whole = block({}).select(TILE.names).cast(TILE)
    pieces = pa.concat_tables([whole.slice(0, 2), whole.slice(2)])
    assert encode(whole) == encode(pieces.combine_chunks())


def test_committing_again_is_success_and_changes_nothing(place: LocalStore) -> None:
    first = commit_shard(place, block({1: "x"}), planned=6, fingerprint="f")
    before = {path: place.read(path) for path in place.paths("")}
    assert commit_shard(place, block({1: "x"}), planned=6, fingerprint="f") == first
    assert {path: place.read(path) for path in place.paths("")} == before


def test_after_a_crash_between_data_and_record_the_same_bytes_are_found(place: LocalStore) -> None:
    first = commit_shard(place, block({1: "x"}), planned=6, fingerprint="f")
    place.delete(record_path(0))
    assert commit_shard(place, block({1: "x"}), planned=6, fingerprint="f") == first


def test_other_bytes_without_a_record_are_left_behind_and_removed(place: LocalStore) -> None:
    commit_shard(place, block({}, text="A vessel."), planned=6, fingerprint="f")
    place.delete(record_path(0))
    record = commit_shard(place, block({}), planned=6, fingerprint="f")
    assert record["generation"] == 1
    assert remove_orphans(place, read_records(place)) == [data_path("tiles", 0, 0)]
    assert place.paths("tiles") == [data_path("tiles", 0, 1)]


def test_what_is_recorded_stays_when_another_text_comes_late(place: LocalStore) -> None:
    first = commit_shard(place, block({}), planned=6, fingerprint="f")
    assert commit_shard(place, block({}, text="A vessel."), planned=6, fingerprint="f") == first


def test_a_retry_swaps_the_record(place: LocalStore) -> None:
    commit_shard(place, block({1: "x"}), planned=6, fingerprint="f")
    record = commit_shard(place, block({}, generation=1), planned=6, fingerprint="f")
    assert (record["generation"], record["rows"]) == (1, 6)
    assert read_records(place)[0] == record
    remove_orphans(place, read_records(place))
    assert place.paths("tiles") + place.paths("rejects") == [data_path("tiles", 0, 1)]


def test_a_block_that_lost_a_row_is_refused(place: LocalStore) -> None:
    with pytest.raises(SartextError, match="5 rows of 6"):
        commit_shard(place, block({}).slice(0, 5), planned=6, fingerprint="f")
    with pytest.raises(SartextError, match="out of order"):
        commit_shard(place, block({}).take([1, 0, 2, 3, 4, 5]), planned=6, fingerprint="f")
    assert place.paths("") == []


def test_rejects_in_a_row_are_counted_across_shards(place: LocalStore) -> None:
    for shard, bad in ((0, [4, 5]), (1, range(6)), (2, [0, 2, 3]), (4, [0, 1, 2, 3, 4])):
        commit_shard(place, block(dict.fromkeys(bad, "x"), shard=shard), planned=6, fingerprint="f")
    records = read_records(place)
    assert longest_run(records) == 2 + 6 + 1
    assert totals(records)["rejected"] == 16
    assert longest_run({0: records[0]}) == 2
    assert longest_run({}) == 0


def test_rejects_that_are_expected_are_in_no_run_and_part_none(place: LocalStore) -> None:
    reasons = ({2: "x", 3: "blank", 4: "x", 5: "blank"}, dict.fromkeys(range(6), "blank"), {0: "x", 1: "blank", 3: "x"})
    for shard, bad in enumerate(reasons):
        commit_shard(place, block(bad, shard=shard), planned=6, fingerprint="f", expected=("blank",))
    records = read_records(place)
    assert longest_run(records, ("blank",)) == 3
    assert records[1]["reject_runs"] == {"head": 0, "tail": 0, "longest": 0}
    assert totals(records)["rejected_by_reason"] == {"blank": 9, "x": 4}


def test_a_record_from_before_reasons_were_expected_is_read(place: LocalStore) -> None:
    commit_shard(place, block({1: "x", 2: "x", 3: "x"}), planned=6, fingerprint="f")
    commit_shard(place, block(dict.fromkeys(range(6), "blank"), shard=1), planned=6, fingerprint="f")
    commit_shard(place, block({0: "x"}, shard=2), planned=6, fingerprint="f")
    records = read_records(place)
    for record in records.values():
        del record["expected"]
    assert longest_run(records, ("blank",)) == 3
    assert longest_run(records) == 7


def test_samples_and_texts_of_twins_are_counted_beside_the_captions(place: LocalStore) -> None:
    texts = (
        Caption(text="A ship.", route="narrator"),
        Caption(text="Two ships.", route="narrator", kept=False, reason=f"{SAMPLED}: drawn"),
        Caption(text="Green fields.", route="human", kept=False, reason=OF_OPTICAL_TWIN),
        Caption(text="A blue ship.", route="narrator", kept=False, reason="hue"),
    )
    tile = with_fields(Faulty(tiles=1).tile(0), captions=texts)
    row = staged_row(tile, shard=0, generation=0, position=0)
    record = commit_shard(place, staged_table([row]), planned=1, fingerprint="f")
    assert record["captions"] == {
        "all": 4,
        "kept": 1,
        "tiles_without": 0,
        "claims": 0,
        "understood": 0,
        "samples": 1,
        "of_twins": 1,
    }
    assert captions_kept(record["captions"]) == "1 of 2 captions kept, beside 1 samples and 1 texts of optical twins"
