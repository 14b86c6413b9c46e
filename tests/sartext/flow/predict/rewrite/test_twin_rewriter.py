"""The route `twin` by a language model: one made here that has learned nothing, and a real small one where it is there."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.recipes.build import BUILD
from sartext.config import changed, identity
from sartext.errors import UserError
from sartext.flow.build.show import narration
from sartext.flow.predict.rewrite import answer_grammar
from sartext.flow.predict.rewrite.answer_grammar import grammar_version
from sartext.flow.predict.rewrite.language_model import LanguageModel
from sartext.flow.predict.rewrite.twin_rewriter import TwinRewriter
from sartext.models.fingerprint import model_fingerprint
from sartext.narrate.write.twin import rewrite_prompt as rewrite
from sartext.narrate.write.twin.rule import TwinText
from sartext.sources.archive_twins import ArchiveTwins
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile
from tests.support.language_models import untrained_llama

REAL = os.environ.get("SARTEXT_LANGUAGE_MODEL", "")
SOURCE = ArchiveTwins(of=Synthetic(tiles=20, pixels=False))


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return untrained_llama(tmp_path_factory.mktemp("untrained"), template=False)


def test_a_model_that_writes_nothing_that_stands_leaves_the_captions_of_the_rule(untrained: Path) -> None:
    rewriter = TwinRewriter(model=str(untrained), max_tokens=4, batch_size=2).pinned()
    assert (rewriter.weights, rewriter.prompt) == (model_fingerprint(untrained), rewrite.rewrite_fingerprint())
    tiles = [SOURCE.tile(item) for item in range(3)]
    said = rewriter.ask(rewriter.ready([rewriter.prepare(tile) for tile in tiles]))
    for tile, one in zip(tiles, said, strict=True):
        assert isinstance(one, str)
        after = rewriter.answered(tile, one)
        assert [c for c in after.captions if c.model is None] == list(TwinText().apply(tile).captions)
        assert all(
            not c.kept and c.reason == "unreadable: no JSON with sentences and what they cite"
            for c in after.captions
            if c.model
        )


def test_whatever_the_weights_are_an_answer_follows_its_schema_and_cites_what_is_there(untrained: Path) -> None:
    chats = [rewrite.messages(["a lake", "a bridge", "a road"][:n]) for n in (1, 3)]
    model = LanguageModel(untrained, "float32", held=True)
    answers = model.answers(chats, [rewrite.answer_schema(n) for n in (1, 3)], max_tokens=3000)
    for answer, most in zip(answers, (1, 3), strict=True):
        sentences = json.loads(answer)["sentences"]
        assert 1 <= len(sentences) <= rewrite.MOST_SENTENCES
        assert all(one["text"] and set(one["cites"]) <= set(range(1, most + 1)) and one["cites"] for one in sentences)
    (free, *_) = LanguageModel(untrained, "float32", held=False).answers(chats[:1], ["{}"], max_tokens=20)
    with pytest.raises(ValueError, match="no JSON"):
        rewrite.parse_answer(free)


def test_xgrammar_is_identity_and_where_it_is_missing_the_answers_are_free(
    untrained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = TwinRewriter(model=str(untrained)).pinned()
    assert held.grammar == grammar_version()
    with pytest.raises(UserError, match=r"not 0\.0\.1; install that, or leave --twin\.grammar out"):
        replace(held, grammar="0.0.1").pinned()
    monkeypatch.setattr(answer_grammar, "_DISTRIBUTION", "no-such-distribution")
    with pytest.raises(UserError, match="xgrammar is not installed here, not"):
        held.pinned()
    with pytest.raises(UserError, match="not installed where the model runs"):
        replace(held, model=f"{untrained}/").load()
    free = TwinRewriter(model=str(untrained)).pinned()
    assert free.grammar is None
    assert identity(free) != identity(held)


def test_the_recipe_asks_the_model(untrained: Path) -> None:
    config = changed(BUILD["synthetic_twins_rewritten"](), {"twin.model": str(untrained), "twin.max_tokens": 2})
    (tile,) = narration(config.source, config.rules, 1)
    assert isinstance(tile, Tile)
    assert any(one.route == "twin" and one.kept for one in tile.captions)


def test_a_folder_without_a_model_and_another_model_are_refused(untrained: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no folder with a model \(it has no config.json\)"):
        TwinRewriter(model=str(tmp_path)).pinned()
    with pytest.raises(UserError, match="not 0000; give the other one"):
        TwinRewriter(model=str(untrained), weights="0000").pinned()
    with pytest.raises(UserError, match=r"leave --twin.prompt out"):
        TwinRewriter(model=str(untrained), prompt="0000").pinned()
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(UserError, match="holds no causal language model that transformers loads"):
        TwinRewriter(model=str(tmp_path)).load()


@pytest.mark.slow
@pytest.mark.skipif(
    not REAL, reason="SARTEXT_LANGUAGE_MODEL names no folder of a language model, such as SmolLM2-135M-Instruct"
)
def test_a_real_model_says_nothing_that_a_twin_cannot_tell() -> None:
    from tests.benchmarks.twins import rewritten

    figures = rewritten(REAL, 20)
    assert figures["tiles"] == 20
    assert figures["with_a_caption"] == 20
    assert figures["never"] == []
    assert figures["by_model"] + figures["by_rule"] == 20
