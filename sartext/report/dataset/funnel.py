"""From what was planned to what was kept, step by step, and why the rest was not."""

from collections.abc import Iterable

from sartext.report.dataset.parts import Bar, bars, card, count, share
from sartext.report.dataset.survey import Survey

_REASONS = 12


def funnel(survey: Survey, planned: int) -> str:
    """Tiles, captions and questions as three cards."""
    cards = [card("Tiles", _tiles(survey, planned)), card("Captions", _captions(survey))]
    if survey.questions:
        cards.append(card("Questions", _questions(survey)))
    return f'<div class="grid" style="--least:360px">{"".join(cards)}</div>'


def _tiles(survey: Survey, planned: int) -> str:
    """Stage after stage, reading first; what is left after the last one is kept."""
    stages = ["read", *sorted({stage for stage, _ in survey.rejected} - {"read"})]
    steps, left = [_step("planned", planned, planned)], planned
    for stage in stages:
        reasons = [(f"{stage}: {why.replace('_', ' ')}", n) for (one, why), n in survey.rejected.items() if one == stage]
        left -= sum(number for _, number in reasons)
        steps += _refusals(reasons, planned)
        name = "read" if stage == "read" else f"left after {stage}"
        if stage == stages[-1]:
            name, left = "read and kept" if stage == "read" else "kept", survey.tiles
        steps.append(_step(name, left, planned))
    return bars(steps, planned)


def _captions(survey: Survey) -> str:
    tiles = survey.tiles
    written = sum(survey.captions.values())
    kept = sum(number for (_, mark), number in survey.captions.items() if mark == "kept")
    steps = [_step("written", written, written)]
    steps += _refusals([(f"{route}: {reason}", number) for (route, reason), number in survey.refusals.most(_REASONS)], written)
    steps.append(_step("kept", kept, written))
    with_one = sum(facts.tiles_with_captions for facts in survey.sources.values())
    of_tiles = [_step("tiles kept", tiles, tiles), _step("with a caption", with_one, tiles)]
    if with_one < tiles:
        of_tiles.insert(1, _step("without a caption", tiles - with_one, tiles, "no"))
    return f'{bars(steps, written or 1)}<div style="height:14px"></div>{bars(of_tiles, tiles or 1)}'


def _questions(survey: Survey) -> str:
    asked = sum(survey.questions.values())
    kept = sum(number for (_, mark), number in survey.questions.items() if mark == "kept")
    steps = [_step("asked", asked, asked)]
    steps += _refusals([(f"refused: {kind}", n) for (kind, mark), n in survey.questions.items() if mark == "refused"], asked)
    return bars([*steps, _step("kept", kept, asked)], asked)


def _step(name: str, number: int, whole: int, style: str = "") -> Bar:
    return Bar(name=name, parts=[(style, number)], number=f"{count(number)} <small>{share(number, whole)}</small>")


def _refusals(reasons: Iterable[tuple[str, int]], whole: int) -> list[Bar]:
    """The most common reasons, the others together."""
    ranked = sorted(reasons, key=lambda pair: (-pair[1], pair[0]))
    shown, rest = ranked[:_REASONS], ranked[_REASONS:]
    if rest:
        shown.append((f"{len(rest)} other reasons", sum(number for _, number in rest)))
    return [
        Bar(
            name=f"− {name}",
            parts=[("no", number)],
            number=f"{count(number)} <small>{share(number, whole)}</small>",
            less=True,
        )
        for name, number in shown
    ]
