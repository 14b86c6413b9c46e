"""Datasets -> one selected dataset: facts of every tile, decisions on all of them, the selected shards, then its manifest.

What lies at the place of a selection, beside what a build leaves, which is its form:
    tables/scores/00000.parquet       key, caption (its position in the tile), score; of the tiles that stay
    tables/duplicates/00000.parquet   key, reason, the key of the tile that stays in its place, the cosine of the two
While it is made, facts/ and decided/ lie there too.
"""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sartext.artifact import DATASET, Artifact, canonical, cut_by_authors, open_artifact, read_json, readable
from sartext.errors import UserError
from sartext.failpoint import reach
from sartext.flow.build.commit import RECORDS, read_records, record_path, remove_orphans, totals
from sartext.flow.build.pages.describe import describe
from sartext.flow.curate.facts import FACTS, FactsTask, FactsWorker, facts_path
from sartext.flow.curate.requests import as_config, takedown_requests
from sartext.flow.curate.selection import TILE_REASONS, Selection
from sartext.flow.engine.options import Pool
from sartext.flow.engine.progress import Line, Progress
from sartext.flow.run import Run, all_there
from sartext.row_groups import read_table
from sartext.sources.split.cut import COLUMNS_OF_PLACES, cut_places
from sartext.store import Store

REVISION = 2  # raised whenever the same datasets and options would give another selection
DECIDED_ALL = "decided/all.json"
_BETWEEN = (FACTS, "decided")
_WRITES = (*DATASET, "tables", *_BETWEEN)


class Curated(Artifact):
    """A selected dataset."""

    def summary(self) -> str:
        """One line for people."""
        left = self.manifest["selected"]
        tiles = ", ".join(f"{reason} {number:,}" for reason, number in left["tiles_left_out"].items())
        captions = ", ".join(f"{reason} {number:,}" for reason, number in left["captions_left_out"].items())
        counts = self.counts
        line = f"{self.uri}: {counts['kept']:,} of {counts['planned']:,} tiles selected, {left['captions_kept']:,} captions"
        moved = f"{left['moved_to_another_split']:,} moved to another split" if left["moved_to_another_split"] else ""
        why = (f"tiles left out: {tiles}" if tiles else "", f"captions left out: {captions}" if captions else "")
        return "; ".join(one for one in (line, *why, moved, cut_by_authors(self.manifest)) if one)


def curate(
    datasets: Sequence[str],
    *,
    out: str,
    selection: Selection,
    clip: Sequence[str] = (),
    halves: Sequence[str] = (),
    takedown: str = "",
    take_down: Sequence[tuple[str, str]] = (),
    pool: Pool | None = None,
) -> Artifact:
    """Selects from the datasets, of which earlier ones come first among equals, what `out` is to hold, and returns it.

    No pixel is read anew from a source and no caption written. `takedown` and `take_down` name what is left out in any case.
    Raises `UserError` where a model may not score, an option needs one that is not given, or nothing is selected; `OutputError`
    where `out` holds something else; `Stopped` on SIGINT and SIGTERM. The same call goes on from what is committed.
    """
    requests = takedown_requests(takedown, take_down)
    sets = [open_artifact(uri) for uri in datasets]
    prints = [one.fingerprint for one in sets]
    if len(set(prints)) < len(prints):
        raise UserError("the same dataset is given twice; give each once")
    if not clip and (selection.near or selection.score_quantile):
        raise UserError("near and score_quantile ask a model, and none is given; give --clip DIR")
    if clip or halves:  # torch takes seconds: --help and a wrong option do without
        from sartext.flow.curate.scored_by import scoring_models
        from sartext.models.fingerprint import model_fingerprint

        models = scoring_models(clip, halves, sets)
        marks = [model_fingerprint(one) for one in models]
    else:
        models, marks = [], []
    config = {
        "kind": "curation",
        "revision": REVISION,
        "rules": [],
        "datasets": prints,
        # A takedown or a retry changes what a dataset holds, not what it is known by.
        "shards": [hashlib.sha256(canonical(one.manifest["shards"])).hexdigest() for one in sets],
        "selection": selection.config(),
        "models": marks,
        "takedown": as_config(requests),
    }
    with Run(out, kind="dataset", writes=_WRITES) as run:
        run.plan(config)
        run.reserve()
        work = _Curation(run, sets, selection, models, tuple(requests), pool or Pool())
        if run.finished() is None:
            work.do()
            work.finish()
        artifact = open_artifact(run.uri)
        _clean(run)
        describe(artifact, {}, run.check_lock)
        return Curated(artifact.uri, artifact.manifest)


class _Curation:
    """What is done for a selection, and what of it is there."""

    def __init__(
        self,
        run: Run,
        sets: Sequence[Artifact],
        selection: Selection,
        models: Sequence[Path],
        requests: tuple[Any, ...],
        pool: Pool,
    ) -> None:
        self._run, self._sets, self._selection, self._pool = run, sets, selection, pool
        self._fingerprint = run.reserve()["fingerprint"]
        self._files = tuple((one.store.uri, path) for one in sets for path in one.paths())
        self._dataset_of = [number for number, one in enumerate(sets) for _ in one.paths()]
        if not self._files:
            raise UserError("the datasets hold no tile; give others")
        folders = tuple(str(one.absolute()) for one in models)
        self._task = FactsTask(files=self._files, out=run.uri, selection=selection, requests=requests, models=folders)

    def do(self) -> None:
        """Whatever is missing of facts, decisions and shards."""
        if not (self._unknown() or self._undecided() or self._unselected()):
            return
        with self._run.importing():
            from sartext.flow.curate.selected_shard import ShardSelector
            from sartext.flow.engine.pool import map_on_actors

        count = len(self._files)
        arguments = (self._files, self._run.uri, self._fingerprint)
        with self._run.session(self._pool):
            if self._undecided():
                looked = Progress(count, "shards looked at", lambda: count - len(self._unknown()))
                map_on_actors(FactsWorker, (self._task, self._pool.threads), self._unknown(), self._pool, looked)
                all_there(self._unknown(), "shards")
                self._decide()
            done = Progress(count, "shards selected", lambda: count - len(self._unselected()))
            map_on_actors(ShardSelector, arguments, self._unselected(), self._pool, done)

    def _unknown(self) -> list[int]:
        return self._run.missing(FACTS, facts_path, len(self._files))

    def _undecided(self) -> bool:
        return DECIDED_ALL not in self._run.store.paths("decided")

    def _unselected(self) -> list[int]:
        return self._run.missing(RECORDS, record_path, len(self._files))

    def _decide(self) -> None:
        """Decides on all tiles, in this process."""
        from sartext.flow.curate.decide import decide
        from sartext.flow.curate.decisions import count_decisions, put_decisions
        from sartext.flow.curate.facts_table import read_facts
        from sartext.flow.curate.final_splits import final_splits

        line = Line()
        line.draw("deciding")
        facts = read_facts(self._run.store, self._dataset_of, self._selection.seed)
        if self._task.requests and not (facts.reason == TILE_REASONS.index("taken_down")).any():
            print("note: the takedown means no tile of these datasets", file=sys.stderr)
        made = decide(facts, self._selection, self._run.store)
        splits = final_splits(facts, made)
        put_decisions(self._run.store, facts, made, splits)
        reach("before_decided")
        self._run.store.put(DECIDED_ALL, readable(count_decisions(facts, made, splits)))
        line.clear()

    def finish(self) -> None:
        """Writes the manifest, when all shards are there."""
        all_there(self._unselected(), "shards")
        store = self._run.store
        records = read_records(store, range(len(self._files)))
        ordered = [records[number] for number in sorted(records)]
        shards = [{name: one[name] for name in ("shard", "generation", "rows", "tiles", "rejects")} for one in ordered]
        counts = totals(records) | {"places_in_several_splits": _cut_places(store, ordered)}
        prints = {one.fingerprint for one in self._sets}
        reach("before_manifest")
        self._run.finish(
            parents=[one.fingerprint for one in self._sets],
            ancestors=sorted(set().union(*(one.ancestry for one in self._sets)) - prints),
            counts=counts,
            licences=sorted({licence for one in ordered for licence in one["licences"]}),
            shards=shards,
            selected=read_json(store, DECIDED_ALL, ("tiles_left_out",)),
            tables={name: sorted(_tables(store, name)) for name in ("scores", "duplicates") if _tables(store, name)},
        )
        remove_orphans(store, records)


def _tables(store: Store, name: str) -> list[str]:
    return store.paths(f"tables/{name}")


def _cut_places(store: Store, records: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How many places lie in which splits, of those that lie in several: as a source names them, for ours cut none."""
    if not any("source" in rules for one in records for rules in one["splits"].values()):
        return {}
    paths = [one["tiles"]["path"] for one in records if one["tiles"]]
    return cut_places(read_table(store, path, COLUMNS_OF_PLACES) for path in paths)


def _clean(run: Run) -> None:
    """Removes what was only needed on the way."""
    for folder in _BETWEEN:
        for path in run.store.paths(folder):
            run.check_lock()
            run.store.delete(path)
