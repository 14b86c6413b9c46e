"""What is said and annotated in a dataset, as chapters of its page: captions, their claims, classes, questions."""

from collections import Counter

from sartext.report.dataset.cloud import COMMON, WORDS, cloud
from sartext.report.dataset.counting import Frequent
from sartext.report.dataset.parts import (
    Bar,
    Row,
    bars,
    card,
    chapter,
    count,
    estimate,
    histogram,
    key,
    ranked,
    share,
    shortened,
    table,
)
from sartext.report.dataset.survey import Survey
from sartext.report.dataset.words import Words
from sartext.tile import VERDICTS

_RANKS, _REPEATED, _CLASSES, _KINDS, _ANSWERS = 20, 8, 24, 16, 8
_STYLES = ("", "second", "third", "open")


def captions(survey: Survey) -> str:
    """Lengths, words, routes and repetitions of kept captions; empty where there is no caption."""
    words, kept = survey.words, survey.words.captions
    if not survey.captions:
        return ""
    picture = cloud(words.words.most(WORDS + len(COMMON)))
    parts = [f'<div class="card cloud" style="margin:12px 0 14px">{picture}</div>'] if picture else []
    left = f'<div class="stack">{_lengths(words)}{_routes(survey)}</div>'
    parts.append(f'<div class="grid" style="--least:420px">{left}{_vocabulary(words)}</div>')
    parts.append(_repeated("most repeated texts", words.texts, kept))
    distinct = estimate(words.distinct.number, words.distinct.exact)
    lead = f"{count(kept)} kept captions, {distinct} distinct texts ({share(words.distinct.number, kept)})"
    lead += f"; {words.distinct.repeated_share:.1%} of these are said more than once."
    return chapter("captions", "What captions say", lead, "".join(parts))


def _repeated(title: str, texts: Frequent[str], whole: int) -> str:
    """The texts that are said most often, as far as that is certain."""
    at_least = "" if texts.exact else "at least "
    rows = [Row(cells=[shortened(text), at_least + count(n), share(n, whole)]) for text, n in texts.certain(_REPEATED)]
    if rows:
        return table((title, "times", "share"), rows, wrap=(0,))
    times = "once" if texts.exact else f"{count(texts.lost)} times"
    return f'<p class="soft">No text is said more than {times}.</p>'


def _lengths(words: Words) -> str:
    forms = sorted(words.lengths)
    styles = [_STYLES[at % len(_STYLES)] for at in range(len(forms))]
    legend = key((style, form or "no form") for style, form in zip(styles, forms, strict=True)) if len(forms) > 1 else ""
    quantiles = words.length_quantiles((0.05, 0.5, 0.95))
    said = "5% have at most {}, half at most {}, 95% at most {} words.".format(*quantiles) if quantiles else ""
    return card("Lengths", legend + histogram({form: words.lengths[form] for form in forms}, styles, "words"), said)


def _routes(survey: Survey) -> str:
    whole = sum(survey.captions.values())
    lines = [
        Bar(
            name=f"{route} {mark}",
            parts=[("no" if mark == "refused" else "", number)],
            number=f"{count(number)} <small>{share(number, whole)}</small>",
        )
        for (route, mark), number in sorted(survey.captions.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return card("Routes", bars(lines), "How a caption came about, and whether it is kept.")


def _vocabulary(words: Words) -> str:
    common = [(word, number) for word, number in words.words.most(_RANKS + len(COMMON)) if word not in COMMON][:_RANKS]
    distinct = estimate(words.vocabulary.number, words.vocabulary.exact)
    note = f"{count(words.words.total)} words, {distinct} distinct; articles and the like are left out here."
    return card("Vocabulary", ranked(common, words.words.total), note)


def claims(survey: Survey) -> str:
    """Verdicts by kind of claim; empty where nothing is claimed."""
    whole = sum(survey.claims.values())
    if not whole:
        return ""
    by_kind: Counter[str] = Counter()
    for (kind, _), number in survey.claims.items():
        by_kind[kind] += number
    styles = dict(zip(VERDICTS, ("yes", "no", "open"), strict=True))
    lines = [
        Bar(
            name="not understood" if kind == "sentence" else kind,
            parts=[(styles[verdict], survey.claims[kind, verdict]) for verdict in VERDICTS],
            number=f"{count(number)} <small>{share(survey.claims[kind, 'supported'], number)}</small>",
        )
        for kind, number in sorted(by_kind.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    of = {verdict: sum(n for (_, one), n in survey.claims.items() if one == verdict) for verdict in VERDICTS}
    words = f"{count(whole)} claims; {share(whole - by_kind['sentence'], whole)} are understood. "
    words += ", ".join(f"{share(number, whole)} {verdict}" for verdict, number in of.items()) + "."
    legend = key((style, verdict) for verdict, style in styles.items())
    body = card("Verdicts by kind of claim", legend + bars(lines), "The share at the end of a line is of supported claims.")
    return chapter("claims", "What captions claim, and whether it is so", words, f'<div class="grid">{body}</div>')


def classes(survey: Survey) -> str:
    """Boxes and regions by class; empty where nothing is annotated."""
    cards = []
    if survey.boxes:
        boxes = sum(survey.boxes.values())
        cards.append(card("Boxes by class", ranked(_top(survey.boxes), boxes), _more(survey.boxes)))
        most = max(survey.boxes_in_tile)
        numbers = histogram({"": survey.boxes_in_tile}, ("",), "boxes")
        cards.append(
            card("Boxes in a tile", numbers, f"{share(survey.boxes_in_tile[0], survey.tiles)} have none, one has {most}.")
        )
    if survey.region_tiles:
        lines = [
            Bar(
                name=label,
                parts=[("second", number)],
                number=f"{count(number)} <small>{share(survey.region_areas[label], number)} of them</small>",
            )
            for label, number in _top(survey.region_tiles)
        ]
        note = "Tiles that have the class, and its mean share of their labelled area."
        cards.append(card("Regions by class", bars(lines), f"{note} {_more(survey.region_tiles)}"))
    if not cards:
        return ""
    words = f"Classes of boxes: {count(len(survey.boxes))}; of regions: {count(len(survey.region_tiles))}."
    return chapter("classes", "What is annotated", words, f'<div class="grid">{"".join(cards)}</div>')


def questions(survey: Survey) -> str:
    """Kinds of questions and the balance of their answers; empty where there is none."""
    kept = {kind: number for (kind, mark), number in survey.questions.items() if mark == "kept"}
    if not kept:
        return ""
    whole = sum(kept.values())
    cards = [card("Kinds", ranked(_top(Counter(kept), _KINDS), whole))]
    for kind, _ in _top(Counter(kept), _KINDS):
        answers = survey.answers[kind].most(_ANSWERS)
        note = f"{count(len(survey.answers[kind]))}{'' if survey.answers[kind].exact else ' or more'} different answers."
        cards.append(card(f"Answers: {kind}", ranked(answers, kept[kind], "second"), note))
    asked = _repeated("most repeated questions", survey.asked, whole)
    words = f"{count(whole)} questions are kept; the most common text is {_most_common(survey, whole)} of them."
    return chapter("questions", "What is asked", words, f'<div class="flow">{"".join(cards)}</div>{asked}')


def _top(counts: Counter[str], number: int = _CLASSES) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:number]


def _more(counts: Counter[str]) -> str:
    return f"{len(counts) - _CLASSES} rarer classes are left out." if len(counts) > _CLASSES else ""


def _most_common(survey: Survey, whole: int) -> str:
    """The share of the text that is asked most often; where that is not certain, what it is at most."""
    number = max((found for _, found in survey.asked.most(1)), default=0)
    return share(number, whole) if survey.asked.exact else f"at most {share(number + survey.asked.lost, whole)}"
