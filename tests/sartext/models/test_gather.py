"""Two processes with half the batch each learn what one process with the whole batch learns."""

import json
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel

from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.gather import Alone, Gather, Ranks
from sartext.models.gpt import GPT
from sartext.models.objective import Objective, filled, unwrapped
from sartext.models.optimizer import AdamW, take_step
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Tiny
from tests.support.tiny_models import examples_of

pytestmark = pytest.mark.long

WORLD_SIZE, BATCH = 2, 6  # examples a process
# The real rows of each step's global batch; the last ones leave the second process one real row, then none.
STEPS = (12, 12, 12, 7, 5)
SMALL = Tiny(image_layers=2, text_layers=2, width=64, heads=2, context_length=24, vocabulary_size=320)
OBJECTIVES = {
    "clip": CLIP(towers=SMALL),
    "coca": CoCa(towers=SMALL),
    "gpt": GPT(language=TinyQwen(image_layers=1, text_layers=1, heads=2, vocabulary_size=320)),
}


def trained(objective: Objective, gather: Gather) -> tuple[list[dict[str, float]], dict[str, torch.Tensor]]:
    """The losses of the steps, each a mean over the ranks, and the weights afterwards."""
    tokenizer = objective.tokenizer([example.text for example in examples_of(40)])
    preprocess = objective.preprocess()
    model = objective.build(tokenizer)
    optimizer = AdamW(peak=1e-3, weight_decay=0.1).build(model)
    run = DistributedDataParallel(model) if gather.world_size > 1 else model
    seen = []
    for step, real in enumerate(STEPS):
        size = BATCH * WORLD_SIZE // gather.world_size
        whole = filled(examples_of(real, start=20 * step), BATCH * WORLD_SIZE)
        batch = objective.collate(whole[gather.rank * size :][:size], tokenizer, preprocess)
        optimizer.zero_grad()
        losses = objective.loss(run, batch, gather)
        losses["loss"].backward()
        take_step(run, optimizer, 1e-3)
        seen.append({name: float(gather.total(value)) / gather.world_size for name, value in losses.items()})
    return seen, {name: value.detach().clone() for name, value in unwrapped(run).named_parameters()}


def one_rank(rank: int, folder: str) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=WORLD_SIZE)
    for name, objective in OBJECTIVES.items():
        losses, weights = trained(objective, Ranks())
        if rank == 0:
            Path(folder, f"{name}.json").write_text(json.dumps(losses))
            torch.save(weights, Path(folder, f"{name}.pt"))
    dist.destroy_process_group()


@pytest.fixture(scope="module")
def two_processes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ranks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLOO_SOCKET_IFNAME", "lo")
        mp.spawn(one_rank, args=(str(folder),), nprocs=WORLD_SIZE)
    return folder


@pytest.mark.parametrize("name", OBJECTIVES)
def test_two_processes_are_one_with_the_whole_batch(name: str, two_processes: Path) -> None:
    losses, weights = trained(OBJECTIVES[name], Alone())
    theirs = json.loads((two_processes / f"{name}.json").read_text())
    for ours, other in zip(losses, theirs, strict=True):
        assert other == pytest.approx(ours, abs=1e-5)
    found = torch.load(two_processes / f"{name}.pt", weights_only=True)
    for parameter, value in weights.items():
        torch.testing.assert_close(found[parameter], value, atol=2e-4, rtol=0)
    assert losses[0]["loss"] - losses[2]["loss"] > 0.01  # something was learnt
