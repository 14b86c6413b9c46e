"""The models of a build's rules in an actor: batches are asked, and one that fails again in halves. No Ray."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sartext.errors import SartextError, TileRejected
from sartext.flow.build.worker.rows import error_line, limit_memory
from sartext.flow.engine.tries import try_again
from sartext.narrate.rule import BatchRule, Refusal


class ModelRules:
    """What an actor does: it answers for those rules that ask a model, by their place among all rules."""

    def __init__(self, rules: Mapping[int, BatchRule], worker_memory_mb: int) -> None:
        self._rules, self._worker_memory_mb = dict(rules), worker_memory_mb

    def load(self, tell: Any) -> None:
        """Loads every model. What fails once is told and tried again. Raises `UserError` where a model has no weights."""
        try_again(self._load, tell)
        limit_memory(self._worker_memory_mb)

    def _load(self) -> None:
        for rule in self._rules.values():
            rule.load()

    def ready(self, number: int, prepared: Sequence[Any]) -> list[Any]:
        """The batches of a question as the model of the rule takes them; None for one where that fails, which `answer` looks
        into."""
        return [self._ready(self._rules[number], some) for some in self._batches(number, prepared)]

    def _batches(self, number: int, prepared: Sequence[Any]) -> list[Sequence[Any]]:
        size = self._rules[number].batch_size
        return [prepared[start : start + size] for start in range(0, len(prepared), size)]

    def _ready(self, rule: BatchRule, prepared: Sequence[Any]) -> Any:
        try:
            return rule.ready(prepared)
        except MemoryError:
            raise
        except Exception as error:
            logging.getLogger(__name__).info("%s is not ready: %s", rule.name, error_line(error))
            return None

    def answer(self, number: int, prepared: Sequence[Any], ready: Sequence[Any]) -> list[Any]:
        """What is said of each tile. A batch that fails is asked again in halves, so that only the tile at fault is refused.

        Raises `MemoryError` where memory runs out for one tile alone, and what is raised on purpose.
        """
        batches = zip(self._batches(number, prepared), ready, strict=True)
        return [said for some, batch in batches for said in self._answered(number, some, batch)]

    def _answered(self, number: int, prepared: Sequence[Any], batch: Any) -> list[Any]:
        rule = self._rules[number]
        try:
            said = rule.ask(rule.ready(prepared) if batch is None else batch)
            if len(said) != len(prepared):
                raise ValueError(f"{len(said)} answers of {len(prepared)} tiles")
            return said
        except MemoryError:
            raise
        except TileRejected as error:
            refusal = Refusal(error.reason, error.detail)
        except SartextError:
            raise
        except Exception as error:
            refusal = Refusal("error", error_line(error))
        if len(prepared) == 1:
            return [refusal]
        logging.getLogger(__name__).info("%s takes %d tiles in halves: %s", rule.name, len(prepared), refusal.detail)
        middle = len(prepared) // 2
        return [one for half in (prepared[:middle], prepared[middle:]) for one in self._answered(number, half, None)]
