"""A package with an objective of its own, as someone else would write it: its source, put where it can be imported."""

from pathlib import Path

PACKAGE = "someones_objectives"
_SOURCE = '''
"""Images and texts by their gray values and letters, compared by cosine: learned by two matrices."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from sartext.models.image import Preprocess
from sartext.models.objective import real_rows

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, kw_only=True)
class Size:
    image_size_px: int = 16
    widths: tuple[int, ...] = (8,)

    revision = 1


@dataclass(frozen=True, kw_only=True)
class Matching:
    size: Size = field(default_factory=Size)
    seed: int = 0

    revision = 1
    learns = "captions"
    learns_tokenizer = False
    start_folder = None
    capabilities = frozenset({"embed"})

    def located(self):
        return self

    def tokenizer(self, texts):
        return LETTERS

    def preprocess(self, fit="pad"):
        return Preprocess(size_px=self.size.image_size_px, fit=fit)

    def build(self, tokenizer):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            pixels, width = 3 * self.size.image_size_px**2, self.size.widths[0]
            return nn.ModuleDict({"image": nn.Linear(pixels, width), "text": nn.Linear(len(tokenizer), width)})

    def collate(self, examples, tokenizer, preprocess):
        return {
            "images": preprocess.batch([one.image for one in examples]),
            "texts": counts([one.text for one in examples], tokenizer),
            "real": real_rows(examples),
        }

    def loss(self, model, batch, gather):
        images = nn.functional.normalize(model["image"](batch["images"].flatten(1)), dim=1)
        texts = nn.functional.normalize(model["text"](batch["texts"]), dim=1)
        apart = ((1 - (images * texts).sum(dim=1)) * batch["real"]).sum()
        return {"loss": apart / gather.total(batch["real"].sum()) * gather.world_size}

    def embed_images(self, model, images):
        with torch.no_grad():
            return nn.functional.normalize(model["image"](images.flatten(1)), dim=1)

    def embed_texts(self, model, texts, tokenizer):
        with torch.no_grad():
            return nn.functional.normalize(model["text"](counts(texts, tokenizer)), dim=1)

    def save(self, model, tokenizer, preprocess, folder):
        save_file(dict(model.state_dict()), folder / "matching.safetensors")
        (folder / "letters.txt").write_text(tokenizer)

    def load(self, folder):
        tokenizer = (folder / "letters.txt").read_text()
        model = self.build(tokenizer)
        model.load_state_dict(load_file(folder / "matching.safetensors"))
        return model, tokenizer


def counts(texts, letters):
    return torch.tensor([[text.lower().count(letter) for letter in letters] for text in texts], dtype=torch.float32)
'''


def written(folder: Path) -> Path:
    """The folder, with the package in it."""
    package = folder / PACKAGE
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "matching.py").write_text(_SOURCE.lstrip())
    return folder
