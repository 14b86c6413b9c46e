"""One step of TRL's DPOTrainer on exported preference pairs, with a SAR-GPT; in an environment apart, for TRL's versions:

uv run --no-project --with trl --with datasets --with pillow --with torchvision python tests/trl_step.py PAIRS MODEL

PAIRS is what `jobs.export --form preference` wrote, MODEL a folder of a trained GPT (`out/quickstart/gpt/models/sar`). Ends
with status 1 where the loss is not that of a model that is its own reference, or weights did not move.
"""

import math
import sys
import tempfile
from pathlib import Path

from datasets import Image, Sequence, load_dataset
from transformers import AutoModelForImageTextToText, AutoProcessor
from trl import DPOConfig, DPOTrainer


def main(folder: Path, weights: str) -> int:
    """Prints the pairs, the loss, and how many tensors moved."""
    pairs = load_dataset("json", data_files=str(folder / "preference.jsonl"), split="train")
    pairs = pairs.map(lambda row: {"images": [str(folder / one) for one in row["images"]]})
    pairs = pairs.cast_column("images", Sequence(Image()))
    model = AutoModelForImageTextToText.from_pretrained(weights)
    before = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
    with tempfile.TemporaryDirectory() as out:
        options = DPOConfig(
            output_dir=out,
            max_steps=1,
            per_device_train_batch_size=2,
            max_length=None,  # the places of an image's patches must not be cut off
            use_cpu=True,
            bf16=False,
            report_to=[],
            save_strategy="no",
        )
        trainer = DPOTrainer(
            model=model, args=options, train_dataset=pairs, processing_class=AutoProcessor.from_pretrained(weights)
        )
        loss = trainer.train().training_loss
        moved = sum(not bool((before[name] == tensor).all()) for name, tensor in trainer.model.named_parameters())
    print(f"{len(pairs)} pairs; first loss {loss:.4f}, log 2 is {math.log(2):.4f}; {moved} of {len(before)} tensors moved")
    return 0 if abs(loss - math.log(2)) < 1e-3 and moved == len(before) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
