"""How a CoCa goes on with the beginnings of captions: each step looks at the last tokens only, and keeps the rest.

open_clip's own forward works out every position again for every token. Here keys and values of the positions that are there
(Pope et al. 2022, arXiv 2211.05102, section 3) and those of the images are kept, which gives the same numbers but for rounding.
The class token that the text tower appends is left out: no token before it sees it.
"""

from collections.abc import Sequence
from typing import Any, cast

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

_Seen = tuple[torch.Tensor, torch.Tensor]  # keys and values, (R, heads, positions, D)


class Continuation:
    """Logits of the token after each beginning; a beginning goes on from one of the call before, or is a single token."""

    def __init__(self, model: nn.Module, looks: torch.Tensor) -> None:
        """`looks` is what the model's decoder sees of the images, (N, queries, width)."""
        self._text, self._decoder = cast(Any, model.text), cast(Any, model.text_decoder)
        self._of_image = [_keys_values(block.attn, block.ln_1_kv(looks)) for block in self._decoder.cross_attn]
        self._looks: list[_Seen] = []  # of the image of each row
        self._rows: list[int] = []  # the images of the rows
        self._seen: list[_Seen] = []  # of each block of both towers
        self._places: dict[tuple[int, ...], int] = {}  # image and beginning -> row

    def __call__(self, ids: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
        """(R, V) for beginnings int64 (R, L) of the captions of the images int64 (R,)."""
        rows = images.tolist()
        keys = [(image, *beginning) for image, beginning in zip(rows, ids.tolist(), strict=True)]
        if ids.shape[1] == 1:
            self._seen = []
        else:
            self._keep([self._places[key[:-1]] for key in keys])
        self._places = {key: row for row, key in enumerate(keys)}
        if rows != self._rows:
            self._rows, self._looks = rows, [_chosen(one, images) for one in self._of_image]
        return self._step(ids[:, -1:])

    def _keep(self, parents: Sequence[int]) -> None:
        """Makes what is kept that of the rows which the new ones go on from."""
        if list(parents) != list(range(len(self._places))):
            index = torch.tensor(parents, device=self._seen[0][0].device)
            self._seen = [_chosen(one, index) for one in self._seen]

    def _step(self, tokens: torch.Tensor) -> torch.Tensor:
        position = self._seen[0][0].shape[2] if self._seen else 0
        x = self._text.token_embedding(tokens) + self._text.positional_embedding[position]
        before, self._seen = self._seen, []
        for block in self._text.transformer.resblocks:
            x = self._attended(x, block, before)
        for block, cross, look in zip(self._decoder.resblocks, self._decoder.cross_attn, self._looks, strict=True):
            x = self._attended(x, block, before)
            x = _block(x, cross, look)
        logits: torch.Tensor = self._decoder.ln_final(x[:, 0]) @ self._decoder.text_projection
        return logits

    def _attended(self, x: torch.Tensor, block: Any, before: list[_Seen]) -> torch.Tensor:
        """One more position through a block that looks at all positions up to its own."""
        keys, values = _keys_values(block.attn, block.ln_1(x))
        if before:
            old_keys, old_values = before[len(self._seen)]
            keys, values = torch.cat([old_keys, keys], dim=2), torch.cat([old_values, values], dim=2)
        self._seen.append((keys, values))
        return _block(x, block, (keys, values))


def _block(x: torch.Tensor, block: Any, seen: _Seen) -> torch.Tensor:
    """open_clip's residual block for one position (R, 1, width), with the keys and values that it looks at."""
    attention = block.attn
    width = attention.embed_dim
    query = F.linear(block.ln_1(x), attention.in_proj_weight[:width], attention.in_proj_bias[:width])
    found = F.scaled_dot_product_attention(_heads(query, attention.num_heads), *seen)
    x = x + block.ls_1(attention.out_proj(found.transpose(1, 2).flatten(2)))
    passed: torch.Tensor = x + block.ls_2(block.mlp(block.ln_2(x)))
    return passed


def _keys_values(attention: Any, x: torch.Tensor) -> _Seen:
    width = attention.embed_dim
    both = F.linear(x, attention.in_proj_weight[width:], attention.in_proj_bias[width:])
    keys, values = (_heads(one, attention.num_heads) for one in both.chunk(2, dim=-1))
    return keys, values


def _heads(x: torch.Tensor, heads: int) -> torch.Tensor:
    """(R, L, width) -> (R, heads, L, D)."""
    rows, length, _ = x.shape
    return x.view(rows, length, heads, -1).transpose(1, 2)


def _chosen(seen: _Seen, rows: torch.Tensor) -> _Seen:
    return seen[0][rows], seen[1][rows]
