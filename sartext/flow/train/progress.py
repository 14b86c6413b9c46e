"""The live line of trainings, from what each says of itself at its place."""

import time
from collections.abc import Sequence
from typing import Any

from sartext.artifact import read_json
from sartext.flow.engine.progress import Line, duration
from sartext.flow.train.step_log import LIVE
from sartext.store import Store


class Watcher:
    """Draws where trainings are: of one all that there is to say, of several side by side a little of each."""

    def __init__(self, places: Sequence[Store], line: Line | None = None) -> None:
        self._places, self._line = places, line or Line()
        # For each training the last step that was seen of it; and from which on it is counted, once it has moved, since when.
        self._seen: dict[int, tuple[int, int | None, float]] = {}

    def show(self, last: bool = False) -> None:
        """Draws the line, once there is something to say."""
        found = {number: live for number, store in enumerate(self._places) if (live := _live(store))}
        if not found:
            return
        now = time.monotonic()
        rates = {number: self._rate(number, live["step"], now) for number, live in found.items()}
        text = self._of_one(found[0], rates[0]) if len(self._places) == 1 else self._of_many(found, rates)
        self._line.draw(text, last=last)

    def clear(self) -> None:
        """Leaves an empty line for a message on a terminal."""
        self._line.clear()

    def _rate(self, number: int, step: int, now: float) -> float:
        """Steps a second since the training was first seen to move; 0.0 before.

        What a place says at first may be of an earlier run, and its steps may be done again.
        """
        last, first, began = self._seen.get(number, (step, None, now))
        if step < last or (first is None and step != last):
            first, began = step, now
        self._seen[number] = step, first, began
        return (step - first) / (now - began) if first is not None and step > first else 0.0

    def _of_one(self, live: dict[str, Any], rate: float) -> str:
        share = 100 * live["step"] / live["total"]
        text = f"{live['stage']}: step {live['step']:,} of {live['total']:,} ({share:.0f}%)"
        return f"{text}  {rate:.1f} steps/s  {_left([(live, rate)])} left  loss {live['loss']:.4f}"

    def _of_many(self, found: dict[int, dict[str, Any]], rates: dict[int, float]) -> str:
        """The last one ends them all, so the time left is the longest of theirs."""
        share = 100 * sum(live["step"] / live["total"] for live in found.values()) / len(self._places)
        begun = len(found) == len(self._places)
        left = _left([(live, rates[number]) for number, live in found.items()]) if begun else _UNKNOWN
        each = [
            f"{self._places[number].uri.rstrip('/').rsplit('/', 1)[-1]} {live['stage']} {live['step']:,}/{live['total']:,} "
            f"loss {live['loss']:.3f}"
            for number, live in found.items()
        ]
        return "  ".join([f"{share:.0f}%  {left} left", *each])


_UNKNOWN = "--:--"


def _left(trainings: Sequence[tuple[dict[str, Any], float]]) -> str:
    """How long it takes until the last of them ends, each at its own rate."""
    open_ones = [(live["total"] - live["step"], rate) for live, rate in trainings if live["step"] < live["total"]]
    if any(rate <= 0 for _, rate in open_ones):
        return _UNKNOWN
    return duration(max((steps / rate for steps, rate in open_ones), default=0.0))


def _live(store: Store) -> dict[str, Any] | None:
    """What a training says of itself, or None before its first step."""
    try:
        return read_json(store, LIVE, ("step", "total", "stage", "loss"))
    except FileNotFoundError:
        return None
