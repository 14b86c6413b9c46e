"""A few tiles narrated in this process, to the terminal and a page beside the output; nothing is committed."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from sartext.flow.build.plan import plan_build
from sartext.flow.build.worker.rows import narrate_shard
from sartext.narrate.rule import Rule
from sartext.report.sheet import sheet
from sartext.sources.source import Source
from sartext.store import open_store
from sartext.store.local import output_error
from sartext.tile import Reject, Tile

TILES = 8
_MARK = {"supported": "+", "contradicted": "x", "unverifiable": "?"}


def show(source: Source, rules: Sequence[Rule], *, out: str, limit: int | None = None, stream: TextIO | None = None) -> Path:
    """Prints the first `limit` planned tiles (8 unless said) as they would be narrated; returns the page's path.

    Raises `OutputError` where the page cannot be written.
    """
    stream = stream or sys.stdout
    page, shown = page_path(out), []
    for result in narration(source, rules, TILES if limit is None else limit):
        shown.append(result)
        stream.write(text_of(result) + "\n")
    about = f"{len(shown)} tiles of {source.card.title}, as they would be narrated; nothing was committed"
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(sheet(shown, title=f"{source.card.name}: a look", about=about), encoding="utf-8")
    except OSError as error:
        raise output_error(str(page), error) from error
    stream.write(f"page: {page}\n")
    return page


def narration(source: Source, rules: Sequence[Rule], limit: int) -> Iterator[Tile | Reject]:
    """The first `limit` planned tiles, read and narrated here."""
    plan = plan_build(source, rules, limit)
    for shard in plan.shards:
        yield from narrate_shard(source, plan.rules, shard)


def page_path(out: str) -> Path:
    """Beside a local output place; in the folder for temporary files where that is no local one."""
    place = open_store(out).uri
    if "://" in place:
        return Path(tempfile.gettempdir()) / (place.rsplit("/", 1)[1] + ".show.html")
    path = Path(place).resolve()
    return path.with_name((path.name or "root") + ".show.html")


def text_of(result: Tile | Reject) -> str:
    """A tile for the terminal: its key, its captions, and what each claim rests on."""
    if isinstance(result, Reject):
        return f"{result.key}\n  rejected by {result.stage}: {result.reason} {result.detail}".rstrip()
    lines = [f"{result.key}  {result.width_px} x {result.height_px} px, {len(result.boxes)} boxes"]
    for caption in result.captions:
        lines.append(
            f"  [{caption.form or caption.route}] {caption.text}" + ("" if caption.kept else f"  REFUSED: {caption.reason}")
        )
        lines.extend(f"      {_MARK[claim.verdict]} {claim.text}: {claim.evidence}" for claim in caption.claims)
    return "\n".join(lines)
