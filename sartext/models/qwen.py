"""A tiny Qwen2-VL (Wang et al. 2024, arXiv 2409.12191), made here: the same files as the large one's, two million weights.

Its attention heads are 32 wide because vLLM's kernels for processors have none that are narrower.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sartext.errors import require
from sartext.models.objective import VOCABULARY_SIZE

if TYPE_CHECKING:  # torch and transformers take seconds: what the model is can be said without
    from torch import nn
    from transformers import ProcessorMixin

_PAD, _START, _END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
_IMAGE_START, _IMAGE_END, _IMAGE, _VIDEO = "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"
_SPECIAL = (_PAD, _START, _END, _IMAGE_START, _IMAGE_END, _IMAGE, _VIDEO)
_HEAD_WIDTH = 32
_ROPE_THETA = 10.0  # with the usual 10,000 the columns of so small an image all but share one position
_MROPE = (4, 6, 6)  # of half a head: time, height, width
_LEAST_TEXT = 32  # tokens of a question, its template and an answer
_MERGE, _FRAMES = 2, 2  # patches a token along each side; a still image counts as two frames

_TEMPLATE = """{% for message in messages %}<|im_start|>{{ message['role'] }}
{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for part in message['content'] %}\
{% if part['type'] == 'image' or part['type'] == 'image_url' %}<|vision_start|><|image_pad|><|vision_end|>\
{% elif part['type'] == 'text' %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""


@dataclass(frozen=True, kw_only=True)
class TinyQwen:
    """A Qwen2-VL for square images, with a byte-level vocabulary that is trained from the texts."""

    image_size_px: int = field(
        default=64, metadata={"help": "side of the square image that the model sees, in px, a multiple of twice the patch"}
    )
    patch_size_px: int = field(default=8, metadata={"help": "side of a patch in px"})
    heads: int = field(default=4, metadata={"help": "attention heads of both towers, each 32 wide"})
    image_layers: int = field(default=2, metadata={"help": "layers of the image tower"})
    text_layers: int = field(default=3, metadata={"help": "layers of the language model"})
    vocabulary_size: int = field(default=VOCABULARY_SIZE, metadata={"help": "most tokens to learn from the texts"})
    max_positions: int = field(default=512, metadata={"help": "tokens of question, image and answer, at most"})

    def __post_init__(self) -> None:
        for name in ("patch_size_px", "heads", "image_layers", "text_layers"):
            require(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        token_px = _MERGE * self.patch_size_px
        whole = self.image_size_px >= 1 and self.image_size_px % token_px == 0
        require("image_size_px", self.image_size_px, whole, f"a multiple of {_MERGE} patch_size_px, {token_px}")
        image_tokens = (self.image_size_px // token_px) ** 2
        least = image_tokens + _LEAST_TEXT
        rule = f"at least {least}: an image takes {image_tokens}"
        require("max_positions", self.max_positions, self.max_positions >= least, rule)

    def processor(self, texts: Sequence[str]) -> "ProcessorMixin":
        """Tokenizer, chat template and image processor; the same texts give the same files.

        Raises `UserError` where the vocabulary has no room for 256 bytes and the special tokens.
        """
        from transformers import PreTrainedTokenizerFast, Qwen2VLImageProcessor, Qwen2VLProcessor, Qwen2VLVideoProcessor

        from sartext.models.text import byte_level_bpe

        words = byte_level_bpe(texts, self.vocabulary_size, _SPECIAL, lower_case=False)
        tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_object=words, pad_token=_PAD, eos_token=_END, model_max_length=self.max_positions
        )
        pixels = self.image_size_px**2
        kinds: dict[str, Any] = {
            "patch_size": self.patch_size_px,
            "merge_size": _MERGE,
            "temporal_patch_size": _FRAMES,
            "size": {"shortest_edge": pixels, "longest_edge": pixels},
        }
        return Qwen2VLProcessor(  # type: ignore[no-untyped-call]
            image_processor=Qwen2VLImageProcessor(**kinds),
            tokenizer=tokenizer,
            video_processor=Qwen2VLVideoProcessor(**kinds),
            chat_template=_TEMPLATE,
        )

    def build(self, processor: "ProcessorMixin", seed: int) -> "nn.Module":
        """The model, initialised by the seed, for the processor's vocabulary."""
        import torch
        from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration

        from sartext.models.patches import Patches

        words = processor.tokenizer
        ids = {token: words.convert_tokens_to_ids(token) for token in _SPECIAL}
        width = self.heads * _HEAD_WIDTH
        config = Qwen2VLConfig(
            text_config={
                "vocab_size": len(words),
                "hidden_size": width,
                "intermediate_size": 4 * width,
                "num_hidden_layers": self.text_layers,
                "num_attention_heads": self.heads,
                "num_key_value_heads": self.heads,
                "max_position_embeddings": self.max_positions,
                "rope_parameters": {"rope_type": "default", "rope_theta": _ROPE_THETA, "mrope_section": list(_MROPE)},
                "bos_token_id": ids[_START],
                "eos_token_id": ids[_END],
                "pad_token_id": ids[_PAD],
                "tie_word_embeddings": False,
            },
            vision_config={
                "depth": self.image_layers,
                "embed_dim": width,
                "hidden_size": width,
                "num_heads": self.heads,
                "mlp_ratio": 4,
                "patch_size": self.patch_size_px,
                "spatial_merge_size": _MERGE,
                "temporal_patch_size": _FRAMES,
            },
            image_token_id=ids[_IMAGE],
            video_token_id=ids[_VIDEO],
            vision_start_token_id=ids[_IMAGE_START],
            vision_end_token_id=ids[_IMAGE_END],
            tie_word_embeddings=False,
        )
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = Qwen2VLForConditionalGeneration(config)
        model.model.visual.patch_embed.proj.__class__ = Patches
        model.generation_config.eos_token_id = ids[_END]
        model.generation_config.pad_token_id = ids[_PAD]
        return model
