"""How one argument travels through the code: `python -m tests.chains [--against COMMIT] [--walk CHAIN]` prints four chains.

A chain begins with one argument of one function and follows the calls that pass it, or a part of it, on, in the order in which
the code is written; nothing is run. A room is a child of `sartext` or of `sartext.flow`; `jobs` is one. Counted are steps
from room to room, those into a room that imports the one before (`up`), and those into a room where the chain had been
(`returns`). What only the running program knows (which class a protocol stands for, what a callback is) is not followed.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.structure import ROOT, imports, modules
from tests.support.definitions import Definitions, Function
from tests.support.follow import Follower

# Chain -> where it begins, as (name of the function, its argument); in each checkout the module is looked for by the function.
CHAINS = {
    "read a shard": ("read_shard", "task"),
    "learn": ("learn", "task"),
    "build": ("jobs.build.main", "config"),
    "caption route": ("caption", "request"),
}


@dataclass(frozen=True)
class Counted:
    """One chain, counted."""

    rooms: int
    steps: int
    up: int
    returns: int


class Rooms:
    """The rooms of a checkout and which imports which."""

    def __init__(self, root: Path) -> None:
        known = modules(root)
        self._edges = {name: imports(path, set(known)) - {name} for name, path in known.items()}

    def imports(self, room: str, other: str) -> bool:
        """Whether a module of the one room imports one of the other."""
        return any(_within(to, other) for name, edges in self._edges.items() if _within(name, room) for to in edges)

    def count(self, visited: Sequence[str]) -> Counted:
        """The figures of a chain that is in these modules one after the other."""
        rooms = [room_of(module) for module in visited]
        steps = [at for at in range(1, len(rooms)) if rooms[at] != rooms[at - 1]]
        return Counted(
            rooms=len(set(rooms)),
            steps=len(steps),
            up=sum(self.imports(rooms[at], rooms[at - 1]) for at in steps),
            returns=sum(rooms[at] in rooms[: at - 1] for at in steps),
        )


def room_of(module: str) -> str:
    """The room of a module: `jobs`, `sartext.store`, `sartext.flow.build`."""
    parts = module.split(".")
    return ".".join(parts[: 1 if parts[0] == "jobs" else 3 if parts[1:2] == ["flow"] else 2])


def _within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def start(definitions: Definitions, chain: str) -> Function:
    """The function with which a chain begins."""
    name, argument = CHAINS[chain]
    found = [one for one in definitions.functions(name) if argument in one.parameters]
    if len(found) != 1:
        raise SystemExit(f"{len(found)} functions {name}({argument}) in {definitions.root}: mend CHAINS")
    return found[0]


def counted(root: Path = ROOT) -> dict[str, Counted]:
    """The figures of every chain."""
    rooms, definitions, figures = Rooms(root), Definitions(root, modules(root)), {}
    for chain, (_, argument) in CHAINS.items():
        calls = Follower(definitions).follow(start(definitions, chain), argument)
        figures[chain] = rooms.count([one.module for one in calls])
    return figures


def main(argv: Sequence[str]) -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.chains", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--against", metavar="COMMIT", help="a commit whose chains stand beside today's")
    parser.add_argument("--walk", choices=CHAINS, metavar="CHAIN", help=f"print the functions of one: {', '.join(CHAINS)}")
    options = parser.parse_args(argv)
    if options.walk:
        definitions = Definitions(ROOT, modules(ROOT))
        for one in Follower(definitions).follow(start(definitions, options.walk), CHAINS[options.walk][1]):
            print(f"{one.module}: {one.name}")
        return 0
    before: dict[str, Counted] = {}
    if options.against:
        with tempfile.TemporaryDirectory() as folder:
            archive = subprocess.run(["git", "archive", options.against, "sartext", "jobs"], cwd=ROOT, check=True, stdout=-1)
            subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
            before = counted(Path(folder))
    print(f"{'chain':<16}{'rooms':>7}{'steps':>7}{'up':>5}{'returns':>9}")
    for chain, now in counted().items():
        if old := before.get(chain):
            print(f"{chain:<16}{old.rooms:>7}{old.steps:>7}{old.up:>5}{old.returns:>9}  at {options.against}")
        print(f"{chain:<16}{now.rooms:>7}{now.steps:>7}{now.up:>5}{now.returns:>9}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
