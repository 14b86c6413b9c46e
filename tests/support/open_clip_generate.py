"""Captions by open_clip's own `generate`, in an environment that has it and nothing of sartext: `python FILE REQUEST ANSWER`.

REQUEST is a safetensors file: `images` (N, 3, size, size), and as metadata `model`, a folder that open_clip loads, and
`searches`, a JSON list of arguments of `generate`. ANSWER is a JSON list: for each of the searches the ids of each image.
"""

import json
import sys

import open_clip  # type: ignore[import-untyped]
import torch
from safetensors import safe_open

BATCH = 20


def main(request: str, answer: str) -> None:
    torch.set_num_threads(2)
    with safe_open(request, framework="pt") as file:
        images, metadata = file.get_tensor("images"), file.metadata()
    model = open_clip.create_model(f"local-dir:{metadata['model']}").eval()
    found = []
    for search in json.loads(metadata["searches"]):
        rows = [row for batch in images.split(BATCH) for row in model.generate(batch, **search).tolist()]
        found.append(rows)
    with open(answer, "w", encoding="utf-8") as file:
        json.dump(found, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
