"""CoCa (Yu et al. 2022, arXiv 2205.01917): CLIP with a decoder that writes captions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sartext.errors import UserError, require
from sartext.models.dual_encoder import DualEncoder, context_length
from sartext.models.objective import CAPTION, EMBED, SEEDS, Batch, CaptionSearch, Generated, Losses, ScoredText, evaluating
from sartext.models.towers import Named, Tiny

if TYPE_CHECKING:
    import torch
    from torch import nn

    from sartext.models.decoding import TokenRules
    from sartext.models.gather import Gather
    from sartext.models.text import TextTokens

_TINY_QUERIES = 32  # tokens of an image that the decoder looks at
PAD_ID = 0  # of both tokenizers, and of every CoCa of open_clip


@dataclass(frozen=True, kw_only=True)
class CoCa(DualEncoder):
    """The contrastive and captioning objective. Weights are open_clip's defaults."""

    towers: Tiny | Named = field(default_factory=Tiny)
    seed: int = field(default=0, metadata={"help": "of the initialisation, where no published weights are named"})
    equal_texts: bool = field(
        default=False, metadata={"help": "captions that read the same are right for one another's images in the loss"}
    )
    contrastive_weight: float = field(default=1.0, metadata={"help": "weight of the contrastive loss"})
    caption_weight: float = field(default=2.0, metadata={"help": "weight of the caption loss"})

    capabilities = frozenset({EMBED, CAPTION})
    parts = frozenset({*DualEncoder.parts, "decoder"})

    def __post_init__(self) -> None:
        require("seed", self.seed, 0 <= self.seed < SEEDS, "from 0 to 2^63 - 1")
        for name in ("contrastive_weight", "caption_weight"):
            require(name, getattr(self, name), 0 <= getattr(self, name) < math.inf, "a number of at least 0")

    @property
    def revision(self) -> int:
        return 3

    def model_cfg(self, vocabulary_size: int) -> dict[str, Any]:
        """open_clip's configuration. Raises `UserError` where open_clip has no such CoCa."""
        if isinstance(self.towers, Tiny):
            return _with_decoder(self.towers, vocabulary_size)
        cfg = self.towers.model_cfg()
        if "multimodal_cfg" not in cfg:
            raise UserError(f"{self.towers.name} writes no captions; choose a model whose name begins with coca_")
        return cfg

    def loss(self, model: "nn.Module", batch: Batch, gather: "Gather") -> Losses:
        """`loss`, the sum of `contrastive_loss` and `caption_loss`, each with its weight, and `logit_scale`."""
        from sartext.models.contrastive import contrastive_loss, token_loss

        out = model(batch["images"], batch["texts"])
        scale, real = out["logit_scale"], batch["real"]
        equal = batch["texts"] if self.equal_texts else None
        contrastive = contrastive_loss(out["image_features"], out["text_features"], scale, real, gather, equal)
        labels = out["labels"].masked_fill(~real[:, None], PAD_ID)
        caption = token_loss(out["logits"], labels, PAD_ID, gather) * self.caption_weight
        contrastive = contrastive * self.contrastive_weight
        return {"loss": contrastive + caption, "contrastive_loss": contrastive, "caption_loss": caption, "logit_scale": scale}

    def longest_caption(self, model: "nn.Module") -> int:
        """The model's context length."""
        return context_length(model)

    def caption(
        self,
        model: "nn.Module",
        images: "torch.Tensor",
        tokenizer: "TextTokens",
        search: CaptionSearch = CaptionSearch(),  # noqa: B008 - it is frozen
    ) -> list[Generated]:
        """A caption for each of the images (N, 3, size, size), as open_clip's CoCa generates it.

        Nothing is drawn at random. A caption that fills its room ended by itself where the likeliest next token was its end.
        Raises `UserError` where the captions may be longer than the context.
        """
        from sartext.models.continuation import Continuation
        from sartext.models.decoding import beam_search, greedy_search

        rules = self._token_rules(model, tokenizer, search)
        with evaluating(model):
            _, looks = model._encode_image(images)  # type: ignore[operator]
            logits, count, device = Continuation(model, looks), len(images), images.device
            if search.beams == 1:
                found = greedy_search(logits, rules, count=count, device=device)
            else:
                found = beam_search(logits, rules, count=count, beams=search.searched, device=device)
        return [Generated(tokenizer.text(one.ids[1:]), one.ended) for one in found]

    def drawn_captions(
        self,
        model: "nn.Module",
        images: "torch.Tensor",
        tokenizer: "TextTokens",
        search: CaptionSearch,
        seeds: Sequence[Sequence[int]],
        temperature: float,
    ) -> list[list[ScoredText]]:
        """For each of the images (N, 3, size, size) its caption by greedy decoding, then one drawn by each of its seeds.

        Raises `UserError` where the captions may be longer than the context.
        """
        from sartext.models.continuation import Continuation
        from sartext.models.decoding import Draw, drawn_search

        rules = self._token_rules(model, tokenizer, search)
        draws = [Draw(image, seed) for image, of in enumerate(seeds) for seed in (None, *of)]
        with evaluating(model):
            _, looks = model._encode_image(images)  # type: ignore[operator]
            logits = Continuation(model, looks)
            found = drawn_search(logits, rules, draws, temperature=temperature, device=images.device)
        scored: list[list[ScoredText]] = [[] for _ in seeds]
        for draw, one in zip(draws, found, strict=True):
            scored[draw.image].append(ScoredText(tokenizer.text(one.ids[1:]), math.exp(one.log_probability)))
        return scored

    def _token_rules(self, model: "nn.Module", tokenizer: "TextTokens", search: CaptionSearch) -> "TokenRules":
        from sartext.models.decoding import TokenRules

        longest = self.longest_caption(model)
        if search.max_tokens > longest:
            raise UserError(f"max_tokens {search.max_tokens} must be from 2 to {longest}")
        return TokenRules(
            start_id=tokenizer.start_id,
            end_id=tokenizer.end_id,
            pad_id=tokenizer.pad_id,
            min_tokens=search.min_tokens,
            max_tokens=search.max_tokens,
        )


def _with_decoder(tiny: Tiny, vocabulary_size: int) -> dict[str, Any]:
    cfg = tiny.model_cfg(vocabulary_size)
    text_cfg = cfg["text_cfg"]
    decoder = {name: text_cfg[name] for name in ("context_length", "vocab_size", "width", "heads", "layers")}
    return {
        **cfg,
        "vision_cfg": {
            **cfg["vision_cfg"],
            "attentional_pool": True,
            "attn_pooler_queries": _TINY_QUERIES,
            "attn_pooler_heads": tiny.heads,
            "output_tokens": True,
        },
        "text_cfg": {**text_cfg, "embed_cls": True, "output_tokens": True},
        "multimodal_cfg": decoder,
        "custom_text": True,
    }
