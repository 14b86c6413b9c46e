"""What training reads of a dataset: neither tiles that may not be trained on, nor what a model wrote unless it is asked for."""

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from sartext.artifact import open_artifact
from sartext.errors import UserError
from sartext.flow.export.export import export
from sartext.flow.train.examples.dataset import CaptionDataset, importance_of
from sartext.flow.train.loop import learn, task_of
from sartext.flow.train.stage import Stage
from sartext.flow.train.train import _prepared
from sartext.flow.train.training import Training
from sartext.models.clip import CLIP
from sartext.models.optimizer import AdamW
from sartext.models.shortening import sentence_ends
from sartext.models.towers import Named, Tiny
from sartext.narrate.ask.questions import Questions
from sartext.narrate.rule import Rule
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.coarse import Coarse
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile, from_table
from tests.support.datasets import dataset
from tests.support.permitted import NARRATION, Narrates, Restricted
from tests.support.trainings import One

ARCHIVE = Synthetic(tiles=40, size_px=32, twin=False, shard_tiles=25)
SMALL = CLIP(towers=Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1, context_length=16))


def made(folder: Path, may_train: tuple[bool | None, ...], *rules: Rule) -> str:
    return dataset(Restricted(of=ARCHIVE, may_train=may_train), rules, str(folder))


def learned(uri: str, kind: str = "captions", narrator_captions: bool = False) -> CaptionDataset:
    return CaptionDataset(uri, split="train", kind=kind, seed=0, kept_groups=3, narrator_captions=narrator_captions)


def training(optical: str, sar: str, **changes: object) -> Training:
    stages = tuple(
        Stage(name=name, datasets=(uri,), epochs=2, optimizer=AdamW(peak=1e-3, warmup_share=0.1))
        for name, uri in (("optical", optical), ("sar", sar))
    )
    plain = Training(objective=SMALL, stages=stages, batch_size=16, seed=0, fit="pad", checkpoint_every_steps=9)
    return replace(plain, **changes)


def tiles_of(uri: str) -> list[Tile]:
    return [tile for table in open_artifact(uri).tables() for tile in from_table(table) if tile.split == "train"]


@pytest.fixture(scope="module")
def third(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A third of the tiles may be trained on, a third may not, of a third nobody knows; all with questions."""
    return made(tmp_path_factory.mktemp("third") / "tiles", (True, False, None), A2C(), Verify(), Questions())


@pytest.fixture(scope="module")
def narrated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Tiles that have captions of a model alone."""
    return made(tmp_path_factory.mktemp("narrated") / "tiles", (True,), Narrates())


@pytest.mark.parametrize("kind", ["captions", "questions"])
def test_tiles_that_may_not_be_trained_on_are_no_examples(third: str, kind: str) -> None:
    examples = learned(third, kind)
    tiles = [tile for tile in tiles_of(third) if getattr(tile, kind)]
    allowed = [tile for tile in tiles if tile.origin.may_train is not False]
    assert {None, True, False} == {tile.origin.may_train for tile in tiles}
    assert [one.image for one in examples.read(range(len(examples)), 0)] == [tile.image.bytes for tile in allowed]
    assert examples.left_out == {"may_train": len(tiles) - len(allowed), "narrator_captions": 0}
    texts = {caption.text for tile in allowed for caption in tile.captions} | {
        text for tile in allowed for question in tile.questions for text in (question.question, question.answer)
    }
    assert set(examples.texts()) <= texts


@pytest.mark.parametrize("whose", ["annotations", "texts"])
def test_the_rights_of_annotations_and_texts_are_obeyed_as_those_of_pixels(tmp_path: Path, whose: str) -> None:
    uri = dataset(Restricted(of=ARCHIVE, may_train=(False, None), whose=whose), (A2C(), Verify()), str(tmp_path / "tiles"))
    tiles = [tile for tile in tiles_of(uri) if tile.captions]
    rights = [getattr(tile.origin, whose).may_train for tile in tiles]
    assert rights.count(False) > 0
    assert len(learned(uri)) == rights.count(None)
    assert learned(uri).left_out["may_train"] == rights.count(False)
    barred = sum(getattr(tile.origin, whose).may_train is False for tile in tiles)
    assert export(uri, out=str(tmp_path / "out"), form="open_clip", split="train").left_out["may_train"] == barred


def test_where_nothing_may_be_trained_on_it_is_said_why(tmp_path: Path) -> None:
    uri = made(tmp_path / "tiles", (False,), A2C(), Verify())
    count = len([tile for tile in tiles_of(uri) if tile.captions])
    with pytest.raises(
        UserError, match=rf"to learn from: {count} may not be trained on \(pixels declared may_train false under CC0-1.0\)$"
    ):
        learned(uri)


def test_what_a_model_wrote_is_learned_only_where_it_is_asked_for(tmp_path: Path) -> None:
    uri = made(tmp_path / "tiles", (True,), A2C(), Verify(), Narrates())
    assert NARRATION not in learned(uri).texts()
    assert learned(uri, narrator_captions=True).texts().count(NARRATION) == len(tiles_of(uri))
    some = [tile for tile in tiles_of(uri) if any(one.kept and one.route != "narrator" for one in tile.captions)]
    assert len(learned(uri)) == len(some)
    assert learned(uri).left_out["narrator_captions"] == len(tiles_of(uri)) - len(some)
    read = [one.text for epoch in range(4) for one in learned(uri).read(range(len(some)), epoch)]
    assert NARRATION not in read


def test_a_coarse_caption_is_drawn_as_any_other(tmp_path: Path) -> None:
    uri = made(tmp_path / "tiles", (True,), A2C(), Coarse(), Verify())
    examples, drawn = learned(uri), Counter[str | None]()
    forms = {one.text: one.form for tile in tiles_of(uri) for one in tile.captions}
    assert {forms[text] for text in examples.texts()} == {"concise", "detailed", "coarse"}
    for epoch in range(12):
        drawn.update(forms[one.text] for one in examples.read(range(len(examples)), epoch))
    assert all(0.2 < number / drawn.total() < 0.5 for number in drawn.values())
    assert len(drawn) == 3


def test_where_a_model_wrote_everything_the_option_is_named(narrated: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="have captions of a trained model alone, which --narrator-captions takes"):
        learned(narrated)
    with pytest.raises(UserError, match="with captions that are kept; build it with them"):
        learned(made(tmp_path / "refused", (True,), Narrates(kept=False)))
    assert set(learned(narrated, narrator_captions=True).texts()) == {NARRATION}


def test_a_training_says_what_it_left_out_and_shortened(third: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = training(third, third)
    with ExitStack() as locks:
        prepared = _prepared(plain, str(tmp_path / "out"), 1, locks)
        assert prepared.task is not None
        learn(prepared.task, One())
        trained = prepared.finish()
    examples = learned(third)
    out = examples.left_out["may_train"]
    why = f"{out} may not be trained on (pixels declared may_train false under CC0-1.0)"
    assert f"sar: tiles of {third} are left out: {why}" in capsys.readouterr().err
    assert trained.manifest["left_out"]["sar"] == {"may_train": out, "narrator_captions": 0}
    assert trained.manifest["left_out_by_rights"]["sar"] == {
        "may_train": {"pixels declared may_train false under CC0-1.0": out}
    }
    tokenizer, context = prepared.task.tokenizer, 16
    for number, name in enumerate(("optical", "sar")):
        its = CaptionDataset(third, split="train", kind="captions", seed=number, kept_groups=3)
        texts = [one.text for epoch in range(2) for one in its.read(range(len(its)), epoch)]
        long = [text for text in texts if tokenizer.lengths([text])[0] > context]
        assert 0 < len(long) < len(texts)
        assert trained.manifest["texts"][name] == {"read": len(texts), "shortened": len(long)}
    assert "were longer than its context and shortened" in trained.summary()


def test_asking_for_what_a_model_wrote_is_part_of_a_trainings_identity(third: str, narrated: str) -> None:
    plain, asked = training(third, third), training(third, third, narrator_captions=True)
    assert plain.config([["a"], ["b"]]) != asked.config([["a"], ["b"]])
    assert task_of(asked, "out", 1).training.narrator_captions
    assert task_of(training(third, narrated, narrator_captions=True), "out", 1)


def test_texts_are_read_only_for_a_tokenizer_that_learns_them(third: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    monkeypatch.setattr(CaptionDataset, "texts", lambda self: read.append(self) or ["two ships"])
    task_of(training(third, third, objective=CLIP(towers=Named(name="ViT-S-32-alt"))), "out", 1)
    assert read == []
    task_of(training(third, third), "out", 1)
    assert len(read) == 2


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Tiles with concise and detailed captions."""
    return dataset(ARCHIVE, (A2C(), Verify()), str(tmp_path_factory.mktemp("forms") / "tiles"))


def of_forms(uri: str, **changes: object) -> CaptionDataset:
    return CaptionDataset(uri, split="train", kind="captions", seed=0, kept_groups=3, **changes)


def test_captions_of_a_form_are_learned_as_often_as_its_weight_says(forms: str) -> None:
    form_of = {caption.text: caption.form for tile in tiles_of(forms) for caption in tile.captions}
    assert set(form_of.values()) == {"concise", "detailed"}
    concise = of_forms(forms, forms={"concise": 1.0, "detailed": 0.0})
    assert {form_of[text] for text in concise.texts()} == {"concise"}
    assert concise.left_out["forms"] == len(of_forms(forms)) - len(concise)
    more = of_forms(forms, forms={"concise": 3.0})
    assert "forms" not in more.left_out
    read = [form_of[one.text] for epoch in range(24) for one in more.read(range(len(more)), epoch)]
    assert 0.6 < read.count("concise") / len(read) < 0.85
    with pytest.raises(UserError, match="have captions of forms alone that are given no weight"):
        of_forms(forms, forms={"concise": 0.0, "detailed": 0.0})


def test_shuffled_texts_are_all_of_them_at_other_tiles(forms: str) -> None:
    plain, shuffled = of_forms(forms), of_forms(forms, shuffled=True)
    texts = {tile.image.bytes: {caption.text for caption in tile.captions} for tile in tiles_of(forms)}
    read = [one for epoch in range(2) for one in shuffled.read(range(len(shuffled)), epoch)]
    assert sum(one.text in texts[one.image] for one in read) < 0.1 * len(read)
    assert sorted(plain.texts()) == sorted(shuffled.texts())
    assert [one.image for one in shuffled.read(range(len(plain)), 0)] == [one.image for one in plain.read(range(len(plain)), 0)]


def test_sentences_matter_by_what_they_claim() -> None:
    text = "No cars can be seen. The ship is 90 m long. Two ships. They lie at the center. Good night."
    kinds = ["absence", "size", "count", "position"]
    ends = sentence_ends(text)
    starts = [0, *ends]
    claims = [{"kind": kind, "span": (start + 1, end)} for kind, start, end in zip(kinds, starts, ends, strict=False)]
    assert importance_of(text, claims) == (5, 2, 0, 1, 6)
    assert importance_of("Two ships.", claims[:1]) == ()
    assert importance_of(text, [{"kind": "count", "span": None}]) == ()
