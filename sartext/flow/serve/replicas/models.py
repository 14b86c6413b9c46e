"""The replicas behind the routes: each holds one model, decodes its images one by one, and answers them in batches.

An image that is damaged is refused before its batch is formed, so it takes no other down.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from ray import serve

from sartext.flow.engine.ray_private import listen_at_node
from sartext.flow.predict.model import Model
from sartext.flow.serve.limits import DECODERS, MAX_CAPTION_TOKENS
from sartext.flow.serve.routes.routes import Answer
from sartext.models.objective import CaptionSearch, Generated

listen_at_node()

BATCH = 16
_WAIT_S = 0.005  # for others to join a batch
_T = TypeVar("_T")


class _Rooms:
    """A model, and two rooms to work in: one for images, one for the model."""

    def __init__(self, folder: str, threads: int) -> None:
        torch.set_num_threads(threads)
        self.model = Model(folder)
        self._decoders = ThreadPoolExecutor(DECODERS)
        self._worker = ThreadPoolExecutor(1)

    async def tensor(self, image: bytes) -> torch.Tensor:
        """The decoded image. Raises `TileRejected`."""
        return await asyncio.get_running_loop().run_in_executor(self._decoders, self.model.tensor, image)

    async def decoded(self, image: bytes) -> None:
        """Raises `TileRejected` where the image cannot be decoded."""
        await asyncio.get_running_loop().run_in_executor(self._decoders, self.model.check_image, image)

    async def work(self, work: Callable[[], _T]) -> _T:
        """What the model says, away from the loop that takes the next requests."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)


class Embedding:
    """Features of texts and images: float32 (D,), of length 1."""

    def __init__(self, folder: str, threads: int) -> None:
        self._of = _Rooms(folder, threads)

    async def image(self, image: bytes) -> NDArray[np.float32]:
        """Raises `TileRejected`."""
        features: NDArray[np.float32] = await self._images(await self._of.tensor(image))
        return features

    async def text(self, text: str) -> NDArray[np.float32]:
        features: NDArray[np.float32] = await self._texts(text)
        return features

    @serve.batch(max_batch_size=BATCH, batch_wait_timeout_s=_WAIT_S)
    async def _images(self, images: list[torch.Tensor]) -> list[NDArray[np.float32]]:
        return list(await self._of.work(lambda: self._of.model.embed_images(images)))

    @serve.batch(max_batch_size=BATCH, batch_wait_timeout_s=_WAIT_S)
    async def _texts(self, texts: list[str]) -> list[NDArray[np.float32]]:
        return list(await self._of.work(lambda: self._of.model.embed_texts(texts)))


class Captioning:
    """Captions of images."""

    def __init__(self, folder: str, threads: int) -> None:
        self._of = _Rooms(folder, threads)
        self._search = CaptionSearch(max_tokens=min(MAX_CAPTION_TOKENS, self._of.model.longest_caption))

    async def caption(self, image: bytes) -> Answer:
        """Raises `TileRejected`."""
        said: Answer = await self._captions(await self._of.tensor(image))
        return said

    @serve.batch(max_batch_size=BATCH, batch_wait_timeout_s=_WAIT_S)
    async def _captions(self, images: list[torch.Tensor]) -> list[Answer]:
        said = await self._of.work(lambda: self._of.model.caption(images, self._search))
        return [Answer.of(text, finished) for text, finished in said]


class Answering:
    """Answers by transformers."""

    def __init__(self, folder: str, threads: int) -> None:
        self._of = _Rooms(folder, threads)

    async def answer(self, image: bytes, question: str, max_tokens: int) -> Answer:
        """Raises `TileRejected`."""
        await self._of.decoded(image)
        said: Answer | Exception = await self._answers((image, question, max_tokens))
        if isinstance(said, Exception):
            raise said
        return said

    @serve.batch(max_batch_size=BATCH, batch_wait_timeout_s=_WAIT_S)
    async def _answers(self, asked: list[tuple[bytes, str, int]]) -> list[Answer | Exception]:
        said: dict[int, Answer | Exception] = {}
        for tokens in sorted({tokens for _, _, tokens in asked}):
            rows = [row for row, one in enumerate(asked) if one[2] == tokens]
            said |= zip(rows, await self._of.work(lambda: self._said([asked[row] for row in rows], tokens)), strict=True)  # noqa: B023
        return [said[row] for row in range(len(asked))]

    def _said(self, asked: list[tuple[bytes, str, int]], tokens: int) -> list[Answer | Exception]:
        """The answers; where one question brings its batch down, each is asked alone, and that one has the error."""
        try:
            return [Answer.of(text, ended) for text, ended in self._finished(asked, tokens)]
        except Exception as error:
            return [error] if len(asked) == 1 else [one for alone in asked for one in self._said([alone], tokens)]

    def _finished(self, asked: list[tuple[bytes, str, int]], tokens: int) -> list[Generated]:
        images, questions = [image for image, _, _ in asked], [question for _, question, _ in asked]
        return self._of.model.answer(images, questions, max_tokens=tokens)
