"""Narration by a model: by actors, with its identity, and one bad tile alone."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from sartext.artifact import open_artifact
from sartext.config import identity
from sartext.errors import TileRejected, UserError
from sartext.flow.build.build import build
from sartext.flow.build.pages.describe import describe
from sartext.flow.build.worker.rows import narrated
from sartext.flow.engine.options import Engine
from sartext.flow.predict.model import Model
from sartext.flow.predict.narrator import Narrator
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.gpt import GPT
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Tiny
from sartext.models.weights import save
from sartext.narrate.verify import Verify
from sartext.sources.synthetic import Synthetic
from sartext.sources.unlabelled import Unlabelled
from sartext.tile import EncodedImage, Tile, from_table
from tests.chaos.faults import EndsOnce
from tests.support.datasets import dataset

pytestmark = pytest.mark.long

SMALL = Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1)
SOURCE = Unlabelled(of=Synthetic(tiles=20, size_px=32, twin=False, shard_tiles=8))


def model(objective: CLIP | CoCa, folder: Path) -> str:
    tokenizer = objective.tokenizer(["two ships lie in the upper left of the image"])
    save(objective, objective.build(tokenizer), tokenizer, objective.preprocess(), folder)
    return str(folder)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> str:
    return model(CoCa(towers=SMALL), tmp_path_factory.mktemp("coca"))


@pytest.fixture(scope="module")
def tiles() -> list[Tile]:
    return [made for shard in SOURCE.shards() for made in SOURCE.read(shard) if isinstance(made, Tile)]


@pytest.mark.usefixtures("ray_here")
def test_a_build_by_actors_says_what_the_model_says_alone(checkpoint: str, tiles: list[Tile], tmp_path: Path) -> None:
    rules = (Narrator(checkpoint=checkpoint, max_tokens=8), Verify())
    made = build(SOURCE, rules, out=str(tmp_path / "out"), engine=Engine(actors=1, cpus=2))
    built = [tile for table in made.tables() for tile in from_table(table)]
    pinned = [rule.pinned() if isinstance(rule, Narrator) else rule for rule in rules]
    assert built == [narrated(tile, pinned) for tile in tiles]
    captions = [caption for tile in built for caption in tile.captions]
    assert len(captions) == 20
    assert {caption.route for caption in captions} == {"narrator"}
    assert all(caption.model and caption.claims for caption in captions)  # judged: nothing is known, so nothing is supported
    assert {claim.verdict for caption in captions for claim in caption.claims} <= {"unverifiable", "contradicted"}
    assert open_artifact(str(tmp_path / "out")).manifest["config"]["rules"][0]["model"] == captions[0].model


def test_the_model_is_identity_and_its_place_is_not(checkpoint: str, tmp_path: Path) -> None:
    here = Narrator(checkpoint=checkpoint).pinned()
    assert here.model
    elsewhere = model(CoCa(towers=SMALL), tmp_path / "same")
    assert identity(Narrator(checkpoint=elsewhere).pinned()) == identity(here)
    other = model(CoCa(towers=SMALL, seed=1), tmp_path / "other")
    assert identity(Narrator(checkpoint=other).pinned()) != identity(here)
    with pytest.raises(UserError, match=f"not {here.model}; give the other one"):
        Narrator(checkpoint=other, model=here.model).pinned()
    with pytest.raises(UserError, match="holds a CLIP, which cannot caption"):
        Narrator(checkpoint=model(CLIP(towers=SMALL), tmp_path / "clip")).pinned()
    with pytest.raises(UserError, match="no finished training"):
        Narrator(checkpoint=str(tmp_path)).pinned()


def test_an_image_that_cannot_be_decoded_is_refused_where_it_is_prepared(checkpoint: str, tiles: list[Tile]) -> None:
    bad = replace(tiles[1], image=EncodedImage(bytes=b"no image"))
    with pytest.raises(TileRejected, match="not_an_image"):
        Narrator(checkpoint=checkpoint, max_tokens=8).prepare(bad)


def test_tiles_asked_about_together_are_captioned_as_each_alone(checkpoint: str, tiles: list[Tile]) -> None:
    narrator = Narrator(checkpoint=checkpoint, max_tokens=8)
    said = narrator.ask(narrator.ready([narrator.prepare(tile) for tile in tiles[:5]]))
    assert [one.text for tile in tiles[:5] for one in narrator.apply(tile).captions] == said
    loaded = Model(checkpoint)
    alone = loaded.caption([loaded.tensor(tile.image.bytes or b"") for tile in tiles[:5]], narrator.search)
    assert said == [text for text, _ in alone]


def test_a_model_computes_in_bfloat16_where_it_is_told_to(checkpoint: str, tiles: list[Tile]) -> None:
    """What a GPU does by itself; the same code on a processor."""
    narrator = Narrator(checkpoint=checkpoint, max_tokens=8, dtype="bfloat16")
    assert identity(narrator) == identity(Narrator(checkpoint=checkpoint, max_tokens=8))
    seen: list[torch.dtype] = []
    handle = torch.nn.modules.module.register_module_forward_hook(
        lambda module, given, made: seen.append(made.dtype) if isinstance(made, torch.Tensor) else None  # noqa: ARG005
    )
    said = narrator.ask(narrator.ready([narrator.prepare(tiles[0])]))
    handle.remove()
    assert torch.bfloat16 in seen
    assert all(isinstance(one, str) for one in said)


@pytest.mark.usefixtures("ray_here")
def test_a_shard_whose_reader_died_goes_back_to_the_actors(checkpoint: str, tmp_path: Path) -> None:
    # What a worker may allocate does not hold the model: narrated beside its reader, every tile would be refused.
    rules, engine = (Narrator(checkpoint=checkpoint, max_tokens=8),), Engine(actors=1, cpus=2, worker_memory_mb=200)
    left_alone = build(SOURCE, rules, out=str(tmp_path / "alone"), engine=engine)
    source = EndsOnce(of=SOURCE, tile=3, marker=str(tmp_path / "marker"))
    made = build(source, rules, out=str(tmp_path / "out"), engine=engine)
    assert (tmp_path / "marker").exists()
    assert made.counts["rejected"] == 0
    assert [shard["tiles"] for shard in made.manifest["shards"]] == [shard["tiles"] for shard in left_alone.manifest["shards"]]


@pytest.mark.usefixtures("ray_here")
def test_a_model_that_cannot_be_loaded_is_said_in_one_line(checkpoint: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(checkpoint, broken)
    (broken / "open_clip_model.safetensors").write_bytes(b"no weights")
    with pytest.raises(UserError, match=r"^\S*broken holds no whole model .*; write the model again$"):
        build(SOURCE, (Narrator(checkpoint=str(broken)),), out=str(tmp_path / "out"), engine=Engine(actors=1, cpus=2))


def test_a_model_without_actors_is_refused(checkpoint: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"engine\.actors is 0, and narrator asks a model, .* --engine\.actors 1"):
        build(SOURCE, (Narrator(checkpoint=checkpoint),), out=str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_longer_captions_than_the_model_writes_are_refused_before_anything_is_read(checkpoint: str) -> None:
    with pytest.raises(
        UserError, match=r"captions of 78 tokens are asked for, and \S+ writes at most \d+; give --narrator\.max"
    ):
        Narrator(checkpoint=checkpoint, max_tokens=78).pinned()


def test_a_model_that_answers_questions_is_asked_for_captions(checkpoint: str, tiles: list[Tile], tmp_path: Path) -> None:
    gpt = GPT(language=TinyQwen(image_size_px=32, image_layers=1, text_layers=1))
    processor = gpt.tokenizer(["Describe this radar image. two ships"])
    save(gpt, gpt.build(processor), processor, gpt.preprocess(), tmp_path / "gpt")
    narrator = Narrator(checkpoint=str(tmp_path / "gpt"), max_tokens=6).pinned()
    assert narrator.prompt == "Describe this radar image in one or two sentences."
    asked = replace(narrator, prompt="What is there?").pinned()
    assert identity(asked) != identity(narrator)
    loaded = Model(tmp_path / "gpt")
    for one in (narrator, asked):
        images = [tile.image.bytes or b"" for tile in tiles[:3]]
        said = [text for text, _ in loaded.answer(images, [one.prompt] * 3, max_tokens=6)]
        assert one.ask(one.ready([one.prepare(tile) for tile in tiles[:3]])) == said
    scored = replace(narrator, samples=2)
    of_all = scored.ask(scored.ready([scored.prepare(tile) for tile in tiles[:3]]))
    assert [of[0].text for of in of_all] == narrator.ask(narrator.ready([narrator.prepare(tile) for tile in tiles[:3]]))
    assert all(len(of) == 3 and all(0 < one.confidence < 1 for one in of) for of in of_all)
    drawn = [
        [text for (text, _), _ in of]
        for of in (
            loaded.drawn_answers([tile.image.bytes or b""] * 2, [narrator.prompt] * 2, seeds, 1.0, 6)[0]
            for tile, seeds in ((tiles[0], [[1, 2], [3, 4]]), (tiles[0], [[1, 2], [5, 6]]), (tiles[0], [[2, 1], [3, 4]]))
        )
    ]
    assert drawn[0] == drawn[1] == [drawn[2][0], drawn[2][2], drawn[2][1]]  # by the seed, whatever is drawn beside it
    assert len(set(drawn[0])) == 3
    cold = loaded.drawn_answers([tiles[0].image.bytes or b""], [narrator.prompt], [[1, 2]], 1e-4, 6)[0]
    assert {one.text for one, _ in cold} == {cold[0][0].text}
    with pytest.raises(UserError, match=r"answers a prompt greedily; leave --narrator\.beams"):
        replace(narrator, beams=2).pinned()
    with pytest.raises(UserError, match=r"writes captions without being asked; leave --narrator\.prompt out"):
        Narrator(checkpoint=checkpoint, prompt="What is there?").pinned()


def test_wrong_options_are_said() -> None:
    for wrong, said in (
        ({"beams": 0}, "beams is 0"),
        ({"beams": 6, "beam_groups": 4}, "beam_groups is 4; it must be a divisor of beams, 6"),
        ({"min_tokens": 40}, "max_tokens is 40; it must be at least 41"),
        ({"dtype": "half"}, "dtype is half; it must be one of auto, float32, bfloat16"),
    ):
        with pytest.raises(ValueError, match=said):
            Narrator(checkpoint="x", **wrong)


def test_samples_say_how_sure_the_model_is_and_change_no_caption(checkpoint: str, tiles: list[Tile]) -> None:
    plain, scored = Narrator(checkpoint=checkpoint, max_tokens=8), Narrator(checkpoint=checkpoint, max_tokens=8, samples=3)
    said = scored.ask(scored.ready([scored.prepare(tile) for tile in tiles[:4]]))
    for tile, of in zip(tiles[:4], said, strict=True):
        captions = scored.answered(tile, of).captions
        assert [caption.text for caption in plain.apply(tile).captions] == [captions[0].text]
        assert [caption.kept for caption in captions] == [True, False, False, False]
        assert all(caption.confidence is not None and 0 < caption.confidence < 1 for caption in captions)
        assert len({caption.seed for caption in captions}) == 4
        assert scored.apply(tile).captions == captions  # whatever is asked beside it
    assert len({one.text for of in said for one in of[1:]}) > 4
    cold = replace(scored, temperature=1e-4)
    (of,) = cold.ask(cold.ready([cold.prepare(tiles[0])]))
    assert {one.text for one in of} == {of[0].text}
    # What came later leaves older fingerprints as they are.
    assert identity(plain) == {name: value for name, value in identity(scored).items() if name != "samples"}


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> str:
    gpt = GPT(language=TinyQwen(image_size_px=32, image_layers=1, text_layers=1))
    processor, folder = gpt.tokenizer(["Describe this radar image. two ships"]), tmp_path_factory.mktemp("gpt")
    save(gpt, gpt.build(processor), processor, gpt.preprocess(), folder)
    return str(folder)


@pytest.mark.parametrize("of", ["checkpoint", "answering"])
def test_of_random_weights_nothing_is_kept(
    of: str, request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = request.getfixturevalue(of)
    labelled = Synthetic(tiles=24, size_px=32, twin=False, shard_tiles=8)
    narrator = Narrator(checkpoint=checkpoint, max_tokens=12, samples=2)
    calibration = dataset(labelled, (narrator, Verify()), str(tmp_path / "calibration"))
    asked = replace(narrator, precision=0.95, calibration=calibration)
    made = open_artifact(dataset(SOURCE, (asked, Verify()), str(tmp_path / "out")))
    captions = [one for table in made.tables() for tile in from_table(table) for one in tile.captions]
    assert len(captions) >= 60
    assert not any(one.kept for one in captions)
    assert "nothing will be said" in capsys.readouterr().err
    calibrated = made.manifest["config"]["rules"][0]["calibrated"]
    assert calibrated["dataset"] == open_artifact(calibration).fingerprint
    assert all(one["threshold"] is None for one in calibrated["kinds"])
    describe(made, {}, lambda: None)
    page = made.store.read("report.html").decode()
    assert "What the narrator may say" in page
    assert "nor is any kind that is not in the table" in page
