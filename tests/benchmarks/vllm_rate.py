"""A build's narration by vLLM beside bare `LLM.chat`, the same engine asked about the same images in one call.

    python -m tests.benchmarks.vllm_rate [--tiles 2000] [--rounds 3] [--save]

Both open JPEG tiles of 256 px from a folder, ask the same prompt about each, and get answers of at most 40 tokens from a tiny
Qwen2-VL that was only initialised; the build reads, proves, verifies and commits them as well, in shards as large as those of
the recipe `narrator_vllm`. They run in turn, each in processes of its own. The start of an engine counts in neither: the build
is timed from when its actor has loaded the model to its last committed shard. Bare vLLM has its own settings but for what its
build for processors demands.
"""

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from sartext.flow.predict.by_vllm.vllm_narrator import VLLMNarrator
from tests.support import models
from tests.support.results import keep, parser_with_save

SIZE_PX, MAX_TOKENS = 256, 40
PROMPT = "What is in the center?"
LEAST_RATIO = 0.9
_NICENESS = 15  # that Ray gives its workers: what else runs on the machine then slows both alike


@dataclass(frozen=True, kw_only=True)
class TimedNarrator(VLLMNarrator):
    """The rule; a file says when its model was loaded."""

    loaded: str = field(metadata={"identity": False})

    def load(self) -> None:
        super().load()
        Path(self.loaded).write_text(str(time.time()))


def make(data: Path, tiles: int) -> None:
    """The model, as another program would have saved it, and images of single-look speckle over a bright part."""
    models.gpt(data / "model", steps=0)
    (data / "model" / "objective.json").unlink()
    (data / "images").mkdir()
    random = np.random.default_rng(0)
    for number in range(tiles):
        pixels = random.exponential(40, (SIZE_PX, SIZE_PX))
        row, column = random.integers(0, SIZE_PX - 64, 2)
        pixels[row : row + 64, column : column + 64] *= 4
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(data / "images" / f"{number:05d}.jpg", quality=90)


def bare(data: Path) -> dict[str, float]:
    """All images in one call."""
    os.environ |= {"VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1", "VLLM_LOGGING_LEVEL": "ERROR"}
    os.nice(_NICENESS)
    os.environ["OMP_NUM_THREADS"] = "1"  # as Ray has it for an actor of one CPU
    from vllm import LLM, SamplingParams

    limit = {"image": 1, "video": 0, "audio": 0}
    llm = LLM(str(data / "model"), dtype="float32", enforce_eager=True, max_model_len=512, limit_mm_per_prompt=limit)
    asked = SamplingParams(temperature=0.0, max_tokens=MAX_TOKENS)
    files = sorted((data / "images").iterdir())
    llm.chat([message(files[0])], asked, use_tqdm=False)  # what loads at the first use
    began = time.monotonic()
    answers = llm.chat([message(file) for file in files], asked, use_tqdm=False)
    took = time.monotonic() - began
    return {"seconds": took, "tokens": sum(len(one.outputs[0].token_ids) for one in answers)}


def message(file: Path) -> list[dict[str, object]]:
    image = Image.open(io.BytesIO(file.read_bytes()))  # decoded when vLLM comes to it, while the engine works
    return [{"role": "user", "content": [{"type": "text", "text": PROMPT}, {"type": "image_pil", "image_pil": image}]}]


def built(data: Path, out: Path) -> dict[str, float]:
    """A build by one actor, in a Ray of its own."""
    from sartext.flow.build.build import build
    from sartext.flow.engine.options import Engine
    from sartext.narrate.verify import Verify
    from sartext.sources.images import Images
    from sartext.sources.source import SHARD_TILES

    loaded = out.with_suffix(".loaded")
    rule = TimedNarrator(
        checkpoint=str(data / "model"), prompt=PROMPT, max_tokens=MAX_TOKENS, max_positions=512, loaded=str(loaded)
    )
    engine = Engine(actors=1, cpus=max(2, os.cpu_count() or 1))
    source = Images(images=str(data / "images"), shard_tiles=SHARD_TILES)
    made = build(source, (rule, Verify()), out=str(out), engine=engine, max_reject_share=1)
    last = max(path.stat().st_mtime for path in (out / "records").iterdir())
    return {"seconds": last - float(loaded.read_text()), "kept": made.counts["kept"], "rejected": made.counts["rejected"]}


def measured(way: str, data: Path, out: Path) -> dict[str, float]:
    """What one run in a process of its own took."""
    command = ["-m", "tests.benchmarks.vllm_rate", "--way", way, "--data", str(data), "--out", str(out)]
    done = subprocess.run([sys.executable, *command], check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main(argv: list[str] | None = None) -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--tiles", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--way", choices=("bare", "build"), help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.way:
        print(json.dumps(bare(options.data) if options.way == "bare" else built(options.data, options.out)))
        return 0
    os.environ.pop("RAY_ADDRESS", None)
    rounds: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="sartext-vllm-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        make(data, options.tiles)
        for number in range(options.rounds):
            alone = measured("bare", data, Path(folder) / "bare")
            ours = measured("build", data, Path(folder) / f"out-{number}")
            rounds.append({"bare": alone, "build": ours, "ratio": alone["seconds"] / ours["seconds"]})
            print(json.dumps(rounds[-1]), flush=True)
    ratio = statistics.median(float(str(one["ratio"])) for one in rounds)
    rate = options.tiles / statistics.median(one["build"]["seconds"] for one in rounds)  # type: ignore[index]
    print(f"{options.tiles:,} tiles: {rate:.1f} tiles/s, {ratio:.2f} of the rate of bare LLM.chat")
    if options.save:
        keep(__file__, {"tiles": options.tiles, "rounds": rounds, "tiles_per_s": rate, "ratio": ratio, "at_least": LEAST_RATIO})
    return int(ratio < LEAST_RATIO)


if __name__ == "__main__":
    raise SystemExit(main())
