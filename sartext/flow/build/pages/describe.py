"""A finished dataset's report and card: OUT/report.html and OUT/README.md, made from its manifest and its shards alone.

They are made after the manifest: the dataset is whole without them, a report that fails or is interrupted loses nothing, and
the same command makes it again. The report comes last and names what it was made of, so that a current one is left alone.
"""

import hashlib
import sys
from collections.abc import Callable, Mapping

from sartext.artifact import MANIFEST, Artifact, canonical
from sartext.errors import SartextError, UserError
from sartext.failpoint import reach
from sartext.flow.build.pages.survey import surveyed, tiles_at
from sartext.flow.engine.progress import Line
from sartext.report.dataset.card import card, is_made
from sartext.report.dataset.page import SAMPLE, page
from sartext.store import Store

REPORT, CARD = "report.html", "README.md"
REVISION = 7  # raised whenever the same dataset gives another report or card
_HEAD_BYTES = 512


def describe(artifact: Artifact, titles: Mapping[str, str], check_lock: Callable[[], None]) -> bool:
    """Writes the report and the card of a dataset; False where they are there and current.

    `titles` are those of the sources by name. A card that somebody wrote or edited stays, which is said. Raises `SartextError`
    where it cannot be done, the dataset being whole, and `OutputError` where they cannot be written.
    """
    store = artifact.store
    stamp = _stamp(store, titles)
    if _current(store, stamp):
        return False
    try:
        made = _made(artifact, titles, stamp)
    except (UserError, OSError):
        raise
    except Exception as error:
        raise SartextError(f"{artifact.uri} is a whole dataset, but its report cannot be made") from error
    check_lock()
    if _somebodys(store):
        print(f"{artifact.uri}/{CARD} was edited and is left as it is; delete it to have it made anew", file=sys.stderr)
    else:
        store.put(CARD, made[CARD].encode())
    reach("before_report")
    store.put(REPORT, made[REPORT].encode())
    return True


def _somebodys(store: Store) -> bool:
    """Whether there is a card that is not as a build made it."""
    try:
        return not is_made(store.read(CARD).decode("utf-8", "replace"))
    except FileNotFoundError:
        return False


def _made(artifact: Artifact, titles: Mapping[str, str], stamp: str) -> dict[str, str]:
    line = Line()
    try:
        survey = surveyed(artifact, lambda done, of: line.draw(f"report: {done:,} of {of:,} shards"))
        tiles = tiles_at(artifact.store, survey.sample(SAMPLE))
        worst = tiles_at(artifact.store, survey.worst())
        return {
            CARD: card(survey, artifact.manifest, titles),
            REPORT: page(survey, tiles, worst, artifact.manifest, stamp),
        }
    finally:
        line.clear()


def _stamp(store: Store, titles: Mapping[str, str]) -> str:
    """SHA-256 over all that a report depends on; the manifest has the hashes of the shards."""
    about = canonical({"revision": REVISION, "titles": dict(titles)})
    return hashlib.sha256(about + store.read(MANIFEST)).hexdigest()


def _current(store: Store, stamp: str) -> bool:
    """Whether the card is there, and a report that was made of this."""
    try:
        store.read_range(CARD, 0, 1)
        return stamp.encode() in store.read_range(REPORT, 0, _HEAD_BYTES)
    except FileNotFoundError:
        return False
