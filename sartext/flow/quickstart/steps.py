"""Jobs one after another in one Ray, with one progress view; each goes on where it was."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sartext.flow.engine.progress import duration, titled
from sartext.flow.engine.signals import stopping


@dataclass(frozen=True)
class Step:
    """One job of a chain: its name, and what it does with what the jobs before it made, by their names."""

    name: str
    run: Callable[[dict[str, Any]], object]


def run_steps(links: Sequence[Step]) -> dict[str, Any]:
    """What each job made, by its name; says of each how long it took. Raises what a job raises."""
    made: dict[str, Any] = {}
    with stopping() as stop:
        with stop.held():
            from sartext.flow.engine.session import shared  # Ray takes seconds to import

        with shared(stop):
            for number, link in enumerate(links, 1):
                with titled(f"[{number}/{len(links)}] {link.name}: "), _timed(f"[{number}/{len(links)}] {link.name}"):
                    made[link.name] = link.run(made)
    return made


@contextmanager
def _timed(title: str) -> Iterator[None]:
    """Says when a job is done; off a terminal also when it begins."""
    began = time.monotonic()
    if not sys.stderr.isatty():
        print(f"{title} ...", file=sys.stderr, flush=True)
    yield
    print(f"{title}: done in {duration(time.monotonic() - began)}", file=sys.stderr, flush=True)
