"""Tiles a second of a narration by a CoCa, beside a bare loop that does the same, and beside what two cores allow.

python -m tests.benchmarks.narration_rate [--tiles 20000] [--rounds 1] [--save]

`same` times a build with one actor and with two, each in turn with a loop of as many processes that reads, decodes, captions,
verifies and writes the same shards, a thread each. `decode` has images whose reading and decoding take three times as long as
the model: its rate stands beside two divided by the CPU seconds that all stages take for a tile, each timed alone, and beside a
loop of two processes, which shows what is lost where both cores are at work. Rates are of
the time from when the first process has loaded its weights to the last shard, so that starting Ray counts on no side. Bytes
that Ray spilled are printed too.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from sartext.flow.predict.narrator import Narrator
from sartext.narrate.verify import Verify
from sartext.sources.images import Images
from sartext.tile import Reject, Tile
from tests.support.results import keep

SHARD_TILES, OF_LARGE = 512, 128  # as a folder of images has them unless told otherwise; of images that are large
DIFFERENT = 32  # images; the others are links to these
TOKENS = 16
CPUS = 4  # logical ones that Ray is told of: what runs on two cores is the same


@dataclass(frozen=True)
class Case:
    """Images of a size, and how many of them."""

    tiles: int
    side_px: int

    def write(self, folder: Path) -> str:
        """The folder of the images: gray noise that has been smoothed, as PNG."""
        images = folder / f"images-{self.side_px}-{self.tiles}"
        images.mkdir(exist_ok=True)
        draw = np.random.default_rng(0)
        for number in range(self.tiles):
            path = images / f"{number:06d}.png"
            if number < DIFFERENT:
                coarse = Image.fromarray(draw.integers(0, 256, (self.side_px // 8,) * 2, dtype=np.uint8))
                coarse.resize((self.side_px,) * 2, Image.Resampling.BILINEAR).save(path)
            else:
                os.link(images / f"{number % DIFFERENT:06d}.png", path)
        return str(images)


def model(folder: Path) -> str:
    """A CoCa with random weights that takes 5 ms a tile or more on a core."""
    from sartext.models.coca import CoCa
    from sartext.models.towers import Tiny
    from sartext.models.weights import save
    from tests.support.random_coca import WORDS, random_coca

    objective = CoCa(towers=Tiny(image_size_px=96, width=128, heads=4, image_layers=4, text_layers=2, vocabulary_size=300))
    tokenizer = objective.tokenizer(WORDS)
    save(objective, random_coca(objective, tokenizer), tokenizer, objective.preprocess(), folder / "coca")
    return str(folder / "coca")


@dataclass(frozen=True, kw_only=True)
class Timed(Narrator):
    """The narrator; a file says when a process had loaded it."""

    loaded: str = field(default="", metadata={"identity": False})

    def load(self) -> None:
        super().load()
        if self.loaded:
            Path(f"{self.loaded}-{os.getpid()}").touch()


def parts(images: str, checkpoint: str, loaded: str = "") -> tuple[Images, Narrator]:
    """The source and the narrator of a case."""
    narrator = Timed(checkpoint=checkpoint, min_tokens=TOKENS - 1, max_tokens=TOKENS, loaded=loaded)
    size = SHARD_TILES if images.partition("images-")[2].startswith("256-") else OF_LARGE
    return Images(images=images, shard_tiles=size), narrator.pinned()


def bare(images: str, checkpoint: str, out: Path, number: int, of: int) -> None:
    """What one process of the loop does: every shard of its own from the file to the disk, one thread."""
    import torch

    from sartext.flow.build.commit import encode, split_block
    from sartext.flow.build.worker.rows import staged_row, staged_table

    torch.set_num_threads(1)
    source, narrator = parts(images, checkpoint)
    narrator.load()
    verify = Verify()
    shards = source.shards()[number::of]
    (out / f"loaded-{number}").touch()
    while len(list(out.glob("loaded-*"))) < of:
        time.sleep(0.01)
    for shard in shards:
        made: list[Tile | Reject] = []
        read = [(tile, narrator.prepare(tile)) for tile in source.read(shard) if isinstance(tile, Tile)]
        for start in range(0, len(read), narrator.batch_size):
            some = [tile for tile, _ in read[start : start + narrator.batch_size]]
            said = narrator.ask(narrator.ready([pixels for _, pixels in read[start : start + narrator.batch_size]]))
            made += [verify.apply(narrator.answered(tile, str(text))) for tile, text in zip(some, said, strict=True)]
        rows = (staged_row(one, shard=shard.number, generation=0, position=at) for at, one in enumerate(made))
        kept, _ = split_block(staged_table(rows))
        with (out / f"{shard.number:05d}.parquet").open("wb") as file:
            file.write(encode(kept))
            file.flush()
            os.fsync(file.fileno())


def built(images: str, checkpoint: str, out: Path, actors: int) -> None:
    """The build of a case; prints what Ray spilled."""
    import ray
    from ray._private.internal_api import memory_summary

    from sartext.flow.build.build import build
    from sartext.flow.engine.options import Engine
    from sartext.flow.engine.session import session

    source, narrator = parts(images, checkpoint, str(out.with_name("loaded")))
    engine = Engine(actors=actors, cpus=CPUS + actors)
    with session(engine):
        build(source, (narrator, Verify()), out=str(out), engine=engine)
        said = re.search(r"Spilled (\d+) MiB", memory_summary(ray.get_runtime_context().gcs_address, stats_only=True))
    print(json.dumps({"spilled_mib": int(said[1]) if said else 0}))


def rate(tiles: int, files: Sequence[Path], loaded: Iterable[Path]) -> float:
    """Tiles a second from when the first process was ready to the last shard."""
    began = min(path.stat().st_mtime for path in loaded)
    return tiles / (max(path.stat().st_mtime for path in files) - began)


def way(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.narration_rate", *arguments]


def of_loop(images: str, checkpoint: str, folder: Path, processes: int) -> float:
    out = folder / "bare"
    out.mkdir()
    try:
        ways = [way(["--bare", images, checkpoint, str(out), str(number), str(processes)]) for number in range(processes)]
        running = [subprocess.Popen(one) for one in ways]
        if any(one.wait() for one in running):
            raise RuntimeError("the loop failed")
        return rate(len(os.listdir(images)), list(out.glob("*.parquet")), out.glob("loaded-*"))
    finally:
        shutil.rmtree(out)


def of_build(images: str, checkpoint: str, folder: Path, actors: int) -> tuple[float, int]:
    out = folder / "built"
    try:
        done = subprocess.run(
            way(["--built", images, checkpoint, str(out), str(actors)]), stdout=subprocess.PIPE, text=True, check=True
        )
        made = rate(len(os.listdir(images)), list((out / "records").glob("*.json")), folder.glob("loaded-*"))
        return made, int(json.loads(done.stdout.splitlines()[-1])["spilled_mib"])
    finally:
        shutil.rmtree(out, ignore_errors=True)
        for path in folder.glob("loaded-*"):
            path.unlink()


def stages_ms(images: str, checkpoint: str) -> dict[str, float]:
    """CPU milliseconds a tile of each stage, alone on one thread: over 512 tiles, each stage over all of them."""
    import torch

    from sartext.flow.build.commit import commit_shard
    from sartext.flow.build.worker.rows import staged_row, staged_table
    from sartext.store import open_store

    torch.set_num_threads(1)
    source, narrator = parts(images, checkpoint)
    narrator.load()
    shards = source.shards()[:1]
    found: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        work()  # what is cached the first time is not the stage's
        began = time.process_time()
        made = work()
        found[name] = 1000 * (time.process_time() - began) / sum(len(shard.items) for shard in shards)
        return made

    tiles, pixels, decoding = [], [], 0.0
    began = time.process_time()
    for tile in (tile for shard in shards for tile in source.read(shard) if isinstance(tile, Tile)):
        tiles.append(tile)
        before = time.process_time()
        pixels.append(narrator.prepare(tile))  # at once, as a build does: what was decoded to be checked is there
        decoding += time.process_time() - before
    found["decode"] = 1000 * decoding / len(tiles)
    found["read"] = 1000 * (time.process_time() - began) / len(tiles) - found["decode"]
    batches = [pixels[at : at + narrator.batch_size] for at in range(0, len(pixels), narrator.batch_size)]
    said = timed("model", lambda: [text for some in batches for text in narrator.ask(narrator.ready(some))])
    answered = [narrator.answered(tile, text) for tile, text in zip(tiles, said, strict=True)]
    verified = timed("verify", lambda: [Verify().apply(tile) for tile in answered])

    def write() -> str:
        rows = (staged_row(one, shard=0, generation=0, position=at) for at, one in enumerate(verified))
        with tempfile.TemporaryDirectory() as out:
            made = commit_shard(open_store(out), staged_table(rows), planned=len(verified), fingerprint="f")
            return str(made["tiles"]["size_bytes"])

    found["size_kb"] = int(timed("write", write)) / len(tiles) / 1000
    return found


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, default=20_000)
    parser.add_argument("--decode-tiles", type=int, default=5_000, help="tiles of the case whose decoding is slow")
    parser.add_argument("--decode-px", type=int, default=1440, help="side of its images")
    parser.add_argument("--actors", type=int, nargs="*", default=[1, 2], help="of the case same; none: without it")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--save", action="store_true")
    for name, takes in (("--bare", 5), ("--built", 4)):
        parser.add_argument(name, nargs=takes, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.bare:
        bare(*options.bare[:2], Path(options.bare[2]), *map(int, options.bare[3:]))
        return 0
    if options.built:
        built(*options.built[:2], Path(options.built[2]), int(options.built[3]))
        return 0
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="sartext-narration-rate-") as folder_:
        folder = Path(folder_)
        checkpoint, images = model(folder), Case(options.tiles, 256).write(folder)
        print(json.dumps({"stages_ms": {name: round(ms, 2) for name, ms in stages_ms(images, checkpoint).items()}}), flush=True)
        for _ in range(options.rounds):
            for number in options.actors:
                loop = of_loop(images, checkpoint, folder, number)
                ours, spilled = of_build(images, checkpoint, folder, number)
                rows.append({"case": "same", "actors": number, "loop_per_s": loop, "build_per_s": ours, "spilled_mib": spilled})
                rows[-1]["ratio"] = ours / loop
                print(json.dumps(rows[-1]), flush=True)
        images = Case(options.decode_tiles, options.decode_px).write(folder)
        alone = stages_ms(images, checkpoint)
        print(json.dumps({"stages_ms": {name: round(ms, 2) for name, ms in alone.items()}}), flush=True)
        allowed = 2000 / sum(ms for name, ms in alone.items() if name != "size_kb")
        loop = of_loop(images, checkpoint, folder, 2)  # what two of one thread each make of the same cores
        ours, spilled = of_build(images, checkpoint, folder, 1)
        rows.append(
            {"case": "decode", "allowed_per_s": allowed, "loop_per_s": loop, "build_per_s": ours, "spilled_mib": spilled}
        )
        rows[-1] |= {"ratio": ours / allowed, "decode_by_model": (alone["read"] + alone["decode"]) / alone["model"]}
        print(json.dumps(rows[-1]), flush=True)
    if options.save:
        keep(__file__, {"rows": rows, "stages_ms": alone})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
