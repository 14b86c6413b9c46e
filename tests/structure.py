"""The structure of the code, counted from its imports: `python -m tests.structure [ROOT]` prints a line a folder.

A room is a direct child of a folder, a file or a folder; an arrow is a pair of rooms of which the first imports the second. A
circle is a set of rooms that import one another, and a floor of a room is one above the highest that it imports.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOPS = ("sartext", "jobs")


@dataclass(frozen=True)
class Folder:
    """One folder and what was counted in it."""

    name: str
    rooms: tuple[str, ...]
    arrows: frozenset[tuple[str, str]]
    circles: tuple[tuple[str, ...], ...]
    files: int
    longest: tuple[int, str]  # lines of a file

    @property
    def floors(self) -> int:
        """Rooms in the longest chain of arrows; those of a circle count as one."""
        below = {room: {to for of, to in self.arrows if of == room} for room in self.rooms}
        circle = {room: set(some) for some in self.circles for room in some}

        @cache
        def floor(room: str) -> int:
            together = circle.get(room, {room})
            return 1 + max((floor(to) for one in together for to in below[one] - together), default=0)

        return max((floor(room) for room in self.rooms), default=0)


def modules(root: Path) -> dict[str, Path]:
    """Dotted name -> file of all modules; a package stands for its `__init__`."""
    found = {}
    for top in TOPS:
        for path in sorted((root / top).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, names: set[str]) -> set[str]:
    """The modules among `names` that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found |= {whole if whole in names else node.module} & names
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & names
    return found


def folders(root: Path = ROOT) -> Iterator[Folder]:
    """Every folder that has rooms, those above before those below."""
    known = modules(root)
    edges = {name: imports(path, set(known)) - {name} for name, path in known.items()}
    for name in sorted(one for one in known if known[one].name == "__init__.py"):
        inside = {one: one.removeprefix(f"{name}.").split(".")[0] for one in known if one.startswith(f"{name}.")}
        arrows = {(room, inside[to]) for one, room in inside.items() for to in edges[one] if to in inside}
        files = [path for path in known[name].parent.glob("*.py") if path.name != "__init__.py"]
        lengths = [(path.read_text().count("\n"), path.name) for path in files]
        yield Folder(
            name=name,
            rooms=tuple(sorted(set(inside.values()))),
            arrows=frozenset((of, to) for of, to in arrows if of != to),
            circles=tuple(_circles(set(inside.values()), {(of, to) for of, to in arrows if of != to})),
            files=len(files),
            longest=max(lengths, default=(0, "")),
        )


def _circles(rooms: set[str], arrows: set[tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    """Rooms that import one another, each set once."""
    reach = {room: {to for of, to in arrows if of == room} for room in rooms}
    for middle in rooms:
        for room in rooms:
            if middle in reach[room]:
                reach[room] |= reach[middle]
    seen: set[str] = set()
    for room in sorted(rooms):
        together = {other for other in reach[room] if room in reach[other]}
        if room in together and room not in seen:
            seen |= together
            yield tuple(sorted(together))


def main(argv: list[str]) -> None:
    """Prints the table; of another checkout where its folder is given."""
    print(f"{'folder':<34}{'rooms':>6}{'floors':>7}{'arrows':>7}{'circles':>8}{'files':>6}  longest file")
    for one in folders(Path(argv[0]).resolve() if argv else ROOT):
        lines, name = one.longest
        row = f"{one.name:<34}{len(one.rooms):>6}{one.floors:>7}{len(one.arrows):>7}{len(one.circles):>8}{one.files:>6}"
        print(f"{row}  {lines} {name}".rstrip())
        for circle in one.circles:
            print(f"{'':<34}  circle: {', '.join(circle)}")


if __name__ == "__main__":
    main(sys.argv[1:])
