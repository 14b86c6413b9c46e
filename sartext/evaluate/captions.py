"""Caption metrics as the COCO evaluation computes them (Chen et al., arXiv:1504.00325): BLEU, METEOR, ROUGE-L, CIDEr, SPICE.

Values are those of pycocoevalcap's `COCOEvalCap` on the same captions. All metrics work on the tokens of the Stanford PTB
tokenizer, a Java program: without Java none of them can be had exactly, so all are named as missing. Nothing is downloaded.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pycocoevalcap.bleu.bleu import Bleu  # type: ignore[import-untyped]
from pycocoevalcap.cider.cider import Cider  # type: ignore[import-untyped]
from pycocoevalcap.rouge.rouge import Rouge  # type: ignore[import-untyped]

from sartext.evaluate import java
from sartext.evaluate.java_metrics import meteor, missing_spice_jars, ptb_tokenize, spice

METRICS = ("BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "METEOR", "ROUGE-L", "CIDEr", "SPICE")


@dataclass(frozen=True, kw_only=True)
class CaptionScores:
    """Each of METRICS is either in `values` or, with the reason, in `missing`."""

    values: Mapping[str, float]  # shares from 0 to 1; CIDEr up to 10
    missing: Mapping[str, str]
    captions: int
    distinct: int  # different candidate texts
    mean_words: float  # words of a candidate, by white space


def caption_scores(
    candidates: Sequence[str], references: Sequence[Sequence[str]], *, program: str | None = None
) -> CaptionScores:
    """Scores of one candidate an image against its reference captions, one or more, in the same order.

    `program` is the Java to use, by name or path; the first on PATH unless said. CIDEr weighs words by how rare they are
    among the images' references, so it is 0 for a single image. Raises `ValueError` where there are no candidates, not as many
    lists of references, or an empty list.
    """
    return caption_scores_of([candidates], references, program=program)[0]


def caption_scores_of(
    systems: Sequence[Sequence[str]], references: Sequence[Sequence[str]], *, program: str | None = None
) -> list[CaptionScores]:
    """`caption_scores` of several systems' candidates against the same references; each Java program starts once for all."""
    for candidates in systems:
        if len(candidates) != len(references) or not candidates:
            raise ValueError(
                f"{len(candidates)} candidates and {len(references)} lists of references; as many are needed, and some"
            )
    if not all(references):
        raise ValueError(f"candidate {[bool(texts) for texts in references].index(False)} has no reference caption")
    values: list[dict[str, float]] = [{} for _ in systems]
    missing: dict[str, str] = {}
    path = java.find(program)
    if path is None:
        missing = dict.fromkeys(METRICS, f"the tokenizer needs Java, and no {program or 'java'} starts; install a JDK")
    else:
        _score(systems, references, path, values, missing)
    return [
        CaptionScores(
            values=found,
            missing=missing,
            captions=len(candidates),
            distinct=len(set(candidates)),
            mean_words=sum(len(text.split()) for text in candidates) / len(candidates),
        )
        for candidates, found in zip(systems, values, strict=True)
    ]


def _score(
    systems: Sequence[Sequence[str]],
    references: Sequence[Sequence[str]],
    path: str,
    values: list[dict[str, float]],
    missing: dict[str, str],
) -> None:
    """Puts each metric into all `values` or into `missing`; a Java program that fails takes only its own metrics with it."""
    texts = [text for several in (*systems, *references) for text in several]
    try:
        words = iter(ptb_tokenize(texts, path))
    except java.JavaError as error:
        missing.update(dict.fromkeys(METRICS, str(error)))
        return
    tested = [[next(words) for _ in candidates] for candidates in systems]
    known = [[next(words) for _ in several] for several in references]
    for found, candidates in zip(values, tested, strict=True):
        found.update(_in_python(candidates, known))
    _try("METEOR", lambda: meteor(tested, known, path), values, missing)
    lacking = missing_spice_jars()
    if lacking:
        place, source = "spice/lib of the package pycocoevalcap", "Maven's edu.stanford.nlp:stanford-corenlp:3.6.0"
        missing["SPICE"] = f"{' and '.join(lacking)} not in {place}; put them there, from {source}"
    else:
        _try("SPICE", lambda: spice(tested, known, path), values, missing)


def _in_python(tested: Sequence[str], known: Sequence[Sequence[str]]) -> dict[str, float]:
    """The metrics that pycocoevalcap has in Python: BLEU, ROUGE-L, CIDEr."""
    hypotheses = {at: [text] for at, text in enumerate(tested)}
    truths = {at: list(texts) for at, texts in enumerate(known)}
    bleus, _ = Bleu(4).compute_score(truths, hypotheses, verbose=0)
    values = {f"BLEU-{n}": float(value) for n, value in enumerate(bleus, 1)}
    values["ROUGE-L"] = float(Rouge().compute_score(truths, hypotheses)[0])
    values["CIDEr"] = float(Cider().compute_score(truths, hypotheses)[0])
    return values


def _try(name: str, score: Callable[[], list[float]], values: list[dict[str, float]], missing: dict[str, str]) -> None:
    try:
        for found, value in zip(values, score(), strict=True):
            found[name] = value
    except java.JavaError as error:
        missing[name] = str(error)
