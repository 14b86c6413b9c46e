"""What models say of tiles: features, captions, answers; a file a piece, written by the actor that did it.

    predictions/<training>/<model>/00000.parquet

A row a tile: `key`; `reject`, why its image cannot be read, where that is so; then `image` and `texts` (float32 features of
length 1, of the tile's texts in the order of `heldout.texts_of`) of a CLIP or a CoCa, `caption` of a CoCa, `answers` (in the
order of `heldout.questions_of`) of a GPT.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from sartext.errors import TileRejected
from sartext.flow.engine.device import allotted_device
from sartext.flow.predict.generation import Saying
from sartext.flow.predict.tile_rows import Rows, read_rows, texts_of
from sartext.models import clip, coca, gpt, weights
from sartext.store import Storage, storage
from sartext.tile import Caption

PREDICTIONS = "predictions"
_REALS = pa.list_(pa.float32())
SCHEMA = pa.schema(
    {
        "key": pa.string(),
        "reject": pa.string(),
        "image": _REALS,
        "texts": pa.list_(_REALS),
        "caption": pa.string(),
        "answers": pa.list_(pa.string()),
    }
)


@dataclass(frozen=True, kw_only=True)
class Task:
    """All the work: every model on every part. Piece `number` is model `number // parts` on part `number % parts`."""

    dataset: str
    out: str
    names: tuple[str, ...]  # of the models: <training>/<model>
    folders: tuple[str, ...]
    parts: tuple[tuple[Rows, ...], ...]
    saying: Saying
    narrator_captions: bool = False  # whether the captions of the route narrator are asked with

    @property
    def pieces(self) -> int:
        """How many there are."""
        return len(self.names) * len(self.parts)

    def path(self, number: int) -> str:
        """Where a piece is committed."""
        model, part = divmod(number, len(self.parts))
        return prediction_path(self.names[model], part)

    def tiles(self, number: int) -> int:
        """How many tiles a piece has."""
        return sum(len(rows.rows) for rows in self.parts[number % len(self.parts)])


def prediction_path(name: str, part: int) -> str:
    return f"{PREDICTIONS}/{name}/{part:05d}.parquet"


def predictions(place: Storage, name: str, parts: int) -> list[dict[str, Any]]:
    """The rows that are committed of one model, in the order of the tiles.

    `image` is a float32 array (D), `texts` one of (T, D): all of them are held at once, and numbers of Python take ten times
    the room.
    """
    rows: list[dict[str, Any]] = []
    for part in range(parts):
        table = pq.read_table(io.BytesIO(place.read(prediction_path(name, part))))
        plain = table.drop_columns(["image", "texts"]).to_pylist()
        images, texts = (_arrays(table[column].combine_chunks()) for column in ("image", "texts"))
        rows += [{**one, "image": image, "texts": of} for one, image, of in zip(plain, images, texts, strict=True)]
    return rows


_Array = np.ndarray[Any, np.dtype[np.float32]]


def _arrays(column: pa.ListArray) -> list[_Array | None]:
    """Each row's numbers where they lie: a list as (D), a list of lists, all as long as one another, as (T, D)."""
    starts, width = column.offsets.to_numpy(), 0
    values = column.values
    if pa.types.is_list(values.type):
        within = values.offsets.to_numpy()
        starts, width = within[starts], int(within[1] - within[0]) if len(values) else 1
        values = values.values
    numbers = values.to_numpy()
    flat = [numbers[start:end] for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)]
    rows = [one.reshape(-1, width) for one in flat] if width else flat
    return [row if valid else None for row, valid in zip(rows, column.is_valid().to_pylist(), strict=True)]


@dataclass(frozen=True)
class _Input:
    """One tile as a model is asked about it."""

    key: str
    image: bytes
    texts: tuple[str, ...]
    questions: tuple[str, ...]


class Predictor:
    """Does pieces of a task, and keeps the model and the tiles of the last one, which the next mostly shares."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._model: tuple[int, Any] | None = None
        self._inputs: tuple[int, list[_Input]] | None = None

    def __call__(self, number: int) -> None:
        model, part = divmod(number, len(self._task.parts))
        place = storage(self._task.out)
        if self._model is None or self._model[0] != model:
            self._model = None  # before the next one comes into memory
            self._model = model, _Model(weights.load(Path(self._task.folders[model])), self._task.saying)
        if self._inputs is None or self._inputs[0] != part:
            self._inputs = part, _read(self._task, part)
        table = pa.Table.from_pylist(self._model[1].rows(self._inputs[1]), schema=SCHEMA)
        sink = io.BytesIO()
        pq.write_table(table, sink, compression="ZSTD")
        # What is there stays: another run's answers can differ in their last bits, and both are answers.
        place.put_if_absent(self._task.path(number), sink.getvalue())


def _read(task: Task, part: int) -> list[_Input]:
    place, inputs = storage(task.dataset), []
    for rows in task.parts[part]:
        for row in read_rows(place, rows, ["key", "image", "captions", "questions"]).to_pylist():
            texts = texts_of([Caption(**one) for one in row["captions"]], narrator_captions=task.narrator_captions)
            questions = [one["question"] for one in row["questions"] or [] if one["kept"]]
            inputs.append(_Input(row["key"], row["image"]["bytes"], tuple(texts), tuple(questions)))
    return inputs


class _Model:
    """A model that has been loaded, and what it says of tiles."""

    def __init__(self, loaded: tuple[weights.AnyObjective, torch.nn.Module, Any, Any], saying: Saying) -> None:
        self._objective, model, self._tokenizer, self._preprocess = loaded
        self._device = allotted_device()
        self._model, self._saying = model.to(self._device).eval(), saying

    def rows(self, inputs: Sequence[_Input]) -> list[dict[str, Any]]:
        """A row a tile, as in SCHEMA."""
        pictures, refused = self._pictures(inputs)
        good = [one for one in inputs if one.key not in refused]
        said = self._answered(good) if isinstance(self._objective, gpt.GPT) else self._seen(good, pictures)
        return [{"key": one.key, "reject": refused[one.key]} if one.key in refused else said[one.key] for one in inputs]

    def _pictures(self, inputs: Sequence[_Input]) -> tuple[list[torch.Tensor], dict[str, str]]:
        """The images as the model sees them, and why others cannot be seen."""
        pictures, refused = [], {}
        for one in inputs:
            try:
                pictures.append(self._preprocess.tensor(one.image))
            except TileRejected as error:
                refused[one.key] = error.reason
        return pictures, refused

    def _seen(self, inputs: Sequence[_Input], pictures: list[torch.Tensor]) -> dict[str, dict[str, Any]]:
        """Features of images and texts, and captions where the model writes some."""
        size, length = self._saying.batch_size, self._objective.model_cfg(0)["text_cfg"]["context_length"]  # type: ignore[union-attr]
        distinct = list(dict.fromkeys(text for one in inputs for text in one.texts))
        of_text: dict[str, Any] = {}
        for start in range(0, len(distinct), size):
            some = distinct[start : start + size]
            tokens = self._tokenizer.tokens(some, length).to(self._device)
            of_text |= zip(some, _numbers(clip.text_features(self._model, tokens)), strict=True)
        said = {}
        for start in range(0, len(inputs), size):
            images = torch.stack(pictures[start : start + size]).to(self._device)
            features = _numbers(clip.image_features(self._model, images))
            captions = self._captions(images) if isinstance(self._objective, coca.CoCa) else [None] * len(images)
            for one, image, caption in zip(inputs[start : start + size], features, captions, strict=True):
                texts = [of_text[text] for text in one.texts]
                said[one.key] = {"key": one.key, "image": image, "texts": texts, "caption": caption}
        return said

    def _captions(self, images: torch.Tensor) -> list[str]:
        longest = min(self._saying.caption_tokens, int(self._model.context_length))  # type: ignore[arg-type]
        return coca.captions(self._model, images, self._tokenizer, beams=self._saying.beams, max_tokens=longest)

    def _answered(self, inputs: Sequence[_Input]) -> dict[str, dict[str, Any]]:
        """The answers to all questions."""
        asked = [(one.image, question) for one in inputs for question in one.questions]
        answers: list[str] = []
        for start in range(0, len(asked), self._saying.batch_size):
            images, questions = zip(*asked[start : start + self._saying.batch_size], strict=True)
            longest = self._saying.answer_tokens
            answers += gpt.answers(self._model, images, questions, self._tokenizer, self._preprocess, max_tokens=longest)
        rest = iter(answers)
        return {one.key: {"key": one.key, "answers": [next(rest) for _ in one.questions]} for one in inputs}


def _numbers(features: torch.Tensor) -> np.ndarray[Any, np.dtype[np.float32]]:
    return features.cpu().numpy()
