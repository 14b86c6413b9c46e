"""From what was planned to what was kept, step by step, and why the rest was not."""

from collections.abc import Iterable

from sartext.report.dataset.blocks import Bar, Bars, Layout, Panel, counted
from sartext.report.dataset.survey import MARKS_BESIDE, Survey

_REASONS = 12


def funnel(survey: Survey, planned: int) -> Layout:
    """Tiles, captions and questions as three panels."""
    panels = [Panel(title="Tiles", blocks=[_tiles(survey, planned)]), Panel(title="Captions", blocks=_captions(survey))]
    if survey.questions:
        panels.append(Panel(title="Questions", blocks=[_questions(survey)]))
    return Layout(blocks=panels, least_px=360)


def _tiles(survey: Survey, planned: int) -> Bars:
    """Stage after stage, reading first; what is left after the last one is kept."""
    stages = ["read", *sorted({stage for stage, _ in survey.rejected} - {"read"})]
    steps, left = [counted("planned", planned, planned)], planned
    for stage in stages:
        reasons = [(f"{stage}: {why.replace('_', ' ')}", n) for (one, why), n in survey.rejected.items() if one == stage]
        left -= sum(number for _, number in reasons)
        steps += _refusals(reasons, planned)
        name = "read" if stage == "read" else f"left after {stage}"
        if stage == stages[-1]:
            name, left = "read and kept" if stage == "read" else "kept", survey.tiles
        steps.append(counted(name, left, planned))
    return Bars(lines=steps, most=planned)


def _captions(survey: Survey) -> list[Bars]:
    tiles = survey.tiles
    written = sum(number for (_, mark), number in survey.captions.items() if mark not in MARKS_BESIDE)
    kept = sum(number for (_, mark), number in survey.captions.items() if mark == "kept")
    steps = [counted("written", written, written)]
    steps += _refusals([(f"{route}: {reason}", number) for (route, reason), number in survey.refusals.most(_REASONS)], written)
    steps.append(counted("kept", kept, written))
    with_one = sum(facts.tiles_with_captions for facts in survey.datasets.values())
    of_tiles = [counted("tiles kept", tiles, tiles), counted("with a caption", with_one, tiles)]
    if with_one < tiles:
        of_tiles.insert(1, counted("without a caption", tiles - with_one, tiles, "no"))
    return [Bars(lines=steps, most=written or 1), Bars(lines=of_tiles, most=tiles or 1)]


def _questions(survey: Survey) -> Bars:
    asked = sum(survey.questions.values())
    kept = sum(number for (_, mark), number in survey.questions.items() if mark == "kept")
    steps = [counted("asked", asked, asked)]
    steps += _refusals([(f"refused: {kind}", n) for (kind, mark), n in survey.questions.items() if mark == "refused"], asked)
    return Bars(lines=[*steps, counted("kept", kept, asked)], most=asked)


def _refusals(reasons: Iterable[tuple[str, int]], whole: int) -> list[Bar]:
    """The most common reasons, the others together."""
    ranked = sorted(reasons, key=lambda pair: (-pair[1], pair[0]))
    shown, rest = ranked[:_REASONS], ranked[_REASONS:]
    if rest:
        shown.append((f"{len(rest)} other reasons", sum(number for _, number in rest)))
    return [counted(f"− {name}", number, whole, "no", less=True) for name, number in shown]
