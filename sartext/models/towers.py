"""Which image and text towers a CLIP or a CoCa has: tiny ones, of attention or of convolutions, and open_clip's own.

A model is built from open_clip's `model_cfg`, a plain dict, which is also what is written beside its weights. What needs
open_clip imports it where it is used: it takes seconds, and to say what towers are does without.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sartext.errors import UserError, require
from sartext.models.folder import FOLDER, HUB, folder_of
from sartext.models.image import Preprocess, from_open_clip_cfg
from sartext.models.objective import VOCABULARY_SIZE

if TYPE_CHECKING:
    from sartext.models.text import TextTokens

_OWN_TOKENIZER = "."  # instead of a name: the tokenizer is of Hugging Face's kind, in the model's own folder
CONTEXT_LENGTH, _VOCABULARY_SIZE, _IMAGE_SIZE_PX = 77, 49408, 224  # where open_clip's configuration is silent


@dataclass(frozen=True, kw_only=True)
class Tiny:
    """Towers of one width, small enough for tests and first looks; the vocabulary is trained from the captions."""

    image_size_px: int = field(default=64, metadata={"help": "side of the square image that the model sees, in px"})
    patch_size_px: int = field(default=8, metadata={"help": "side of a patch in px"})
    width: int = field(default=128, metadata={"help": "width of both towers and of the features"})
    heads: int = field(default=4, metadata={"help": "attention heads of each layer"})
    image_layers: int = field(default=4, metadata={"help": "layers of the image tower"})
    text_layers: int = field(default=3, metadata={"help": "layers of the text tower"})
    context_length: int = field(default=48, metadata={"help": "longest text, in tokens"})
    vocabulary_size: int = field(default=VOCABULARY_SIZE, metadata={"help": "most tokens to learn from the captions"})

    def __post_init__(self) -> None:
        for name in ("patch_size_px", "heads", "image_layers", "text_layers"):
            require(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        whole = self.image_size_px >= 1 and self.image_size_px % self.patch_size_px == 0
        require("image_size_px", self.image_size_px, whole, f"a multiple of patch_size_px, {self.patch_size_px}")
        require("width", self.width, self.width >= 1 and self.width % self.heads == 0, f"a multiple of heads, {self.heads}")
        require("context_length", self.context_length, self.context_length >= 3, "at least 3: start, a token and end")

    def model_cfg(self, vocabulary_size: int) -> dict[str, Any]:
        """open_clip's configuration of a CLIP."""
        return {
            "embed_dim": self.width,
            "vision_cfg": {
                "image_size": self.image_size_px,
                "layers": self.image_layers,
                "width": self.width,
                "head_width": self.width // self.heads,
                "patch_size": self.patch_size_px,
            },
            "text_cfg": {
                "context_length": self.context_length,
                "vocab_size": vocabulary_size,
                "hf_tokenizer_name": _OWN_TOKENIZER,
                "width": self.width,
                "heads": self.heads,
                "layers": self.text_layers,
            },
        }


_DOWN_PX, _EXPANSION = 32, 32  # of a ModifiedResNet: px of a side that become one; width of its features, in widths


@dataclass(frozen=True, kw_only=True)
class Convolutional:
    """A small ModifiedResNet of open_clip (Radford et al. 2021) and a small text tower: from nothing, it learns of hundreds of
    images what a vision transformer learns of many thousands. Its batch norm sees the batch of one worker.
    """

    image_size_px: int = field(default=64, metadata={"help": "side of the square image that the model sees, in px"})
    image_width: int = field(default=16, metadata={"help": "channels of the first block; the last one has 32 times as many"})
    image_layers: tuple[int, ...] = field(default=(1, 1, 1, 1), metadata={"help": "blocks of each of the four stages"})
    head_width: int = field(default=64, metadata={"help": "width of a head of the attention that pools the image"})
    channels_last: bool = field(
        default=True, metadata={"help": "hold the weights with the channels last: faster, and other sums in their last bits"}
    )
    width: int = field(default=128, metadata={"help": "width of the features"})
    text_width: int = field(default=64, metadata={"help": "width of the text tower"})
    text_heads: int = field(default=2, metadata={"help": "attention heads of each layer of the text tower"})
    text_layers: int = field(default=2, metadata={"help": "layers of the text tower"})
    context_length: int = field(default=24, metadata={"help": "longest text, in tokens"})
    vocabulary_size: int = field(default=VOCABULARY_SIZE, metadata={"help": "most tokens to learn from the captions"})

    def __post_init__(self) -> None:
        for name in ("image_width", "head_width", "width", "text_width", "text_heads", "text_layers"):
            require(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        whole = self.image_size_px >= 1 and self.image_size_px % _DOWN_PX == 0
        require("image_size_px", self.image_size_px, whole, f"a multiple of {_DOWN_PX}")
        four = len(self.image_layers) == 4 and min(self.image_layers) >= 1
        require("image_layers", " ".join(map(str, self.image_layers)), four, "four numbers of at least 1")
        require("image_width", self.image_width, self.image_width % 2 == 0, "even")
        fits = _EXPANSION * self.image_width % self.head_width == 0
        require("head_width", self.head_width, fits, f"a divisor of {_EXPANSION} image_width, {_EXPANSION * self.image_width}")
        rule = f"a multiple of text_heads, {self.text_heads}"
        require("text_width", self.text_width, self.text_width % self.text_heads == 0, rule)
        require("context_length", self.context_length, self.context_length >= 3, "at least 3: start, a token and end")

    def model_cfg(self, vocabulary_size: int) -> dict[str, Any]:
        """open_clip's configuration of a CLIP."""
        return {
            "embed_dim": self.width,
            "vision_cfg": {
                "image_size": self.image_size_px,
                "layers": list(self.image_layers),
                "width": self.image_width,
                "head_width": self.head_width,
                "patch_size": None,
            },
            "text_cfg": {
                "context_length": self.context_length,
                "vocab_size": vocabulary_size,
                "hf_tokenizer_name": _OWN_TOKENIZER,
                "width": self.text_width,
                "heads": self.text_heads,
                "layers": self.text_layers,
            },
        }


@dataclass(frozen=True, kw_only=True)
class Named:
    """A model of open_clip by its name, with published weights by their tag, or None for a start from nothing.

    A name may lead to the hub or to a folder, which bring their own weights, as open_clip has it: to a model trained here too.
    """

    name: str = field(
        metadata={
            "help": f"a name of open_clip's own, {HUB}ORGANISATION/NAME, or {FOLDER}PATH of a folder with open_clip_config.json"
        }
    )
    pretrained: str | None = field(
        default=None,
        metadata={"help": f"tag of published weights; '' for a start from nothing, and where {HUB} or {FOLDER} brings its own"},
    )

    def __post_init__(self) -> None:
        require("name", self.name, self.name not in (HUB, FOLDER), f"followed by what {self.name} is to find")
        if self.pretrained == "":  # a command line has no other way to say None
            object.__setattr__(self, "pretrained", None)
        if self.folder is not None:  # whole: workers run in folders of their own
            object.__setattr__(self, "name", FOLDER + str(self.folder.expanduser().absolute()))

    @property
    def folder(self) -> Path | None:
        """The folder that the name is of."""
        return folder_of(self.name)

    @property
    def brings_weights(self) -> bool:
        """Whether training starts from weights that are there."""
        return self.pretrained is not None or self.name.startswith((HUB, FOLDER))

    def model_cfg(self) -> dict[str, Any]:
        """open_clip's configuration.

        Raises `UserError` where open_clip has no such name or tag, or the weights were trained with another activation.
        """
        from sartext.models.open_clip_names import configs_of

        cfg = configs_of(self.name, self.pretrained).model_cfg
        text, own = cfg["text_cfg"], _OWN_TOKENIZER if self.folder else None
        if (
            "hf_model_name" in text
            or "timm_model_name" in cfg["vision_cfg"]
            or text.get("hf_tokenizer_name", own) != own
            or "tokenizer_kwargs" in text
        ):
            raise UserError(f"{self.name} has towers or a tokenizer of another library; choose a model of open_clip's own")
        text.setdefault("context_length", CONTEXT_LENGTH)
        text.setdefault("vocab_size", _VOCABULARY_SIZE)
        cfg["vision_cfg"].setdefault("image_size", _IMAGE_SIZE_PX)
        return cfg

    def preprocess(self, fit: str) -> Preprocess:
        """The checkpoint's own mean and deviation, with our fit of the whole image.

        Raises `UserError` where it was trained on images that are resized in a way that is not done here.
        """
        from sartext.models.open_clip_names import configs_of

        size = self.model_cfg()["vision_cfg"]["image_size"]
        prepared = configs_of(self.name, self.pretrained).preprocess_cfg | {"size": size, "resize_mode": "longest"}
        try:
            return replace(from_open_clip_cfg(prepared), fit=fit)
        except UserError as error:
            raise UserError(f"{self.name}, {self.pretrained or 'its own weights'}: {error}; name others") from None

    def tokenizer(self) -> "TextTokens":
        """open_clip's own, or that of the folder. Raises `UserError` where the folder's is none that was trained here."""
        from sartext.models.hub import one_line
        from sartext.models.text import OpenClipTokenizer, load_caption_tokenizer

        if self.folder is None or "hf_tokenizer_name" not in self.model_cfg()["text_cfg"]:
            return OpenClipTokenizer()
        with one_line(f"{self.folder} has no tokenizer that was trained here", "give a folder that training wrote"):
            return load_caption_tokenizer(self.folder)

    def check_weights(self) -> None:
        """Raises `UserError` where the weights cannot be had; nothing is downloaded but a model's configuration."""
        from sartext.models.open_clip_names import check_weights

        self.model_cfg()
        check_weights(self.name, self.pretrained)


def tokenizer_of(towers: Tiny | Convolutional | Named, texts: Sequence[str]) -> "TextTokens":
    """The tokenizer that goes with the towers; texts are for the tiny ones, which have none of their own."""
    if isinstance(towers, Named):
        return towers.tokenizer()
    from sartext.models.text import train_caption_tokenizer

    return train_caption_tokenizer(texts, towers.vocabulary_size)


def preprocess_of(towers: Tiny | Convolutional | Named, fit: str) -> Preprocess:
    """The preprocessing that goes with the towers."""
    return towers.preprocess(fit) if isinstance(towers, Named) else Preprocess(size_px=towers.image_size_px, fit=fit)
