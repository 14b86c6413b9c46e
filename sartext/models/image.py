"""The one image preprocessing: encoded bytes -> what a model sees, the whole image and nothing but the image.

A caption about a corner is false after a crop, so an image is scaled until all of it fits (`pad`, borders filled) or
until it is the square (`squash`); never cropped. Gray is scaled as gray and replicated afterwards, which takes a third of
the time and gives the same pixels. An EXIF orientation is applied, as viewers and `datasets` do; images of records have none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sartext.errors import UserError
from sartext.imaging.guard import read_pixels

if TYPE_CHECKING:
    import torch

FITS = {"pad": "longest", "squash": "squash"}  # our word -> open_clip's `resize_mode`
# Of OpenAI's CLIP, which every open_clip model of the paper shares.
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


@dataclass(frozen=True, kw_only=True)
class Preprocess:
    """How an image becomes a tensor. Raises `UserError` where a field is outside its range."""

    size_px: int
    fit: str = "pad"  # one of FITS
    mean: tuple[float, float, float] = MEAN
    std: tuple[float, float, float] = STD
    fill: int = 0  # gray value of the borders, 0 to 255, before `mean` and `std`

    def __post_init__(self) -> None:
        if self.fit not in FITS:
            raise UserError(f"fit {self.fit!r} is none of {', '.join(FITS)}")
        if self.size_px < 1 or not 0 <= self.fill <= 255:
            raise UserError(f"size_px {self.size_px} must be at least 1, fill {self.fill} from 0 to 255")

    def picture(self, data: bytes) -> Image.Image:
        """The image, scaled to (size_px, size_px), 8-bit RGB. Raises as `pixels` does."""
        return self._square(data).convert("RGB")

    def pixels(self, data: bytes) -> NDArray[np.uint8]:
        """The same as an array: (size_px, size_px) of an image that is gray, else (size_px, size_px, 3).

        Raises `TileRejected`: too_large (looked at before anything is decoded), not_an_image, truncated_image,
        unsupported_pixels.
        """
        image = self._square(data)
        return np.asarray(image if image.mode == "L" else image.convert("RGB"))

    def _square(self, data: bytes) -> Image.Image:
        image = read_pixels(data)
        width_px, height_px = self._inner_px(*image.size)
        if image.size != (width_px, height_px):
            image = image.resize((width_px, height_px), Image.Resampling.BICUBIC)
        if (width_px, height_px) != (self.size_px, self.size_px):
            fill: int | tuple[int, ...] = self.fill if image.mode == "L" else (self.fill,) * 3
            square = Image.new(image.mode, (self.size_px, self.size_px), fill)
            square.paste(image, ((self.size_px - width_px) // 2, (self.size_px - height_px) // 2))
            image = square
        return image

    def tensor(self, data: bytes) -> "torch.Tensor":
        """The image as float32 (3, size_px, size_px), normalised. Raises as `pixels` does."""
        return self.normalised(self.pixels(data))

    def normalised(self, pixels: NDArray[np.uint8]) -> "torch.Tensor":
        """What `pixels` gave as float32 (3, size_px, size_px)."""
        import torch  # takes seconds: what an image is prepared for can be said without

        channels = pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)
        values = torch.from_numpy(np.array(channels)).permute(2, 0, 1).float().div_(255)
        mean, std = (torch.tensor(three).view(3, 1, 1) for three in (self.mean, self.std))
        return ((values - mean) / std).contiguous()

    def batch(self, images: Sequence[bytes]) -> "torch.Tensor":
        """Images as float32 (N, 3, size_px, size_px). Raises as `pixels` does."""
        import torch

        return torch.stack([self.tensor(data) for data in images])

    def _inner_px(self, width_px: int, height_px: int) -> tuple[int, int]:
        """Width and height of the scaled image inside the square."""
        if self.fit == "squash":
            return self.size_px, self.size_px
        ratio = max(height_px / self.size_px, width_px / self.size_px)
        return max(1, round(width_px / ratio)), max(1, round(height_px / ratio))

    def open_clip_cfg(self) -> dict[str, Any]:
        """The `preprocess_cfg` with which open_clip's evaluation transform does the same."""
        return {
            "size": self.size_px,
            "mode": "RGB",
            "mean": list(self.mean),
            "std": list(self.std),
            "interpolation": "bicubic",
            "resize_mode": FITS[self.fit],
            "fill_color": self.fill,
        }


def from_open_clip_cfg(cfg: dict[str, Any]) -> Preprocess:
    """The preprocessing that a `preprocess_cfg` describes.

    Raises `UserError` where that one crops ("shortest"), is not square, or does not resize bicubically in RGB.
    """
    fits = {mode: fit for fit, mode in FITS.items()}
    mode = cfg.get("resize_mode", "shortest")
    if mode not in fits:
        raise UserError(f"resize_mode {mode!r} crops the image; choose one of {', '.join(fits)}")
    size = cfg.get("size", 224)
    sides = {size} if isinstance(size, int) else set(size)
    if len(sides) != 1:
        raise UserError(f"preprocess size {size} is not square; give one side in pixels")
    for name, expected in (("interpolation", "bicubic"), ("mode", "RGB")):
        if cfg.get(name, expected) != expected:
            raise UserError(f"preprocess {name} {cfg[name]!r} is not {expected!r}, the only one that is done here")
    mean, std = (_three(cfg.get(name, default)) for name, default in (("mean", MEAN), ("std", STD)))
    return Preprocess(size_px=sides.pop(), fit=fits[mode], mean=mean, std=std, fill=cfg.get("fill_color", 0))


def _three(values: float | Sequence[float]) -> tuple[float, float, float]:
    if isinstance(values, int | float):
        return values, values, values
    red, green, blue = values
    return red, green, blue
