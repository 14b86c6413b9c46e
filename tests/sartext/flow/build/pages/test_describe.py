"""A dataset's report and card: made once, made again when they must be, the same bytes anywhere, no danger to the dataset."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jobs.recipes.build import BUILD
from sartext.artifact import Artifact, open_artifact
from sartext.errors import SartextError
from sartext.flow.build.pages import describe as describing
from sartext.flow.build.pages.describe import CARD, REPORT, describe
from sartext.flow.build.pages.survey import tiles_at
from sartext.narrate.rule import Rule
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.captions import Captions
from sartext.sources.coco import Coco
from sartext.sources.described_pairs import DescribedPairs
from sartext.sources.llava import Llava
from sartext.sources.source import Source
from sartext.store import open_store
from sartext.tile import from_table
from tests.chaos.faults import Faulty, Say
from tests.support.datasets import dataset

FATES = {"3": "reject", "14": "raise"}


def plain(out: Path | str, **fields: object) -> Artifact:
    return open_artifact(dataset(Faulty(tiles=25, fates=FATES, **fields), [Say()], str(out)))  # type: ignore[arg-type]


def described(artifact: Artifact) -> dict[str, bytes]:
    assert describe(artifact, {"faulty": "Tiles that fail"}, lambda: None)
    return texts(artifact)


def texts(artifact: Artifact) -> dict[str, bytes]:
    return {name: open_store(artifact.uri).read(name) for name in (REPORT, CARD)}


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


NO_CAPTIONS = "its tiles have no captions"


def said(source: Source, rules: Sequence[Rule], out: Path) -> list[str]:
    """What is said of the texts of a dataset: by its summary, its report and its card."""
    artifact = open_artifact(dataset(source, rules, str(out)))
    describe(artifact, {}, lambda: None)
    found = [artifact.summary(), *(data.decode() for data in texts(artifact).values())]
    return [" ".join(text.replace("Its tiles", "its tiles").replace("&#x27;", "'").split()) for text in found]


def test_a_dataset_without_any_text_says_so_and_what_to_do(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for folder in ("sar", "optical"):
        (tmp_path / folder).mkdir()
        for name in ("a", "b"):
            Image.fromarray(random.integers(0, 255, (64, 64), np.uint8)).save(tmp_path / folder / f"{name}.png")
    (tmp_path / "empty.json").write_text('{"images": [{"id": 1, "file_name": "a.png"}], "annotations": [], "categories": []}')
    sar = str(tmp_path / "sar")
    boxes = Coco(images=sar, annotations=str(tmp_path / "empty.json"))
    for name in ("pairs", "sen12"):
        source = replace(BUILD[name]().source, sar=sar, optical=str(tmp_path / "optical"))
        for text in said(source, BUILD[name]().rules, tmp_path / f"out_{name}"):
            assert text.count("2 of 2 pairs have no caption: nothing that lasts is known of their optical images") == 1
            assert re.search("--source.captions takes texts.*--source.masks.*`pairs_rewritten`.*`narrator`", text)
        for text in said(source, (), tmp_path / f"none_{name}"):
            assert f"{NO_CAPTIONS} yet, for this recipe writes none" in text
            assert re.search("the recipe `captions`.*`narrator` has a trained CoCa write them", text)
            assert text.count(NO_CAPTIONS) == 1
    (tmp_path / "texts.csv").write_text("image,caption\na.png,A blue lake.\n")
    one_told = DescribedPairs(sar=sar, optical=str(tmp_path / "optical"), captions=str(tmp_path / "texts.csv"))
    for text in said(one_told, BUILD["pairs"]().rules, tmp_path / "out_told"):
        assert "1 of 2 pairs have no caption" in text
    for text in said(boxes, (A2C(), Verify()), tmp_path / "out_boxes"):
        assert f"{NO_CAPTIONS}, for no annotation allows one" in text
        assert "--source.exhaustive" in text


def test_where_there_are_captions_or_questions_nothing_is_missing(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Image.fromarray(np.full((64, 64), 9, np.uint8)).save(tmp_path / "images" / "a.png")
    turns = '[{"image": "a.png", "conversations": [{"from": "human", "value": "Ship?"}, {"from": "gpt", "value": "Yes"}]}]'
    (tmp_path / "turns.json").write_text(turns)
    (tmp_path / "texts.csv").write_text("image,caption\na.png,A ship.\n")
    images = str(tmp_path / "images")
    asked = said(Llava(images=images, conversations=str(tmp_path / "turns.json")), (), tmp_path / "asked")
    told = said(Captions(images=images, captions=str(tmp_path / "texts.csv")), (Verify(),), tmp_path / "told")
    assert not [text for text in (*asked, *told) if NO_CAPTIONS in text]
    assert asked[0].endswith("1 tiles kept, 0 rejected; 1 of 1 questions kept")


def test_of_datasets_made_before_questions_were_counted_nothing_is_guessed(tmp_path: Path) -> None:
    artifact = plain(tmp_path / "out")
    counts = {**artifact.manifest["counts"], "captions": dict.fromkeys(artifact.counts["captions"], 0)}
    del counts["questions"]
    old = replace(artifact, manifest={**artifact.manifest, "counts": counts})
    assert old.summary() == f"{artifact.uri}: 23 tiles kept, 2 rejected"


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
    assert tiles_at(open_store(artifact.uri), places) == [files[path][row] for path, row in places]
