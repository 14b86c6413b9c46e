"""What is said and annotated in a dataset, as sections of its page: captions, their claims, classes, questions."""

from collections import Counter

from sartext.report.dataset.blocks import (
    Bar,
    Bars,
    Layout,
    Legend,
    Panel,
    Paragraph,
    Section,
    count,
    counted,
    estimate,
    histogram,
    ranked,
    share,
    truncated,
)
from sartext.report.dataset.cloud import COMMON, WORDS, cloud
from sartext.report.dataset.counting import Frequent
from sartext.report.dataset.survey import Survey
from sartext.report.dataset.words import Words
from sartext.report.table import Table
from sartext.tile import VERDICTS

_RANKS, _REPEATED, _CLASSES, _KINDS, _ANSWERS = 20, 8, 24, 16, 8
_STYLES = ("", "second", "third", "open")


def captions(survey: Survey) -> Section | None:
    """Lengths, words, routes and repetitions of kept captions; None where there is no caption."""
    words, kept = survey.words, survey.words.captions
    if not survey.captions:
        return None
    left = Layout(blocks=[_lengths(words), _routes(survey)], style="stack")
    blocks = [
        cloud(words.words.most(WORDS + len(COMMON))),
        Layout(blocks=[left, _vocabulary(words)], least_px=420),
        _repeated("most repeated texts", words.texts, kept),
    ]
    distinct = estimate(words.distinct.number, words.distinct.exact)
    lead = f"{count(kept)} kept captions, {distinct} distinct texts ({share(words.distinct.number, kept)})"
    lead += f"; {words.distinct.repeated_share:.1%} of these are said more than once."
    return Section(name="captions", short="Captions", title="What captions say", words=lead, blocks=blocks)


def _repeated(title: str, texts: Frequent[str], whole: int) -> Table | Paragraph:
    """The texts that are said most often, as far as that is certain."""
    at_least = "" if texts.exact else "at least "
    rows = [[truncated(text), at_least + count(n), share(n, whole)] for text, n in texts.certain(_REPEATED)]
    if rows:
        return Table(head=(title, "times", "share"), rows=rows, wrap=(0,))
    times = "once" if texts.exact else f"{count(texts.lost)} times"
    return Paragraph(text=f"No text is said more than {times}.")


def _lengths(words: Words) -> Panel:
    forms = sorted(words.lengths)
    styles = [_STYLES[at % len(_STYLES)] for at in range(len(forms))]
    numbers = {form: count(sum(words.lengths[form].values())) for form in forms}
    names = [(style, f"{numbers[form]} {form or 'of no form'}") for style, form in zip(styles, forms, strict=True)]
    legend = Legend(names=names) if len(forms) > 1 else None
    quantiles = words.length_quantiles((0.05, 0.5, 0.95))
    said = "5% have at most {}, half at most {}, 95% at most {} words.".format(*quantiles) if quantiles else ""
    columns = histogram({form: words.lengths[form] for form in forms}, styles, "words")
    return Panel(title="Lengths", blocks=[legend, columns], note=said)


def _routes(survey: Survey) -> Panel:
    whole = sum(survey.captions.values())
    lines = [
        counted(f"{route} {mark}", number, whole, "no" if mark == "refused" else "")
        for (route, mark), number in sorted(survey.captions.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return Panel(
        title="Routes",
        blocks=[Bars(lines=lines)],
        note="How a caption came about, and whether it is kept; samples and texts of the optical twin stand beside them.",
    )


def _vocabulary(words: Words) -> Panel:
    common = [(word, number) for word, number in words.words.most(_RANKS + len(COMMON)) if word not in COMMON][:_RANKS]
    distinct = estimate(words.vocabulary.number, words.vocabulary.exact)
    note = f"{count(words.words.total)} words, {distinct} distinct; articles and the like are left out here."
    return Panel(title="Vocabulary", blocks=[ranked(common, words.words.total)], note=note)


def claims(survey: Survey) -> Section | None:
    """Verdicts by kind of claim; None where nothing is claimed."""
    whole = sum(survey.claims.values())
    if not whole:
        return None
    by_kind: Counter[str] = Counter()
    for (kind, _), number in survey.claims.items():
        by_kind[kind] += number
    styles = dict(zip(VERDICTS, ("yes", "no", "open"), strict=True))
    lines = [
        Bar(
            name="not understood" if kind == "sentence" else kind,
            parts=[(styles[verdict], survey.claims[kind, verdict]) for verdict in VERDICTS],
            number=count(number),
            aside=share(survey.claims[kind, "supported"], number),
        )
        for kind, number in sorted(by_kind.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    of = {verdict: sum(n for (_, one), n in survey.claims.items() if one == verdict) for verdict in VERDICTS}
    words = f"{count(whole)} claims; {share(whole - by_kind['sentence'], whole)} are understood. "
    words += ", ".join(f"{share(number, whole)} {verdict}" for verdict, number in of.items()) + "."
    legend = Legend(names=[(style, verdict) for verdict, style in styles.items()])
    note = "The share at the end of a line is of supported claims."
    body = Panel(title="Verdicts by kind of claim", blocks=[legend, Bars(lines=lines)], note=note)
    title = "What captions claim, and whether it is so"
    return Section(name="claims", short="Claims", title=title, words=words, blocks=[Layout(blocks=[body])])


def classes(survey: Survey) -> Section | None:
    """Boxes and regions by class; None where nothing is annotated."""
    panels = []
    if survey.boxes:
        boxes = sum(survey.boxes.values())
        by_class = ranked(_top(survey.boxes), boxes)
        panels.append(Panel(title="Boxes by class", blocks=[by_class], note=_more(survey.boxes)))
        note = f"{share(survey.boxes_in_tile[0], survey.tiles)} have none, one has {max(survey.boxes_in_tile)}."
        numbers = histogram({"": survey.boxes_in_tile}, ("",), "boxes")
        panels.append(Panel(title="Boxes in a tile", blocks=[numbers], note=note))
    if survey.region_tiles:
        lines = [
            Bar(
                name=label,
                parts=[("second", number)],
                number=count(number),
                aside=f"{share(survey.region_areas[label], number)} of them",
            )
            for label, number in _top(survey.region_tiles)
        ]
        note = "Tiles that have the class, and its mean share of their labelled area."
        more = f"{note} {_more(survey.region_tiles)}"
        panels.append(Panel(title="Regions by class", blocks=[Bars(lines=lines)], note=more))
    if not panels:
        return None
    words = f"Classes of boxes: {count(len(survey.boxes))}; of regions: {count(len(survey.region_tiles))}."
    blocks = [Layout(blocks=panels)]
    return Section(name="classes", short="Classes", title="What is annotated", words=words, blocks=blocks)


def questions(survey: Survey) -> Section | None:
    """Kinds of questions and the balance of their answers; None where there is none."""
    kept = {kind: number for (kind, mark), number in survey.questions.items() if mark == "kept"}
    if not kept:
        return None
    whole = sum(kept.values())
    panels = [Panel(title="Kinds", blocks=[ranked(_top(Counter(kept), _KINDS), whole)])]
    for kind, _ in _top(Counter(kept), _KINDS):
        answers = survey.answers[kind].most(_ANSWERS)
        note = f"{count(len(survey.answers[kind]))}{'' if survey.answers[kind].exact else ' or more'} different answers."
        panels.append(Panel(title=f"Answers: {kind}", blocks=[ranked(answers, kept[kind], "second")], note=note))
    asked = _repeated("most repeated questions", survey.asked, whole)
    words = f"{count(whole)} questions are kept; the most common text is {_most_common(survey, whole)} of them."
    blocks = [Layout(blocks=panels, style="flow"), asked]
    return Section(name="questions", short="Questions", title="What is asked", words=words, blocks=blocks)


def _top(counts: Counter[str], number: int = _CLASSES) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:number]


def _more(counts: Counter[str]) -> str:
    return f"{len(counts) - _CLASSES} rarer classes are left out." if len(counts) > _CLASSES else ""


def _most_common(survey: Survey, whole: int) -> str:
    """The share of the text that is asked most often; where that is not certain, what it is at most."""
    number = max((found for _, found in survey.asked.most(1)), default=0)
    return share(number, whole) if survey.asked.exact else f"at most {share(number + survey.asked.lost, whole)}"
