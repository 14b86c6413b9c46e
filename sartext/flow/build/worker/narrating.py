"""A shard through its rules as it is read: where one asks a model, a batch is under way while the next is read. No Ray.

Reading, decoding and judging run here, on CPUs; the model is asked somewhere else, by `RuleModels`, and never waits for them.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sartext.errors import SartextError
from sartext.flow.build.worker.isolate import killed
from sartext.flow.build.worker.rows import narrated, or_reject, unedited
from sartext.narrate.rule import BatchRule, Refusal, Rule
from sartext.tile import Reject, Tile

_BATCHES = 2  # of the model in a question: with one, each tile cost a twelfth of a model's 5 ms more, of Ray and of waiting
_AHEAD = 2  # questions of a shard that are under way at a time: one in the model, one that waits for it

Tell = Callable[[str], object]


class BatchAnswers(Protocol):
    """What models said of the tiles of a batch."""

    @property
    def said(self) -> Sequence[Any]:
        """One a tile, as the rule's `ask` gives it; of one that ended its actors how often it did."""
        ...

    @property
    def told(self) -> Sequence[str]:
        """What had to be tried again, and why."""
        ...


class Pending(Protocol):
    """A batch that is under way."""

    def wait(self) -> BatchAnswers:
        """Raises what ends the job."""
        ...


class RuleModels(Protocol):
    """Where the models of a build's rules are."""

    def ask(self, rule: int, prepared: Sequence[Any], /) -> Pending:
        """Begins to ask the model of a rule, by its place among all rules."""
        ...


def narrate_by(
    read: Iterable[Tile | Reject], rules: Sequence[Rule], models: RuleModels | None, tell: Tell, first: int = 0
) -> Iterator[Tile | Reject]:
    """Exactly one result a tile that is read, in their order, after every rule in turn; the place of the first is `first`."""
    made, plain = iter(read), list[Rule]()
    for number, rule in enumerate(rules, first):
        if not isinstance(rule, BatchRule):
            plain.append(rule)
        elif models is None:
            raise SartextError(f"{rule.name} asks a model, and there is none")
        else:
            made = _asked(_after(made, tuple(plain)), number, rule, models, tell)
            plain = []
    return _after(made, tuple(plain))


def _after(read: Iterable[Tile | Reject], rules: Sequence[Rule]) -> Iterator[Tile | Reject]:
    for result in read:
        yield narrated(result, rules) if isinstance(result, Tile) else result


@dataclass
class _Batch:
    """Results in their order, and what is asked of those that are tiles."""

    results: list[Tile | Reject] = field(default_factory=list)
    prepared: list[Any] = field(default_factory=list)

    def finish(self, pending: Pending | None, rule: BatchRule, tell: Tell) -> Iterator[Tile | Reject]:
        """The results with what was said of them."""
        answers = pending.wait() if pending else None
        for line in answers.told if answers else ():
            tell(line)
        said = iter(answers.said if answers else ())
        for result in self.results:
            yield _answered(result, next(said), rule) if isinstance(result, Tile) else result


def _asked(
    results: Iterable[Tile | Reject], number: int, rule: BatchRule, models: RuleModels, tell: Tell
) -> Iterator[Tile | Reject]:
    under_way: deque[tuple[_Batch, Pending | None]] = deque()

    def begin(batch: _Batch) -> None:
        under_way.append((batch, models.ask(number, batch.prepared) if batch.prepared else None))
        batch.prepared = []  # they are on their way

    batch, size = _Batch(), _BATCHES * rule.batch_size
    for result in results:
        _prepare(result, rule, batch)
        if len(batch.prepared) == size:
            begin(batch)
            batch = _Batch()
            if len(under_way) > _AHEAD:
                yield from _finish(under_way, rule, tell)
    begin(batch)
    while under_way:
        yield from _finish(under_way, rule, tell)


def _finish(under_way: deque[tuple[_Batch, Pending | None]], rule: BatchRule, tell: Tell) -> Iterator[Tile | Reject]:
    batch, pending = under_way.popleft()
    return batch.finish(pending, rule, tell)


def _prepare(result: Tile | Reject, rule: BatchRule, batch: _Batch) -> None:
    """Adds a result to the batch, and what is asked of it; a tile that cannot be shown to the model is refused."""
    if isinstance(result, Tile):
        tile = result
        prepared = or_reject(tile, rule, lambda: rule.prepare(tile))
        if isinstance(prepared, Reject):
            result = prepared
        else:
            batch.prepared.append(prepared)
    batch.results.append(result)


def _answered(tile: Tile, said: Any, rule: BatchRule) -> Tile | Reject:
    if isinstance(said, int):
        return killed(tile.key, said, "actor")
    if isinstance(said, Refusal):
        return Reject(key=tile.key, stage=rule.name, reason=said.reason, detail=said.detail)
    after = or_reject(tile, rule, lambda: rule.answered(tile, said))
    return after if isinstance(after, Reject) else unedited(tile, after, rule)
