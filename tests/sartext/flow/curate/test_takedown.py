"""What is taken down is nowhere any more, whenever the run is killed; and what stays is as it was."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

from jobs.takedown import Config, main
from sartext.artifact import DATASET, open_artifact
from sartext.errors import OutputError, UserError
from sartext.flow import commandline
from sartext.flow.build.build import finish
from sartext.flow.build.commit import TAKEDOWN, TAKEN_DOWN, commit_shard
from sartext.flow.build.pages.describe import describe
from sartext.flow.build.plan import plan_build
from sartext.flow.build.records import BuildRecords
from sartext.flow.build.worker.rows import staged_row, staged_table
from sartext.flow.build.worker.shard import BuildContext, read_shard
from sartext.flow.curate.takedown import TakenDown
from sartext.flow.run import Run
from sartext.imaging.thumbnail import thumbnail
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.report.dataset.tiles import SIDE_PX
from sartext.sources.synthetic import Synthetic
from sartext.tile import Reject, Tile
from tests.chaos.faults import Faulty
from tests.support.datasets import dataset
from tests.support.permitted import Restricted
from tests.support.selected_sets import tiles_of

ROOT = Path(__file__).resolve().parents[4]
STEPS = (
    *("before_takedown_record", "after_takedown_record", "before_takedown_manifest", "before_takedown_pages", "before_report"),
    "put_temporary",
)


@pytest.fixture
def tiles(tmp_path: Path) -> str:
    """A dataset with pages and a table beside it."""
    source = Synthetic(tiles=24, size_px=48, shard_tiles=8)
    uri = dataset(source, (A2C(), Verify()), str(tmp_path / "tiles"))
    describe(open_artifact(uri), {}, lambda: None)
    return uri


def taken(uri: str, *options: str) -> TakenDown:
    return main(commandline.parse(Config, ["--dataset", uri, *options], prog="jobs.takedown"))


def holds(uri: str, tile: Tile) -> list[str]:
    """Where anything of a tile is left but its key: its images as stored or as shown, and the row with its texts."""
    found = []
    for path in (one for one in Path(uri).rglob("*") if one.is_file()):
        data = path.read_bytes()
        images = [tile.image.bytes, tile.optical.image.bytes if tile.optical else None]
        if any(image and image in data for image in images):
            found.append(path.name)
        if path.suffix == ".parquet" and not path.parts[-2].startswith("rejects"):
            found += [path.name for row in pq.read_table(io.BytesIO(data)).to_pylist() if row.get("key") == tile.key]
        if path.suffix in (".html", ".md"):  # of what was refused the report has the key, and must have no more
            shown = [small.uri for image in images if (small := thumbnail(image, SIDE_PX)) is not None]
            found += [path.name for one in shown if one in data.decode()]
    return found


def whole(uri: str, gone: set[str], before: list[Tile], reason: str) -> None:
    """The dataset is as it was without the tiles of these keys, which manifest, record and rejects name with the reason."""
    artifact = open_artifact(uri)
    assert tiles_of(uri) == [tile for tile in before if tile.key not in gone]
    assert artifact.manifest["taken_down"] == [{"key": key, "reason": reason} for key in sorted(gone)]
    assert artifact.counts["kept"] == len(before) - len(gone)
    assert artifact.counts["rejected_by_reason"] == {TAKEN_DOWN: len(gone)}
    refused = [row for table in artifact.rejects() for row in table.to_pylist()]
    assert {(row["key"], row["stage"], row["detail"]) for row in refused} == {(key, TAKEDOWN, reason) for key in gone}
    live = {path for kind in ("tiles", "rejects") for path in artifact.paths(kind)}
    there = {f"{folder}/{path.name}" for folder in ("tiles", "rejects") for path in (Path(uri) / folder).glob("*")}
    assert there == live
    assert [holds(uri, tile) for tile in before if tile.key in gone] == [[]] * len(gone)
    assert (Path(uri) / "report.html").exists()


def test_a_scene_is_taken_down_and_no_byte_of_it_stays(tiles: str) -> None:
    before = tiles_of(tiles)
    scene = before[3].scene
    assert all("report.html" in holds(tiles, tile) for tile in before)
    made = taken(tiles, "--take-down", f"scene={scene}", "reason=a letter")
    gone = {tile.key for tile in before if tile.scene == scene}
    whole(tiles, gone, before, "a letter")
    assert (made.now, made.taken) == (len(gone), len(gone))
    assert "make them anew" in made.summary()
    again = taken(tiles, "--take-down", f"scene={scene}", "reason=another")
    assert (again.now, again.taken) == (0, len(gone))
    whole(tiles, gone, before, "a letter")


def test_requests_of_a_file_and_rows_of_tables(tiles: str, tmp_path: Path) -> None:
    before = tiles_of(tiles)
    asked = [{"key": before[0].key, "reason": "gone"}, {"source": "synthetic", "scene": before[20].scene, "reason": "gone"}]
    file = tmp_path / "asked.jsonl"
    file.write_text("\n".join(map(json.dumps, asked)))
    table = Path(tiles) / "tables" / "scores" / "00000.parquet"
    table.parent.mkdir(parents=True)
    pq.write_table(_scores([tile.key for tile in before]), table)
    taken(tiles, "--takedown", str(file))
    gone = {before[0].key, *(tile.key for tile in before if tile.scene == before[20].scene)}
    whole(tiles, gone, before, "gone")
    assert pq.read_table(table)["key"].to_pylist() == [tile.key for tile in before if tile.key not in gone]


def _scores(keys: list[str]) -> "pq.Table":  # type: ignore[name-defined]
    import pyarrow as pa

    return pa.table({"key": keys, "score": [0.5] * len(keys)})


def test_by_licence_of_any_part(tmp_path: Path) -> None:
    uri = dataset(Restricted(of=Synthetic(tiles=6, size_px=32, twin=False), may_train=(True,)), (A2C(),), str(tmp_path / "a"))
    licence = tiles_of(uri)[0].origin.licence
    with pytest.raises(UserError, match="holds nothing that is meant by licence=GPL-1"):
        taken(uri, "--take-down", "licence=GPL-1")
    assert taken(uri, "--take-down", f"licence={licence}").taken == 6
    assert tiles_of(uri) == []


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_same_command_completes_it(tiles: str, tmp_path: Path, step: str) -> None:
    before = tiles_of(tiles)
    file = tmp_path / "asked.jsonl"
    gone = {before[at].key for at in (1, 9, 17)}  # one in each shard
    file.write_text("\n".join(json.dumps({"key": key, "reason": "gone"}) for key in gone))
    command = [sys.executable, "-m", "jobs.takedown", "--dataset", tiles, "--takedown", str(file)]
    environment = {**os.environ, "SARTEXT_FAILPOINT": f"{step}:{tmp_path / 'marker'}:kill"}
    killed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    taken(tiles, "--takedown", str(file))
    whole(tiles, gone, before, "gone")


def test_what_is_the_users_to_mend(tiles: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing is named"):
        taken(tiles)
    with pytest.raises(UserError, match="names nothing; name at least one of key, source, scene, licence"):
        taken(tiles, "--take-down", "reason=x")
    (tmp_path / "bad.jsonl").write_text('{"key": 3}')
    with pytest.raises(UserError, match="line 1 has a key that is no text"):
        taken(tiles, "--takedown", str(tmp_path / "bad.jsonl"))
    card = Path(tiles) / "README.md"
    card.write_text("mine")
    with pytest.raises(OutputError, match="was edited and may name what is taken down"):
        taken(tiles, "--take-down", "source=synthetic")
    with Image.open(io.BytesIO(tiles_of(tiles)[0].image.bytes or b"")) as image:
        assert image.size == (48, 48)


def test_a_retry_of_a_build_leaves_out_what_was_taken_down(tmp_path: Path) -> None:
    source = Faulty(tiles=6)
    plan = plan_build(source, (), None)
    out = str(tmp_path / "out")
    with Run(out, kind="dataset", writes=DATASET) as run:
        run.plan(plan.config, fingerprint=plan.fingerprint, shard_tiles=plan.shard_tiles)
        run.reserve()
        made = [source.tile(at) if at != 2 else Reject(key=source.key(2), stage="read", reason="empty_file") for at in range(6)]
        rows = staged_table(staged_row(one, shard=0, generation=0, position=at) for at, one in enumerate(made))
        commit_shard(run.store, rows, planned=6, fingerprint=plan.fingerprint)
        finish(run, BuildRecords(run.store, plan.shards, 1.0))
    before = tiles_of(out)
    taken(out, "--take-down", f"key={source.key(4)}", "reason=gone")
    with Run(out, kind="dataset", writes=DATASET) as run:
        run.plan(plan.config, fingerprint=plan.fingerprint, shard_tiles=plan.shard_tiles)
        records = BuildRecords(run.store, plan.shards, 0.5)
        (work,) = records.retries()
        assert work.retried == (2,)
        block = read_shard(BuildContext(source, (), out, plan.fingerprint, 0), work)
        commit_shard(run.store, block, planned=6, fingerprint=plan.fingerprint)
        records.reload()
        records.check()
        finish(run, records)
    assert [tile.key for tile in tiles_of(out)] == [source.key(at) for at in (0, 1, 2, 3, 5)]
    assert holds(out, next(tile for tile in before if tile.key == source.key(4))) == []
    assert open_artifact(out).manifest["taken_down"] == [{"key": source.key(4), "reason": "gone"}]
    assert BuildRecords(open_artifact(out).store, plan.shards, 0.0).retries() == []
