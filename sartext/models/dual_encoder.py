"""Dual encoders of open_clip, the base of CLIP and CoCa: what follows from their towers, whatever is learned with them.

A model's folder is open_clip's `local-dir:` kind: `open_clip_config.json`, `open_clip_model.safetensors` and the files of a
tokenizer that was trained here.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sartext.models.folder import read_model_json, write_json
from sartext.models.image import Preprocess
from sartext.models.objective import CAPTIONS, Batch, Example, evaluating, real_rows
from sartext.models.shortening import shortened
from sartext.models.towers import Convolutional, Named, Tiny, preprocess_of, tokenizer_of

if TYPE_CHECKING:
    import torch
    from torch import nn

    from sartext.models.text import TextTokens

CONFIG, WEIGHTS = "open_clip_config.json", "open_clip_model.safetensors"


class DualEncoder(ABC):
    """An image tower and a text tower, whose features are compared."""

    towers: Tiny | Convolutional | Named
    seed: int
    learns = CAPTIONS
    parts = frozenset({"image", "text", "logit_scale"})
    taught = frozenset({"image", "text"})

    @abstractmethod
    def model_cfg(self, vocabulary_size: int) -> dict[str, Any]:
        """open_clip's configuration. Raises `UserError` where the towers are not of this objective's kind."""

    @property
    def learns_tokenizer(self) -> bool:
        """Whether the tokenizer is trained on the captions."""
        return not isinstance(self.towers, Named)

    @property
    def start_folder(self) -> Path | None:
        """The folder that the towers' name is of."""
        return self.towers.folder if isinstance(self.towers, Named) else None

    def part_of(self, parameter: str) -> str:
        """The part that a parameter is of: `image`, `decoder`, `logit_scale`, and `text`, which is all else."""
        first = parameter.partition(".")[0]
        if first.startswith("logit_"):
            return "logit_scale"
        return {"visual": "image", "text_decoder": "decoder"}.get(first, "text")

    def feature_width(self, model: "nn.Module") -> int:
        """The width of the features."""
        return int(model.visual.output_dim)  # type: ignore[union-attr,arg-type]

    def feature_side(self, model: "nn.Module") -> int | None:  # noqa: ARG002
        """None: an image has one feature as a whole."""
        return None

    def features(self, model: "nn.Module", batch: Batch, parts: Collection[str]) -> "dict[str, torch.Tensor]":
        """Features (N, width) of a batch by part, of any length, with gradients."""
        found = {}
        if "image" in parts:
            found["image"] = model.encode_image(batch["images"], normalize=False)  # type: ignore[operator]
        if "text" in parts:
            found["text"] = model.encode_text(batch["texts"], normalize=False)  # type: ignore[operator]
        return found

    def located(self) -> Self:
        """The same. Raises `UserError` where published weights cannot be had."""
        self.model_cfg(0)
        if isinstance(self.towers, Named):
            self.towers.check_weights()
        return self

    def tokenizer(self, texts: Sequence[str]) -> "TextTokens":
        """The tokenizer: trained on the texts, or the published one."""
        return tokenizer_of(self.towers, texts)

    def preprocess(self, fit: str = "pad") -> Preprocess:
        """How images are prepared for the image tower."""
        self.model_cfg(0)
        return preprocess_of(self.towers, fit)

    def build(self, tokenizer: "TextTokens") -> "nn.Module":
        """The model with its published weights, or initialised by the seed."""
        from sartext.models.open_clip_model import build_towers

        return build_towers(self.towers, self.model_cfg(tokenizer.vocabulary_size), tokenizer, self.seed)

    def collate(self, examples: Sequence[Example], tokenizer: "TextTokens", preprocess: Preprocess) -> Batch:
        """`images` float32 (N, 3, size, size), `texts` int64 (N, context_length), `real` and `shortened` bool (N,)."""
        return pairs(examples, tokenizer, preprocess, self.model_cfg(0)["text_cfg"]["context_length"])

    def embed_images(self, model: "nn.Module", images: "torch.Tensor") -> "torch.Tensor":
        """Features of images (N, 3, size, size): float32 (N, D), of length 1."""
        with evaluating(model):
            return model.encode_image(images, normalize=True).float()  # type: ignore[operator,no-any-return]

    def embed_texts(self, model: "nn.Module", texts: Sequence[str], tokenizer: "TextTokens") -> "torch.Tensor":
        """Features of texts: float32 (N, D), of length 1; what is longer than the model's context is cut."""
        tokens = tokenizer.tokens(texts, context_length(model)).to(next(model.parameters()).device)
        with evaluating(model):
            return model.encode_text(tokens, normalize=True).float()  # type: ignore[operator,no-any-return]

    def save(self, model: "nn.Module", tokenizer: "TextTokens", preprocess: Preprocess, folder: Path) -> None:
        """Writes the folder as open_clip loads it."""
        from safetensors.torch import save_file

        model_cfg = self.model_cfg(tokenizer.vocabulary_size)
        write_json(folder / CONFIG, {"model_cfg": model_cfg, "preprocess_cfg": preprocess.open_clip_cfg()})
        tensors = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
        save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
        tokenizer.save(folder)

    def load(self, folder: Path) -> "tuple[nn.Module, TextTokens]":
        """The model and its tokenizer."""
        from safetensors.torch import load_file

        from sartext.models.open_clip_model import from_model_cfg, in_layout_of
        from sartext.models.text import OpenClipTokenizer, load_caption_tokenizer

        model_cfg = read_model_json(folder / CONFIG)["model_cfg"]
        model = in_layout_of(self.towers, from_model_cfg(model_cfg, seed=0))
        model.load_state_dict(load_file(folder / WEIGHTS))
        own = "hf_tokenizer_name" in model_cfg["text_cfg"]
        return model, load_caption_tokenizer(folder) if own else OpenClipTokenizer()


def context_length(model: "nn.Module") -> int:
    """The longest text that a model of open_clip sees, in tokens."""
    return int(model.context_length)  # type: ignore[arg-type]


def pairs(examples: Sequence[Example], tokenizer: "TextTokens", preprocess: Preprocess, context_length: int) -> Batch:
    """The batch of a model that sees whole images, and texts up to its context length.

    What is longer is shortened to the whole sentences that matter most; `shortened`, bool (N,), says where.
    """
    import torch

    texts = [example.text for example in examples]
    long = [length > context_length for length in tokenizer.lengths(texts)]

    def fits(text: str) -> bool:
        return tokenizer.lengths([text])[0] <= context_length

    fitting = [
        shortened(example.text, fits, example.importance) if too_long else example.text
        for example, too_long in zip(examples, long, strict=True)
    ]
    return {
        "images": preprocess.batch([example.image for example in examples]),
        "texts": tokenizer.tokens(fitting, context_length),
        "real": real_rows(examples),
        "shortened": torch.tensor(long),
    }
