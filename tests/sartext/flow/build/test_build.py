"""Builds through a real Ray: whole, again, elsewhere, and with tiles that end their workers."""

import json
import os
import socket
from pathlib import Path

import pytest

from sartext.artifact import Artifact, open_artifact
from sartext.errors import OutputError, UserError
from sartext.flow.build.build import build
from sartext.flow.engine.options import Engine
from sartext.store import open_store
from tests.chaos.dataset import files
from tests.chaos.faults import Faulty, Nameless, Say, Told

pytestmark = pytest.mark.usefixtures("ray_here")


def texts(artifact: Artifact) -> dict[str, str]:
    return {row["key"]: row["captions"][0]["text"] for table in artifact.tables() for row in table.to_pylist()}


def rejects(artifact: Artifact) -> dict[str, tuple[str, int]]:
    return {row["key"]: (row["reason"], row["tries"]) for table in artifact.rejects() for row in table.to_pylist()}


def test_a_build_is_whole_and_the_same_with_a_model_and_without(tmp_path: Path) -> None:
    source = Faulty(tiles=45, fates={"7": "reject"})
    for rule, actors in ((Say(), 0), (Told(batch_size=4), 1)):
        artifact = build(source, [rule], out=str(tmp_path / f"{actors}"), engine=Engine(actors=actors, cpus=2))
        assert artifact.counts["planned"] == 45
        assert artifact.counts["rejected_by_reason"] == {"planted": 1}
        assert list(texts(artifact)) == [source.key(number) for number in range(45) if number != 7]
        assert set(texts(artifact).values()) == {"A ship."}
        assert artifact.manifest["licences"] == []
    of = [[shard["tiles"] for shard in open_artifact(str(tmp_path / name)).manifest["shards"]] for name in "01"]
    assert of[0] == of[1]


def test_a_tile_that_ends_the_model_or_its_reader_is_refused_alone(tmp_path: Path) -> None:
    source = Faulty(tiles=30)
    rule = Told(fates={source.key(4): "exit", source.key(17): "reject"}, unprepared={source.key(25): "segfault"})
    engine = Engine(actors=1, cpus=2)
    artifact = build(
        source, [Say(text="First."), rule, Say(text="Last.")], out=str(tmp_path), engine=engine, max_reject_share=1
    )
    assert rejects(artifact) == {
        source.key(4): ("killed_worker", 3),
        source.key(17): ("planted", 1),
        source.key(25): ("killed_worker", 3),
    }
    kept = [row["captions"] for table in artifact.tables() for row in table.to_pylist()]
    assert [[caption["text"] for caption in captions] for captions in kept] == [["First.", "A ship.", "Last."]] * 27


def test_actors_leave_a_cpu_to_the_tasks_that_ask_them(tmp_path: Path) -> None:
    engine = Engine(actors=1, cpus=3, most_actors=9)
    artifact = build(Faulty(tiles=60), [Told(slow_s=0.01)], out=str(tmp_path), engine=engine)
    assert artifact.counts["kept"] == 60


def test_windows_overlap_and_every_shard_is_there(tmp_path: Path) -> None:
    engine = Engine(actors=1, cpus=2, window_shards=4)
    artifact = build(Faulty(tiles=100), [Told(slow_s=0.01)], out=str(tmp_path), engine=engine)
    assert (artifact.counts["kept"], len(artifact.manifest["shards"])) == (100, 10)


def test_a_finished_build_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(Faulty(tiles=12), [Say()], out=str(out))
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file() and path.name != ".lock"}
    build(Faulty(tiles=12), [Say()], out=str(out))
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_another_configuration_is_refused_and_named(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    build(Faulty(tiles=12), [Say()], out=out)
    with pytest.raises(OutputError, match=r"rules\[0\]\.text was 'A ship\.', is 'Ships\.'"):
        build(Faulty(tiles=12), [Say(text="Ships.")], out=out)
    with pytest.raises(OutputError, match="limit was None, is 5"):
        build(Faulty(tiles=12), [Say()], out=out, limit=5)


def test_missing_shards_alone_are_done_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(Faulty(tiles=45), [Say()], out=str(out))
    whole = files(out)
    for name in ("manifest.json", "records/00002.json", "tiles/00002-0.parquet", "records/00004.json"):
        (out / name).unlink()
    kept = (out / "tiles/00001-0.parquet").stat().st_mtime_ns
    build(Faulty(tiles=45), [Say()], out=str(out))
    assert files(out) == whole
    assert (out / "tiles/00001-0.parquet").stat().st_mtime_ns == kept


def test_retry_redoes_rejected_tiles_alone(tmp_path: Path) -> None:
    out, healed = tmp_path / "out", tmp_path / "healed"
    fates = {"3": "reject", "14": "reject", "15": "reject"}
    source = Faulty(tiles=30, fates=fates, healed=str(healed))
    first = build(source, [Say()], out=str(out), max_reject_share=1)
    assert set(rejects(first).values()) == {("planted", 1)}
    again = build(source, [Say()], out=str(out), retry=True, max_reject_share=1)
    assert set(rejects(again).values()) == {("planted", 2)}
    healed.touch()
    mended = build(source, [Say()], out=str(out), retry=True, max_reject_share=1)
    assert mended.counts["rejected"] == 0
    assert list(texts(mended)) == [source.key(number) for number in range(30)]
    assert set(texts(mended).values()) == {"A ship."}
    assert [shard["generation"] for shard in mended.manifest["shards"]] == [2, 2, 0]
    assert len(list((out / "tiles").iterdir())) == 3
    assert not (out / "rejects").exists()


def test_tiles_that_end_their_worker_are_rejected_and_the_rest_completes(tmp_path: Path) -> None:
    source = Faulty(tiles=30, fates={"3": "exit", "12": "segfault", "17": "memory"})
    artifact = build(source, [Say()], out=str(tmp_path / "out"), engine=Engine(worker_memory_mb=1024), max_reject_share=1)
    assert artifact.counts["rejected_by_reason"] == {"killed_worker": 3}
    assert set(rejects(artifact)) == {source.key(number) for number in (3, 12, 17)}
    assert len(texts(artifact)) == 27
    assert not (tmp_path / "out" / ".attempts").exists()


def test_too_many_rejects_stop_the_job_and_a_share_of_1_does_not(tmp_path: Path) -> None:
    some = Faulty(tiles=40, fates=dict.fromkeys(("1", "11", "21"), "reject"))
    with pytest.raises(UserError, match=r"3 of 40 planned tiles rejected \(planted 3\).*--max-reject-share 0\.05"):
        build(some, [Say()], out=str(tmp_path / "some"))
    assert not (tmp_path / "some" / "manifest.json").exists()
    assert build(some, [Say()], out=str(tmp_path / "some"), max_reject_share=0.1).counts["rejected"] == 3
    row = Faulty(tiles=2500, shard_tiles=500, fates={str(number): "reject" for number in range(450, 550)})
    with pytest.raises(UserError, match="100 tiles in a row"):
        build(row, [Say()], out=str(tmp_path / "row"))
    assert build(row, [Say()], out=str(tmp_path / "row"), max_reject_share=1).counts["rejected"] == 100


def test_a_dataset_without_a_tile_is_no_success(tmp_path: Path) -> None:
    out, healed = tmp_path / "out", tmp_path / "healed"
    source = Faulty(tiles=12, fates=dict.fromkeys(map(str, range(12)), "reject"), healed=str(healed))
    with pytest.raises(
        UserError, match=r"no tile is kept: all 12 that are planned are rejected \(planted 12\); see .*/rejects"
    ):
        build(source, [Say()], out=str(out), max_reject_share=1)
    assert not (out / "manifest.json").exists()
    healed.touch()
    assert build(source, [Say()], out=str(out), retry=True).counts["kept"] == 12


def test_a_place_that_is_somebody_elses_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "tiles").mkdir()
    (tmp_path / "tiles" / "precious.jpg").write_text("mine")
    with pytest.raises(OutputError, match=r"tiles/precious\.jpg, which no run"):
        build(Faulty(tiles=5), [Say()], out=str(tmp_path))
    assert (tmp_path / "tiles" / "precious.jpg").read_text() == "mine"


def test_a_report_that_is_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(OutputError, match=r"report\.html, which no run"):
        build(Faulty(tiles=5), [Say()], out=str(tmp_path))
    assert (tmp_path / "report.html").read_text() == "mine"


def test_what_somebody_puts_beside_the_shards_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(Faulty(tiles=5), [Say()], out=str(out))
    (out / "tiles" / "notes.txt").write_text("mine")
    (out / "records" / "notes.json").write_text("mine")
    (out / "manifest.json").unlink()
    build(Faulty(tiles=5), [Say()], out=str(out))
    assert (out / "tiles" / "notes.txt").read_text() == "mine"


def test_data_that_is_missing_or_cut_is_done_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = texts(build(Faulty(tiles=45), [Say()], out=str(out)))
    (out / "tiles/00001-0.parquet").unlink()
    (out / "tiles/00002-0.parquet").write_bytes(b"")
    again = build(Faulty(tiles=45), [Say()], out=str(out))
    assert texts(again) == first
    assert [shard["generation"] for shard in again.manifest["shards"]] == [0, 0, 1, 0, 0]


@pytest.mark.parametrize("path", ["records/00000.json", "plan.json", "manifest.json"])
@pytest.mark.parametrize("content", ["{", "{}", "[]"])
def test_a_damaged_file_is_named(tmp_path: Path, path: str, content: str) -> None:
    out = tmp_path / "out"
    build(Faulty(tiles=5), [Say()], out=str(out))
    (out / path).write_text(content)
    with pytest.raises(OutputError, match=path):
        build(Faulty(tiles=5), [Say()], out=str(out))


def test_a_retry_that_leaves_too_many_rejects_says_so_and_stays_readable(tmp_path: Path) -> None:
    out = tmp_path / "out"
    refused = (3, 4, *range(22, 30))  # the last shard takes so long that the run looks at what the first one left
    source = Faulty(tiles=30, fates=dict.fromkeys(map(str, refused), "reject"), slow_s=0.2)
    build(source, [Say()], out=str(out), max_reject_share=1)
    with pytest.raises(UserError, match="10 of 30"):
        build(source, [Say()], out=str(out), retry=True)
    kept = open_artifact(str(out))
    assert rejects(kept) == {source.key(number): ("planted", 2) for number in refused}
    assert [Path(name).name for name in kept.files()] == [path.name for path in sorted((out / "tiles").iterdir())]


def test_windows_do_not_change_what_comes_out(tmp_path: Path) -> None:
    build(Faulty(tiles=45), [Say()], out=str(tmp_path / "one"))
    build(Faulty(tiles=45), [Say()], out=str(tmp_path / "many"), engine=Engine(window_shards=2))
    assert files(tmp_path / "one") == files(tmp_path / "many")


def test_a_source_that_plans_nothing_is_the_users_to_mend(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="plans no tiles"):
        build(Faulty(tiles=0), [Say()], out=str(tmp_path / "out"))


def test_a_manifest_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(Faulty(tiles=5), [Say()], out=str(out))
    manifest = json.loads((out / "manifest.json").read_text())
    (out / "manifest.json").write_text(json.dumps({**manifest, "schema_version": 99}))
    with pytest.raises(UserError, match="schema version 99"):
        open_artifact(str(out))
    with pytest.raises(UserError, match="not a finished dataset"):
        open_artifact(str(tmp_path / "nothing"))


def test_nothing_but_the_dataset_is_left(tmp_path: Path) -> None:
    build(Faulty(tiles=5), [Say()], out=str(tmp_path / "out"))
    assert open_store(str(tmp_path / "out")).paths("") == [
        ".lock",
        "README.md",
        "manifest.json",
        "plan.json",
        "records/00000.json",
        "report.html",
        "tiles/00000-0.parquet",
    ]


def test_what_a_worker_raises_outside_of_a_tile_is_told_and_tried_once_more(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "raised").mkdir()
    source = Nameless(tiles=25, folder=str(tmp_path / "raised"), driver=os.getpid())
    assert build(source, [Say()], out=str(tmp_path / "out")).counts["kept"] == 25
    host = socket.gethostname()
    assert f"1 tried again ({host}: RuntimeError: item 24 has no name; tried again)" in capfd.readouterr().err


def test_what_it_raises_twice_ends_the_build(tmp_path: Path) -> None:
    (tmp_path / "raised").mkdir()
    source = Nameless(tiles=25, folder=str(tmp_path / "raised"), driver=os.getpid(), failures=2)
    with pytest.raises(
        Exception, match=r"sartext\.errors\.SartextError: .*: RuntimeError: item 24 has no name; it failed 2 times"
    ):
        build(source, [Say()], out=str(tmp_path / "out"))
    assert build(source, [Say()], out=str(tmp_path / "out")).counts["kept"] == 25
