"""Questions about many tiles, each answer computed again from the annotations by another path.

    python -m tests.benchmarks.question_answers [--questions 100000] [--seed 0] [--save]

Tiles are those of the embedded archive, with boxes and masks, and as many of each of the other sets of `question_words`. Exit
status 1 where an answer is wrong, where yes and no are out of balance in a kind by more than 2% and by more than three standard
errors, or a text is above 2% of all.
"""

import time
from collections import Counter

from sartext.narrate.ask.questions import Questions
from sartext.sources.synthetic import Synthetic
from tests.benchmarks.question_words import SETS
from tests.reading.mosaics import mosaic
from tests.reading.recount import Recount
from tests.support.results import keep, parser_with_save

_SHOWN, _MOST, _BALANCE, _ERRORS = 10, 0.02, 0.02, 3
_OTHERS = [tile_of for name, tile_of in SETS.items() if name not in ("archive", "masks")]
KINDS = ("presence", "count", "position", "class", "area", "relation", "size", "orientation", "arrangement")


def main() -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--questions", type=int, default=100_000, help="questions to be answered again")
    parser.add_argument("--seed", type=int, default=0, help="of the archive's tiles and of the random masks")
    args = parser.parse_args()
    archive = Synthetic(tiles=10**7, seed=args.seed, pixels=False, twin=False)
    kinds: Counter[str] = Counter()
    answers: Counter[tuple[str, str]] = Counter()
    texts: Counter[str] = Counter()
    wrong: list[str] = []
    number, tiles, start = 0, 0, time.perf_counter()
    while sum(kinds.values()) < args.questions:
        for tile in (archive.tile(number), mosaic(args.seed, number), *(tile_of(number) for tile_of in _OTHERS)):
            tiles += 1
            recount = Recount(tile)
            for one in Questions().apply(tile).questions:
                kinds[one.kind] += 1
                texts[one.question] += 1
                if one.answer_type == "yes_no":
                    answers[one.kind, one.answer] += 1
                wrong += [f"{tile.key}: {one.question} {one.answer}: {fault}" for fault in recount.faults(one)]
        number += 1
    total = sum(kinds.values())
    print(f"{total} questions of {tiles} tiles, {len(wrong)} wrong, {time.perf_counter() - start:.0f} s")
    shares_of_yes, balanced = {}, True
    for kind, count in sorted(kinds.items()):
        decided = answers[kind, "yes"] + answers[kind, "no"]
        if decided:
            shares_of_yes[kind] = answers[kind, "yes"] / decided
            balanced &= abs(shares_of_yes[kind] - 0.5) <= max(_BALANCE, _ERRORS * 0.5 / decided**0.5)
        print(f"  {kind}: {count}" + (f", {shares_of_yes[kind]:.1%} of yes and no are yes" if decided else ""))
    text, times = texts.most_common(1)[0]
    print(f"{len(texts)} different texts; the most common is {times / total:.2%}: {text}")
    for line in wrong[:_SHOWN]:
        print(f"  {line}")
    if args.save:
        figures = {"questions": total, "tiles": tiles, "wrong": len(wrong), "kinds": dict(sorted(kinds.items()))}
        bounds = {"balance_within": _BALANCE, "share_at_most": _MOST}
        keep(__file__, {**figures, "shares_of_yes": shares_of_yes, "most_common_share": times / total, **bounds})
    return 0 if not wrong and balanced and times <= _MOST * total and kinds.keys() == set(KINDS) else 1


if __name__ == "__main__":
    raise SystemExit(main())
