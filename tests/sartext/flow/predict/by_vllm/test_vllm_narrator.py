"""Narration by vLLM, also of optical twins, with one engine for all: what is said, what is refused alone, what is identity."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sartext.config import identity
from sartext.errors import TileRejected, UserError
from sartext.flow.predict.by_vllm import vllm_narrator
from sartext.flow.predict.by_vllm.caption_engine import CaptionEngine
from sartext.flow.predict.by_vllm.caption_requests import CaptionRequest, prompt_fingerprint
from sartext.flow.predict.by_vllm.vllm_narrator import VLLMNarrator, _engine, installed_version
from sartext.flow.predict.by_vllm.vllm_twin_describer import VLLMTwinDescriber
from sartext.flow.predict.model import Model
from sartext.flow.predict.narrating.tile_seed import tile_seed
from sartext.models.fingerprint import model_fingerprint
from sartext.narrate.rule import Refusal
from sartext.sources.archive_twins import ArchiveTwins
from sartext.sources.synthetic import Synthetic
from sartext.sources.unlabelled import Unlabelled
from sartext.tile import OF_OPTICAL_TWIN, EncodedImage, Tile
from tests.support import models

# What vLLM's imports warn of is others' code among itself.
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]

SCHEMA = (
    '{"type": "object", "properties": {"caption": {"type": "string", "enum": ["A ship.", "No ship."]}}, '
    '"required": ["caption"]}'
)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return models.gpt(tmp_path_factory.mktemp("gpt"), steps=12)


@pytest.fixture(scope="module")
def tiles() -> list[Tile]:
    source = Unlabelled(of=Synthetic(tiles=24, size_px=64, twin=False))
    return [made for shard in source.shards() for made in source.read(shard) if isinstance(made, Tile)]


@pytest.fixture(scope="module")
def narrator(checkpoint: Path) -> Iterator[VLLMNarrator]:
    made = VLLMNarrator(checkpoint=str(checkpoint), prompt="What is in the center?", max_tokens=24, max_positions=512).pinned()
    made.load()
    yield made
    _engine.cache_clear()


@pytest.fixture
def engine(narrator: VLLMNarrator) -> CaptionEngine:
    return _engine(narrator)


def asked(narrator: VLLMNarrator, tiles: list[Tile]) -> list[Tile]:
    """The tiles with what the model says of all of them at once."""
    said = narrator.ask(narrator.ready([narrator.prepare(tile) for tile in tiles]))
    return [narrator.answered(tile, one) for tile, one in zip(tiles, said, strict=True) if isinstance(one, str)]


def test_greedy_captions_are_those_of_transformers(narrator: VLLMNarrator, checkpoint: Path, tiles: list[Tile]) -> None:
    said = [tile.captions[-1] for tile in asked(narrator, tiles)]
    answers = Model(checkpoint).answer([tile.image.bytes or b"" for tile in tiles], [narrator.prompt] * 24, max_tokens=24)
    assert [caption.text for caption in said if caption.text] == [vllm_narrator.caption_text(answer, "") for answer in answers]
    (about,) = {(caption.route, caption.model, caption.prompt, caption.seed) for caption in said}
    assert about == ("narrator", narrator.model, prompt_fingerprint(narrator.prompt, ""), None)


def test_one_tile_that_is_refused_takes_no_other_down_and_nothing_is_asked_twice(
    narrator: VLLMNarrator, engine: CaptionEngine, tiles: list[Tile], monkeypatch: pytest.MonkeyPatch
) -> None:
    asks: list[int] = []
    submit = engine.submit
    monkeypatch.setattr(engine, "submit", lambda requests, decoding: asks.append(len(requests)) or submit(requests, decoding))
    bad = [*tiles[:3], replace(tiles[3], image=EncodedImage(bytes=b"no image")), *tiles[4:8]]
    said = narrator.ask(narrator.ready([narrator.prepare(tile) for tile in bad]))
    assert isinstance(said[3], Refusal)
    assert said[3].reason == "not_an_image"
    assert asks == [8]
    good = [tile for at, tile in enumerate(tiles[:8]) if at != 3]
    assert [one for at, one in enumerate(said) if at != 3] == [tile.captions[-1].text for tile in asked(narrator, good)]
    with pytest.raises(TileRejected, match="not_an_image"):
        narrator.apply(bad[3])


def test_a_prompt_without_room_is_the_reject_of_its_tile(
    narrator: VLLMNarrator, engine: CaptionEngine, tiles: list[Tile]
) -> None:
    image = tiles[0].image.bytes or b""
    long = CaptionRequest(image, "What is there? " * 300, image_first=False)
    short = CaptionRequest(image, narrator.prompt, image_first=True)
    first, second = engine.ask([long, short], narrator.decoding)
    assert isinstance(first, TileRejected)
    assert first.reason == "prompt_too_long"
    assert "512 tokens" in first.detail
    assert not isinstance(second, TileRejected)
    with pytest.raises(UserError, match=r"cannot be asked about an image \(.*512 tokens.*\); give another model, prompt"):
        engine.check(long.prompt, False, narrator.decoding)


def test_two_questions_are_with_the_engine_at_once_and_each_gets_its_own_answers(
    narrator: VLLMNarrator, tiles: list[Tile]
) -> None:
    alone = [tile.captions[-1].text for tile in asked(narrator, tiles[:12])]
    questions = [narrator.ready([narrator.prepare(tile) for tile in some]) for some in (tiles[:8], tiles[8:12])]
    assert [narrator.ask(one) for one in reversed(questions)] == [alone[8:], alone[:8]]


def test_answers_follow_a_schema(narrator: VLLMNarrator, engine: CaptionEngine, tiles: list[Tile]) -> None:
    decoding = replace(narrator.decoding, schema=SCHEMA, max_tokens=40)
    requests = [CaptionRequest(tile.image.bytes or b"", narrator.prompt, True) for tile in tiles[:4]]
    assert {vllm_narrator._read(one, SCHEMA) for one in engine.ask(requests, decoding)} <= {"A ship.", "No ship."}
    (cut,) = engine.ask(requests[:1], replace(decoding, max_tokens=2))
    refused = vllm_narrator._read(cut, SCHEMA)
    assert isinstance(refused, Refusal)
    assert (refused.reason, "no caption in the JSON, cut where the room ended" in refused.detail) == ("unreadable_answer", True)
    with pytest.raises(UserError, match=r"cannot be asked about an image .*; give another model, prompt or schema"):
        engine.check(narrator.prompt, True, replace(decoding, schema='{"type": "nonsense"}'))


def test_sampling_is_by_the_key_and_not_by_the_company(
    narrator: VLLMNarrator, engine: CaptionEngine, tiles: list[Tile], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = replace(narrator, temperature=1.0, seed=3)
    monkeypatch.setattr(vllm_narrator, "_engine", lambda rule: engine)  # noqa: ARG005
    together = asked(drawn, tiles[:6])
    assert [drawn.apply(tile) for tile in reversed(tiles[:6])] == together[::-1]
    assert [tile.captions[-1].seed for tile in together] == [tile_seed(3, tile.key) for tile in tiles[:6]]
    other = asked(replace(drawn, seed=4), tiles[:6])
    assert [tile.captions[-1].text for tile in other] != [tile.captions[-1].text for tile in together]


def test_model_version_and_prompt_are_identity_and_the_place_is_not(
    narrator: VLLMNarrator, checkpoint: Path, tmp_path: Path
) -> None:
    assert narrator.version == installed_version()
    assert narrator.image_first is True  # as GPTs are trained here
    elsewhere = tmp_path / "same"
    shutil.copytree(checkpoint, elsewhere)
    given = replace(narrator, checkpoint=str(elsewhere), model=None, version=None, image_first=None)
    assert identity(given.pinned()) == identity(narrator)
    for other in ({"prompt": "Why?"}, {"temperature": 1.0}, {"max_tokens": 9}, {"schema": SCHEMA}, {"image_first": False}):
        assert identity(replace(narrator, **other).pinned()) != identity(narrator)
    (elsewhere / "objective.json").unlink()
    plain = given.pinned()
    assert (plain.image_first, plain.model != narrator.model) == (False, True)
    with pytest.raises(UserError, match=f"is the model {plain.model}, not {narrator.model}; give the other one"):
        replace(narrator, checkpoint=str(elsewhere)).pinned()
    with pytest.raises(UserError, match=r"vLLM is \S+ here, not 0\.1\.0; install that"):
        replace(narrator, version="0.1.0").pinned()
    with pytest.raises(UserError, match="says itself how large its images are; leave --narrator"):
        replace(narrator, image_size_px=32).pinned()
    assert replace(plain, image_size_px=32).pinned().image_size_px == 32


def test_what_is_no_model_that_answers_is_said(tmp_path: Path, checkpoint: Path) -> None:
    with pytest.raises(UserError, match="is neither a training nor a folder with a model"):
        VLLMNarrator(checkpoint=str(tmp_path)).pinned()
    with pytest.raises(UserError, match="holds a CLIP, which cannot answer; give a GPT, or take the recipe narrator"):
        VLLMNarrator(checkpoint=str(models.clip(tmp_path / "clip"))).pinned()
    starred = tmp_path / "gpt*"
    shutil.copytree(checkpoint, starred)
    with pytest.raises(UserError, match=r"has \*, \? or \[ in its name, which vLLM takes for a pattern of names; rename"):
        VLLMNarrator(checkpoint=str(starred)).pinned()


def test_a_vllm_that_is_missing_or_another_is_said(narrator: VLLMNarrator, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"and 0\.1\.0 where the job was begun; install the same"):
        replace(narrator, version="0.1.0").load()
    monkeypatch.setattr(vllm_narrator, "_DISTRIBUTIONS", ("no-such-distribution",))
    with pytest.raises(UserError, match=r"vLLM is not installed; install the extra sartext\[vllm\], or take"):
        installed_version()


def test_wrong_options_are_said() -> None:
    for wrong, said in (
        ({"seed": 1}, "seed is 1; it must be 0 where temperature is 0"),
        ({"temperature": -1.0}, "temperature is -1.0; it must be from 0 to 2"),
        ({"image_size_px": 0}, "image_size_px is 0"),
        ({"max_tokens": 4096}, "max_positions is 4096; it must be at least 4160, with max_tokens"),
        ({"prompt": " "}, "prompt is ' '; it must be a question or a demand"),
    ):
        with pytest.raises(ValueError, match=said):
            VLLMNarrator(checkpoint="x", **wrong)


@pytest.fixture
def describer(narrator: VLLMNarrator, checkpoint: Path) -> VLLMTwinDescriber:
    """A describer whose narrator has the engine of this file."""
    made = VLLMTwinDescriber(checkpoint=str(checkpoint), prompt=narrator.prompt, max_tokens=24, max_positions=512).pinned()
    assert made.narrator == narrator
    return made


def test_of_a_twin_a_describer_says_what_its_narrator_says_of_the_optical_image(
    describer: VLLMTwinDescriber, checkpoint: Path
) -> None:
    source = ArchiveTwins(of=Synthetic(tiles=6, size_px=64), described=False)
    tiles = [source.tile(item) for item in range(3)]
    tiles[1] = replace(tiles[1], optical=None)
    said = describer.ask(describer.ready([describer.prepare(tile) for tile in tiles]))
    after = [describer.answered(tile, one) for tile, one in zip(tiles, said, strict=True)]
    assert after[1] is tiles[1]
    for at in (0, 2):
        optical = tiles[at].optical
        assert optical is not None
        (caption,) = after[at].captions
        (shown,) = describer.narrator.apply(replace(tiles[at], image=optical.image)).captions
        assert caption == replace(shown, kept=False, reason=OF_OPTICAL_TWIN)
        assert (caption.route, caption.model) == ("narrator", model_fingerprint(checkpoint))
        assert caption.prompt == prompt_fingerprint(describer.prompt, "")
        assert after[at].image == tiles[at].image


def test_of_a_describer_model_prompt_and_version_are_identity(describer: VLLMTwinDescriber, checkpoint: Path) -> None:
    assert (describer.version, describer.image_first) == (installed_version(), True)
    assert identity(replace(describer, checkpoint="elsewhere")) == identity(describer)
    assert identity(replace(describer, prompt="Why?")) != identity(describer)
    with pytest.raises(UserError, match=r"not 0\.1\.0; install that, or leave --describer\.version out"):
        replace(describer, version="0.1.0").pinned()
    with pytest.raises(ValueError, match="max_positions is 100; it must be at least 192, with max_tokens"):
        VLLMTwinDescriber(checkpoint=str(checkpoint), max_positions=100)
