"""How varied the captions are: different sentence skeletons, and the share of the most common one.

    python -m tests.benchmarks.caption_variety [--tiles 20000] [--save]

A skeleton is a caption with its numbers, class nouns and position words masked; a bare one has the words for the image and
the part of a place masked too. Tiles are those of the synthetic archive, without pixels. Exits with 1 below 300 skeletons
or above a share of 3%, for bare ones too.
"""

import re
import sys
from collections import Counter

from sartext.narrate.facts import taxonomy
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.numbers import NUMBER_WORDS
from sartext.sources.synthetic import Synthetic
from tests.support.results import keep, parser_with_save

FEWEST, LARGEST_SHARE = 300, 0.03
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


def main() -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--tiles", type=int, default=20000)
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
    if args.save:
        keep(__file__, {**figures, "fewest": FEWEST, "share_at_most": LARGEST_SHARE})
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
