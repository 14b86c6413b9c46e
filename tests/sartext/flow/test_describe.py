"""A dataset's report and card: made once, made again when they must be, the same bytes anywhere, no danger to the dataset."""

from pathlib import Path

import pytest

from sartext.artifact import Artifact, open_artifact
from sartext.errors import SartextError
from sartext.flow import describe as describing
from sartext.flow.describe import CARD, REPORT, describe
from sartext.flow.survey import tiles_at
from sartext.storage import storage
from sartext.tile import from_table
from tests.chaos.faults import Faulty, Say
from tests.sartext.flow.datasets import dataset

FATES = {"3": "reject", "14": "raise"}


def plain(out: Path | str, **fields: object) -> Artifact:
    return open_artifact(dataset(Faulty(tiles=25, fates=FATES, **fields), [Say()], str(out)))  # type: ignore[arg-type]


def described(artifact: Artifact) -> dict[str, bytes]:
    assert describe(artifact, {"faulty": "Tiles that fail"}, lambda: None)
    return texts(artifact)


def texts(artifact: Artifact) -> dict[str, bytes]:
    return {name: storage(artifact.uri).read(name) for name in (REPORT, CARD)}


def test_a_current_report_is_left_alone_and_a_missing_one_made_again(tmp_path: Path) -> None:
    artifact = plain(tmp_path / "out")
    first = described(artifact)
    assert not describe(artifact, {"faulty": "Tiles that fail"}, lambda: None)
    for name in (REPORT, CARD):
        (tmp_path / "out" / name).unlink()
        assert described(artifact) == first


def test_another_manifest_makes_another_report(tmp_path: Path) -> None:
    artifact = plain(tmp_path / "out")
    first = described(artifact)
    manifest = tmp_path / "out" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"commit": ', '"other": 1,\n "commit": '))
    assert described(open_artifact(artifact.uri))[REPORT] != first[REPORT]


def test_the_bytes_depend_on_the_dataset_alone(tmp_path: Path) -> None:
    here, there = (described(plain(tmp_path / name)) for name in ("here", "there"))
    assert here == there
    assert str(tmp_path).encode() not in here[REPORT] + here[CARD]


def test_a_card_that_somebody_edited_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    artifact = plain(tmp_path / "out")
    described(artifact)
    card = tmp_path / "out" / CARD
    card.write_text(card.read_text() + "\nMore about it.\n")
    edited = card.read_bytes()
    assert not describe(artifact, {"faulty": "Tiles that fail"}, lambda: None)
    (tmp_path / "out" / REPORT).unlink()
    assert described(artifact)[CARD] == edited
    assert "README.md was edited and is left as it is" in capsys.readouterr().err


def test_a_report_that_fails_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    artifact = plain(tmp_path / "out")

    def fail(*_: object) -> str:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(describing, "page", fail)
        with pytest.raises(SartextError, match="is a whole dataset, but its report cannot be made"):
            describe(artifact, {}, lambda: None)
    assert open_artifact(artifact.uri).counts["kept"] == 23
    assert not (tmp_path / "out" / REPORT).exists()
    described(artifact)


def test_a_dataset_without_a_tile_is_described(tmp_path: Path) -> None:
    source = Faulty(tiles=3, fates=dict.fromkeys("012", "reject"))
    said = described(open_artifact(dataset(source, [Say()], str(tmp_path / "out"))))
    assert b"planted" in said[REPORT]
    assert b"configs" not in said[CARD]


def test_chosen_tiles_are_read_whole_and_in_order(tmp_path: Path) -> None:
    artifact = plain(tmp_path / "out", shard_tiles=12)
    files = {path: from_table(table) for path, table in zip(artifact.paths(), artifact.tables(), strict=True)}
    places = [(artifact.paths()[1], 3), (artifact.paths()[0], 10), (artifact.paths()[0], 0), (artifact.paths()[2], 0)]
    assert tiles_at(storage(artifact.uri), places) == [files[path][row] for path, row in places]
