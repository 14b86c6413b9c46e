"""Whether captions are those of open_clip's own `generate` on the same weights and images.

    python -m tests.open_clip_captions --model DIR --dataset DIR [--tiles 500] [--environment DIR]
    python -m tests.open_clip_captions --named coca_ViT-L-14 --dataset DIR --tiles 5
    python -m tests.open_clip_captions --store

Both write captions greedily and by the paper's search (6 beams in 3 groups, at least 5 and at most 30 tokens). `--model` is a
training or a model folder of a CoCa, `--named` a CoCa of open_clip with random weights. `--store` keeps open_clip's captions
of a small random model, which a test compares with ours. open_clip's search needs an older transformers, so it runs in an
environment apart, which is made with uv where it is not there. Prints how many captions are equal; exit status 1 where one
differs.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from sartext.flow.predict.held_out import held_out
from sartext.flow.predict.trained import model_folder
from sartext.models import weights
from sartext.models.coca import CoCa
from sartext.models.objective import CaptionSearch
from sartext.models.towers import Named
from tests.support.random_coca import random_coca, small

PACKAGES = (
    "open_clip_torch==3.3.0",
    "transformers==4.55.4",
    "tokenizers<0.22",
    "huggingface_hub<1",
    "torch==2.13.0",
    "torchvision==0.28.0",
)
SEARCHES = {
    "greedy": CaptionSearch(min_tokens=5, max_tokens=30),
    "paper": CaptionSearch(beams=6, beam_groups=3, min_tokens=5, max_tokens=30),
}
BATCH = 20
_ENVIRONMENT = Path.home() / ".cache" / "sartext-open-clip"
STORED = Path(__file__).parent / "sartext" / "models" / "open_clip_captions.json"


def environment(folder: Path) -> Path:
    """Its interpreter; the environment is made where it is not there whole."""
    python, whole = folder / "bin" / "python", folder / "sartext-made"
    if not whole.exists():
        uv = str(Path(sys.executable).with_name("uv"))  # the README's commands put it there
        subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, str(folder)], check=True)
        subprocess.run([uv, "pip", "install", "-q", "--python", str(python), *PACKAGES], check=True)
        whole.touch()
    return python


def arguments(search: CaptionSearch, tokenizer: Any) -> dict[str, Any]:
    """The same search as arguments of open_clip's `generate`."""
    how = {"generation_type": "beam_search", "num_beams": search.beams, "num_beam_groups": search.beam_groups}
    special = {"sot_token_id": tokenizer.start_id, "eos_token_id": tokenizer.end_id, "pad_token_id": tokenizer.pad_id}
    lengths = {"min_seq_len": search.min_tokens, "seq_len": search.max_tokens}
    return {**(how if search.beams > 1 else {"generation_type": "top_k", "top_k": 1}), **special, **lengths}


def by_open_clip(folder: Path, images: torch.Tensor, searches: list[dict[str, Any]], python: Path) -> list[list[list[int]]]:
    """For each search the ids of each image's caption."""
    with tempfile.TemporaryDirectory() as place:
        request, answer = Path(place, "request.safetensors"), Path(place, "answer.json")
        metadata = {"model": str(folder.absolute()), "searches": json.dumps(searches)}
        save_file({"images": images.contiguous()}, request, metadata=metadata)
        script = Path(__file__).parent / "support" / "open_clip_generate.py"
        subprocess.run([str(python), "-I", str(script), str(request), str(answer)], check=True)
        found: list[list[list[int]]] = json.loads(answer.read_text())
        return found


def answers(folder: Path, images: torch.Tensor, tokenizer: Any, python: Path) -> dict[str, list[list[int]]]:
    """open_clip's captions by the name of the search, as ids up to the end of each."""
    found = by_open_clip(folder, images, [arguments(search, tokenizer) for search in SEARCHES.values()], python)
    return {name: [_ended(row, tokenizer) for row in rows] for name, rows in zip(SEARCHES, found, strict=True)}


def _ended(row: list[int], tokenizer: Any) -> list[int]:
    """The ids up to the end of the text."""
    return row[: row.index(tokenizer.end_id) + 1] if tokenizer.end_id in row else row


def store(python: Path) -> int:
    """Keeps open_clip's captions of the small model that `tests/sartext/models/test_coca.py` makes."""
    objective, model, tokenizer, images = small()
    with tempfile.TemporaryDirectory() as place:
        weights.save(objective, model, tokenizer, objective.preprocess(), Path(place))
        found = answers(Path(place), images, tokenizer, python)
    STORED.write_text(json.dumps(found) + "\n")
    print({name: len({tuple(row) for row in rows}) for name, rows in found.items()}, "distinct captions")
    return 0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--model", help="a training or a model folder of a CoCa")
    given.add_argument("--named", help="a CoCa of open_clip, with random weights")
    given.add_argument("--store", action="store_true", help="keep what a test compares with")
    parser.add_argument("--dataset", help="whose tiles are captioned")
    parser.add_argument("--tiles", type=int, default=500)
    parser.add_argument("--environment", default=str(_ENVIRONMENT), help="where open_clip's environment is made")
    options = parser.parse_args(argv)
    python = environment(Path(options.environment))
    if options.store:
        return store(python)
    if not options.dataset:
        parser.error("--dataset says whose tiles are captioned")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if options.named:
            objective: Any = CoCa(towers=Named(name=options.named))
            tokenizer = objective.tokenizer([])
            weights.save(objective, random_coca(objective, tokenizer), tokenizer, objective.preprocess(), folder)
        else:
            folder = model_folder(options.model)
        objective, model, tokenizer, preprocess = weights.load(folder)
        held = held_out(options.dataset, "all", options.tiles)
        found = held.images(range(len(held.tiles)))
        images = preprocess.batch([found[at] for at in range(len(held.tiles))])
        theirs = answers(folder, images, tokenizer, python)
    differ = 0
    for name, search in SEARCHES.items():
        ours = [one.text for batch in images.split(BATCH) for one in objective.caption(model, batch, tokenizer, search)]
        texts = [tokenizer.text(row[1:]) for row in theirs[name]]
        other = [(one, another) for one, another in zip(ours, texts, strict=True) if one != another]
        print(f"{name}: {len(ours) - len(other):,} of {len(ours):,} captions are open_clip's; {len(set(texts)):,} are distinct")
        for one, another in other[:3]:
            print(f"  ours {one!r}, open_clip's {another!r}")
        differ += len(other)
    return 1 if differ else 0


if __name__ == "__main__":
    raise SystemExit(main())
