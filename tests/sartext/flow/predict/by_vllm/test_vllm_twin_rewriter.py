"""The route `twin` by a language model of random weights in vLLM, with one engine for this file."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sartext.config import identity
from sartext.errors import UserError
from sartext.flow.predict.by_vllm import vllm_twin_rewriter
from sartext.flow.predict.by_vllm.vllm_narrator import installed_version
from sartext.flow.predict.by_vllm.vllm_twin_rewriter import VLLMTwinRewriter, _chat_engine
from sartext.flow.predict.narrating.tile_seed import tile_seed
from sartext.narrate.write.twin import rewriting
from sartext.narrate.write.twin.rewrite_prompt import rewrite_fingerprint
from sartext.narrate.write.twin.rule import TwinText
from sartext.sources.archive_twins import ArchiveTwins
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile
from tests.support.language_models import untrained_llama

# What vLLM's imports warn of is others' code among itself.
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]

SOURCE = ArchiveTwins(of=Synthetic(tiles=20, pixels=False))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return untrained_llama(tmp_path_factory.mktemp("untrained"))


@pytest.fixture(scope="module")
def rewriter(folder: Path) -> Iterator[VLLMTwinRewriter]:
    made = VLLMTwinRewriter(model=str(folder), max_tokens=3000, max_positions=8192).pinned()
    made.load()
    yield made
    _chat_engine.cache_clear()


@pytest.fixture
def tiles() -> list[Tile]:
    bare = replace(SOURCE.tile(4), captions=())
    return [*[SOURCE.tile(item) for item in range(3)], bare]


def asked(rewriter: VLLMTwinRewriter, tiles: list[Tile]) -> list[Tile]:
    said = rewriter.ask(rewriter.ready([rewriter.prepare(tile) for tile in tiles]))
    return [rewriter.answered(tile, str(one)) for tile, one in zip(tiles, said, strict=True)]


def test_every_answer_parses_and_what_does_not_stand_leaves_the_rules_text(
    rewriter: VLLMTwinRewriter, tiles: list[Tile], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[tuple[str, int]] = []
    checked = rewriting._checked

    def noted(answer: str, evidence: tuple[object, ...]) -> rewriting.Settled:
        answers.append((answer, len(evidence)))
        return checked(answer, evidence)

    monkeypatch.setattr(rewriting, "_checked", noted)
    tiles = [tiles[0], tiles[-1]]  # random weights end a sentence where its room ends: each answer is a thousand tokens
    told = asked(rewriter, tiles)
    assert len(answers) == 2  # the first is refused and goes back once; of the other tile nothing is known
    for answer, statements in answers:
        sentences = json.loads(answer)["sentences"]
        assert sentences
        assert all(one["text"] and set(one["cites"]) <= set(range(1, statements + 1)) for one in sentences)
    assert told[-1] is tiles[-1]
    for tile, after in zip(tiles, told, strict=True):
        assert [one for one in after.captions if one.model is None] == list(TwinText().apply(tile).captions)
        assert all(one.reason.startswith("refused: ") for one in after.captions if one.model if one.reason)
    refused = [one for after in told for one in after.captions if one.model]
    assert {(one.kept, one.model, one.prompt) for one in refused} == {(False, rewriter.weights, rewrite_fingerprint())}


def test_sampling_is_by_the_key(rewriter: VLLMTwinRewriter, tiles: list[Tile], monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, engine = replace(rewriter, temperature=1.0, seed=3, max_tokens=60), _chat_engine(rewriter)
    monkeypatch.setattr(vllm_twin_rewriter, "_chat_engine", lambda rule: engine)  # noqa: ARG005
    told = asked(drawn, tiles[:3])
    assert asked(drawn, tiles[2::-1]) == told[::-1]
    assert {one.seed for one in told[0].captions if one.model} == {tile_seed(3, tiles[0].key)}
    assert asked(replace(drawn, seed=4), tiles[:3]) != told


def test_a_chat_without_room_leaves_the_rules_text(
    rewriter: VLLMTwinRewriter, tiles: list[Tile], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, long = _chat_engine(rewriter), replace(rewriter, max_tokens=8100)
    monkeypatch.setattr(vllm_twin_rewriter, "_chat_engine", lambda rule: engine)  # noqa: ARG005
    (prepared,) = [long.prepare(tiles[0])]
    wide = prepared._replace(evidence=tuple(one._replace(text="lake " * 4000) for one in prepared.evidence))
    (said,) = long.ask(long.ready([wide]))
    assert long.answered(tiles[0], str(said)).captions == TwinText().apply(tiles[0]).captions


def test_identity_is_model_prompt_and_version(rewriter: VLLMTwinRewriter, folder: Path, tmp_path: Path) -> None:
    assert rewriter.version == installed_version()
    assert identity(replace(rewriter, model="elsewhere")) == identity(rewriter)
    for other in ({"temperature": 1.0}, {"max_tokens": 9}, {"version": "0.1"}, {"weights": "0"}, {"prompt": "0"}):
        assert identity(replace(rewriter, **other)) != identity(rewriter)
    with pytest.raises(UserError, match=r"vLLM is \S+ here, not 0\.1\.0; install that, or leave --twin\.version out"):
        replace(rewriter, version="0.1.0").pinned()
    with pytest.raises(UserError, match=r"and 0\.1\.0 where the job was begun; install the same"):
        replace(rewriter, version="0.1.0").load()
    with pytest.raises(UserError, match=r"no folder with a model \(it has no config.json\)"):
        VLLMTwinRewriter(model=str(tmp_path)).pinned()
    starred = untrained_llama(tmp_path / "llama*")
    with pytest.raises(UserError, match=r"has \*, \? or \[ in its name"):
        VLLMTwinRewriter(model=str(starred)).pinned()
    with pytest.raises(ValueError, match="max_positions is 100; it must be at least 320, with max_tokens"):
        VLLMTwinRewriter(model=str(folder), max_positions=100)
