"""CLIP (Radford et al. 2021, arXiv 2103.00020): images and texts in one space, for retrieval and zero-shot classification."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sartext.errors import UserError, require
from sartext.models.dual_encoder import DualEncoder
from sartext.models.objective import EMBED, SEEDS, Batch, Losses
from sartext.models.towers import Convolutional, Named, Tiny

if TYPE_CHECKING:
    from torch import nn

    from sartext.models.gather import Gather


@dataclass(frozen=True, kw_only=True)
class CLIP(DualEncoder):
    """The contrastive objective."""

    towers: Tiny | Convolutional | Named = field(default_factory=Tiny)
    seed: int = field(default=0, metadata={"help": "of the initialisation, where no published weights are named"})
    equal_texts: bool = field(
        default=False, metadata={"help": "captions that read the same are right for one another's images in the loss"}
    )

    capabilities = frozenset({EMBED})

    def __post_init__(self) -> None:
        require("seed", self.seed, 0 <= self.seed < SEEDS, "from 0 to 2^63 - 1")

    @property
    def revision(self) -> int:
        return 3

    def model_cfg(self, vocabulary_size: int) -> dict[str, Any]:
        """open_clip's configuration. Raises `UserError` where open_clip has no such CLIP or no such weights."""
        if not isinstance(self.towers, Named):
            return self.towers.model_cfg(vocabulary_size)
        cfg = self.towers.model_cfg()
        if "multimodal_cfg" in cfg:
            raise UserError(f"{self.towers.name} has a decoder that CLIP does not train; train it as a CoCa")
        return cfg

    def loss(self, model: "nn.Module", batch: Batch, gather: "Gather") -> Losses:
        """`loss`, which is `contrastive_loss`, and `logit_scale`."""
        from sartext.models.contrastive import contrastive_loss

        out = model(batch["images"], batch["texts"])
        scale = out["logit_scale"]
        equal = batch["texts"] if self.equal_texts else None
        loss = contrastive_loss(out["image_features"], out["text_features"], scale, batch["real"], gather, equal)
        return {"loss": loss, "contrastive_loss": loss, "logit_scale": scale}
