"""One short sentence of what the record knows of how an image was made, for some of the detailed texts.

What it can say: the season, the pass, the band, the polarisations and the size of a pixel, one or two of them, as far as
`facts.record` knows them; never the platform, nor a resolution. It is the first to go where there is no room, and no text of
its own: it describes no scene.
"""

from sartext.narrate.facts.record import POLARISATIONS, RecordFacts
from sartext.narrate.facts.tile_facts import Facts
from sartext.narrate.seeded import Pick
from sartext.narrate.write import record_templates as templates
from sartext.narrate.write.fitting import Importance, Wanted
from sartext.narrate.write.numbers import listed

RECORD_PERCENT = 33
_TWO_PERCENT = 65


def record_sentences(facts: Facts, pick: Pick) -> list[Wanted]:
    """At most one sentence: one or two of what the record knows, in a third of the texts of which it knows something."""
    pick = pick.branch("record")
    if not pick.chance(RECORD_PERCENT) or not (known := _known(facts.record)):
        return []
    chosen = pick.shuffled(list(known))[: 2 if pick.chance(_TWO_PERCENT) else 1]
    key = tuple([name for name in known if name in chosen])
    if key not in templates.FRAMES:  # two that nobody would say in one breath
        key = (chosen[0],)
    frame = pick.one(templates.FRAMES[key])
    band = templates.BANDS_SAID.get(facts.record.band or "", "")
    return [Wanted(Importance.RECORD, frame.format(**known, a_band=band))]


def _known(record: RecordFacts) -> dict[str, str]:
    """What may be said, by the slots of the frames, in the order of their keys."""
    channels = dict.fromkeys(record.polarisations)
    found = {
        "season": record.season,
        "orbit": templates.ORBITS.get(record.orbit or ""),
        "band": f"{record.band}-band" if record.band in templates.BANDS_SAID else None,
        "channels": listed(list(channels)) if channels and channels.keys() <= POLARISATIONS else None,
        "pixel": f"{record.pixel_m} m" if record.pixel_m else None,
    }
    return {name: value for name, value in found.items() if value}
