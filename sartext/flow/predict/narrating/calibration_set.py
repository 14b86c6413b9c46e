"""A calibration set: labelled tiles that a captioner narrated, judged; and the thresholds that follow from it."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sartext.artifact import Artifact, open_artifact
from sartext.config import identity
from sartext.errors import UserError
from sartext.evaluate.calibration import KindCounts, KindThreshold, cell_of, learned_thresholds
from sartext.flow.engine.progress import Line
from sartext.narrate.read.agreement import stated_in
from sartext.narrate.read.meaning import UNREAD
from sartext.narrate.read.record import RECORD
from sartext.narrate.verify.sure import scores_of
from sartext.report.dataset.acquisition import acquisition
from sartext.row_groups import read_groups
from sartext.tile import SAMPLED

NARRATOR = "narrator"  # the route
MOST_SCENES = 50_000  # that count; more would show little more, and each is held in memory
_CAPTIONS = ("route", "text", "seed", "confidence", "derived_from", "reason")
_CAPTION = "captions.list.element"
_COLUMNS = (
    *("key", "split", "origin.sha256", "sensor.platform", "sensor.band", "sensor.gsd_m.list.element"),
    *(f"{_CAPTION}.{name}" for name in _CAPTIONS),
    *(f"{_CAPTION}.claims.list.element.{name}" for name in ("kind", "text", "verdict")),
)
_SUPPORTED, _UNDECIDED, _TRAIN = "supported", "unverifiable", "train"
_Found = tuple[int, int, str]  # a number by which one of several is chosen, the cell of its score, its verdict


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """What a calibration set has shown: thresholds by kind, for images of these sensors."""

    dataset: str  # its fingerprint
    scenes: int
    left_out: int  # scenes that the captioner learned from
    kinds: tuple[KindThreshold, ...]
    sensors: tuple[str, ...]

    def thresholds(self) -> dict[str, float | None]:
        """From which score on a kind is said; None: never."""
        return {one.kind: one.threshold for one in self.kinds}


@dataclass
class _Scenes:
    """One statement a scene and kind, and which scenes are of which images."""

    found: dict[str, dict[str, _Found]] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)  # the digest of an image's bytes -> its scene
    sensors: Counter[str] = field(default_factory=Counter)

    def add(self, row: Mapping[str, Any]) -> None:
        """Takes in a tile."""
        scene = _scene(row["key"])
        if scene not in self.found and len(self.found) == MOST_SCENES:
            return
        of = self.found.setdefault(scene, {})
        if digest := (row["origin"] or {}).get("sha256"):
            self.images[digest] = scene
        sensor = row["sensor"] or {}
        self.sensors[acquisition(sensor["platform"], sensor["band"], (sensor["gsd_m"] or [None])[0])] += 1
        for number, (kind, score, verdict) in enumerate(_claims(row["captions"] or [])):
            drawn = int.from_bytes(hashlib.sha256(f"{row['key']}/{kind}/{number}".encode()).digest()[:8], "big")
            if kind not in of or drawn < of[kind][0]:
                of[kind] = (drawn, cell_of(score), verdict)

    def counts(self) -> dict[str, KindCounts]:
        """Statements by kind."""
        counts: dict[str, KindCounts] = {}
        for of in self.found.values():
            for kind, (_, cell, verdict) in of.items():
                counts.setdefault(kind, KindCounts()).add(cell, right=verdict == _SUPPORTED)
        return counts

    def undecided(self) -> Counter[str]:
        """Those of the statements that the labels cannot decide, by kind."""
        return Counter(kind for of in self.found.values() for kind, (_, _, verdict) in of.items() if verdict == _UNDECIDED)


def check_calibration(uri: str, rule: Any) -> None:
    """Raises `UserError` where the dataset is not of this narrator with these options, and verified."""
    rules = open_artifact(uri).manifest["config"].get("rules", [])
    wanted = identity(rule)
    narrated = next((one for one in rules if one.get("type") == wanted["type"]), None)
    if narrated is None or not any(one.get("type") == "Verify" for one in rules):
        raise UserError(f"{uri} is no calibration set; make one by a recipe whose name ends in calibration")
    if narrated.get("precision") is not None:
        raise UserError(
            f"{uri} was itself narrated at a precision, which leaves sentences out; give one by a recipe whose name ends in "
            "calibration"
        )
    for name in sorted(wanted.keys() | narrated.keys()):
        if wanted.get(name) != narrated.get(name):
            raise UserError(
                f"{uri} was narrated with {name} {narrated.get(name)}, not {wanted.get(name)}; give the same, or another one"
            )


def calibrated(uri: str, checkpoint: str, learned_from: Sequence[str], *, precision: float, delta: float) -> Calibrated:
    """The thresholds of a calibration set, told on the terminal. Scenes that the captioner learned from are left out.

    One claim of each kind a scene counts, drawn by the hashes of keys, because claims of one scene are not independent. Right
    is what the labels bear out: what they cannot decide counts as not right. Row groups are read one after another; held are
    scores a scene and kind, of `MOST_SCENES` scenes at most. Raises `UserError` where nothing is left, or where the datasets of
    the captioner's training are not those that are given.
    """
    dataset = open_artifact(uri)
    learned = _learned(checkpoint, learned_from)
    scenes = _Scenes()
    for row in _rows(dataset):
        scenes.add(row)
    left_out = {
        scene for one in learned for row in _rows(one, ("key", "split", "origin.sha256")) for scene in _known(scenes, row)
    }
    for scene in left_out:
        del scenes.found[scene]
    if not scenes.found:
        raise UserError(f"{uri} has no tile that the captioner did not learn from; give labelled tiles of other scenes")
    kinds = learned_thresholds(scenes.counts(), precision=precision, delta=delta)
    made = Calibrated(
        dataset=dataset.fingerprint,
        scenes=len(scenes.found),
        left_out=len(left_out),
        kinds=kinds,
        sensors=tuple(sorted(scenes.sensors)),
    )
    _tell(made, precision, scenes.undecided())
    return made


def _tell(made: Calibrated, precision: float, undecided: Mapping[str, int]) -> None:
    out = f", {made.left_out:,} that the captioner learned from left out" if made.left_out else ""
    Line().draw(f"calibration by {made.scenes:,} scenes{out}, precision {precision:g}:", last=True)
    for one in made.kinds:
        open_ones = f"; the labels cannot decide {undecided[one.kind]:,} of the kind" if undecided.get(one.kind) else ""
        Line().draw(f"  {one.said()}{open_ones}", last=True)
    if all(one.threshold is None for one in made.kinds):
        Line().draw("  no kind reaches it: nothing will be said", last=True)


def _learned(checkpoint: str, given: Sequence[str]) -> list[Artifact]:
    """The datasets that the captioner learned from. Raises `UserError` where they are not given, or are others."""
    from sartext.flow.predict.trained import MODELS, open_trained  # torch takes seconds to import

    folder = Path(checkpoint)
    training = folder.parent.parent if folder.parent.name == MODELS else folder
    try:
        manifest = open_trained(str(training)).manifest
    except UserError:
        manifest = {}
    parents, datasets = set(manifest.get("parents", ())), [open_artifact(one) for one in given]
    there = {one.fingerprint for one in datasets}
    if missing := parents - there:
        raise UserError(
            f"{training} learned from {len(parents)} datasets, of which {len(missing)} are not given, as {min(missing)[:16]}; "
            "give all by --narrator.learned-from, so that tiles it learned from do not calibrate it"
        )
    if not parents:
        Line().draw(
            f"note: nothing says what {checkpoint} learned from; if it saw the calibration set it is not as good as it seems",
            last=True,
        )
    return datasets


def _rows(dataset: Artifact, columns: Sequence[str] = _COLUMNS) -> Iterator[dict[str, Any]]:
    for path in dataset.paths():
        for table in read_groups(dataset.store, path, columns):
            yield from table.to_pylist()


def _known(scenes: _Scenes, row: Mapping[str, Any]) -> Iterator[str]:
    """The scenes that a tile is of, by its key or by its bytes, if it was learned from."""
    if row["split"] == _TRAIN:
        digest = (row["origin"] or {}).get("sha256")
        yield from {_scene(row["key"]), scenes.images.get(digest or "", "")} & scenes.found.keys()


def _scene(key: str) -> str:
    return key.rpartition("/")[0]


def _claims(captions: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, float, str]]:
    """The kind, the score and the verdict of what the narrator's own caption claims; of what the record decides, nothing."""
    ours = [one for one in captions if one["route"] == NARRATOR and one["derived_from"] is None]
    samples = [one["text"] for one in ours if (one["reason"] or "").startswith(SAMPLED)]
    for caption in ours:
        if caption["confidence"] is None or (caption["reason"] or "").startswith(SAMPLED):
            continue
        stated = [one for sentence in stated_in(caption["text"]) for one in sentence.statements]
        left = list(zip(stated, scores_of(stated, caption["confidence"], samples), strict=True))
        for claim in caption["claims"]:
            at = next((n for n, (one, _) in enumerate(left) if (one.kind, one.words) == (claim["kind"], claim["text"])), None)
            if at is not None:
                _, score = left.pop(at)
                if claim["kind"] not in (UNREAD, RECORD):
                    yield claim["kind"], score, claim["verdict"]
