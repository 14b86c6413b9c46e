"""A stub of GPUs on a machine without any: torch says that it sees some, and a model that is put on one lands in memory.

What Ray allots is Ray's own: `ray.init(num_gpus=2)` declares GPUs. Each process notes whether it was allotted one when its
model was placed.
"""

import importlib.machinery
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = "SARTEXT_STUB_GPUS"


class _Finder(MetaPathFinder):
    """Puts the stub into place as soon as the module that places models has been imported: few workers need torch."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        spec = importlib.machinery.PathFinder.find_spec(name, path) if name == "sartext.flow.engine.device" else None
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def executed(module: ModuleType) -> None:
                execute(module)
                _replace(module)

            spec.loader.exec_module = executed  # type: ignore[method-assign]
        return spec


def install() -> None:
    """Called by Ray in each worker as it starts."""
    sys.meta_path.insert(0, _Finder())


def _replace(device: Any) -> None:
    folder, allotted = Path(os.environ[FOLDER]), device.allotted_device

    def gpu(number: int) -> Any:
        (folder / f"gpu-{os.getpid()}").write_text(os.environ["CUDA_VISIBLE_DEVICES"].split(",")[number])
        return device.torch.device("cpu")

    def noted() -> Any:
        (folder / f"placed-{os.getpid()}").touch()
        return allotted()

    cuda = device.torch.cuda
    cuda.is_available = lambda: True
    # What Ray Train does with a GPU before and after the workers' own code.
    cuda.set_device = lambda _: None
    cuda.device = lambda _: nullcontext()
    cuda.empty_cache = lambda: None
    device.torch.optim.Optimizer._accelerator_graph_capture_health_check = lambda _: None
    device.gpu, device.allotted_device = gpu, noted


@contextmanager
def declared(folder: Path, cpus: int, gpus: int) -> Iterator[None]:
    """A Ray of so many logical CPUs and GPUs, whose workers have the stub and note what they were allotted in `folder`."""
    import ray

    os.environ[FOLDER] = str(folder)
    ray.init(
        "local",
        num_cpus=cpus,
        num_gpus=gpus,
        object_store_memory=256 * 2**20,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
        _node_ip_address="127.0.0.1",
        runtime_env={"worker_process_setup_hook": f"{__name__}.install"},
    )
    try:
        yield
    finally:
        ray.shutdown()
        del os.environ[FOLDER]


def placed(folder: Path) -> tuple[list[str], int]:
    """The GPUs on which models were put, a number a process, and how many processes put one elsewhere; both are forgotten."""
    gpus = sorted(path.read_text() for path in folder.glob("gpu-*"))
    elsewhere = len(list(folder.glob("placed-*"))) - len(gpus)
    for path in folder.iterdir():
        path.unlink()
    return gpus, elsewhere
