"""The command lines that the READMEs show, and the help of every job."""

import itertools
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jobs import audit, curate, evaluate, export, index, quickstart, takedown, weights
from jobs.recipes.build import BUILD
from jobs.recipes.train import TRAIN
from sartext.flow import commandline
from sartext.flow.serve.serve import Serving

ROOT = Path(__file__).resolve().parents[2]
RECIPES: dict[str, Any] = {
    "jobs.audit": audit.Config,
    "jobs.build": BUILD,
    "jobs.curate": curate.Config,
    "jobs.evaluate": evaluate.Config,
    "jobs.export": export.Config,
    "jobs.index": index.Config,
    "jobs.quickstart": quickstart.Config,
    "jobs.serve": Serving,
    "jobs.takedown": takedown.Config,
    "jobs.train": TRAIN,
    "jobs.weights": weights.Config,
}


def lines() -> list[str]:
    """Each line with one choice of its alternatives, `a|b`; what may be left out or repeated is there once."""
    found: dict[str, None] = {}
    text = "\n".join(path.read_text() for path in (ROOT / "README.md", ROOT / "jobs" / "README.md"))
    for job, options in re.findall(r"python -m (jobs\.\w+)((?: [^`\n&]*)?)", text):
        words = re.sub(r"[\[\]]|(?<= )\.\.\.", "", re.sub("RECIPE|my_package.module:function", "synthetic", options)).split()
        for choice in itertools.product(*(word.split("|") for word in words)):
            if choice:
                found[" ".join([job, *choice])] = None
    return list(found)


def test_the_readmes_have_a_line_for_every_job() -> None:
    assert {line.split()[0] for line in lines()} == set(RECIPES)
    assert len(lines()) >= 20


@pytest.mark.parametrize("line", lines())
def test_a_line_of_the_readmes_is_understood(line: str) -> None:
    job, *words = line.split()
    if "--help" in words:
        with pytest.raises(SystemExit) as end:
            commandline.parse(RECIPES[job], words, prog=job)
        assert end.value.code == 0
    else:
        config = commandline.parse(RECIPES[job], words, prog=job)
        given = dict(itertools.pairwise(words))
        assert all(getattr(config, name) == given[f"--{name}"] for name in ("out", "dataset") if f"--{name}" in given)


@pytest.mark.parametrize(
    "words", [*([job] for job in RECIPES), ["jobs.build", "scenes"], *(["jobs.train", one] for one in TRAIN)], ids=" ".join
)
def test_help_loads_neither_ray_nor_torch(words: list[str]) -> None:
    job, *rest = words
    program = (
        f"import runpy, sys\nsys.argv[1:] = {[*rest, '--help']}\n"
        f"try: runpy.run_module({job!r}, run_name='__main__')\n"
        "finally: print([name for name in ('ray', 'torch', 'transformers') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=180, check=True)
    assert answer.stdout.startswith(f"usage: {job}")
    assert answer.stdout.splitlines()[-1] == "[]"
