"""Images with questions and answers in LLaVA's conversations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from sartext.errors import SourceError
from sartext.formats.llava import parse_llava
from sartext.formats.text_record import TextRecord
from sartext.sources.filesystem import open_file
from sartext.sources.split_paths import by_split
from sartext.sources.text_source import DescribedSource, TextItem
from sartext.tile import Caption, Question

KIND = "given"  # asked by the source, not from facts
_HEAD_BYTES = 1 << 20
_YES_NO = re.compile(r"(yes|no)\W*", re.IGNORECASE)
_COUNT = re.compile(r"(\d{1,3}(,\d{3})+|\d{1,9})\W*")
_ASKS_COUNT = re.compile(r"\bhow many\b|\bnumber of\b|\bcount\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Llava(DescribedSource):
    """LLaVA's conversation JSON, or one entry a line: each question with its answer, of one or many turns.

    All questions of an image are one tile's. The answer's type is `yes_no` where it is one of the two words, `count` where it
    is a figure and the question asks for a number, else `text`. A question without an answer, or an answer without a
    question, is kept in the record and not used.
    """

    title: ClassVar[str] = "Images with conversations"

    conversations: str = field(
        metadata={
            "help": "the file of the conversations: JSON or JSON Lines; or one for each split, train=FILE test=FILE",
            "identity": False,
            "by_split": True,
        }
    )
    name: str = field(default="llava", metadata={"help": "name of the dataset: the first segment of every key"})

    @property
    def revision(self) -> int:
        return 3

    def texts_file(self) -> str:
        return self.conversations

    def parse(self, file: str) -> Iterator[TextRecord]:
        """What the file asks of each image. Raises `SourceError` where it is no such file."""
        try:
            with open_file(file) as stream:
                yield from parse_llava(stream, file)
        except OSError as error:
            raise SourceError(f"cannot be read, {error.strerror}", file=file) from error

    def said(self, item: TextItem) -> tuple[tuple[Caption, ...], tuple[Question, ...]]:
        return (), tuple(_question(question, answer) for question, answer in item.turns)


def has_conversations(file: str) -> bool:
    """Whether a file of texts is one of conversations, by how it (the first of those by split) begins.

    Raises `SourceError` where it cannot be read.
    """
    file = by_split(file)[0][1]
    try:
        with open_file(file) as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError as error:
        raise SourceError(f"cannot be read, {error.strerror}", file=file) from error
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{") and b'"conversations"' in head


def _question(question: str, answer: str) -> Question:
    return Question(
        question=question,
        answer=answer,
        answer_type=_answer_type(question, answer),
        kind=KIND,
        kept=bool(question and answer),
    )


def _answer_type(question: str, answer: str) -> str:
    if _YES_NO.fullmatch(answer):
        return "yes_no"
    return "count" if _COUNT.fullmatch(answer) and _ASKS_COUNT.search(question) else "text"
