"""Everything that a report says of a dataset, counted table by table in memory that does not grow with it."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sartext.report.dataset.acquisition import acquisition
from sartext.report.dataset.beside import are_of_twins, are_samples
from sartext.report.dataset.counting import Distinct, Frequent, Hashes, Lowest, hashes_of, pair_counts, value_counts
from sartext.report.dataset.datasets import DatasetFacts, column
from sartext.report.dataset.footprints import Footprints
from sartext.report.dataset.words import Words
from sartext.rights import PARTS

_CAPTIONS, _CLAIMS, _QUESTIONS = "captions.list.element", "captions.list.element.claims.list.element", "questions.list.element"
# The columns that are read, as Parquet names them: everything but pixels, masks, corners and the words of claims.
COLUMNS = (
    *("key", "source", "scene", "split", "split_by", "height_px", "width_px", "rendering.quantity", "sensor.platform"),
    "sensor.modality",
    *("rendering.polarisations.list.element", "sensor.band", "sensor.gsd_m.list.element", "sensor.acquired", "geo.grid"),
    *("geo.footprint", "boxes.list.element.label", "regions.list.element.label", "regions.list.element.area_share"),
    *("exhaustive.list.element", "optical.time_gap_s", "origin.licence", "origin.may_train", "origin.may_redistribute"),
    "origin.citation",
    *(f"origin.{of}.{name}" for of in PARTS[1:] for name in ("licence", "may_train", "may_redistribute", "citation")),
    *(f"{_CAPTIONS}.{name}" for name in ("text", "route", "form", "kept", "reason")),
    *(f"{_CLAIMS}.{name}" for name in ("kind", "verdict")),
    *(f"{_QUESTIONS}.{name}" for name in ("question", "answer", "kind", "kept")),
)
_SCENES, _ANSWERS, _QUESTION_TEXTS, _REFUSALS = 1 << 16, 2_000, 4_000, 500
_DATASETS, _STRATUM = 12, 24
WORST = 8  # tiles with contradicted claims that are shown
_REJECTS = 4  # of each stage and reason
_CHARACTERS = 2_000  # longer questions are not looked for among the most repeated
_ANSWER_CHARACTERS, _REASON_CHARACTERS = 200, 100  # what is longer counts as its beginning
_REASONS = 40
MARKS_BESIDE = ("sample", "of the twin")  # the marks of texts that stand beside the captions
TRAITS = ("boxes", "regions", "twin", "refused", "footprint", "any")
TileRow = tuple[str, int]  # the file of a tile, and its row there


class Survey:
    """Counts so far. What a table must have are COLUMNS."""

    def __init__(self) -> None:
        self.datasets: dict[str, DatasetFacts] = {}
        self.splits: Counter[tuple[str, str]] = Counter()  # split, and what decided it; "" where unknown
        self.scenes: dict[str, Distinct] = {}  # by split
        self.boxes: Counter[str] = Counter()  # by class
        self.boxes_in_tile: Counter[int] = Counter()
        self.region_tiles: Counter[str] = Counter()  # tiles that have the class
        self.region_areas: dict[str, float] = {}  # sum of shares over these tiles
        self.captions: Counter[tuple[str, str]] = Counter()  # route, "kept", "refused" or one of MARKS_BESIDE
        self.refusals: Frequent[tuple[str, str]] = Frequent(_REFUSALS)  # route, reason
        self.words = Words()
        self.claims: Counter[tuple[str, str]] = Counter()  # kind, verdict
        self.questions: Counter[tuple[str, str]] = Counter()  # kind, "kept" or "refused"
        self.answers: dict[str, Frequent[str]] = {}  # by kind
        self.asked: Frequent[str] = Frequent(_QUESTION_TEXTS)
        self.acquisitions: Counter[str] = Counter()  # tiles by sensor and about their ground sample distance
        self.footprints = Footprints()
        self.contradicted = 0  # tiles that have a contradicted claim
        self.rejected: Counter[tuple[str, str]] = Counter()  # stage, reason
        self._worst: Lowest[TileRow] = Lowest(WORST)
        self._samples: dict[tuple[str, str], Lowest[TileRow]] = {}
        self._rejects: dict[tuple[str, str], Lowest[tuple[str, str]]] = {}

    @property
    def tiles(self) -> int:
        return sum(facts.tiles for facts in self.datasets.values())

    @property
    def optical(self) -> frozenset[str]:
        """The names of the sources whose images are of light."""
        return frozenset([name for name, facts in self.datasets.items() if facts.said.get("modality", Counter())["optical"]])

    def add(self, tiles: pa.Table, path: str) -> None:
        """Takes in the tiles of the file at `path`."""
        hashes = hashes_of(tiles["key"].to_pylist())
        sources = tiles["source"].combine_chunks()
        names = pc.unique(sources).to_pylist()
        for name in names:
            own = tiles if len(names) == 1 else tiles.filter(pc.equal(sources, name))
            self.datasets.setdefault(name, DatasetFacts()).add(own)
        self._add_acquisitions(column(tiles, "sensor"))
        self._add_splits(tiles)
        self._add_annotations(tiles)
        self._add_captions(column(tiles, "captions"))
        self._add_questions(pc.list_flatten(column(tiles, "questions")))
        footprints = pc.struct_field(column(tiles, "geo"), "footprint")
        there = np.flatnonzero(_flags(pc.is_valid(footprints)))
        if len(there):
            self.footprints.add(pc.drop_null(footprints).to_pylist(), hashes[there])
        self._sample(tiles, sources, hashes, path)
        self._add_contradicted(column(tiles, "captions"), hashes, path)

    def _add_acquisitions(self, sensor: pa.Array) -> None:
        distance = pc.list_element(pc.struct_field(sensor, "gsd_m"), 0)
        found = pair_counts(pc.struct_field(sensor, "platform"), pc.struct_field(sensor, "band"), distance)
        for (platform, band, gsd_m), number in found.items():
            self.acquisitions[acquisition(platform, band, float(gsd_m) if gsd_m else None)] += number

    def _add_splits(self, tiles: pa.Table) -> None:
        splits = pc.fill_null(column(tiles, "split"), "")
        self.splits.update({(one[0], one[1]): number for one, number in pair_counts(splits, column(tiles, "split_by")).items()})
        places = pc.binary_join_element_wise(column(tiles, "source"), column(tiles, "scene"), "/")
        for split in pc.unique(splits).to_pylist():
            found = value_counts(places.filter(pc.equal(splits, split)))
            self.scenes.setdefault(split, Distinct(_SCENES)).add(hashes_of(found), list(found.values()))

    def _add_annotations(self, tiles: pa.Table) -> None:
        boxes, regions = column(tiles, "boxes"), pc.list_flatten(column(tiles, "regions"))
        self.boxes.update(value_counts(pc.struct_field(pc.list_flatten(boxes), "label")))
        self.boxes_in_tile.update(value_counts(pc.list_value_length(boxes)))
        if len(regions):
            table = pa.table({"label": pc.struct_field(regions, "label"), "area": pc.struct_field(regions, "area_share")})
            sums = table.group_by("label", use_threads=False).aggregate([("area", "sum"), ("area", "count")])
            for row in sums.to_pylist():
                self.region_tiles[row["label"]] += row["area_count"]
                self.region_areas[row["label"]] = self.region_areas.get(row["label"], 0.0) + (row["area_sum"] or 0.0)

    def _add_captions(self, captions: pa.Array) -> None:
        each = pc.list_flatten(captions)
        if not len(each):
            return
        text, route, form, kept, reason, claims = (
            pc.struct_field(each, name) for name in ("text", "route", "form", "kept", "reason", "claims")
        )
        beside = _beside(each)
        marks = pc.if_else(beside, pc.if_else(are_samples(each), *MARKS_BESIDE), pc.if_else(kept, "kept", "refused"))
        self.captions.update({(one[0], one[1]): number for one, number in pair_counts(route, marks).items()})
        refused = pc.invert(pc.or_(kept, beside))
        # A reason is a short word, mostly with what it is about behind a colon.
        words = pc.list_element(pc.split_pattern(pc.fill_null(reason.filter(refused), "no reason given"), ":", max_splits=1), 0)
        words = pc.utf8_slice_codeunits(words, 0, _REASON_CHARACTERS)
        self.refusals.update({(one[0], one[1]): n for one, n in pair_counts(route.filter(refused), words).items()})
        self.words.add(text.filter(kept), form.filter(kept))
        claims = pc.list_flatten(claims.filter(pc.invert(beside)))
        found = pair_counts(pc.struct_field(claims, "kind"), pc.struct_field(claims, "verdict"))
        self.claims.update({(one[0], one[1]): number for one, number in found.items()})

    def _add_questions(self, each: pa.Array) -> None:
        kind, kept = pc.struct_field(each, "kind"), pc.struct_field(each, "kept")
        marked = pair_counts(kind, pc.if_else(kept, "kept", "refused"))
        self.questions.update({(one[0], one[1]): number for one, number in marked.items()})
        kept_kind, answer = kind.filter(kept), pc.struct_field(each, "answer").filter(kept)
        answer = pc.utf8_slice_codeunits(answer, 0, _ANSWER_CHARACTERS)
        asked = value_counts(pc.struct_field(each, "question").filter(kept))
        self.asked.update({text: number for text, number in asked.items() if len(text) <= _CHARACTERS})
        found: dict[str, dict[str, int]] = {}
        for one, number in pair_counts(kept_kind, answer).items():
            found.setdefault(one[0], {})[one[1]] = number
        for name, answers in found.items():
            self.answers.setdefault(name, Frequent(_ANSWERS)).update(answers)

    def _add_contradicted(self, captions: pa.Array, hashes: Hashes, path: str) -> None:
        each = pc.list_flatten(captions)
        claims = pc.struct_field(each, "claims")
        wrong = _flags(pc.equal(pc.struct_field(pc.list_flatten(claims), "verdict"), "contradicted"))
        captions_of = pc.list_parent_indices(claims).to_numpy(zero_copy_only=False)[wrong]
        captions_of = captions_of[~_flags(_beside(each))[captions_of]]
        rows = pc.list_parent_indices(captions).to_numpy(zero_copy_only=False)[captions_of]
        numbers = np.bincount(rows.astype(np.intp), minlength=len(captions))
        self.contradicted += int(np.count_nonzero(numbers))
        for row in np.flatnonzero(numbers).tolist():
            self._worst.add(int(hashes[row]) - (int(numbers[row]) << 64), (path, row))

    def worst(self) -> list[TileRow]:
        """The tiles with most contradicted claims, the most first; of equally many those with the lowest hashes."""
        return self._worst.items()

    def _sample(self, tiles: pa.Table, sources: pa.Array, hashes: Hashes, path: str) -> None:
        for trait, has in _traits(tiles):
            for name in list(self.datasets)[:_DATASETS]:
                lowest = self._samples.setdefault((name, trait), Lowest(_STRATUM))
                wanted = has & _flags(pc.equal(sources, name)) if len(self.datasets) > 1 else has
                if lowest.bound < 2**64:
                    wanted = wanted & (hashes < lowest.bound)
                for row in np.flatnonzero(wanted).tolist():
                    lowest.add(int(hashes[row]), (path, row))

    def sample(self, number: int) -> list[TileRow]:
        """So many tiles, of every source and with everything that there is, by the hashes of their keys."""
        strata = [
            self._samples[name, trait].items()
            for trait in TRAITS
            for name in sorted(self.datasets)
            if (name, trait) in self._samples
        ]
        chosen: dict[TileRow, None] = {}
        while len(chosen) < number and any(strata):
            for places in strata:
                fresh = next((place for place in places if place not in chosen), None)
                if fresh is None:
                    places.clear()
                elif len(chosen) < number:
                    chosen[fresh] = None
        return list(chosen)

    def add_rejects(self, rejects: pa.Table) -> None:
        """Takes in refused tiles: key, stage, reason, detail."""
        stages, reasons = column(rejects, "stage"), column(rejects, "reason")
        self.rejected.update({(one[0], one[1]): number for one, number in pair_counts(stages, reasons).items()})
        rows = zip(*(rejects[name].to_pylist() for name in ("key", "stage", "reason", "detail")), strict=True)
        hashes = hashes_of(rejects["key"].to_pylist()).tolist()
        for hash_, (key, stage, reason, detail) in zip(hashes, rows, strict=True):
            if (stage, reason) in self._rejects or len(self._rejects) < _REASONS:
                self._rejects.setdefault((stage, reason), Lowest(_REJECTS)).add(hash_, (key, detail))

    def sampled_rejects(self) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
        """Of each stage and reason some tiles with what was found: the most common reasons first."""
        for (stage, reason), _ in sorted(self.rejected.items(), key=lambda pair: (-pair[1], pair[0])):
            if (stage, reason) in self._rejects:
                yield stage, reason, self._rejects[stage, reason].items()


def _traits(tiles: pa.Table) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """Which tiles have what."""
    yield "boxes", _flags(pc.greater(pc.list_value_length(column(tiles, "boxes")), 0))
    yield "regions", _flags(pc.greater(pc.list_value_length(column(tiles, "regions")), 0))
    yield "twin", _flags(pc.is_valid(column(tiles, "optical")))
    captions = column(tiles, "captions")
    refused = np.zeros(tiles.num_rows, np.bool_)
    each = pc.list_flatten(captions)
    said = pc.or_(pc.struct_field(each, "kept"), _beside(each))
    refused[pc.list_parent_indices(captions).filter(pc.invert(said)).to_numpy(zero_copy_only=False)] = True
    yield "refused", refused
    yield "footprint", _flags(pc.is_valid(pc.struct_field(column(tiles, "geo"), "footprint")))
    yield "any", np.ones(tiles.num_rows, np.bool_)


def _flags(values: pa.Array) -> npt.NDArray[np.bool_]:
    """Flags as numpy has them; null is no."""
    flags: npt.NDArray[np.bool_] = pc.fill_null(values, False).to_numpy(zero_copy_only=False)
    return flags


def _beside(captions: pa.Array) -> pa.Array:
    """Which of the captions stand beside the others, neither kept nor refused."""
    return pc.or_(are_samples(captions), are_of_twins(captions))
