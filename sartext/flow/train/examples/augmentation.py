"""Augmentation: an example changed at random as its epoch comes, by the seed: flipped with its words, gray, toned, speckled.

A change is decided for each example alone, from the seed, the epoch and the example's place in the dataset, so it is the same
for any number of workers and after any restart.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sartext.errors import require
from sartext.flow.train.examples.flipping import flipped_text
from sartext.imaging.encode import png
from sartext.models.image import Preprocess
from sartext.models.objective import Example

_Pixels = npt.NDArray[np.uint8]
_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, as Pillow turns colours into gray
_TONE_KNOTS, _TONE_POWERS = 5, (0.5, 2.0)


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Random changes of examples: of each the share of examples that it is done to."""

    flips: float = field(
        default=0.0,
        metadata={"help": "left to right, and as often upside down, with the words flipped; texts that cannot be are left"},
    )
    gray: float = field(default=0.0, metadata={"help": "colours are turned into gray"})
    tone: float = field(default=0.0, metadata={"help": "gray values go through a random rising curve"})
    speckle: float = field(default=0.0, metadata={"help": "multiplied by speckle, gamma distributed in power"})
    speckle_looks: float = field(default=2.0, metadata={"help": "looks of the speckle: more are less of it"})

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name == "speckle_looks":
                require(one.name, value, 0.1 <= value <= 1000, "from 0.1 to 1000")
            else:
                require(one.name, value, 0 <= value <= 1, "from 0 to 1")

    @property
    def changes(self) -> bool:
        """Whether anything is ever changed."""
        return any((self.flips, self.gray, self.tone, self.speckle))

    def changed(self, example: Example, preprocess: Preprocess, random: np.random.Generator) -> Example:
        """The example with its image as the model sees it, changed. Raises `TileRejected` for an unusable image."""
        pixels = _channels(np.asarray(preprocess.picture(example.image)))
        # All is drawn whatever is done, so that one share does not move what another one draws.
        across, down, gray, tone, speckle = random.random(5)
        bends = random.random(1 + _TONE_KNOTS)
        text, question = example.text, example.question
        for share, axis in ((across, 1), (down, 0)):
            if share < self.flips and (both := _flipped_words(text, question, axis)) is not None:
                pixels, (text, question) = np.flip(pixels, axis), both
        if gray < self.gray:
            pixels = grayed(pixels)
        if tone < self.tone:
            pixels = _tone_curve(bends)[pixels]
        if speckle < self.speckle:
            pixels = speckled(pixels, self.speckle_looks, random)
        return replace(example, image=png(np.ascontiguousarray(pixels)), text=text, question=question)


def _flipped_words(text: str, question: str, axis: int) -> tuple[str, str] | None:
    flipped = flipped_text(text, axis), flipped_text(question, axis)
    return None if None in flipped else (str(flipped[0]), str(flipped[1]))


def _channels(pixels: _Pixels) -> _Pixels:
    """RGB (rows, columns, 3) as it is, or (rows, columns) where it is gray: a third of the work."""
    gray = pixels[:, :, 0]
    return gray if (pixels[:, :, 1] == gray).all() and (pixels[:, :, 2] == gray).all() else pixels


def grayed(pixels: _Pixels) -> _Pixels:
    """RGB (rows, columns, 3) as gray (rows, columns); what is gray stays."""
    if pixels.ndim == 2:
        return pixels
    gray: _Pixels = np.rint(pixels @ np.array(_LUMA)).astype(np.uint8)
    return gray


def speckled(pixels: _Pixels, looks: float, random: np.random.Generator) -> _Pixels:
    """Amplitudes times the root of gamma distributed speckle of mean 1 in power, the same in all channels."""
    speckle = np.sqrt(random.gamma(looks, 1 / looks, (*pixels.shape[:2], *[1] * (pixels.ndim - 2))))
    changed: _Pixels = np.clip(np.rint(pixels * speckle), 0, 255).astype(np.uint8)
    return changed


def _tone_curve(bends: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """A rising curve from 0 to 255 as a table of 256 values: a power, bent between a few knots; `bends` are from 0 to 1."""
    low, high = np.log(_TONE_POWERS)
    power = float(np.exp(low + (high - low) * bends[0]))
    steps = 0.3 + 0.7 * bends[1:]
    knots = np.concatenate(([0.0], np.cumsum(steps) / steps.sum()))
    bent: Any = np.interp(np.linspace(0, 1, 256) ** power, np.linspace(0, 1, _TONE_KNOTS + 1), knots)
    table: npt.NDArray[np.uint8] = np.rint(255 * bent).astype(np.uint8)
    return table
