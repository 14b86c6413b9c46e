"""Images with captions that people or other programs wrote: CSV, TSV, COCO captions, Karpathy JSON."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, ClassVar

from sartext.errors import SourceError, TileRejected
from sartext.formats.caption_json import parse_caption_json
from sartext.formats.caption_table import parse_caption_table
from sartext.formats.encoding import encoding_of
from sartext.formats.text_record import TextRecord
from sartext.sources.filesystem import open_file
from sartext.sources.text_source import DescribedSource, TextItem
from sartext.tile import Caption, Question

_HEAD_BYTES = 4096


@dataclass(frozen=True, kw_only=True)
class Captions(DescribedSource):
    """Captions as they exist, of SAR or of optical images: one table (CSV, TSV) or one JSON (COCO captions, Karpathy's layout,
    NWPU-Captions), told apart by how the file begins.

    All captions of an image are one tile's, with the route "human"; the text is the file's but for white space. A blank
    caption is left out, which is said with their number, and so is one that the image already has; an image all of whose
    captions are blank is rejected as `blank_captions`. A caption that is no text (NaN, a number), or only a word that programs
    write for nothing ("nan", "None", "null", "NA"), is a reject of its own, and its image keeps the others.
    """

    title: ClassVar[str] = "Images with captions"

    captions: str = field(
        metadata={
            "help": "the file of the captions: CSV, TSV, COCO or Karpathy JSON; or one for each split, train=FILE test=FILE",
            "identity": False,
            "by_split": True,
        }
    )
    name: str = field(default="captions", metadata={"help": "name of the dataset: the first segment of every key"})
    image_column: str | None = field(default=None, metadata={"help": "the table's column of images (unset: by usual names)"})
    caption_columns: tuple[str, ...] = field(
        default=(), metadata={"help": "the table's columns of captions (unset: by usual names)"}
    )

    @property
    def revision(self) -> int:
        return 4

    def texts_file(self) -> str:
        return self.captions

    def parse(self, file: str) -> Iterator[TextRecord]:
        """What the file says of each image. Raises `SourceError` where it is none of the formats."""
        try:
            with open_file(file) as stream:
                if _is_json(stream, file):
                    if self.image_column is not None or self.caption_columns:
                        raise SourceError(
                            "JSON, which has no columns",
                            file=file,
                            remedy="leave out image_column and caption_columns",
                        )
                    yield from parse_caption_json(stream, file)
                else:
                    yield from parse_caption_table(
                        stream, file, image_column=self.image_column, caption_columns=self.caption_columns
                    )
        except OSError as error:
            raise SourceError(f"cannot be read, {error.strerror}", file=file) from error

    def said(self, item: TextItem) -> tuple[tuple[Caption, ...], tuple[Question, ...]]:
        texts = [text for text in item.texts if text]
        if not texts:
            raise TileRejected("blank_captions", "no caption of this image has a text" if item.texts else "it has no caption")
        return tuple(Caption(text=text, route="human") for text in texts), ()


def _is_json(stream: BinaryIO, file: str) -> bool:
    """Whether the first character is one with which JSON begins; the stream is at its start again."""
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    return head.decode(encoding_of(head, file), "replace").lstrip()[:1] in ("{", "[")
