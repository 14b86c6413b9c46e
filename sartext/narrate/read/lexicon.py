"""The reader's lexicon: phrase -> (code, value).

Codes are single characters, so that a sentence has a shape that a regular expression can read:
  d a, an    D the, these    # a number    o a bound on a number (at least, about)    n a quantity    m annotated
  k class, singular    K class, plural    b class, either (aircraft)    G object, of any class    j what a class only qualifies
  A all, each    B both    Z none    Y most    J only    N no, without    Q any    t not    z absent
  e other    E another, the third    h it, they    f of    a among    q in, at    W with, has    _ to
  v are    V is    X another verb    1 such a verb of a singular subject    i visible, located    I image, scene
  H there    R which    F includes    $ also    0 covers    @ a look    * whole    ¬ it is not so that
  p place    c compass place    r relation    s superlative    l orientation    g arrangement    y tiny    S spanning
  L length    U unit    ~ a word of length    w width, and what else a number of metres can measure
  C a share of the image    P percent
  , comma    & and    / or    : colon    ; but, while    T than, as    + more    - fewer    = as many    2 twice as many
  3 the former    4 the latter    6 apart from    7 the number of    8 all but    9 respectively
  > outnumber    x size or brightness, which labels never decide    O what SAR contradicts    u unknown
  ! what leaves open whether the rest is true    M what the record can bear out    5 how an image came to be: acquired
Words with an empty code say nothing that could be false.
"""

from typing import NamedTuple

from sartext.narrate.facts import shares, taxonomy
from sartext.narrate.facts.place import Place
from sartext.narrate.read import record_words, vocabulary

Entry = tuple[str, object]
INFINITE = 1 << 30
DENIED = "¬"  # the code of what denies a whole sentence
LAND_COVER = "land cover"  # the class of the land covers themselves, as "three land cover classes"
THING = "?"  # the class of what people name and no label is of
NAMELESS = frozenset((THING, LAND_COVER))  # names that no object has


class Quantity(NamedTuple):
    """A claimed number: true from `low` to `high`, false outside `least` to `most`, undecided between."""

    low: int
    high: int
    least: int
    most: int


def exactly(number: int) -> Quantity:
    """The quantity of a plain number."""
    return Quantity(number, number, number, number)


def _phrases(text: str) -> list[str]:
    return [phrase.strip() for phrase in text.split(" | ")]


def _table() -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for line in vocabulary.TABLE.strip().splitlines():
        head, _, phrases = line[2:].partition(" = ")
        for phrase in _phrases(phrases):
            entries[phrase] = (line[0], _ordinal(head) if line[0] == "E" else None if head == "-" else head)
    return entries


def _ordinal(head: str) -> Quantity:
    """How many there are at least where one is called the third, or another, which may be of another kind than the first."""
    number, least = (2, 1) if head == "another" else (int(head), int(head))
    return Quantity(number, INFINITE, least, INFINITE)


def _quantities() -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for line in vocabulary.VAGUE_QUANTITIES.strip().splitlines():
        phrases, _, bounds = line.partition(" = ")
        quantity = Quantity(*(INFINITE if bound == "-" else int(bound) for bound in bounds.split()))
        entries |= dict.fromkeys(_phrases(phrases), ("n", quantity))
    entries |= {word: ("#", value) for value, word in enumerate(vocabulary.NUMBERS.split())}
    return entries | {word: ("#", 10 * value) for value, word in enumerate(vocabulary.TENS.split(), 2)}


def _places() -> dict[str, Entry]:
    entries: dict[str, Entry] = dict.fromkeys(vocabulary.CENTER, ("p", Place(2, 2)))
    for row, row_words in vocabulary.ROWS.items():
        for column, column_words in vocabulary.COLUMNS.items():
            for first in row_words:
                for second in column_words:
                    entries[f"{first} {second}"] = entries[f"{second} {first}"] = ("p", Place(row, column))
    for (rows, columns), side_words in vocabulary.SIDES.items():
        for word in side_words:
            entries[word] = ("p", Place(rows, columns, "side"))
            entries[f"{word} half"] = ("p", Place(rows, columns, "half"))
            entries[f"{word} third"] = ("p", Place(rows, columns, "side"))
            entries |= {f"{word} {edge}": ("p", Place(rows, columns, "edge")) for edge in vocabulary.EDGES}
    entries |= dict.fromkeys((*vocabulary.EDGES, *(f"image {edge}" for edge in vocabulary.EDGES)), ("p", Place(7, 7, "edge")))
    entries |= dict.fromkeys(vocabulary.CORNERS, ("p", Place(7, 7, "corner")))
    for phrase, entry in list(entries.items()):
        entries |= dict.fromkeys((f"{phrase} {noun}" for noun in vocabulary.AREAS), entry)
    for name, (rows, columns) in vocabulary.COMPASS.items():
        for word in (name, name.replace(" ", "")):
            place = ("c", Place(rows, columns, "cell" if " " in name else "side", True))
            named = (word, f"{word}ern")
            entries |= dict.fromkeys((*named, *(f"{one} {noun}" for one in named for noun in vocabulary.AREAS)), place)
    return entries


def _classes() -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for kind in taxonomy.KINDS.values():
        for pair in ((kind.singular, kind.plural), *kind.synonyms):
            one, many = (word.replace("-", " ") for word in pair)
            entries[many.lower()] = ("K" if one != many else "b", kind.name)
            if one != many:
                entries[one.lower()] = ("k", kind.name)
    for one in _lines(vocabulary.THINGS):
        many = vocabulary.PLURALS.get(one, f"{one}s")
        entries.setdefault(one, ("k", THING))
        entries.setdefault(many, ("K", THING))
    for one, many in (("land cover class", "land cover classes"), ("land cover type", "land cover types")):
        entries[one], entries[many] = ("k", LAND_COVER), ("K", LAND_COVER)
    for word in ("object", "target", "annotation"):
        entries[word] = entries[f"{word}s"] = ("G", "object")
    return entries


def _lexicon() -> dict[str, Entry]:
    silent = (*vocabulary.SILENT.split(), *_lines(vocabulary.SILENT_PHRASES))
    entries: dict[str, Entry] = dict.fromkeys(silent, ("", None))
    for code, words in (("X", vocabulary.VERBS), ("1", vocabulary.SINGULAR_VERBS)):
        entries |= dict.fromkeys(words.split(), (code, None))
    entries |= dict.fromkeys(_lines(vocabulary.WITH_VERBS), ("W", None))
    entries |= dict.fromkeys(_phrases(vocabulary.INCLUDING_VERBS), ("F", None))
    entries |= dict.fromkeys(_lines(vocabulary.COVERING_VERBS), ("0", None))
    entries |= dict.fromkeys(vocabulary.COVERING_VERBS_SINGULAR.split(), ("0", None))
    entries |= {phrase: ("C", share) for phrase, share in shares.words().items()}
    entries |= dict.fromkeys((*vocabulary.VISIBLE.split(), "made out"), ("i", None))
    entries |= _table() | _quantities() | _places()
    entries |= {f"{state} {way}": ("u", None) for state in vocabulary.MOVING for way in vocabulary.WAYS}
    entries["around"] = ("o", "around")  # "around ten ships", and "around the harbor"
    entries |= {word: ("O", word) for word in vocabulary.OPTICAL.split()} | {"clear skies": ("O", "clear skies")}
    entries |= {unit: ("U", metres) for unit, metres in vocabulary.UNITS_M.items()}
    return entries | record_words.entries() | _classes()


def _lines(text: str) -> list[str]:
    return _phrases(text.replace("\n", " ").strip())


LEXICON = _lexicon()
