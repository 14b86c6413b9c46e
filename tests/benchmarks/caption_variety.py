"""How varied the captions are: different sentence skeletons, and the share of the most common one.

    python -m tests.benchmarks.caption_variety [--tiles 20000] [--coarse-tiles 2000] [--save]

A skeleton is a caption with its numbers, class nouns and position words masked; a bare one has the words for the image and
the part of a place masked too. Tiles are those of the synthetic archive, without pixels. Exits with 1 below 300 skeletons
or above a share of 3%, for bare ones too.

Of coarse captions, which are short, the share of tiles with the most common text counts, of each kind of tiles: the archive,
random boxes, ships alone, and the real samples, as boxes and as masks, whose few tiles are told with many seeds. Exits with 1
where one text is on more than 10% of the tiles.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from sartext.narrate.facts import taxonomy
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.coarse import Coarse
from sartext.narrate.write.numbers import NUMBER_WORDS
from sartext.sources.masks import Masks
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile
from tests.benchmarks.narrate_rate import archive, ships
from tests.benchmarks.narrate_tiles import random_tile
from tests.reading.archives import REAL, real_tiles
from tests.support.results import keep, parser_with_save

FEWEST, LARGEST_SHARE, COARSE_SHARE = 300, 0.03, 0.1
SEEDS = 100  # of the real tiles
_NOUNS = sorted(
    {word.lower() for kind in taxonomy.KINDS.values() for word in (kind.singular, kind.plural)}, key=len, reverse=True
)
_MASKS = (
    (re.compile(r"\b(?:upper|middle|lower) (?:left|center|right)\b|\bcenter\b"), "PLACE"),
    (re.compile(rf"\b(?:{'|'.join(_NOUNS)})\b"), "NOUN"),
    (re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS)}|\d+|many|dozens of|an?|a single)\b"), "#"),
)
_BARE = (
    (
        re.compile(r"\b(?:synthetic aperture radar|sar|radar) (?:image|scene|tile|view|frame)\b|\b(?:image|scene|frame)\b"),
        "IMAGE",
    ),
    (re.compile(r"PLACE (?:part|area)\b"), "PLACE"),
    (re.compile(r"NOUN(?:, NOUN)*(?: (?:and|or) NOUN)"), "NOUN"),
)


def masked(text: str, bare: bool = False) -> str:
    """The skeleton of a caption."""
    text = text.lower()
    for pattern, word in _MASKS + (_BARE if bare else ()):
        text = pattern.sub(word, text)
    return text


def coarse_texts(tiles: Iterable[Tile], seeds: int = 1) -> list[str]:
    """The coarse caption of each tile, "" where there is none."""
    told = (Coarse(seed=seed).apply(tile).captions for tile in tiles for seed in range(seeds))
    return [captions[-1].text if captions else "" for captions in told]


def coarse_figures(number: int) -> dict[str, dict[str, object]]:
    """For each kind of tiles how many, how many different coarse texts, and the share of the most common one."""
    kinds: dict[str, Callable[[], list[str]]] = {
        "archive": lambda: coarse_texts(islice(archive(0), number)),
        "random": lambda: coarse_texts(random_tile(at) for at in range(number)),
        "ships": lambda: coarse_texts(ships(at, 0) for at in range(number)),
    }
    if REAL.is_dir():
        kinds["hrsid"] = lambda: coarse_texts(real_tiles("coco", ("ship",), 3.0), SEEDS)
        kinds["hrsid, not exhaustive"] = lambda: coarse_texts(real_tiles("voc"), SEEDS)
        kinds["hrsid masks"] = lambda: coarse_texts(mask_tiles(), SEEDS)
    else:
        print(f"real tiles: none, {REAL} is not there")
    figures: dict[str, dict[str, object]] = {}
    for name, write in kinds.items():
        texts = write()
        said = Counter(text for text in texts if text)
        (text, count), *_ = said.most_common(1)
        print(
            f"coarse, {name}: {len(texts):,} texts, {len(said):,} different; the most common {count / len(texts):.2%}: {text}"
        )
        none = texts.count("")
        figures[name] = {"tiles": len(texts), "without": none, "different": len(said), "largest_share": count / len(texts)}
        figures[name] |= {"most_common": text}
    return figures


def mask_tiles() -> Iterator[Tile]:
    """The real tiles with the masks of their ships."""
    folder = REAL / "seg_hrsid_mini_test"
    classes = '{"background": [0, 0, 0], "ship": [0, 255, 0]}'
    source = Masks(images=str(folder / "images"), masks=str(folder / "masks"), classes=classes, exhaustive=("ship",))
    read = (item for shard in source.shards() for item in source.read(shard))
    return (item for item in read if isinstance(item, Tile))


def main() -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--tiles", type=int, default=20000)
    parser.add_argument("--coarse-tiles", type=int, default=2000, help="tiles of each kind for coarse captions")
    args = parser.parse_args()
    source, a2c = Synthetic(tiles=args.tiles, pixels=False, twin=False), A2C()
    captions = [(caption.form, caption.text) for item in range(args.tiles) for caption in a2c.apply(source.tile(item)).captions]
    good, figures = True, dict[str, object]({"tiles": args.tiles})
    for bare in (False, True):
        skeletons = Counter(masked(text, bare) for _, text in captions)
        (text, count), *_ = skeletons.most_common(1)
        share = count / len(captions)
        good = good and len(skeletons) >= FEWEST and share <= LARGEST_SHARE
        name = "bare skeletons" if bare else "skeletons"
        figures[name.replace(" ", "_")] = {"different": len(skeletons), "largest_share": share, "most_common": text}
        print(f"{name}: {len(skeletons):,}; the most common {share:.2%}: {text}")
    for form in ("concise", "detailed"):
        texts = [text for one, text in captions if one == form]
        figures[form] = {"captions": len(texts), "different": len(set(texts))}
        print(f"{form}: {len(texts):,} captions, {len(set(texts)):,} different")
    figures["coarse"] = coarse = coarse_figures(args.coarse_tiles)
    good = good and all(float(str(one["largest_share"])) <= COARSE_SHARE for one in coarse.values())
    if args.save:
        bars = {"fewest": FEWEST, "share_at_most": LARGEST_SHARE, "coarse_share_at_most": COARSE_SHARE}
        keep(__file__, {**figures, **bars})
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
