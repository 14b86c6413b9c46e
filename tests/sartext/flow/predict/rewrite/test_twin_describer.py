"""What a tiny CoCa or GPT says of optical twins, and what becomes of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from jobs.recipes.build import BUILD
from sartext.config import changed, identity
from sartext.errors import UserError
from sartext.flow.build.show import narration
from sartext.flow.predict.narrator import Narrator
from sartext.flow.predict.rewrite.optical_describer import DESCRIBE_PROMPT
from sartext.flow.predict.rewrite.twin_describer import TwinDescriber
from sartext.models.fingerprint import model_fingerprint
from sartext.narrate.verify import Verify
from sartext.narrate.write.twin.evidence import evidence_of
from sartext.narrate.write.twin.rule import TwinText
from sartext.sources.archive_twins import ArchiveTwins
from sartext.sources.synthetic import Synthetic
from sartext.tile import OF_OPTICAL_TWIN, Tile
from tests.support import models
from tests.support.language_models import untrained_llama

SOURCE = ArchiveTwins(of=Synthetic(tiles=6, size_px=64), described=False)


@pytest.fixture(scope="module")
def coca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return models.coca(tmp_path_factory.mktemp("coca"))


@pytest.fixture(scope="module")
def tiles() -> list[Tile]:
    return [SOURCE.tile(item) for item in range(3)]


def described(describer: TwinDescriber, tiles: list[Tile]) -> list[Tile]:
    said = describer.ask(describer.ready([describer.prepare(tile) for tile in tiles]))
    return [describer.answered(tile, one) for tile, one in zip(tiles, said, strict=True)]


def test_what_it_says_is_what_its_narrator_says_of_the_optical_image(coca: Path, tiles: list[Tile]) -> None:
    assert all(not tile.captions and tile.optical is not None for tile in tiles)
    describer, narrator = TwinDescriber(checkpoint=str(coca)).pinned(), Narrator(checkpoint=str(coca)).pinned()
    alone = replace(tiles[1], optical=None)
    after = described(describer, [tiles[0], alone, tiles[2]])
    assert after[1] is alone
    for tile, one in ((tiles[0], after[0]), (tiles[2], after[2])):
        assert tile.optical is not None
        (caption,) = one.captions
        (shown,) = narrator.apply(replace(tile, image=tile.optical.image)).captions
        assert caption == replace(shown, kept=False, reason=OF_OPTICAL_TWIN)
        assert (caption.route, caption.model) == ("narrator", model_fingerprint(coca))
        assert replace(one, captions=()) == tile  # the image is the SAR image still
    assert described(describer, [alone]) == [alone]
    assert describer.apply(tiles[0]) == after[0]


def test_a_twin_of_which_it_says_nothing_passes(coca: Path, tiles: list[Tile]) -> None:
    assert TwinDescriber(checkpoint=str(coca)).answered(tiles[0], "") is tiles[0]


def test_what_lasts_of_it_is_rewritten_as_of_texts_of_people(coca: Path, tiles: list[Tile]) -> None:
    describer = TwinDescriber(checkpoint=str(coca)).pinned()
    told = describer.answered(tiles[0], "Two red cars cross a bridge in the upper left.")
    ((statement, _, at),) = evidence_of(told)
    assert (statement, at) == ("Two red cars cross a bridge in the upper left.", 0)
    description, caption = Verify().apply(TwinText().apply(told)).captions
    assert (description.kept, description.reason, description.model) == (False, OF_OPTICAL_TWIN, describer.model)
    assert (caption.route, caption.kept, caption.derived_from) == ("twin", True, 0)
    assert "bridge" in caption.text
    assert not {"red", "two", "cars"} & set(caption.text.lower().split())


def test_a_model_that_answers_is_asked_about_a_satellite_image(tmp_path: Path, tiles: list[Tile]) -> None:
    gpt = TwinDescriber(checkpoint=str(models.gpt(tmp_path / "gpt", steps=0)), max_tokens=4).pinned()
    assert gpt.prompt == DESCRIBE_PROMPT
    asked = replace(gpt, prompt="What is there?").pinned()
    assert asked.prompt == "What is there?"
    assert identity(asked) != identity(gpt)
    assert described(gpt, tiles[:1])[0].optical is tiles[0].optical


def test_the_recipe_describes_the_twins(coca: Path) -> None:
    config = changed(BUILD["synthetic_twins_described"](), {"describer.checkpoint": str(coca)})
    (tile,) = narration(replace(config.source, of=Synthetic(tiles=1, size_px=64)), config.rules, 1)
    assert isinstance(tile, Tile)
    assert [(one.route, one.kept, one.reason) for one in tile.captions[:1]] == [("narrator", False, OF_OPTICAL_TWIN)]


def test_a_language_model_may_rewrite_what_it_says(coca: Path, tmp_path: Path) -> None:
    config = changed(
        BUILD["pairs_described_rewritten"](),
        {"describer.checkpoint": str(coca), "twin.model": str(untrained_llama(tmp_path)), "twin.max_tokens": 4},
    )
    (tile,) = narration(SOURCE, config.rules, 1)
    assert isinstance(tile, Tile)
    assert [one.reason for one in tile.captions[:1]] == [OF_OPTICAL_TWIN]
    assert {one.model for one in tile.captions} <= {model_fingerprint(coca), model_fingerprint(tmp_path), None}


def test_wrong_models_and_options_are_said(coca: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"not 0000; give the other one, or leave --describer\.model out"):
        TwinDescriber(checkpoint=str(coca), model="0000").pinned()
    with pytest.raises(UserError, match=r"leave --describer\.prompt out"):
        TwinDescriber(checkpoint=str(coca), prompt="What?").pinned()
    with pytest.raises(UserError, match="holds a CLIP"):
        TwinDescriber(checkpoint=str(models.clip(tmp_path / "clip"))).pinned()
    with pytest.raises(ValueError, match="batch_size is 0; it must be at least 1"):
        TwinDescriber(checkpoint=str(coca), batch_size=0)
