"""A model that has been loaded: embeddings, captions and answers, on the device that Ray allotted to this process."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray

from sartext.errors import UserError
from sartext.flow.engine.device import allotted_device
from sartext.models.objective import (
    ANSWER,
    CAPTION,
    EMBED,
    Answers,
    Captions,
    CaptionSearch,
    DrawsAnswers,
    DrawsCaptions,
    Embeds,
    Generated,
    ScoredText,
)
from sartext.models.weights import load, name_of


class Model:
    """What a model's folder holds, ready to be asked for what its objective can do.

    Each method raises `UserError` where the model cannot do it.
    """

    def __init__(self, folder: str | Path, dtype: str = "float32") -> None:
        """`dtype` is what captions and answers are computed in: float32, bfloat16, or auto, which is bfloat16 on a GPU
        that has it. Raises `UserError` where the folder is no finished model.
        """
        self._objective, model, self._tokenizer, self._preprocess = load(Path(folder))
        self._folder, self._device = folder, allotted_device()
        on_gpu = self._device.type == "cuda"
        self._bfloat16 = dtype == "bfloat16" or (dtype == "auto" and on_gpu and torch.cuda.is_bf16_supported())
        self._model = model.to(self._device).eval()

    @property
    def capabilities(self) -> frozenset[str]:
        """What it can do, of EMBED, CAPTION and ANSWER."""
        return self._objective.capabilities

    def tensor(self, image: bytes) -> torch.Tensor:
        """An encoded image as the model sees it, (3, size, size). Raises `TileRejected` for an unusable one."""
        return self._preprocess.tensor(image)

    def normalised(self, images: Sequence[NDArray[np.uint8]]) -> torch.Tensor:
        """Pixels as `Preprocess.pixels` gives them as the model sees them, (N, 3, size, size), where its device reads fast."""
        batch = torch.stack([self._preprocess.normalised(pixels) for pixels in images])
        return batch.pin_memory() if self._device.type == "cuda" else batch

    def check_image(self, image: bytes) -> None:
        """Raises `TileRejected` for an image that cannot be used."""
        self._preprocess.picture(image)

    def embed_images(self, images: Sequence[torch.Tensor]) -> NDArray[np.float32]:
        """Features of images from `tensor`: (N, D), of length 1."""
        features = self._embedder().embed_images(self._model, self._batch(images))
        return cast(NDArray[np.float32], features.cpu().numpy())

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Features of texts: (N, D), of length 1; what is longer than the model's context is cut."""
        features = self._embedder().embed_texts(self._model, texts, self._tokenizer)
        return cast(NDArray[np.float32], features.cpu().numpy())

    @property
    def longest_caption(self) -> int:
        """How many tokens a caption can have, start and end included."""
        return self._captioner().longest_caption(self._model)

    def caption(self, images: Sequence[torch.Tensor] | torch.Tensor, search: CaptionSearch) -> list[Generated]:
        """A caption for each image from `tensor` or `normalised`. Raises `UserError` where one may exceed `longest_caption`."""
        with self._computing():
            return self._captioner().caption(self._model, self._batch(images), self._tokenizer, search)

    def drawn_captions(
        self, images: Sequence[torch.Tensor], search: CaptionSearch, seeds: Sequence[Sequence[int]], temperature: float
    ) -> list[list[ScoredText]]:
        """For each image its caption by greedy decoding, then one drawn by each of its seeds, with how sure the model was."""
        captioner = cast(DrawsCaptions[Any], self._able(CAPTION))
        with self._computing():
            return captioner.drawn_captions(self._model, self._batch(images), self._tokenizer, search, seeds, temperature)

    def answer(self, images: Sequence[bytes], questions: Sequence[str], *, max_tokens: int) -> list[Generated]:
        """The answer to each question about the encoded image at its place. Raises `TileRejected` for an unusable image."""
        answerer = cast(Answers[Any], self._able(ANSWER))
        with self._computing():
            return answerer.answer(self._model, images, questions, self._tokenizer, self._preprocess, max_tokens=max_tokens)

    def drawn_answers(
        self,
        images: Sequence[bytes],
        questions: Sequence[str],
        seeds: Sequence[Sequence[int]],
        temperature: float,
        max_tokens: int,
    ) -> list[list[tuple[Generated, float]]]:
        """For each image the greedy answer to its question, then one drawn by each seed, with how sure the model was."""
        if not hasattr(self._able(ANSWER), "drawn_answers"):
            raise UserError(f"{self._folder} holds a {name_of(self._objective)}, which draws no samples; leave them out")
        answerer = cast(DrawsAnswers[Any], self._able(ANSWER))
        with self._computing():
            return answerer.drawn_answers(
                self._model,
                images,
                questions,
                self._tokenizer,
                self._preprocess,
                seeds,
                temperature,
                max_tokens=max_tokens,
            )

    def _computing(self) -> torch.autocast:
        return torch.autocast(self._device.type, torch.bfloat16, enabled=self._bfloat16)

    def _batch(self, images: Sequence[torch.Tensor] | torch.Tensor) -> torch.Tensor:
        batch = images if isinstance(images, torch.Tensor) else torch.stack(list(images))
        return batch.to(self._device, non_blocking=True)

    def _embedder(self) -> Embeds[Any]:
        return cast(Embeds[Any], self._able(EMBED))

    def _captioner(self) -> Captions[Any]:
        return cast(Captions[Any], self._able(CAPTION))

    def _able(self, capability: str) -> object:
        """The objective, where it names the capability: then it has the functions of it."""
        if capability not in self._objective.capabilities:
            raise UserError(f"{self._folder} holds a {name_of(self._objective)}, which cannot {capability}; give another model")
        return self._objective
