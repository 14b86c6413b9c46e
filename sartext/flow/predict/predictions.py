"""What models say of tiles: features, captions, answers; a file a piece, written by the actor that did it.

    predictions/<training>/<model>/00000.parquet
    predictions/<training>/<model>/queries.parquet   features of the queries, of a model that embeds

A row a tile: `key`; `reject`, why its image cannot be read, where that is so; then `image` and `texts` (float32 features of
length 1, of the tile's texts in the order of `tile_rows.texts_of`) of a model that embeds, `caption` of one that captions,
`answers` (in the order of the tile's kept questions) of one that answers.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from sartext.errors import TileRejected
from sartext.flow.predict.generation import GenerationConfig
from sartext.flow.predict.model import Model
from sartext.flow.predict.tile_rows import Rows, read_tile_rows, texts_of
from sartext.models.objective import ANSWER, CAPTION, EMBED
from sartext.row_groups import read_table
from sartext.store import Store, open_store
from sartext.tile import Caption

PREDICTIONS = "predictions"
_T = TypeVar("_T")
_REALS = pa.list_(pa.float32())
QUERIES = pa.schema({"query": pa.string(), "features": _REALS})
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
class PredictionTask:
    """All the work: every model on every part, and on the queries, which are one more part and the last."""

    dataset: str
    out: str
    names: tuple[str, ...]  # of the models: <training>/<model>
    folders: tuple[str, ...]
    parts: tuple[tuple[Rows, ...], ...]
    saying: GenerationConfig
    queries: tuple[str, ...] = ()
    narrator_captions: bool = False  # whether the captions of the route narrator are asked with

    @property
    def pieces(self) -> int:
        """How many there are."""
        return len(self.names) * (len(self.parts) + 1)

    def place(self, number: int) -> tuple[int, int | None]:
        """The model of a piece, and the part, or None of the queries."""
        model, part = divmod(number, len(self.parts) + 1)
        return model, part if part < len(self.parts) else None

    def path(self, number: int) -> str:
        """Where a piece is committed."""
        model, part = self.place(number)
        return prediction_path(self.names[model], part)

    def tiles(self, number: int) -> int:
        """How many tiles a piece has."""
        part = self.place(number)[1]
        return 0 if part is None else sum(len(rows.rows) for rows in self.parts[part])


def prediction_path(name: str, part: int | None) -> str:
    """Where the predictions of a model on a part are, or on the queries."""
    return f"{PREDICTIONS}/{name}/{'queries' if part is None else f'{part:05d}'}.parquet"


def query_features(store: Store, name: str) -> "np.ndarray[Any, np.dtype[np.float32]]":
    """The features (Q, D) of the queries, in their order, of a model that embeds."""
    rows = read_table(store, prediction_path(name, None))["features"].to_pylist()
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(rows[0]) if rows else 0)


def predictions(store: Store, name: str, parts: int) -> list[dict[str, Any]]:
    """The rows that are committed of one model, in the order of the tiles.

    `image` is a float32 array (D), `texts` one of (T, D): all of them are held at once, and numbers of Python take ten times
    the room.
    """
    rows: list[dict[str, Any]] = []
    for part in range(parts):
        table = read_table(store, prediction_path(name, part))
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

    def __init__(self, task: PredictionTask) -> None:
        self._task = task
        self._model: tuple[int, Model] | None = None
        self._inputs: tuple[int, list[_Input]] | None = None

    def __call__(self, number: int) -> None:
        model, part = self._task.place(number)
        store = open_store(self._task.out)
        if self._model is None or self._model[0] != model:
            self._model = None  # before the next one comes into memory
            self._model = model, Model(self._task.folders[model])
        if part is None:
            table = _queries(self._model[1], self._task.queries, self._task.saying)
        else:
            if self._inputs is None or self._inputs[0] != part:
                self._inputs = part, _read(self._task, part)
            table = pa.Table.from_pylist(rows_of(self._model[1], self._inputs[1], self._task.saying), schema=SCHEMA)
        sink = io.BytesIO()
        pq.write_table(table, sink, compression="ZSTD")
        # What is there stays: another run's answers can differ in their last bits, and both are answers.
        store.put_if_absent(self._task.path(number), sink.getvalue())


def _queries(model: Model, queries: Sequence[str], saying: GenerationConfig) -> pa.Table:
    """The features of the queries; no row of a model that does not embed."""
    asked = list(queries) if EMBED in model.capabilities else []
    features = [one for some in _batches(asked, saying.batch_size) for one in model.embed_texts(some)]
    rows = [{"query": query, "features": one} for query, one in zip(asked, features, strict=True)]
    return pa.Table.from_pylist(rows, schema=QUERIES)


def _read(task: PredictionTask, part: int) -> list[_Input]:
    store, inputs = open_store(task.dataset), []
    for rows in task.parts[part]:
        for row in read_tile_rows(store, rows, ["key", "image", "captions", "questions"]).to_pylist():
            texts = texts_of([Caption(**one) for one in row["captions"]], narrator_captions=task.narrator_captions)
            questions = [one["question"] for one in row["questions"] or [] if one["kept"]]
            inputs.append(_Input(row["key"], row["image"]["bytes"], tuple(texts), tuple(questions)))
    return inputs


def rows_of(model: Model, inputs: Sequence[_Input], saying: GenerationConfig) -> list[dict[str, Any]]:
    """What a model says of tiles, of all that it can: a row a tile, as in SCHEMA."""
    pictures, refused = _pictures(model, inputs)
    good = [one for one in inputs if one.key not in refused]
    said: dict[str, dict[str, Any]] = {one.key: {"key": one.key} for one in good}
    columns = [*(_embedded(model, good, pictures, saying) if EMBED in model.capabilities else ())]
    columns += _captioned(model, pictures, saying) if CAPTION in model.capabilities else ()
    columns += _answered(model, good, saying) if ANSWER in model.capabilities else ()
    for column, values in columns:
        for one, value in zip(good, values, strict=True):
            said[one.key][column] = value
    return [{"key": one.key, "reject": refused[one.key]} if one.key in refused else said[one.key] for one in inputs]


_Columns = list[tuple[str, list[Any]]]  # a name, and a value for each tile


def _pictures(model: Model, inputs: Sequence[_Input]) -> tuple[list[torch.Tensor], dict[str, str]]:
    """The images as the model sees them, and why others cannot be seen."""
    pictures, refused = [], {}
    for one in inputs:
        try:
            pictures.append(model.tensor(one.image))
        except TileRejected as error:
            refused[one.key] = error.reason
    return pictures, refused


def _embedded(model: Model, inputs: Sequence[_Input], pictures: Sequence[torch.Tensor], saying: GenerationConfig) -> _Columns:
    """Features of images, and of all their texts."""
    distinct = list(dict.fromkeys(text for one in inputs for text in one.texts))
    of_text: dict[str, Any] = {}
    for some in _batches(distinct, saying.batch_size):
        of_text |= zip(some, model.embed_texts(some), strict=True)
    images = [image for some in _batches(pictures, saying.batch_size) for image in model.embed_images(some)]
    return [("image", images), ("texts", [[of_text[text] for text in one.texts] for one in inputs])]


def _captioned(model: Model, pictures: Sequence[torch.Tensor], saying: GenerationConfig) -> _Columns:
    search = saying.search(model.longest_caption)
    batches = [model.caption(some, search) for some in _batches(pictures, saying.batch_size)]
    return [("caption", [text for batch in batches for text, _ in batch])]


def _answered(model: Model, inputs: Sequence[_Input], saying: GenerationConfig) -> _Columns:
    """The answers to all questions."""
    asked = [(one.image, question) for one in inputs for question in one.questions]
    answers: list[str] = []
    for some in _batches(asked, saying.batch_size):
        images, questions = zip(*some, strict=True)
        answers += [text for text, _ in model.answer(images, questions, max_tokens=saying.answer_tokens)]
    rest = iter(answers)
    return [("answers", [[next(rest) for _ in one.questions] for one in inputs])]


def _batches(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
