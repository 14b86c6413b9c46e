"""Random statements with the label of brute force and the verdict of the verifier, and tallies of how they agree."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sartext.narrate.facts.tile_facts import Facts, facts_of
from sartext.narrate.verify.rule import claims_of, verdict_of
from sartext.tile import Claim
from tests.reading.statements.grammar import Drawn, Grammar
from tests.reading.statements.meanings import Denied
from tests.reading.statements.records import joined, phrase_of
from tests.reading.statements.scenes import random_tile
from tests.reading.statements.wordings import Wording
from tests.reading.statements.worlds import label_of

OVERALL, SINGLE = 0.95, 0.85  # shares to be decided
EXAMPLES = 2
A_TILE = 10  # statements
OF_RECORD = 0.2  # the share of them that say something of the record too
TRIES = 3  # draws of a meaning that has the label wanted
FEWEST = 10  # statements that a line of the table must have to be held against `SINGLE`
_WANTED = {"true": "supported", "false": "contradicted"}
_ALLOWED = {
    "true": ("supported", "unverifiable"),
    "false": ("contradicted", "unverifiable"),
    "untrue": ("contradicted", "unverifiable"),
    "open": ("unverifiable",),
    "arguable": ("supported", "contradicted", "unverifiable"),
}


@dataclass(frozen=True)
class Statement:
    """A text about a tile, judged twice."""

    text: str
    label: str
    verdict: str
    kinds: tuple[str, ...]
    claims: tuple[Claim, ...]
    key: str
    tile: str

    @property
    def disagrees(self) -> bool:
        return self.verdict not in _ALLOWED[self.label]

    @property
    def undecided(self) -> bool:
        """Whether brute force decides it and the verifier does not."""
        return self.label in _WANTED and self.verdict != _WANTED[self.label]

    def __str__(self) -> str:
        claims = "".join(f"\n      {one.verdict}: {one.text} ({one.evidence})" for one in self.claims)
        return f"  {self.text}\n    {self.label}, {self.verdict}; {self.key}: {self.tile}{claims}"


def statements(number: int, seed: int) -> Iterator[Statement]:
    """So many random statements."""
    for at in range(-(-number // A_TILE)):
        tile = random_tile(at, seed)
        facts, draw = facts_of(tile), random.Random(f"statements/{seed}/{at}/texts")
        grammar, shown = Grammar(draw, facts), _shown(facts)
        records = random.Random(f"statements/{seed}/{at}/records")
        for _ in range(min(A_TILE, number - at * A_TILE)):
            drawn, label = _drawn(grammar, facts, draw)
            text, kinds = Wording(draw).text(drawn.clauses), drawn.kinds
            if records.random() < OF_RECORD:
                denied = any(isinstance(one, Denied) for one in drawn.clauses)
                text, label = joined(text, label, phrase_of(tile, records), records, denied=denied)
                kinds = (*kinds, "record")
            claims = claims_of(text, facts)
            yield Statement(text, label, verdict_of(claims), kinds, claims, tile.key, shown)


def _drawn(grammar: Grammar, facts: Facts, draw: random.Random) -> tuple[Drawn, str]:
    """A meaning with the label that is wanted, if one of a few has it."""
    wanted = draw.choices(("true", "false", ""), (45, 35, 20))[0]
    for _ in range(TRIES):
        drawn = grammar.meaning()
        label = label_of(drawn, facts, drawn.mentioned, drawn.shares)
        if label == wanted or not wanted:
            break
    return drawn, label


def _shown(facts: Facts) -> str:
    """The tile in a few words, coordinates in percent of the side."""
    objects = [
        f"{one.label} {100 * one.left / facts.width_px:.0f}-{100 * one.right / facts.width_px:.0f},"
        f"{100 * one.top / facts.height_px:.0f}-{100 * one.bottom / facts.height_px:.0f}"
        for one in facts.objects
    ]
    more = [f"cut {label}" for label in facts.cuts] + [f"crowd {label}" for label in facts.crowds]
    return f"{'; '.join([*objects, *more])}; exhaustive {', '.join(facts.exhaustive)}; {facts.width_px} px, {facts.record}"


class Tallies:
    """How many statements have which label and verdict, in all and for each line of the table."""

    def __init__(self) -> None:
        self.labels: Counter[tuple[str, str]] = Counter()
        self.kinds: Counter[tuple[str, str]] = Counter()

    def add(self, one: Statement) -> None:
        self.labels[one.label, one.verdict] += 1
        for kind in one.kinds:
            self.kinds[kind, "all"] += 1
            self.kinds[kind, "wrong"] += one.disagrees
            if one.label in _WANTED:
                self.kinds[kind, f"{one.label} all"] += 1
                self.kinds[kind, one.label] += one.verdict == _WANTED[one.label]

    def decided(self) -> float:
        """The share of what brute force decides that the verifier decides so."""
        of = sum(number for (label, _), number in self.labels.items() if label in _WANTED)
        return sum(self.labels[pair] for pair in _WANTED.items()) / max(of, 1)

    def _share(self, kind: str) -> float:
        of = self.kinds[kind, "true all"] + self.kinds[kind, "false all"]
        return (self.kinds[kind, "true"] + self.kinds[kind, "false"]) / max(of, 1)

    def low(self) -> list[str]:
        """The lines of the table with too small a share."""
        return [kind for kind in self._lines() if self.kinds[kind, "all"] >= FEWEST and self._share(kind) < SINGLE]

    def _lines(self) -> list[str]:
        return sorted({kind for kind, column in self.kinds if column == "all"})

    def table(self) -> str:
        lines = ["label        supported contradicted unverifiable"]
        for label in _ALLOWED:
            lines.append(
                f"{label:12}"
                + "".join(
                    f"{self.labels[label, verdict]:>{width}}"
                    for verdict, width in (("supported", 10), ("contradicted", 13), ("unverifiable", 13))
                )
            )
        lines.append(f"\n{'':20}{'all':>8}{'wrong':>7}{'true':>8}{'decided':>9}{'false':>8}{'decided':>9}{'share':>8}")
        for kind in self._lines():
            of = self.kinds
            lines.append(
                f"{kind:20}{of[kind, 'all']:8}{of[kind, 'wrong']:7}{of[kind, 'true all']:8}{of[kind, 'true']:9}"
                f"{of[kind, 'false all']:8}{of[kind, 'false']:9}{self._share(kind):8.1%}"
            )
        return "\n".join(lines)
