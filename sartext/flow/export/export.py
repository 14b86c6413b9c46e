"""Dataset -> files that other programs read: images as files, and their questions or captions in one text file.

llava       images/ and llava.json: conversations about images, as LLaVA is fine-tuned on (Liu et al., NeurIPS 2023)
open_clip   images/ and captions.tsv: a row a caption with `filepath`, `title` and `split`, as open_clip's CSV datasets
grounding   images/ and grounding.jsonl: a line a caption with its phrases and their boxes, as `formats.grounding` says
preference  images/ and preference.jsonl: a line a kept and a contradicted caption of one image, as `formats.preference` says
coco        images/ and captions.json: COCO captions (Chen et al., 2015)
sar_text    Image/<Dataset>/ and annotations_<Dataset>.csv: a row a caption with `filepath` and `caption`, as SAR-TEXT comes
webdataset  train-00000.tar and others: a sample a caption, an image and a .txt; sizes.json: as open_clip's training reads them

The text file is written last: where it is, the export is whole. It is the same whatever was killed on the way. Its text is held
in memory, some hundred bytes a question, but for the tars, of which there is one a shard and split.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sartext.artifact import MANIFEST, open_artifact
from sartext.errors import UserError, require
from sartext.failpoint import reach
from sartext.flow.engine.progress import Line
from sartext.flow.export.caption_tars import SIZES, CaptionTars
from sartext.flow.export.grounded_captions import ground_caption, ungrounded
from sartext.flow.export.preference_pairs import preference_pairs, unpaired
from sartext.flow.predict.narrator import ROUTE
from sartext.flow.run import Run
from sartext.formats.caption_json import CocoCaption, write_coco_captions
from sartext.formats.caption_table import CaptionRow, write_caption_table, write_sar_text
from sartext.formats.grounding import GroundedCaption, write_grounding
from sartext.formats.llava import write_llava
from sartext.formats.preference import PreferencePair, write_preferences
from sartext.formats.text_record import plain
from sartext.narrate.ask.questions import conversations
from sartext.report.left_out import NARRATED, LeftOut
from sartext.rights import COMMERCE, PASS_ON, TRAIN, forbidden_by, rights_of
from sartext.store import open_store
from sartext.tile import SPLITS, Caption, Tile, from_table

ALL = "all"
_ROWS = 64  # tiles that are held at a time
_MEASURED = ("val", "test")  # splits that are not learned from


@dataclass(frozen=True)
class Exported:
    """What an export left."""

    uri: str
    images: int
    entries: int
    what: str
    left_out: LeftOut  # tiles with texts that are not written, by reason
    skipped: int = 0  # what of the tiles that are looked at makes no entry: claims without ground, refused texts without a pair
    skipped_are: str = ""

    def summary(self) -> str:
        """One line for people."""
        why = [self.left_out.said(), f"{self.skipped:,} {self.skipped_are}" if self.skipped else ""]
        said = ", ".join(one for one in why if one)
        return f"{self.uri}: {self.images:,} images, {self.entries:,} {self.what}" + (f"; left out: {said}" if said else "")


@dataclass(frozen=True)
class _Form:
    """What another program reads beside the images."""

    file: str
    entries: Callable[[Tile, bool], Iterator[Any]]  # of a tile; of captions those of a narrator too, or not
    write: Callable[[Sequence[Any]], str] | None  # None of a form that is all tars
    what: str  # an entry, in the plural
    needs: str  # what a tile must have
    skipped: Callable[[Tile, bool], int] = lambda _tile, _narrated: 0  # what of a tile makes no entry
    skipped_are: str = ""
    folder: str = "images"
    parts: Callable[[Any], str] | None = None  # of an entry the part in whose file it is, where there are several: "{}"


def _conversations(tile: Tile, _narrated: bool) -> Iterator[dict[str, Any]]:
    yield from conversations(tile, _path(tile))


def _caption_rows(tile: Tile, narrated: bool) -> Iterator[CaptionRow]:
    yield from (CaptionRow(_path(tile), plain(one.text), tile.split or "") for one in _captions(tile, narrated))


def _sar_text_rows(tile: Tile, narrated: bool) -> Iterator[CaptionRow]:
    yield from (CaptionRow(_path(tile, "Image"), plain(one.text), "") for one in _captions(tile, narrated))


def _coco_captions(tile: Tile, narrated: bool) -> Iterator[CocoCaption]:
    size = (tile.width_px, tile.height_px)
    yield from (CocoCaption(_path(tile), *size, plain(one.text)) for one in _captions(tile, narrated))


def _texts(tile: Tile, narrated: bool) -> Iterator[str]:
    yield from (plain(one.text) for one in _captions(tile, narrated))


def _grounded(tile: Tile, narrated: bool) -> Iterator[GroundedCaption]:
    yield from filter(None, (ground_caption(tile, one, _path(tile)) for one in _captions(tile, narrated)))


def _ungrounded(tile: Tile, narrated: bool) -> int:
    return ungrounded(list(_captions(tile, narrated)))


def _preferences(tile: Tile, narrated: bool) -> Iterator[PreferencePair]:
    yield from preference_pairs(tile, _path(tile), _may_use(narrated))


def _unpaired(tile: Tile, narrated: bool) -> int:
    return unpaired(tile, _may_use(narrated))


_FORMS = {
    "llava": _Form("llava.json", _conversations, write_llava, "conversations", "kept questions"),
    "open_clip": _Form("captions.tsv", _caption_rows, write_caption_table, "captions", "kept captions"),
    "grounding": _Form(
        "grounding.jsonl",
        _grounded,
        write_grounding,
        "captions",
        "kept captions with claims that boxes bear out",
        _ungrounded,
        "claims are not borne out by boxes, or have no place in the text",
    ),
    "preference": _Form(
        "preference.jsonl",
        _preferences,
        write_preferences,
        "pairs",
        "a kept caption and one that the labels contradict",
        _unpaired,
        "contradicted captions have no kept one beside them",
    ),
    "coco": _Form("captions.json", _coco_captions, write_coco_captions, "captions", "kept captions"),
    "sar_text": _Form(
        "annotations_{}.csv",
        _sar_text_rows,
        write_sar_text,
        "captions",
        "kept captions",
        folder="Image",
        parts=lambda row: row.file.split("/")[1],
    ),
    "webdataset": _Form(SIZES, _texts, None, "captions", "kept captions", folder=""),
}
_WRITES = ("images", "Image", *(one.file for one in _FORMS.values()))


def export(
    dataset: str,
    *,
    out: str,
    form: str = "llava",
    split: str = ALL,
    narrator_captions: bool = False,
    own_use: bool = False,
    commercial_use: bool = False,
) -> Exported:
    """Writes the dataset, or one split of it, at `out` in a form that others read; what is there is not written again.

    Images without a kept question (llava), caption or pair are left out; so are captions that a trained model wrote if
    not asked for, what may not be trained on unless its split is one to measure with, what may not be passed on unless the
    export is for `own_use`, and what is for non-commercial use only where it is for `commercial_use`: by the rights of a tile's
    pixels, annotations and texts, of which the strictest decides. Raises `UserError` for another form or split, or where
    nothing is left; `OutputError` where `out` holds something else.
    """
    made = _checked_form(form, split)
    require("narrator_captions", narrator_captions, form != "llava" or not narrator_captions, "off for questions")
    artifact = open_artifact(dataset)
    digest = hashlib.sha256(open_store(dataset).read(MANIFEST)).hexdigest()
    config: dict[str, object] = {"dataset": digest, "form": form, "split": split}
    config |= {"narrator_captions": narrator_captions, "own_use": own_use, "commercial_use": commercial_use}
    uses = [*([] if own_use else [PASS_ON]), *([COMMERCE] if commercial_use else [])]
    with Run(out, kind="export", writes=_WRITES) as run:
        entries: list[Any] = []
        tars = CaptionTars(run.store) if made.write is None else None
        left_out, skipped = LeftOut(TRAIN, *uses, NARRATED), 0
        images, line, shards = 0, Line(), len(artifact.manifest["shards"])
        for number, table in enumerate(artifact.tables(), 1):
            for start in range(0, table.num_rows, _ROWS):
                for tile in from_table(table.slice(start, _ROWS)):
                    run.stop.check()
                    if split not in (ALL, tile.split):
                        continue
                    found = _entries(made, tile, uses, narrator_captions, left_out)
                    if found and tile.image.bytes is not None:
                        if not entries:  # the place is nobody's where there is nothing to write
                            run.plan(config)
                            run.reserve()
                        if tars is None:
                            run.store.put_if_absent(_path(tile, made.folder), tile.image.bytes)
                        images += 1
                        entries += found if tars is None else tars.add(tile, found)
                    skipped += 0 if _barred(tile, uses) else made.skipped(tile, narrator_captions)
            if tars is not None:
                tars.put(number - 1)
            line.draw(f"export: {number:,} of {shards:,} shards, {images:,} images", last=number == shards)
        if not entries:
            why = f" to write: {left_out.said()}" if left_out.said() else ""
            raise UserError(f"{dataset} has no tile of split {split} with {made.needs}{why}")
        reach("before_export_text")
        run.check_lock()
        for path, data in (_text_files(made, entries) if tars is None else {SIZES: tars.sizes()}).items():
            run.store.put(path, data)
    return Exported(run.uri, images, len(entries), made.what, left_out, skipped, made.skipped_are)


def _checked_form(form: str, split: str) -> _Form:
    """The form of a name. Raises `UserError` for another form or split."""
    if form not in _FORMS:
        raise UserError(f"form is {form!r}; it is one of {', '.join(_FORMS)}")
    if split not in (ALL, *SPLITS):
        raise UserError(f"split is {split!r}; it is one of {', '.join((ALL, *SPLITS))}")
    return _FORMS[form]


def _entries(made: _Form, tile: Tile, uses: Sequence[str], narrated: bool, left_out: LeftOut) -> list[Any]:
    """What may be written of a tile; a tile that has entries of which none may is counted in `left_out`."""
    every = list(made.entries(tile, True))
    if not every:
        return []
    if (barred := _barred(tile, uses)) is not None:
        left_out.add(*barred)
        return []
    found = every if narrated else list(made.entries(tile, False))
    if not found:
        left_out.add(NARRATED)
    return found


def _barred(tile: Tile, uses: Sequence[str]) -> tuple[str, str] | None:
    """The first use that the rights of a tile forbid, and by what; None where they forbid none."""
    rights = rights_of(tile.origin)
    asked = uses if tile.split in _MEASURED else [TRAIN, *uses]
    return next(((use, by) for use in asked if (by := forbidden_by(rights, use))), None)


def _text_files(made: _Form, entries: Sequence[Any]) -> dict[str, bytes]:
    """The text files of a form by their paths, the parts of several in the order of their names."""
    of_part: dict[str, list[Any]] = {}
    for one in entries:
        of_part.setdefault(made.parts(one) if made.parts else "", []).append(one)
    return {made.file.format(part): made.write(of).encode() for part, of in sorted(of_part.items()) if made.write}


def _path(tile: Tile, folder: str = "images") -> str:
    return f"{folder}/{tile.key}{PurePosixPath(tile.image.path or '').suffix.lower()}"


def _captions(tile: Tile, narrated: bool) -> Iterator[Caption]:
    """The kept captions; those of a narrator too, or not."""
    may_use = _may_use(narrated)
    yield from (caption for caption in tile.captions if caption.kept and may_use(caption))


def _may_use(narrated: bool) -> Callable[[Caption], bool]:
    """Whether a caption may be written: those of a narrator where they are asked for."""
    return lambda caption: narrated or caption.route != ROUTE
