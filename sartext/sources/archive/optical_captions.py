"""What an optical image of a scene shows, in sentences with colours, as people write them under optical images.

Said are the things whose centre is in the image, by class, colour and place, and the covers of the ground by colour; "at least"
so many of a class of which the border cuts another one off. These texts stand for the captions that an optical set comes with:
they are written here and not narrated from annotations.
"""

from collections import Counter

from sartext.sources.archive import boxes
from sartext.sources.archive.covers import COVERS
from sartext.sources.archive.draws import Draws
from sartext.sources.archive.ground import Ground
from sartext.sources.archive.layers import MARGIN_PX
from sartext.sources.archive.optical import COLOURS
from sartext.sources.archive.plan import Scene
from sartext.sources.archive.things import Thing

_NOUNS = {
    "ship": ("ship", "ships"),
    "aircraft": ("airplane", "airplanes"),
    "car": ("car", "cars"),
    "tank": ("storage tank", "storage tanks"),
    "bridge": ("bridge", "bridges"),
    "harbor": ("harbor", "harbors"),
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_GROUND = {
    "water": "blue water",
    "forest": "green forest",
    "cropland": "green and yellow fields",
    "urban": "gray pavement and buildings",
    "bare soil": "brown soil",
    "wetland": "green wetland",
}
_ROWS, _COLUMNS = ("upper", "middle", "lower"), ("left", "center", "right")
_OPENINGS = (
    "",
    "An aerial image of {}.",
    "A satellite view shows {}.",
    "There {is_} {}.",
    "In this optical image there {is_} {}.",
)
LEAST_COVER = 0.15  # of the image: smaller covers are not spoken of


def captions(scene: Scene, ground: Ground) -> tuple[str, ...]:
    """One short and one longer text of the twin's things and ground; the same for the same scene."""
    draws = Draws("described", scene.seed, scene.index)
    inside = [0.0 <= t.x < scene.size_px and 0.0 <= t.y < scene.size_px for t in scene.twin.things]
    things = [thing for thing, said in zip(scene.twin.things, inside, strict=True) if said]
    cut = {
        thing.label
        for thing, said in zip(scene.twin.things, inside, strict=True)
        if not said and boxes.visible(thing, 0.0, scene.size_px) >= boxes.LEAST_VISIBLE
    }
    covers = _covers(scene, ground)
    counts = Counter(thing.label for thing in things)
    short = _listed([_counted(number, label, cut) for label, number in counts.items()])
    by_colour = Counter((t.label, _colour(t), _cell(t, scene.size_px)) for t in things)
    parts = [f"{_counted(number, label, cut, colour)} {place}" for (label, colour, place), number in by_colour.items()]
    longer = [_sentence(draws, _listed(parts[:6]), sum(by_colour.values()) > 1)] if parts and len(parts) <= 6 else []
    if not short:
        only = _listed(covers)
        return (_sentence(draws, only, plural=False), f"The image shows {only}{'' if cut else ' and nothing else of note'}.")
    ground_text = f"The ground is {_listed(covers)}." if covers else ""
    first = _sentence(draws, f"{short}, with {covers[0]}" if covers else short, len(things) > 1)
    return (first, " ".join(text for text in (*(longer or [first]), ground_text) if text))


def _covers(scene: Scene, ground: Ground) -> list[str]:
    """The ground's covers of the tile, the widest first."""
    inside = ground.paints[MARGIN_PX : MARGIN_PX + scene.size_px, MARGIN_PX : MARGIN_PX + scene.size_px]
    shares: Counter[str] = Counter()
    for number, paint in enumerate(scene.palette):
        shares[COVERS[paint.cover].label] += int((inside == number).sum())
    return [_GROUND[label] for label, pixels in shares.most_common() if pixels >= LEAST_COVER * inside.size]


def _colour(thing: Thing) -> str:
    names = COLOURS[thing.label]
    return names[thing.style % len(names)][0]


def _cell(thing: Thing, size_px: int) -> str:
    row, column = int(3 * thing.y / size_px), int(3 * thing.x / size_px)
    return "in the center" if row == column == 1 else f"in the {_ROWS[row]} {_COLUMNS[column]}"


def _counted(number: int, label: str, cut: set[str], colour: str = "") -> str:
    one, several = _NOUNS[label]
    noun = f"{colour} {one if number == 1 else several}".strip()
    if label in cut and (number > 1 or not colour):  # "a red ship in the center" says of no other that it is not there
        return f"at least {_NUMBERS[number] if number < len(_NUMBERS) else number} {noun}"
    if number == 1:
        return f"a {noun}" if noun[0] not in "aeiou" else f"an {noun}"
    return f"{_NUMBERS[number] if number < len(_NUMBERS) else number} {noun}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def _sentence(draws: Draws, what: str, plural: bool) -> str:
    opening = draws.choose(_OPENINGS)
    if not opening:
        return what[0].upper() + what[1:] + "."
    return opening.format(what, is_="are" if plural else "is")
