"""What the page shows of what models say of unseen tiles."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sartext.artifact import open_artifact
from sartext.flow.evaluate.evaluate import Evaluated
from sartext.flow.predict.held_out import held_out
from sartext.flow.predict.predictions import QUERIES, SCHEMA, prediction_path
from sartext.flow.predict.queries import holds
from sartext.flow.quickstart.examples import SHOWN_CAPTIONS, SHOWN_HITS, SHOWN_QUERIES, QuickstartExamples, annotations_text
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from sartext.store import open_store
from tests.support.datasets import dataset

TEXTS = ["a ship", "many ships", "a bridge", "an airplane", "a storage tank", "a car", "water", "a few ships"]


def put(store: Any, path: str, rows: list[dict[str, Any]], schema: pa.Schema) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), sink)
    store.put_if_absent(path, sink.getvalue())


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> QuickstartExamples:
    """An evaluation of a model that finds those tiles first that a query is true of, and writes a tile's own caption."""
    folder: Path = tmp_path_factory.mktemp("examples")
    made = dataset(Synthetic(tiles=60, size_px=32, twin=False), (A2C(), Verify()), str(folder / "unseen"))
    held = held_out(made, "all", None)
    right = np.array([[holds(text, facts_of(tile)) for text in TEXTS] for tile in held.tiles], dtype=np.float32)
    store = open_store(str(folder / "evaluation"))
    store.prepare()
    rows = [
        {
            "key": tile.key,
            "image": image.tolist(),
            "texts": [],
            "caption": held.texts(at)[0],
        }
        for at, (tile, image) in enumerate(zip(held.tiles, right, strict=True))
    ]
    for training in ("clip", "coca"):
        put(store, prediction_path(f"{training}/sar", 0), rows, SCHEMA)
        asked = [{"query": text, "features": of} for text, of in zip(TEXTS, np.eye(len(TEXTS)).tolist(), strict=True)]
        put(store, prediction_path(f"{training}/sar", None), asked, QUERIES)
    about = {"split": "all", "limit": None, "unreadable": {}}
    trainings = {name: {"order": ["baseline", "sar"]} for name in ("clip", "coca")}
    return QuickstartExamples(Evaluated(store.uri, {"dataset": about, "trainings": trainings}, {}), open_artifact(made))


def test_a_search_shows_the_tiles_that_are_found_first_marked_by_the_verifier(examples: QuickstartExamples) -> None:
    searches = examples.searches("clip")
    assert len({one.text for one in searches}) == SHOWN_QUERIES
    tiles = held_out(examples.dataset.uri, "all", None).tiles
    for one in searches:
        true = [tile.key for tile in tiles if holds(one.text, facts_of(tile))]
        assert [right for _, right in one.hits] == [at < len(true) for at in range(SHOWN_HITS)]
        assert [card.name for card, right in one.hits if right] == true[:SHOWN_HITS]
        found = f"True of {len(true)} of 60 tiles, and of {min(10, len(true))} of the first 10 that are found."
        assert one.note == found
    assert any(0 < len(true) < SHOWN_HITS for true in [[right for _, right in one.hits if right] for one in searches])


def test_a_caption_stands_beside_the_annotations_with_its_claims(examples: QuickstartExamples) -> None:
    cards = examples.captions("coca")
    tiles = {tile.key: tile for tile in held_out(examples.dataset.uri, "all", None).tiles}
    assert len(cards) == SHOWN_CAPTIONS
    for card in cards:
        tile = tiles[card.name]
        assert list(card.texts) == [f"Annotated: {annotations_text(facts_of(tile))}.", f"Written: {tile.captions[0].text}"]
        assert len(card.polygons_px) == len(tile.boxes)
        assert card.claims
        assert {verdict for _, verdict in card.claims} == {"supported"}


def test_annotations_are_named_with_their_numbers() -> None:
    source = Synthetic(tiles=40, seed=3, twin=False, pixels=False)
    facts = [facts_of(tile) for shard in source.shards() for tile in source.read(shard)]  # type: ignore[arg-type]
    said = [annotations_text(one) for one in facts]
    for one, text in zip(facts, said, strict=True):
        assert all(f"{len(things)} " in text for _, things in one.by_label)
    assert any(text.startswith("1 ship") and not text.startswith("1 ships") for text in said)
