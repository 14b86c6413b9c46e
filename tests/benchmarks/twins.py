"""Captions of radar images from descriptions of their optical twins: how many pairs get one, and how true they are.

    python -m tests.benchmarks.twins [--pairs 1000] [--model FOLDER] [--describer FOLDER] [--save]

The archive's pairs are described by its optical captions, with errors of known kinds at the rates of `twin_errors`, and
captioned from these alone. What is kept is held against the hidden annotations, and so are the descriptions themselves: the
share of what is decided that is true. Then 300 descriptions, the archive's and written ones, and RSICD's where they are
there: how many sentences that name something lasting yield it, and whether anything gets through that a twin cannot tell.
Controls have errors that must not. With a folder of a language model, it rewrites some pairs too. With one of a CoCa that
learned from optical images, pairs are also described by it, from their pixels, and captioned from that; of these figures only
that nothing is told that a twin cannot tell is asked. Exits with 1 below a bar.

That a description is of another scene cannot be known from its text: such captions are rewritten as any other.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.read.claims import said_in
from sartext.narrate.read.vocabulary import NUMBERS, OPTICAL, TENS
from sartext.narrate.seeded import Pick
from sartext.narrate.verify import Verify, claims_of
from sartext.narrate.write.twin.compose import caption_of
from sartext.narrate.write.twin.lasting import LASTING_COVERS
from sartext.narrate.write.twin.rule import TwinText, twin_texts
from sartext.narrate.write.twin.understand import lasting_in
from sartext.sources.archive_twins import ArchiveTwins
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile
from tests.benchmarks import twin_errors
from tests.support.results import keep, parser_with_save

WITH_A_SENTENCE, SURVIVING, DESCRIPTIONS = 0.5, 0.7, 300
_WRITTEN = Path(__file__).resolve().parents[1] / "sartext" / "narrate" / "write" / "twin"
RSICD = Path(__file__).resolve().parents[3] / "shared" / "cases" / "texts" / "rsicd_val.txt"
_MOVABLE = sorted(
    word.lower()
    for kind in taxonomy.KINDS.values()
    if taxonomy.root(kind.name) in ("ship", "aircraft", "vehicle", "snow", "ice", "flood", "ship wake", "oil spill")
    for pair in ((kind.singular, kind.plural), *kind.synonyms)
    for word in pair
)
_NEVER = re.compile(
    rf"\b(?:{'|'.join([*OPTICAL.split(), *NUMBERS.split(), *TENS.split(), *map(re.escape, _MOVABLE)])}|no|not|without|spring|"
    r"summer|autumn|winter|several|many|\d+)\b",
    re.IGNORECASE,
)
_VIEW = re.compile(r"\b(?:satellite view|(?:aerial|optical|satellite) image)\b", re.IGNORECASE)
_LIGHT = re.compile(r"\b(?:light |dark )?(?:blue|green|yellow|gr[ae]y|brown|white|red|beige|orange|black) ", re.IGNORECASE)
# The names of covers in the archive's optical captions, in words that the verifier reads.
_COVERS = ("water", "forest", "cropland", "urban land", "bare soil", "wetland")
_ARCHIVES = re.compile(r"\b(?:water|forest|fields|buildings|soil|wetland|bridges?|harbors?|storage tanks?)\b")


@dataclass
class Tally:
    """Verdicts of claims, and pairs."""

    pairs: int = 0
    with_a_sentence: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    ours: Counter[str] = field(default_factory=Counter)
    theirs: Counter[str] = field(default_factory=Counter)
    plain: Counter[str] = field(default_factory=Counter)  # of the texts without colours, where they are looked at so
    never: list[str] = field(default_factory=list)

    def take(self, known: Tile, told: Tile) -> None:
        """Holds the captions of a pair and its texts against what is known of the scene."""
        self.pairs += 1
        kept = [one.text for one in told.captions if one.route == "twin" and one.kept]
        self.with_a_sentence += bool(kept)
        self.never += [text for text in kept if _NEVER.search(text)]
        _judge(self.ours, kept, known)
        light = replace(known, sensor=replace(known.sensor, modality="optical"))
        _judge(self.theirs, [one.text for _, one in twin_texts(told)], light)


def _judge(into: Counter[str], texts: Iterable[str], known: Tile) -> None:
    facts = facts_of(known)
    into.update(
        claim.verdict for text in texts for claim in claims_of(text, facts) if claim.kind not in ("optical", "sentence")
    )


def precision(verdicts: Counter[str]) -> float:
    """The share of claims that are true, of those that the annotations decide."""
    decided = verdicts["supported"] + verdicts["contradicted"]
    return verdicts["supported"] / decided if decided else 0.0


def described(source: ArchiveTwins, item: int) -> tuple[Tile, Tile, list[str]]:
    """A pair with all that is known of it, the same as users have it, with errors in its texts, and their names."""
    known = source.of.tile(item)
    hidden, got, captions = source.tile(item), list[str](), []
    for at, caption in enumerate(hidden.captions):
        text, errors = twin_errors.spoiled(caption.text, Pick(f"{item}/{at}"))
        captions.append(replace(caption, text=text))
        got += errors
    return _whole(known), replace(hidden, captions=tuple(captions)), got


def _whole(known: Tile) -> Tile:
    """The tile with all that its masks say: they cover all, and are right."""
    return replace(known, exhaustive=(*known.exhaustive, *LASTING_COVERS))


def archive_pairs(pairs: int) -> Tally:
    """The archive's pairs, captioned from their descriptions by the rule."""
    source, tally = ArchiveTwins(of=Synthetic(tiles=pairs, pixels=False)), Tally()
    rule, verify = TwinText(), Verify()
    for item in range(pairs):
        whole, hidden, errors = described(source, item)
        tally.errors.update(errors)
        tally.take(whole, verify.apply(rule.apply(hidden)))
    return tally


def described_pairs(folder: str, pairs: int, tokens: int) -> Tally:
    """The archive's pairs, captioned by the rule from what a CoCa says of their optical images."""
    from sartext.flow.predict.rewrite.twin_describer import TwinDescriber

    describer = TwinDescriber(checkpoint=folder, max_tokens=tokens).pinned()
    # Scenes that the archive's own training sets, of other seeds, do not have.
    shown = ArchiveTwins(of=Synthetic(tiles=pairs, seed=11), described=False)
    known, tally = Synthetic(tiles=pairs, seed=11, pixels=False), Tally()
    rule, verify = TwinText(), Verify()
    for start in range(0, pairs, describer.batch_size):
        items = range(start, min(pairs, start + describer.batch_size))
        hidden = [shown.tile(item) for item in items]
        said = describer.ask(describer.ready([describer.prepare(tile) for tile in hidden]))
        for item, tile, one in zip(items, hidden, said, strict=True):
            told = describer.answered(tile, str(one))
            whole = _whole(known.tile(item))
            tally.take(whole, verify.apply(rule.apply(told)))
            _judge(tally.plain, [_plain(str(one))], whole)
    return tally


def _plain(text: str) -> str:
    """A description in words that the verifier reads of a radar image: without colours, which it judges by themselves."""
    for name, plain in zip(twin_errors.COVERS, _COVERS, strict=True):
        text = text.replace(name, plain)
    return _LIGHT.sub("", _VIEW.sub("SAR image", text))


def written() -> list[tuple[str, bool]]:
    """Descriptions that people wrote, with whether they name something lasting."""
    rows = [line.split("\t") for line in (_WRITTEN / "texts.tsv").read_text().splitlines()]
    return [(text, classes != "-") for text, classes in rows]


def survival(number: int) -> tuple[int, int, list[str]]:
    """Of the sentences of so many descriptions that name something lasting how many yield it; how many there are; and what of
    the captions made of them no twin can tell.
    """
    rows = written()
    source = ArchiveTwins(of=Synthetic(tiles=number, seed=7, pixels=False))
    archive = [text for item in range(number) for text in source.texts(item)][: number - len(rows)]
    rows += [(one.text, bool(_ARCHIVES.search(one.text))) for text in archive for one in said_in(text)]
    found = [(lasting, [fact for _, facts in lasting_in(text) for fact in facts]) for text, lasting in rows]
    texts = [caption_of(facts, Pick(str(at))) or "" for at, (_, facts) in enumerate(found)]
    return (
        sum(bool(facts) for lasting, facts in found if lasting),
        sum(lasting for lasting, _ in found),
        [text for text in texts if _NEVER.search(text)],
    )


def controls(number: int) -> dict[str, int]:
    """How many errors of each kind get through: of colours and numbers, of which nothing may depend; and of denials and orders,
    of which nothing may come.
    """
    source = ArchiveTwins(of=Synthetic(tiles=number, seed=9, pixels=False))
    through = Counter[str]({"colours": 0, "counts": 0, "movables": 0, "negations": 0, "denials and orders": 0})
    kinds = {
        "colours": twin_errors.wrong_colours,
        "counts": twin_errors.wrong_counts,
        "movables": twin_errors.movables,
        "negations": twin_errors.negations,
    }
    for text in [text for item in range(number) for text in source.texts(item)]:
        said = _caption(text)
        for name, spoil in kinds.items():
            through[name] += _caption(spoil(text, Pick(text))) != said
    refused = (_WRITTEN / "refused.tsv").read_text().splitlines()
    through["denials and orders"] = sum(_caption(text) is not None for text in refused)
    return dict(through)


def _caption(text: str) -> str | None:
    return caption_of([fact for _, facts in lasting_in(text) for fact in facts], Pick("control"))


def rsicd() -> tuple[int, int, list[str]]:
    """Of RSICD's captions how many yield something, of how many, and what of theirs no twin can tell."""
    texts = RSICD.read_text().splitlines()
    made = [text for one in texts if (text := _caption(one)) is not None]
    return len(made), len(texts), [text for text in made if _NEVER.search(text)]


def rewritten(folder: str, tiles: int) -> dict[str, Any]:
    """What a language model makes of so many pairs: whose caption stands, what is refused and why, what no twin can tell."""
    from sartext.flow.predict.rewrite.twin_rewriter import TwinRewriter

    rewriter = TwinRewriter(model=folder, batch_size=4).pinned()
    source, verify = ArchiveTwins(of=Synthetic(tiles=tiles, seed=3, pixels=False)), Verify()
    pairs = [source.tile(item) for item in range(tiles)]
    said = rewriter.ask(rewriter.ready([rewriter.prepare(pair) for pair in pairs]))
    told = [verify.apply(rewriter.answered(pair, str(one))) for pair, one in zip(pairs, said, strict=True)]
    kept = [[one for one in tile.captions if one.route == "twin" and one.kept] for tile in told]
    refused = Counter(
        str(one.reason).split(",")[0].split("'")[0]
        for tile in told
        for one in tile.captions
        if one.route == "twin" and not one.kept
    )
    return {
        "tiles": tiles,
        "with_a_caption": sum(bool(one) for one in kept),
        "by_model": sum(any(caption.model for caption in one) for one in kept),
        "by_rule": sum(bool(one) and not any(caption.model for caption in one) for one in kept),
        "refused": dict(refused.most_common()),
        "never": [caption.text for one in kept for caption in one if _NEVER.search(caption.text)],
        "examples": [caption.text for one in kept for caption in one if caption.model][:5],
    }


def main(argv: Sequence[str] | None = None) -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--pairs", type=int, default=1000, help="pairs of the archive")
    parser.add_argument("--model", help="folder of a causal language model, as transformers saves it")
    parser.add_argument("--describer", help="a training of a CoCa on optical images, or a folder with one")
    parser.add_argument("--tokens", type=int, default=40, help="longest description by it, in tokens")
    parser.add_argument("--rewritten", type=int, default=20, help="pairs that it rewrites")
    arguments = parser.parse_args(argv)
    tally = archive_pairs(arguments.pairs)
    share, ours, theirs = tally.with_a_sentence / tally.pairs, precision(tally.ours), precision(tally.theirs)
    print(f"pairs {tally.pairs:,}; errors put in: {', '.join(f'{name} {n}' for name, n in tally.errors.items())}")
    print(f"pairs that keep a sentence   {share:.1%}  (bar {WITH_A_SENTENCE:.0%})")
    print(f"true of what is decided      {ours:.1%} of {tally.ours.total():,} claims; of the descriptions {theirs:.1%}")
    survived, lasting, never = survival(DESCRIPTIONS)
    print(f"sentences that yield theirs  {survived / lasting:.1%} of {lasting}  (bar {SURVIVING:.0%})")
    print(f"what a twin cannot tell      {len(tally.never) + len(never)}")
    through = controls(100)
    print(f"controls that get through    {', '.join(f'{name} {n}' for name, n in through.items())}")
    figures: dict[str, Any] = {"pairs": tally.pairs, "with_a_sentence": share, "precision": ours, "of_descriptions": theirs}
    figures |= {"claims": dict(tally.ours), "claims_of_descriptions": dict(tally.theirs), "errors": dict(tally.errors)}
    figures |= {
        "sentences": lasting,
        "survived": survived / lasting,
        "never": len(tally.never) + len(never),
        "through": through,
    }
    if RSICD.is_file():
        made, of, strange = rsicd()
        never += strange
        print(f"RSICD's captions             {made:,} of {of:,} yield something; {len(strange)} tell what a twin cannot")
        figures |= {"rsicd": made / of, "rsicd_never": len(strange)}
    if arguments.model:
        figures["model"] = by_model = rewritten(arguments.model, arguments.rewritten)
        never += by_model["never"]
        print(f"by a language model          {by_model}")
    if arguments.describer:
        of = described_pairs(arguments.describer, arguments.pairs, arguments.tokens)
        never += of.never
        said, right, own = of.with_a_sentence / of.pairs, precision(of.ours), precision(of.plain)
        print(f"described by a CoCa          {said:.1%} of {of.pairs:,} pairs keep a sentence")
        print(f"true of what is decided      {right:.1%} of {of.ours.total():,} claims; of its own, without colours, {own:.1%}")
        figures["describer"] = {"with_a_sentence": said, "precision": right, "of_descriptions": own}
        figures["describer"] |= {"claims": dict(of.ours), "claims_of_descriptions": dict(of.plain)}
    for text in (*tally.never, *never):
        print(f"  {text}")
    good = share >= WITH_A_SENTENCE and ours >= theirs and survived >= SURVIVING * lasting
    good = good and not tally.never and not never and not any(through.values())
    if arguments.save:
        keep(__file__, figures)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
