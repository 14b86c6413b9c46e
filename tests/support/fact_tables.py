"""What a selection knows of tiles, from a line a tile."""

from typing import Any

import numpy as np

from sartext.flow.curate.facts_table import FactsTable
from sartext.tile import ROUTES, SPLITS


def fact_table(rows: list[dict[str, Any]]) -> FactsTable:
    """Of each row what it says of `scene`, `split`, `published`, `digest`, `dataset`, `classes`, `captions` (route and text of
    each) and `outline`; tiles that say nothing of it are of scenes, digests and texts of their own."""
    scenes = list(dict.fromkeys(row.get("scene", f"a/{at}") for at, row in enumerate(rows)))
    classes = sorted({one for row in rows for one in row.get("classes", ())})
    captions = [one for at, row in enumerate(rows) for one in row.get("captions", [("a2c", 1000 + at)])]
    digests = [row.get("digest", 10 + at) for at, row in enumerate(rows)]
    splits = [row.get("split", "train") for row in rows]

    def starts(counts: list[int]) -> Any:
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    return FactsTable(
        starts=np.array([0, len(rows)]),
        dataset=np.array([row.get("dataset", 0) for row in rows], np.int32),
        source=np.array([row.get("dataset", 0) for row in rows], np.int32),
        key=np.arange(1, len(rows) + 1).astype(np.uint64),
        digest=np.stack([digests, digests], axis=1).astype(np.uint64),
        reason=np.zeros(len(rows), np.int8),
        scene=np.array([scenes.index(row.get("scene", f"a/{at}")) for at, row in enumerate(rows)], np.int32),
        split=np.array([SPLITS.index(one) if one else -1 for one in splits], np.int8),
        published=np.array([row.get("published", False) for row in rows]),
        questions=np.array([row.get("questions", 0) for row in rows], np.int32),
        class_starts=starts([len(row.get("classes", ())) for row in rows]),
        classes=np.array([classes.index(one) for row in rows for one in row.get("classes", ())], np.int32),
        caption_starts=starts([len(row.get("captions", [0])) for row in rows]),
        text=np.array([text for _, text in captions], np.uint64),
        route=np.array([ROUTES.index(route) for route, _ in captions], np.int8),
        supported=np.ones(len(captions), np.bool_),
        score=np.full(len(captions), np.nan, np.float32),
        scenes=scenes,
        class_names=classes,
        outlines={at: row["outline"] for at, row in enumerate(rows) if "outline" in row},
    )
