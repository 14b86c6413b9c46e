"""Dataset, and named test sets -> audit: which tiles that are held out resemble tiles that are learned from.

OUT/described/...      keypoints and small pictures, a file a shard: what is there is not read again
OUT/candidates/..., OUT/compared/...   pairs that may be near-identical, and the verdicts on them, in pieces
OUT/audit.json         all that was found; the same inputs give the same bytes
OUT/REPORT.md, OUT/report.html
OUT/manifest.json      written last
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from sartext.artifact import MANIFEST, Artifact, open_artifact, read_json, readable
from sartext.dedup import alignment, candidates, keypoints
from sartext.errors import UserError, require
from sartext.flow.audit.compare import (
    CANDIDATES,
    COMPARED,
    COUNTED,
    ComparisonWorker,
    best,
    compared_path,
    pieces,
    propose,
    put_candidates,
)
from sartext.flow.audit.descriptors import DESCRIBED, DescriptorWorker, TileDescriptors, described_path
from sartext.flow.audit.findings import findings
from sartext.flow.audit.tiles import Tiles
from sartext.flow.engine.options import Pool
from sartext.flow.engine.progress import Line, Progress
from sartext.flow.run import Run, all_there
from sartext.imaging import polygons
from sartext.report.leaks import LeakExample, in_words, markdown, page, shown_pairs
from sartext.row_groups import read_table

REVISION = 2  # raised whenever the same tiles would give other findings
AUDIT = "audit.json"
WRITES = (MANIFEST, DESCRIBED, CANDIDATES, COUNTED, COMPARED, AUDIT, "REPORT.md", "report.html")


@dataclass(frozen=True)
class Audited:
    """A finished audit: where it lies, and what its report and its manifest say."""

    uri: str
    report: dict[str, Any]
    manifest: dict[str, Any]

    @property
    def leaking(self) -> int:
        """Tiles that are held out, of which anything was found."""
        return int(self.report["leaking"])

    def summary(self) -> str:
        """One line for people."""
        return f"{self.uri}: {in_words(self.report)}"


def audit(
    dataset: str, *, against: Sequence[str] = (), out: str, max_leaks: int | None = None, pool: Pool | None = None
) -> Audited:
    """Audits the splits of a dataset, and its train split against all tiles of other datasets, in whatever order.

    The same call does only what is missing at `out`. Raises `UserError` where there is nothing to compare and, the audit being
    finished, where more than `max_leaks` held-out tiles leak; `OutputError` where `out` holds another audit; `Stopped` on
    SIGINT and SIGTERM.
    """
    require("max_leaks", max_leaks, max_leaks is None or max_leaks >= 0, "at least 0")
    pool = pool or Pool()
    if pool.gpus:
        raise UserError("pool.gpus is set, and an audit runs no model; leave it out")
    with Run(out, kind="audit", writes=WRITES) as run:
        work = Work(run, open_artifact(dataset), [open_artifact(uri) for uri in against])
        run.plan(work.config)
        run.reserve()
        if (manifest := run.finished(("fingerprint", "files"))) is not None:
            audited = Audited(out, read_json(run.store, AUDIT, ("leaking",)), manifest)
        else:
            if work.undescribed() or work.propose():
                with run.importing():
                    from sartext.flow.engine.pool import map_on_actors

                with run.session(pool):
                    map_on_actors(DescriptorWorker, work.to_describe, work.undescribed(), pool, work.describing())
                    map_on_actors(ComparisonWorker, work.to_compare, work.propose(), pool, work.comparing())
            audited = work.finish()
    if max_leaks is not None and audited.leaking > max_leaks:
        raise UserError(f"{audited.summary()}; at most {max_leaks:,} may leak, and {out}/REPORT.md says which do")
    return audited


class Work:
    """What is done for an audit, and what of it is there."""

    def __init__(self, run: Run, dataset: Artifact, against: Sequence[Artifact]) -> None:
        self._run, self._store = run, run.store
        self._sets = [dataset, *sorted(against, key=lambda one: one.fingerprint)]
        prints = [one.fingerprint for one in self._sets]
        for number, one in enumerate(self._sets):
            if one.fingerprint in prints[:number]:
                raise UserError(f"{one.uri} holds the same dataset as another that is compared; give it once")
        self._files = [(one.uri, path) for one in self._sets for path in one.paths()]
        self._line = Line()
        self.config = {"kind": "audit", "revision": REVISION, "dataset": prints[0], "against": prints[1:]}
        self.to_describe = (self._files, run.uri)
        self.to_compare = (run.uri, len(self._files))

    def undescribed(self) -> list[int]:
        """The shards that are not described yet."""
        return self._run.missing(DESCRIBED, described_path, len(self._files))

    def describing(self) -> Progress:
        """How far it is with the shards."""
        count = len(self._files)
        return Progress(count, "shards described", lambda: count - len(self.undescribed()))

    def uncompared(self) -> list[int] | None:
        """The pieces of the candidates that are not compared yet; None where the candidates are not known."""
        try:
            count = pieces(self._store)
        except FileNotFoundError:
            return None
        return self._run.missing(COMPARED, compared_path, count)

    def comparing(self) -> Progress:
        """How far it is with the candidates, which are known."""
        count = pieces(self._store)
        return Progress(count, "parts of the candidates compared", lambda: count - len(self.uncompared() or []))

    def propose(self) -> list[int]:
        """Commits the candidates where they are not known; what is to be compared."""
        left = self.uncompared()
        if left is None:
            with self._tiles() as tiles:
                put_candidates(self._store, propose(tiles, self._looked_up))
            left = self.uncompared()
        return left or []

    def finish(self) -> Audited:
        """Writes the report, then the manifest."""
        all_there([*self.undescribed(), *(self.uncompared() or [])], "pieces")
        self._line.draw("writing what was found")
        described = TileDescriptors(self._store, len(self._files))
        compared = (read_table(self._store, compared_path(number)) for number in range(pieces(self._store)))
        with self._tiles() as tiles:
            found = findings(tiles, best(compared))
        report = json.loads(readable({**self._about(), **found.report}))  # as a reader has it
        looks = []
        for one in shown_pairs(report):
            asked, known = (
                described.shown(found.numbers[one[side], one[name]])
                for side, name in (("held_out", "tile"), ("against", "like"))
            )
            sizes = ((asked.width_px, asked.height_px), (known.width_px, known.height_px))
            looks.append(LeakExample(finding=one, images=(asked.jpeg, known.jpeg), sizes_px=sizes))
        files = {
            AUDIT: readable(report),
            "REPORT.md": markdown(report).encode(),
            "report.html": page(report, looks).encode(),
        }
        manifest = self._run.finish(files, parents=[one.fingerprint for one in self._sets])
        self._line.clear()
        return Audited(self._run.uri, report, manifest)

    def _looked_up(self, done: int, of: int) -> None:
        self._line.draw(f"{done:,} of {of:,} keypoints looked up ({100 * done / max(of, 1):.0f}%)")

    @contextmanager
    def _tiles(self) -> Iterator[Tiles]:
        """All tiles and their sides, with a folder of this machine for as long as they are looked at.

        Raises `UserError` where no comparison has tiles on both sides.
        """
        described = TileDescriptors(self._store, len(self._files))
        with TemporaryDirectory(prefix="sartext-audit-") as folder:
            tiles = Tiles(described, [len(one.paths()) for one in self._sets], folder)
            if not any(tiles.on[one] and tiles.on[other] for one, other in tiles.comparisons):
                there = ", ".join(f"{name} {tiles.on[number]:,}" for number, name in enumerate(tiles.names))
                raise UserError(f"{self._sets[0].uri} has nothing to compare ({there} tiles); name a test set with --against")
            yield tiles

    def _about(self) -> dict[str, Any]:
        """What was audited, and by which measure."""
        return {
            "dataset": self._sets[0].fingerprint,
            "against": {f"against-{number}": one.fingerprint for number, one in enumerate(self._sets[1:], 1)},
            "thresholds": {
                "keypoints_of_a_tile": keypoints.MOST,
                "keypoints_that_agree": alignment.KEYPOINTS,
                "correlation": alignment.CORRELATION,
                "few_keypoints_that_agree": alignment.FEW,
                "correlation_where_few_agree": alignment.CORRELATION_OF_FEW,
                "differing_bits": candidates.DISTANCE,
                "shared_keypoints_of_a_candidate": candidates.VOTES,
                "overlap_of_footprints": polygons.OVERLAP,
            },
        }
