"""Patches by a product are those of the convolution."""

import torch
from torch import nn

from sartext.models.patches import Patches


def test_the_product_is_the_convolution() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        convolution = nn.Conv3d(3, 16, kernel_size=(2, 8, 8), stride=(2, 8, 8), bias=False)
        patches = torch.randn(5, 3, 2, 8, 8)
    expected = convolution(patches)
    convolution.__class__ = Patches
    assert torch.allclose(convolution(patches), expected, atol=1e-5)
