"""Texts of optical twins by vLLM, with one engine for this file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sartext.config import identity
from sartext.errors import UserError
from sartext.flow.predict.by_vllm.caption_requests import prompt_fingerprint
from sartext.flow.predict.by_vllm.vllm_narrator import _engine, installed_version
from sartext.flow.predict.by_vllm.vllm_twin_describer import VLLMTwinDescriber
from sartext.models.fingerprint import model_fingerprint
from sartext.sources.archive_twins import ArchiveTwins
from sartext.sources.synthetic import Synthetic
from sartext.tile import OF_OPTICAL_TWIN
from tests.support import models

# What vLLM's imports warn of is others' code among itself.
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]

SOURCE = ArchiveTwins(of=Synthetic(tiles=6, size_px=64), described=False)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return models.gpt(tmp_path_factory.mktemp("gpt"), steps=12)


@pytest.fixture(scope="module")
def describer(checkpoint: Path) -> Iterator[VLLMTwinDescriber]:
    made = VLLMTwinDescriber(checkpoint=str(checkpoint), prompt="What is there?", max_tokens=12, max_positions=512).pinned()
    made.load()
    yield made
    _engine.cache_clear()


def test_what_it_says_is_what_its_narrator_says_of_the_optical_image(describer: VLLMTwinDescriber, checkpoint: Path) -> None:
    tiles = [SOURCE.tile(item) for item in range(3)]
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
        assert caption.prompt == prompt_fingerprint("What is there?", "")
        assert after[at].image == tiles[at].image


def test_identity_is_model_prompt_and_version(describer: VLLMTwinDescriber, checkpoint: Path) -> None:
    assert (describer.version, describer.image_first) == (installed_version(), True)
    assert identity(replace(describer, checkpoint="elsewhere")) == identity(describer)
    assert identity(replace(describer, prompt="Why?")) != identity(describer)
    with pytest.raises(UserError, match=r"not 0\.1\.0; install that, or leave --describer\.version out"):
        replace(describer, version="0.1.0").pinned()
    with pytest.raises(ValueError, match="max_positions is 100; it must be at least 192, with max_tokens"):
        VLLMTwinDescriber(checkpoint=str(checkpoint), max_positions=100)
