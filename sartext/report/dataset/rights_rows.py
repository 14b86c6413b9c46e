"""What is declared of the rights of images, annotations and texts, and what their licences allow: a row each."""

from typing import NamedTuple

from sartext.report.dataset.blocks import NONE, count
from sartext.report.dataset.survey import Survey
from sartext.report.table import Table
from sartext.rights import PASS_ON, TRAIN, Right, terms_of

RIGHTS_HEAD = (
    *("source", "of", "licence (SPDX)", "models may be trained on it", "may be passed on"),
    *("asks for", "tiles"),
)
_ROWS = 100
_DECLARED = {"true": True, "false": False, "": None}
_FLAGS = {True: "yes", False: "no", None: "unknown"}


class RightsRow(NamedTuple):
    """What tiles of one source say of one of their parts."""

    source: str
    right: Right
    citation: str
    tiles: int

    def cells(self) -> tuple[str, ...]:
        """As they are shown under RIGHTS_HEAD: what is not declared is as the licence says."""
        right = self.right
        asks = ", ".join(terms_of(right.licence).asks()) or NONE
        flags = (_FLAGS[right.allows(TRAIN)], _FLAGS[right.allows(PASS_ON)])
        return (self.source, right.of, right.licence or "unknown", *flags, asks, count(self.tiles))


def rights_rows(survey: Survey) -> list[RightsRow]:
    """By source, by part, and by licence."""
    return [
        RightsRow(name, Right(of, licence or None, _DECLARED[train], _DECLARED[pass_on]), citation, number)
        for name, facts in sorted(survey.datasets.items())
        for of, frequent in facts.rights.items()
        for (licence, train, pass_on, citation), number in sorted(frequent.most())
    ]


def rights_table(survey: Survey) -> Table:
    """The rows as a table of a page."""
    rows = [list(row.cells()) for row in rights_rows(survey)]
    more = [[f"{len(rows) - _ROWS} more"]] if len(rows) > _ROWS else []
    return Table(head=RIGHTS_HEAD, rows=rows[:_ROWS] + more, text=(0, 1, 2, 3, 4, 5))
