"""The route `twin` by a language model: one made here that has learned nothing, and a real small one where it is there."""

import os
from pathlib import Path

import pytest

from jobs.recipes.build import BUILD
from sartext.config import changed
from sartext.errors import UserError
from sartext.flow.build.show import narration
from sartext.flow.predict.rewrite.twin_rewriter import TwinRewriter
from sartext.models.fingerprint import model_fingerprint
from sartext.models.text import byte_level_bpe
from sartext.narrate.write.twin import rewrite_prompt as rewrite
from sartext.narrate.write.twin.rule import TwinText
from sartext.sources.archive_twins import ArchiveTwins
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile

REAL = os.environ.get("SARTEXT_LANGUAGE_MODEL", "")
SOURCE = ArchiveTwins(of=Synthetic(tiles=20, pixels=False))


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of a few thousand random weights, saved as transformers saves one."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("untrained")
    words = byte_level_bpe(["a lake in the upper left", "a bridge"], 300, ("<pad>", "<end>"), lower_case=False)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="<end>")
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=8192,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


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
