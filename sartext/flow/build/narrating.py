"""The rules in an actor that stays: a shard at a time, and a tile that ends its actor is found and refused. No Ray.

A worker that dies names no tile, and most deaths are nobody's fault: a node is taken away, memory runs out beside it. So a
shard whose actor died is narrated whole once more, and from the third time on tile by tile, the tile that was being narrated
when an actor died first. A tile that has ended three actors in which nothing was narrated before it is refused as
`killed_worker`.
"""

from collections.abc import Sequence
from functools import partial

import pyarrow as pa

from sartext.flow.build.attempts import Attempts, tell_again
from sartext.flow.build.isolate import DEATHS, killed
from sartext.flow.build.rows import collect_seldom, limit_memory, narrate_block, staged_row, staged_table
from sartext.flow.engine.tries import try_again
from sartext.narrate.rule import BatchRule, Rule
from sartext.store import Store, open_store

_WHOLE = 2  # tries at a shard as a whole


class NarrationWorker:
    """Narrates blocks in flight; the models of its rules are loaded once."""

    def __init__(self, rules: Sequence[Rule], uri: str, worker_memory_mb: int) -> None:
        self._rules, self._uri, self._worker_memory_mb = tuple(rules), uri, worker_memory_mb
        self._loaded = self._used = False

    def __call__(self, table: pa.Table) -> pa.Table:
        """The block, narrated; an exception is told and tried again. Raises `UserError` where a model has no weights."""
        collect_seldom()
        if table.num_rows == 0:
            return table
        store, shard = open_store(self._uri), table["shard"][0].as_py()
        return try_again(partial(self._narrated, table, store), partial(tell_again, store, shard))

    def _narrated(self, table: pa.Table, store: Store) -> pa.Table:
        if not self._loaded:  # here and not before: what a constructor raises, Ray wraps beyond recognition
            for rule in self._rules:
                if isinstance(rule, BatchRule):
                    rule.load()
            self._loaded = True
        limit_memory(self._worker_memory_mb)
        attempts = Attempts(store, table["shard"][0].as_py(), table["generation"][0].as_py())
        with attempts.trying("narrate") as before:
            made = narrate_block(table, self._rules) if before < _WHOLE else self._one_by_one(table, attempts)
        self._used = True
        return made

    def _one_by_one(self, table: pa.Table, attempts: Attempts) -> pa.Table:
        """The block narrated tile by tile, what may have ended an actor first."""
        alone = attempts.positions("alone")
        suspects = alone + attempts.positions("tried")
        rows = range(table.num_rows)
        made: dict[int, pa.Table] = {}
        for row in sorted(rows, key=lambda row: (-suspects[row], row)):
            one = table.slice(row, 1)
            if one["done"][0].as_py() or one["reject"][0].as_py() is not None:
                made[row] = one
                continue
            if alone[row] >= DEATHS:
                reject = killed(one["key"][0].as_py(), alone[row], "actor")
                about = {name: one[name][0].as_py() for name in ("shard", "generation", "position")}
                made[row] = staged_table([staged_row(reject, **about, done=True)])
                continue
            note = attempts.note("tried" if self._used else "alone", row)
            made[row] = narrate_block(one, self._rules)
            self._used = True
            attempts.forget(note)
        return pa.concat_tables(made[row] for row in rows).combine_chunks()
