"""Preference pairs of a tile, for training by preference: a kept caption before one that the labels contradict."""

from collections.abc import Callable, Iterator

from sartext.formats.preference import PreferencePair
from sartext.formats.text_record import plain
from sartext.narrate.verify.counting import CONTRADICTED
from sartext.tile import Caption, Tile


def preference_pairs(tile: Tile, image: str, may_use: Callable[[Caption], bool] = lambda _: True) -> Iterator[PreferencePair]:
    """A pair for each text that was refused because the labels contradict it, in the order of the captions.

    Preferred is what was left of the refused text, if anything was; else the kept caption that was preferred least often so
    far, the first of several. A text is rejected once, and never in favour of the same words. `may_use` says which captions
    may stand in a pair at all.
    """
    kept = {at: one for at, one in enumerate(tile.captions) if one.kept and may_use(one)}
    used = dict.fromkeys(kept, 0)
    for at, text in _refused(tile, may_use).items():
        others = [number for number, one in kept.items() if plain(one.text) != text]
        if others:
            best = min(others, key=lambda number: (kept[number].derived_from != at, used[number], number))
            used[best] += 1
            yield PreferencePair(image, kept[best].text, tile.captions[at].text)


def unpaired(tile: Tile, may_use: Callable[[Caption], bool] = lambda _: True) -> int:
    """How many contradicted texts are in no pair, because no caption with other words was kept."""
    return len(_refused(tile, may_use)) - sum(1 for _ in preference_pairs(tile, "", may_use))


def _refused(tile: Tile, may_use: Callable[[Caption], bool]) -> dict[int, str]:
    """The position of each contradicted text, and its words; where it stands several times, the first."""
    found: dict[str, int] = {}
    for at, one in enumerate(tile.captions):
        if not one.kept and (one.reason or "").startswith(CONTRADICTED) and may_use(one):
            found.setdefault(plain(one.text), at)
    return {at: text for text, at in found.items()}
