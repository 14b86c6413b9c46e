"""The words that a reader of captions knows: phrase -> (code, value).

Codes are single letters, so that a sentence has a shape that a regular expression can read:
  d a, an    D the, these    # a number    o a bound on a number (at least, about)    n a quantity    m annotated
  k class, singular    K class, plural    b class, either (aircraft)    G object, of any class
  A all, each    B both    Z none    Y most    J only    N no, without    t not    z absent    e other, another
  h it, they    f of    v a verb    V a verb that shows a singular subject    i visible, present
  p place    c compass place    r relation    s superlative    l orientation    g arrangement    y tiny    S spanning
  L length    U unit    ~ a word of length    w width and what else a number of metres can measure
  , comma    & and, or    : colon    | but, while    T than, as    + more    - fewer    = as many    2 twice as many    > outnumber
  I image, scene    q in, at    W with    _ to
  x a word on size or brightness that labels never decide    O a word that SAR contradicts    j a noun that a class only qualifies
  u unknown. Words without a code say nothing that could be false.
"""

from typing import NamedTuple

from sartext.narrate import taxonomy

Entry = tuple[str, object]
INFINITE = 1 << 30


class Quantity(NamedTuple):
    """A claimed number: true from `low` to `high`, false outside `least` to `most`, undecided between."""

    low: int
    high: int
    least: int
    most: int


class Place(NamedTuple):
    """A claimed place: bit masks of rows and columns (7 is any), and how far it is meant."""

    rows: int
    columns: int
    extent: str = "cell"  # cell, side, half, edge, corner
    compass: bool = False
    name: str = ""


def exactly(number: int) -> Quantity:
    return Quantity(number, number, number, number)


def _number_words() -> dict[str, int]:
    ones = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
    words = {word: value for value, word in enumerate([*ones, "seventeen", "eighteen", "nineteen"])}
    tens = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
    return words | {word: 10 * value for value, word in enumerate(tens, 2)}


NUMBERS = _number_words()

BOUNDS = {
    "at least": ("a minimum of", "no fewer than", "no less than", "not fewer than", "not less than", "minimum of"),
    "at most": ("no more than", "up to", "a maximum of", "not more than", "maximum of", "at maximum"),
    "more than": ("over", "greater than", "in excess of", "upward of"),
    "fewer than": ("less than", "under"),
    "about": ("approximately", "around", "roughly", "nearly", "almost", "circa", "some", "approx", "an estimated", "about"),
    "exactly": ("precisely", "only", "just", "a total of", "in total", "merely", "all in all"),
    "between": ("from",),
}

_MANY = Quantity(11, INFINITE, 5, INFINITE)
QUANTITIES = {
    _MANY: (
        "many",
        "numerous",
        "a lot of",
        "lots of",
        "plenty of",
        "a large number of",
        "large numbers of",
        "a great number of",
        "a multitude of",
    ),
    Quantity(3, 12, 3, INFINITE): ("several", "various"),
    Quantity(3, 5, 2, 10): ("a few", "few", "a small number of", "a handful of"),
    Quantity(2, 2, 2, 3): ("a couple of", "a couple"),
    exactly(2): ("a pair of", "pair of"),
    Quantity(2, INFINITE, 2, INFINITE): ("multiple", "a number of", "some", "a group of", "groups of", "a set of"),
    Quantity(24, INFINITE, 20, INFINITE): ("dozens of", "dozens", "scores of", "tens of"),
    Quantity(200, INFINITE, 100, INFINITE): ("hundreds of", "hundreds"),
    exactly(1): (
        "a single",
        "single",
        "a lone",
        "lone",
        "a solitary",
        "solitary",
        "an isolated",
        "isolated",
        "a sole",
        "exactly one",
    ),
}

_ROWS = {1: ("upper", "top"), 2: ("middle", "center", "central", "mid", "centre"), 4: ("lower", "bottom")}
_COLUMNS = {1: ("left", "left hand"), 2: ("middle", "center", "central", "centre"), 4: ("right", "right hand")}
_CENTER = (
    (
        "center central centre middle centrally|in the middle|image center|middle of the image|very center|centermost|heart of the image"
    )
    .replace(" central centre middle centrally", "|central|centre|middle|centrally")
    .split("|")
)
_COMPASS = {
    "north": (1, 7), "south": (4, 7), "west": (7, 1), "east": (7, 4),
    "north west": (1, 1), "north east": (1, 4), "south west": (4, 1), "south east": (4, 4),
}  # fmt: skip
EDGES = ("edge", "border", "margin", "boundary")


def _places() -> dict[str, Entry]:
    entries: dict[str, Entry] = {word: ("p", Place(2, 2, name="center")) for word in _CENTER}
    for row, row_words in _ROWS.items():
        for column, column_words in _COLUMNS.items():
            spot = Place(row, column)
            for first in row_words:
                for second in column_words:
                    entries[f"{first} {second}"] = entries[f"{second} {first}"] = ("p", spot)
                    entries[f"{first} and {second}"] = ("p", spot)
    for word in ("upper", "top", "topmost"):
        entries |= _side(word, 1, 7)
    for word in ("lower", "bottom", "bottommost"):
        entries |= _side(word, 4, 7)
    for word in ("left", "left hand", "leftmost"):
        entries |= _side(word, 7, 1)
    for word in ("right", "right hand", "rightmost"):
        entries |= _side(word, 7, 4)
    for noun in EDGES:
        for plural in (noun, noun.replace("boundary", "boundarie") + "s"):
            entries[f"{plural}"] = entries[f"image {plural}"] = ("p", Place(7, 7, "edge"))
    entries["corner"] = entries["corners"] = ("p", Place(7, 7, "corner"))
    for name, (rows, columns) in _COMPASS.items():
        spot = Place(rows, columns, "cell" if " " in name else "side", True)
        words = (name, name.replace(" ", ""))
        for word in words:
            entries[word] = entries[f"{word}ern"] = entries[f"{word}ernmost"] = ("c", spot)
    return entries


def _side(word: str, rows: int, columns: int) -> dict[str, Entry]:
    entries: dict[str, Entry] = {word: ("p", Place(rows, columns, "side")), f"{word} half": ("p", Place(rows, columns, "half"))}
    for noun in EDGES:
        entries[f"{word} {noun}"] = ("p", Place(rows, columns, "edge"))
    return entries


RELATIONS = {
    "left": ("to the left of", "left of", "on the left of", "on the left side of", "to the left side of"),
    "right": ("to the right of", "right of", "on the right of", "on the right side of", "to the right side of"),
    "above": ("above", "over the top of"),
    "below": ("below", "beneath", "underneath"),
    "near": ("near", "nearby", "close to", "in the vicinity of", "not far from", "near to", "in proximity to"),
    "adjacent": (
        "next to",
        "beside",
        "adjacent to",
        "alongside",
        "right next to",
        "right beside",
        "immediately next to",
        "bordering",
    ),
    "at": ("inside", "inside of"),
    "far": ("far from", "far away from", "distant from", "away from"),
    "north of": ("north of", "to the north of", "in the north of"),
    "south of": ("south of", "to the south of", "in the south of"),
    "west of": ("west of", "to the west of", "in the west of"),
    "east of": ("east of", "to the east of", "in the east of"),
}
SUPERLATIVES = {
    "largest": ("largest", "biggest"),
    "smallest": ("smallest", "tiniest"),
    "longest": ("longest",),
    "shortest": ("shortest",),
}
ORIENTATIONS = {
    "horizontal": ("horizontal", "horizontally"),
    "vertical": ("vertical", "vertically"),
    "diagonal": ("diagonal", "diagonally", "slanted", "obliquely", "oblique"),
}
ARRANGEMENTS = {
    "line": ("in a line", "in a row", "in line", "in a column", "line", "lined up", "row", "aligned", "in a straight line", "straight line", "linearly"),
    "cluster": ("cluster", "clustered", "clustered together", "close together", "grouped together", "grouped", "bunched", "tight cluster", "huddled", "packed together", "in a cluster", "in a group", "closely spaced", "tightly packed"),
    "scattered": ("scattered", "dispersed", "spread out", "spread across", "spread over", "strewn", "sparsely distributed", "widely spaced"),
}  # fmt: skip

# What SAR cannot show: colours, sunlight, weather, and the names of other imagery.
OPTICAL = """
blue green red yellow orange purple pink brown turquoise silver golden beige cyan magenta violet teal bluish greenish reddish
brownish azure emerald colorful colourful colored coloured color colour colors colours multicolored sunny sunlit sunlight sunshine
sun sky skies cloud clouds cloudy cloudless cloudcover overcast rainy foggy fog hazy haze snowy weather daylight daytime
nighttime sunset sunrise optical photograph photo photographs rgb infrared multispectral panchromatic
""".split()
VAGUE = {
    "size": "large small big huge little massive giant medium long short sized larger smaller bigger wide narrow",
    "optical": "bright dark brightness gray grey black white shiny glowing shadow shadows shadowed dim grayscale greyscale",
}
_LENGTH_WORDS = "long|in length|length|lengths|measures|measure|measuring|end to end"
_OTHER_MEASURES = (
    "wide|in width|width|widths|breadth|in diameter|diameter|tall|high|height|in height|apart|away|resolution|pixel|pixels|per pixel|"
    "spacing|square|deep|depth|distance|elevation|altitude|swath"
)
_QUALIFIED = (
    "wake wakes traffic lane lanes deck decks farm farms yard yards crane cranes park parks stop stops terminal terminals noise"
)

_SINGULAR_VERBS = "is was lies appears sits stands has contains runs measures occupies isn't extends floats"
_VERBS = """
are were lie appear sit stand have be been being contain containing run measure occupy aren't extend make makes gives give float holds hold
shows show showing shown's includes include including features feature featuring captures capture depicts depict displays display
displaying reveals reveal covers depicting capturing illustrates illustrate presents form forms forming divide divides comprises
comprising consists having lying sitting standing located situated positioned placed distributed arranged found concentrated spans
spanning running stretches stretching extending crossing oriented there
"""
_VISIBLE = """
visible present seen shown observed detected identified identifiable discernible detectable apparent discerned imaged captured
recognizable spotted depicted found
"""
_IMAGES = "image images imagery scene scenes picture view frame tile chip patch snapshot"
_PREPOSITIONS = "in at on by within along against"
_SILENT = """
sar radar synthetic aperture this that here can could who where for into across through toward towards part parts area areas
region regions section sections portion portions side sides quarter quadrant third cell zone place places position positions
location locations whole entire look looking counting overall clearly also content contents what clear anywhere somewhere else
axis axes orientation divided divide 's s way different end either too respectively been now respective itself themselves us we
among amid s' case  whose there's come comes
"""


def _lexicon() -> dict[str, Entry]:
    entries: dict[str, Entry] = dict.fromkeys(_SILENT.split(), ("", None))
    entries |= (
        dict.fromkeys(_IMAGES.split(), ("I", None)) | dict.fromkeys(_PREPOSITIONS.split(), ("q", "at")) | {"by": ("q", "near")}
    )
    entries |= dict.fromkeys(("with", "containing", "holding"), ("W", None)) | {"to": ("_", None)}
    entries |= dict.fromkeys(
        (
            "as follows",
            "as for",
            "the one",
            "the ones",
            "by place",
            "by position",
            "a look at",
            "as well",
            "too",
            "by sar",
            "by radar",
            "by the radar",
        ),
        ("", None),
    )
    entries |= dict.fromkeys(("looking at", "of note", "close up"), ("", None))
    entries |= dict.fromkeys(_VERBS.split(), ("v", None)) | dict.fromkeys(_SINGULAR_VERBS.split(), ("V", None))
    entries |= dict.fromkeys((*_VISIBLE.split(), "made out", "appear in", "appear anywhere"), ("i", None))
    entries |= _structure()
    for quantity, words in QUANTITIES.items():
        entries |= dict.fromkeys(words, ("n", quantity))
    for word, value in NUMBERS.items():
        entries[word] = ("#", value)
    for bound, words in BOUNDS.items():
        entries |= dict.fromkeys((bound, *words), ("o", bound))
    entries |= _places()
    for code, table in (("s", SUPERLATIVES), ("l", ORIENTATIONS), ("g", ARRANGEMENTS), ("r", RELATIONS)):
        for value, words in table.items():
            for word in words:
                entries[word] = (code, value)
    for kind, words in VAGUE.items():
        entries |= dict.fromkeys(words.split(), ("x", kind))
    entries |= {word.replace("-", " "): ("O", word) for word in OPTICAL} | {
        "clear skies": ("O", "clear skies"),
        "clear sky": ("O", "sky"),
    }
    entries |= dict.fromkeys(_LENGTH_WORDS.split("|"), ("~", None)) | dict.fromkeys(_OTHER_MEASURES.split("|"), ("w", None))
    entries |= dict.fromkeys(_QUALIFIED.split(), ("j", None))
    return entries | _classes()


def _structure() -> dict[str, Entry]:
    return {
        "a": ("d", None), "an": ("d", None), "any": ("d", None), "the": ("D", None), "these": ("D", None), "those": ("D", None),
        "of": ("f", None), ",": (",", None), ":": (":", None), "and": ("&", "and"), "or": ("&", "or"), "nor": ("&", "nor"),
        "as well as": ("&", "and"), "plus": ("&", "and"), "along with": ("&", "and"), "together with": ("&", "and"),
        "but": ("|", None), "while": ("|", None), "whereas": ("|", None), "although": ("|", None), "though": ("|", None),
        "all": ("A", None), "each": ("A", None), "every": ("A", None), "all of": ("A", None), "each of": ("A", None),
        "both": ("B", None), "both of": ("B", None), "none": ("Z", None), "none of": ("Z", None), "neither of": ("Z", None),
        "most": ("Y", None), "most of": ("Y", None), "the majority of": ("Y", None), "a majority of": ("Y", None), "mostly": ("u", None),
        "only": ("J", None), "sole": ("J", None), "no": ("N", None), "without": ("N", None), "without any": ("N", None),
        "no visible": ("N", None), "free of": ("N", None), "free from": ("N", None), "devoid of": ("N", None), "zero": ("N", None),
        "not a single": ("N", None), "not any": ("N", None), "neither": ("N", None), "lacks": ("N", None), "lack": ("N", None),
        "not": ("t", None), "cannot": ("t", None), "can't": ("t", None), "don't": ("t", None), "doesn't": ("t", None),
        "do": ("", None), "does": ("", None), "isn't": ("t", None), "aren't": ("t", None), "never": ("t", None),
        "absent": ("z", None), "missing": ("z", None), "absent from": ("z", None), "other": ("e", None), "another": ("e", "one"),
        "others": ("e", None), "remaining": ("e", None), "rest": ("e", None), "it": ("h", "one"), "they": ("h", None),
        "them": ("h", None), "which": ("h", None), "whom": ("h", None), "its": ("h", "one"), "their": ("h", None), "these ones": ("h", None),
        "annotated": ("m", None), "labeled": ("m", None), "labelled": ("m", None), "marked": ("m", None),
        "than": ("T", None), "as": ("T", None), "more": ("+", None), "fewer": ("-", None), "less": ("-", None),
        "as many": ("=", None), "an equal number of": ("=", None), "twice as many": ("2", None), "outnumber": (">", None),
        "tiny": ("y", None), "very small": ("y", None), "minuscule": ("y", None),
        "or more": ("o", "or more"), "or fewer": ("o", "or fewer"), "or less": ("o", "or fewer"), "dozen": ("#", "dozen"),
        "hundred": ("#", "hundred"), "thousand": ("#", "thousand"), "half a dozen": ("#", 6),
        "from left to right": ("S", "left to right"), "from right to left": ("S", "left to right"), "from top to bottom": ("S", "top to bottom"),
        "m": ("U", 1.0), "meter": ("U", 1.0), "meters": ("U", 1.0), "metre": ("U", 1.0), "metres": ("U", 1.0),
        "km": ("U", 1000.0), "kilometers": ("U", 1000.0), "kilometres": ("U", 1000.0), "kilometer": ("U", 1000.0), "feet": ("U", 0.3048),
        "ft": ("U", 0.3048),
    }  # fmt: skip


def _classes() -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for kind in taxonomy.KINDS.values():
        for one, many in ((kind.singular, kind.plural), *kind.synonyms):
            if one == many:
                entries[one.lower()] = ("b", kind.name)
            else:
                entries[one.lower()] = ("k", kind.name)
                entries[many.lower()] = ("K", kind.name)
    for word in ("object", "target", "annotation"):
        entries[word] = entries[f"{word}s"] = ("G", "object")
    return entries


LEXICON = _lexicon()
