"""What the words of questions tell of their answers, without the image.

    python -m tests.benchmarks.question_words [--tiles 20000] [--save]

For each kind of question: the share of the majority answer, and the share that is right from the words alone, by a bag of words
(naive Bayes, or logistic regression) that is learned on a random half of the tiles and tested on the other; beside it that from
words and pairs of them, and that from the words and the other questions of the tile with their answers. Sets are the embedded
archive, random boxes, random masks, and drawn ones with what is annotated in HRSID (upright boxes of ships) and in SAR-AIRcraft
(types of aircraft); the boxes of HRSID's sample too where they are there, which are too few to tell much.
Exit status 1 where the words of a kind tell more than 2 percentage points, and more than three standard errors.
"""

import random
from collections.abc import Callable, Mapping, Sequence

from sartext.narrate.ask.questions import Questions
from sartext.sources.synthetic import Synthetic
from sartext.tile import Box, EncodedImage, Question, Rendering, Tile
from tests.benchmarks.narrate_rate import ships
from tests.benchmarks.narrate_tiles import random_tile
from tests.reading.archives import REAL, real_tiles
from tests.reading.guesses import Guesses, guesses
from tests.reading.mosaics import mosaic
from tests.support.results import keep, parser_with_save

_TOLD, _ERRORS, _FEW = 0.02, 3, 100
TYPES = {"a220": 25, "a320": 34, "a330": 60, "boeing 737": 35, "boeing 787": 58, "arj21": 28, "aircraft": 20}  # px


def aircraft(number: int) -> Tile:
    """A tile as SAR-AIRcraft has them: several types, parked near one another, in upright boxes."""
    draw = random.Random(number)
    side = draw.choice((512, 800, 1024))
    middle, apron = (draw.uniform(0, side), draw.uniform(0, side)), draw.uniform(0.1, 0.6) * side
    names = draw.sample(tuple(TYPES), draw.choice((1, 1, 2, 2, 3)))
    boxes = []
    for _ in range(draw.choice((1, 1, 2, 2, 3, 4, 5, 7, 10))):
        label = draw.choice(names)
        x, y = (min(max(draw.gauss(at, apron), 40), side - 40) for at in middle)
        wide, high = (TYPES[label] * draw.uniform(0.8, 1.2) / 2 for _ in range(2))
        corners = (x - wide, y - high, x + wide, y - high, x + wide, y + high, x - wide, y + high)
        boxes.append(Box(label=label, polygon_px=corners))
    return Tile(
        key=f"aircraft/P{number // 100}/{number % 100}_0",
        source="aircraft",
        scene=f"P{number // 100}",
        split="train",
        image=EncodedImage(bytes=None),
        height_px=side,
        width_px=side,
        rendering=Rendering(quantity="display"),
        boxes=tuple(boxes),
        exhaustive=("aircraft",),
    )


_ARCHIVE = Synthetic(tiles=10**7, pixels=False, twin=False)
SETS: Mapping[str, Callable[[int], Tile]] = {
    "archive": _ARCHIVE.tile,
    "random": random_tile,
    "masks": lambda number: mosaic(0, number),
    "ships": lambda number: ships(number, 0),
    "aircraft": aircraft,
}


def told(found: Mapping[str, Guesses]) -> list[str]:
    """The kinds of which the words tell more of the answer than they may."""
    return [kind for kind, one in found.items() if one.words - one.majority > max(_TOLD, _ERRORS * one.error)]


def asked(tile: Tile) -> Sequence[Question]:
    return Questions().apply(tile).questions


def main() -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--tiles", type=int, default=20_000, help="tiles of each set")
    args = parser.parse_args()
    figures: dict[str, object] = {"tiles": args.tiles}
    faults = []
    for name, tile_of in SETS.items():
        questions = [asked(tile_of(number)) for number in range(args.tiles)]
        found = guesses(questions)
        print(f"{name}: {sum(map(len, questions)) / args.tiles:.2f} questions a tile")
        _print(name, found)
        faults += [f"{name}: {kind}" for kind in told(found)]
        figures[name] = {kind: one._asdict() for kind, one in found.items()}
    if REAL.is_dir():
        _print("HRSID's sample", guesses([asked(tile) for tile in real_tiles("coco", ("ship",))]))
    if args.save:
        keep(__file__, {**figures, "told_at_most": _TOLD})
    print(f"told by their words: {', '.join(faults) or 'none'}")
    return 1 if faults else 0


def _print(name: str, found: Mapping[str, Guesses]) -> None:
    print(f"{name}: kind, tested, majority, from the words, the difference, from ordered words, from other turns")
    for kind, one in found.items():
        more = " (few)" if one.questions < _FEW else ""
        shares = f"{one.majority:6.1%} {one.words:6.1%} {one.words - one.majority:+6.1%} {one.ordered:6.1%} {one.turns:6.1%}"
        print(f"  {kind:12} {one.questions:6} {shares}{more}")


if __name__ == "__main__":
    raise SystemExit(main())
