"""What is imported without the libraries that take seconds: torch and Ray."""

import subprocess
import sys
from pathlib import Path

from tests.structure import modules

ROOT = Path(__file__).resolve().parents[1]
# Of the audit, what defines an actor may import what actors are made of.
ACTORS = {"sartext.flow.audit.compare", "sartext.flow.audit.descriptors"}
# What a training's options are made of says what it is without a model: `--help` shows the options of each.
OBJECTIVES = {f"sartext.models.{name}" for name in ("objective", "optimizer", "towers", "clip", "coca", "qwen", "gpt")}
LIGHT = sorted(
    name
    for name in modules(ROOT)
    if name.startswith(("sartext.narrate", "sartext.formats", "sartext.dedup", "sartext.imaging"))
    or (name.startswith("sartext.flow.audit") and name not in ACTORS)
    or name in OBJECTIVES
)
PROGRAM = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
    if heavy := {"torch", "ray"} & set(sys.modules):
        sys.exit(f"{name} imports {', '.join(sorted(heavy))}")
"""


def test_pure_rooms_load_neither_torch_nor_ray() -> None:
    command = [sys.executable, "-c", PROGRAM, *LIGHT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
