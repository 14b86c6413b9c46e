"""Queries of the taxonomy: read by the verifier, true of some tiles and not of most."""

import numpy as np
import pytest

from sartext.flow.predict.queries import (
    LEAST_RIGHT,
    MOST_CLASSES,
    MOST_IMAGES,
    SearchTruth,
    concise_texts,
    holds,
    queries_of,
    wordings,
)
from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.tile_facts import Facts, facts_of
from sartext.narrate.verify import claims_of, verdict_of
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from sartext.tile import Caption, Tile

SOURCE = Synthetic(tiles=60, seed=3, twin=False, pixels=False)
TILES = [A2C().apply(one) for shard in SOURCE.shards() for one in SOURCE.read(shard) if isinstance(one, Tile)]
FACTS = [facts_of(tile) for tile in TILES]


def test_every_wording_of_the_taxonomy_is_understood() -> None:
    exhaustive = [one for one in FACTS if one.objects]
    read = 0
    for text in wordings(list(taxonomy.KINDS)):
        found = {verdict_of(claims_of(text, one)) for one in exhaustive[:6]}
        kinds = {claim.kind for one in exhaustive[:1] for claim in claims_of(text, one)}
        assert "sentence" not in kinds, text
        read += bool(found - {"unverifiable"})
    assert read > 100


def test_queries_tell_the_tiles_apart() -> None:
    queries = queries_of(FACTS)
    assert len(queries) > 20
    assert {"a bridge", "a single ship", "ships on water", "a ship near a bridge"} <= set(queries)
    for query in queries:
        right = sum(holds(query, one) for one in FACTS)
        assert LEAST_RIGHT <= right <= len(FACTS) / 2
    assert not any("vehicle" in query for query in queries)  # the tiles' only vehicles are cars: another word for the same
    assert len({tuple(holds(query, one) for one in FACTS) for query in queries}) == len(queries)
    assert queries_of([]) == []


def test_who_knows_all_has_what_the_oracle_has() -> None:
    queries = queries_of(FACTS)
    texts = sorted({text for of in concise_texts(TILES) for text in of})
    truth = SearchTruth(FACTS, texts, queries)
    chance, oracle = truth.bounds
    true = np.array([[holds(text, one) for one in FACTS] for text in texts], dtype=float)
    found = truth.scores(np.eye(len(FACTS)), true, truth.right.astype(float))
    assert found.first_hit == oracle.first_hit
    assert found.precision == pytest.approx(oracle.precision)
    assert found.first_hit == 1
    assert 0 < chance.first_hit < 0.3
    assert chance.first_hit == true.mean()
    nothing = truth.scores(np.ones((len(FACTS), 1)), np.ones((len(texts), 1)), np.ones((len(queries), 1)))
    assert abs(nothing.first_hit - chance.first_hit) < 1e-9
    assert abs(nothing.precision - chance.precision) < 1e-9


def test_what_no_annotation_bears_out_is_not_scored() -> None:
    truth = SearchTruth(FACTS, ["Something glitters."], [])
    assert truth.bounds[1].first_hit is truth.bounds[1].precision is None
    found = truth.scores(np.eye(len(FACTS)), np.ones((1, len(FACTS))), np.empty((0, len(FACTS))))
    assert found.first_hit is found.precision is None


def test_first_hits_are_of_concise_captions_where_there_are_some() -> None:
    forms = {caption.text: caption.form for tile in TILES for caption in tile.captions}
    assert {forms[text] for of in concise_texts(TILES) for text in of} == {"concise"}
    human = [Caption(text=text, route="human", kept=kept) for text, kept in (("a", True), ("b", True), ("c", False))]
    assert concise_texts([TILES[0].__class__(**{**vars(TILES[0]), "captions": tuple(human)})]) == [{"a", "b"}]


def test_queries_of_many_tiles_are_judged_of_a_bounded_number_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = 0

    def counted(text: str, facts: Facts) -> bool:
        nonlocal judged
        judged += 1
        return holds(text, facts)

    monkeypatch.setattr("sartext.flow.predict.queries.holds", counted)
    assert queries_of(FACTS * 20)  # 1,200 tiles
    texts = wordings(list(taxonomy.KINDS)[:MOST_CLASSES])
    assert judged <= 2 * len(texts) * MOST_IMAGES
