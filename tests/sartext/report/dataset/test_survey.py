"""What is counted in Arrow is what a loop over the tiles counts."""

from collections import Counter

import pytest

from sartext.artifact import Artifact
from sartext.report.dataset.survey import Survey
from sartext.tile import Tile, from_table


@pytest.fixture(scope="module")
def tiles(made: Artifact) -> list[Tile]:
    return [tile for table in made.tables() for tile in from_table(table)]


def test_annotations_captions_and_claims_are_those_of_the_tiles(survey: Survey, tiles: list[Tile]) -> None:
    assert survey.tiles == len(tiles)
    assert survey.boxes == Counter(box.label for tile in tiles for box in tile.boxes)
    assert survey.boxes_in_tile == Counter(len(tile.boxes) for tile in tiles)
    assert survey.region_tiles == Counter(region.label for tile in tiles for region in tile.regions)
    for label, area in survey.region_areas.items():
        assert area == pytest.approx(sum(one.area_share for tile in tiles for one in tile.regions if one.label == label))
    captions = [caption for tile in tiles for caption in tile.captions]
    assert survey.captions == Counter((one.route, "kept" if one.kept else "refused") for one in captions)
    refused = Counter((one.route, (one.reason or "").split(":")[0]) for one in captions if not one.kept)
    assert refused
    assert dict(survey.refusals.most()) == refused
    assert survey.claims == Counter((claim.kind, claim.verdict) for one in captions for claim in one.claims)
    assert survey.splits == Counter((tile.split or "", tile.split_by or "") for tile in tiles)


def test_words_and_texts_are_those_of_kept_captions(survey: Survey, tiles: list[Tile]) -> None:
    kept = [caption for tile in tiles for caption in tile.captions if caption.kept]
    texts = Counter(one.text for one in kept)
    assert dict(survey.words.texts.most()) == texts
    assert (survey.words.distinct.exact, survey.words.distinct.number) == (True, len(texts))
    assert survey.words.distinct.repeated_share == pytest.approx(sum(n > 1 for n in texts.values()) / len(texts))
    lengths = Counter((one.form or "", len(one.text.split())) for one in kept)
    found = {(form, length): number for form, counts in survey.words.lengths.items() for length, number in counts.items()}
    # A file separator counts as white space for Python alone.
    assert {key: n for key, n in found.items() if key[0]} == {key: n for key, n in lengths.items() if key[0]}
    ships = sum(word.strip(".,").lower() == "ships" for one in kept for word in one.text.split())
    assert dict(survey.words.words.most())["ships"] == ships


def test_questions_are_counted_by_kind_and_answer(survey: Survey, tiles: list[Tile]) -> None:
    questions = [question for tile in tiles for question in tile.questions]
    assert survey.questions == Counter((one.kind, "kept" if one.kept else "refused") for one in questions)
    answers = Counter((one.kind, one.answer) for one in questions if one.kept)
    found = {(kind, answer): n for kind, counts in survey.answers.items() for answer, n in counts.most()}
    assert found == answers
    assert dict(survey.asked.most()) == Counter(one.question for one in questions if one.kept)


def test_each_source_has_its_own_facts(survey: Survey, tiles: list[Tile]) -> None:
    assert sorted(survey.datasets) == ["alpha", "beta", "gamma-0"]
    for name, facts in survey.datasets.items():
        own = [tile for tile in tiles if tile.source == name]
        kept = [[caption for caption in tile.captions if caption.kept] for tile in own]
        assert facts.tiles == len(own)
        assert facts.sizes_px.most() == [((128, 128), len(own))]
        gsds = [gsd for tile in own for gsd in tile.sensor.gsd_m or ()]
        assert facts.gsd_m == (min(gsds), max(gsds))
        assert facts.boxes == sum(len(tile.boxes) for tile in own)
        assert facts.tiles_with_boxes == sum(bool(tile.boxes) for tile in own)
        assert facts.tiles_with_regions == sum(bool(tile.regions) for tile in own)
        assert facts.twins == sum(tile.optical is not None for tile in own)
        assert (facts.captions, facts.tiles_with_captions) == (sum(map(len, kept)), sum(map(bool, kept)))
        assert facts.questions == sum(len(tile.questions) for tile in own)
        assert [origin[3] for origin, _ in facts.rights["pixels"].most()] == [own[0].origin.citation]
        assert facts.acquired is not None
        assert facts.acquired[0] == min(tile.sensor.acquired for tile in own if tile.sensor.acquired)


def test_scenes_of_each_split(survey: Survey, tiles: list[Tile]) -> None:
    for split, scenes in survey.scenes.items():
        assert scenes.number == len({(tile.source, tile.scene) for tile in tiles if (tile.split or "") == split})
    assert survey.scenes["train"].shared_with(survey.scenes["test"]) == 0


def test_the_sample_has_some_of_everything(survey: Survey, made: Artifact) -> None:
    files = {path: from_table(table) for path, table in zip(made.paths(), made.tables(), strict=True)}
    chosen = [files[path][row] for path, row in survey.sample(24)]
    assert len({tile.key for tile in chosen}) == 24
    assert {tile.source for tile in chosen} == set(survey.datasets)
    for has in ("boxes", "regions", "optical"):
        assert any(getattr(tile, has) for tile in chosen)
    assert any(not caption.kept for tile in chosen for caption in tile.captions)
    assert survey.sample(3) == survey.sample(24)[:3]
    assert len(survey.sample(1000)) == len(set(survey.sample(1000))) == survey.tiles


def test_rejects_are_counted_by_stage_and_reason(survey: Survey) -> None:
    assert survey.rejected == {("read", "truncated_image"): 6, ("picky", "not_liked"): 6}
    found = {(stage, reason): examples for stage, reason, examples in survey.sampled_rejects()}
    assert all(len(examples) == 4 for examples in found.values())
    assert all(detail == "it ends with a 3" for _, detail in found["picky", "not_liked"])
