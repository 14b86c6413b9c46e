"""Exported tars beside WebDataset and open_clip: `python -m tests.benchmarks.tars [--samples N] [--save]`.

Whether open_clip's own training data (`open_clip_train.data`) reads the tars of an export as they are, every sample of them;
and how many samples a second are written, beside `webdataset.TarWriter` with the same samples, the median of five each.
`webdataset`, in the last version that open_clip 3.3 reads with, and `braceexpand` lie in a folder apart, where uv puts them.
"""

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from sartext.flow.export.export import export
from sartext.formats.webdataset import write_samples
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from tests.support.datasets import dataset
from tests.support.results import keep, parser_with_save, rounded

PACKAGES = ("webdataset==0.2.86", "braceexpand")
_FOLDER = Path.home() / ".cache" / "sartext-webdataset-0.2.86"
_TILES, _ROUNDS = 60, 5


def packages(folder: Path) -> Path:
    """The folder with the packages, which are put there where they are not."""
    if not (folder / "webdataset").exists():
        uv = str(Path(sys.executable).with_name("uv"))  # the README's commands put it there
        command = [uv, "pip", "install", "-q", "--no-deps", "--python", sys.executable, "--target", str(folder), *PACKAGES]
        subprocess.run(command, check=True)
    return folder


def read_by_open_clip(folder: Path) -> dict[str, Any]:
    """What open_clip's training reads of the tars of the split train: batches as it makes them, with their sums. In a child."""
    from types import SimpleNamespace

    import torch
    from open_clip_train.data import get_wds_dataset

    sizes = json.loads((folder / "sizes.json").read_text())
    tars = sorted(str(folder / name) for name in sizes if name.startswith("train-"))
    args = SimpleNamespace(
        train_data="::".join(tars), train_num_samples=None, val_num_samples=None, dataset_resampled=False, batch_size=4,
        train_data_upsampling_factors=None, seed=0, workers=0, world_size=1,
    )  # fmt: skip
    seen: list[str] = []

    def tokenizer(text: str) -> torch.Tensor:
        seen.append(text)
        return torch.zeros(1, 8, dtype=torch.long)

    made = get_wds_dataset(args, lambda image: torch.from_numpy(np.asarray(image).copy()), is_train=True, tokenizer=tokenizer)
    batches = [tuple(images.shape) for images, _ in made.dataloader]
    return {"samples": made.dataloader.num_samples, "batches": len(batches), "shape": batches[0], "texts": sorted(set(seen))}


def rates(samples: int) -> dict[str, float]:
    """Samples a second by `webdataset.TarWriter` and by ours. In a child."""
    import webdataset

    rng = np.random.default_rng(0)
    rows = [(f"{at:06d}-0", {"png": rng.bytes(12_000), "txt": b"Two ships.", "json": b"{}"}) for at in range(samples)]
    seconds: dict[str, list[float]] = {"webdataset": [], "sartext": []}
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        with webdataset.TarWriter(io.BytesIO(), encoder=False) as writer:
            for key, files in rows:
                writer.write({"__key__": key, **files})
        seconds["webdataset"].append(time.perf_counter() - start)
        start = time.perf_counter()
        write_samples(io.BytesIO(), rows)
        seconds["sartext"].append(time.perf_counter() - start)
    return {f"{name}_samples_s": samples / statistics.median(one) for name, one in seconds.items()}


def in_child(folder: Path, *words: str) -> dict[str, Any]:
    """What this file prints as JSON with the packages on its path."""
    path = os.pathsep.join([str(folder), os.getcwd()])
    command = [sys.executable, "-m", "tests.benchmarks.tars", *words]
    answer = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(answer.stderr)
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def measured(samples: int) -> dict[str, object]:
    """The figures."""
    folder = packages(_FOLDER)
    with tempfile.TemporaryDirectory(prefix="sartext-tars-") as scratch:
        source = Synthetic(tiles=_TILES, size_px=64, twin=False, shard_tiles=20)
        uri = dataset(source, (A2C(), Verify()), f"{scratch}/tiles")
        export(uri, out=f"{scratch}/tars", form="webdataset", split="train")
        export(uri, out=f"{scratch}/table", form="coco", split="train")
        read = in_child(folder, "--read", f"{scratch}/tars")
        captions = json.loads(Path(f"{scratch}/table/captions.json").read_text())["annotations"]
        texts = sorted({one["caption"] for one in captions})
    found = in_child(folder, "--rates", str(samples))
    return {
        "exported_samples": len(captions),
        "samples_of_an_epoch_of_open_clip": read["samples"],
        "texts": len(texts),
        "texts_read_by_open_clip": len(set(texts) & set(read["texts"])),
        "shape": read["shape"],
        **found,
        "ratio": found["sartext_samples_s"] / found["webdataset_samples_s"],
    }


def main() -> None:
    parser = parser_with_save(__doc__)
    parser.add_argument("--samples", type=int, default=5_000)
    parser.add_argument("--read", help="only read the tars of this folder by open_clip")
    parser.add_argument("--rates", type=int, help="only measure with so many samples")
    options = parser.parse_args()
    if options.read or options.rates:
        print(json.dumps(read_by_open_clip(Path(options.read)) if options.read else rates(options.rates)))
        return
    figures = measured(options.samples)
    print(", ".join(f"{name} {value}" for name, value in rounded(figures).items()))  # type: ignore[attr-defined]
    if options.save:
        keep(__file__, figures, packages=("numpy", "open_clip_torch"))


if __name__ == "__main__":
    main()
