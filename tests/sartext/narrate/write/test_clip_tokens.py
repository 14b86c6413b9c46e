"""Tokens of CLIP counted without torch, held against open_clip's own tokenizer."""

import subprocess
import sys

from open_clip import SimpleTokenizer

from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.clip_tokens import tokens_in
from tests.benchmarks.narrate_tiles import random_tile

WRITTEN = (
    "Three ships in the upper left.",
    "97% of the image is water, 2.5% urban land.",
    "The ship's length isn't 120 m; it's 1,600 px -- roughly!",
    "Boeing 787s, A220s and ARJ21s: café, naïve, 船, Größe",
    "under_score __init__ ... (((",
    "",
)


def test_as_many_as_the_tokenizer_of_open_clip_makes() -> None:
    tokenizer = SimpleTokenizer()
    captions = [caption.text for number in range(200) for caption in A2C().apply(random_tile(number, 8)).captions]
    for text in (*WRITTEN, *captions):
        assert tokens_in(text) == len(tokenizer.encode(text)), text


def test_without_torch() -> None:
    counted = "from sartext.narrate.write.clip_tokens import tokens_in; tokens_in('a ship')"
    code = f"import sys; {counted}; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
