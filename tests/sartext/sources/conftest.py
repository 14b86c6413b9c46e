"""What the tests of the sources share: the generator of datasets, and the real samples beside the repository."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def bad_input() -> ModuleType:
    """tests/chaos/bad_input.py as a module."""
    spec = importlib.util.spec_from_file_location("bad_input", ROOT / "tests" / "chaos" / "bad_input.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def real_samples() -> Path:
    """The folder of real samples; skips where it is absent."""
    folder = ROOT.parent / "shared" / "sar-data"
    if not folder.is_dir():
        pytest.skip(f"the real samples are not at {folder}")
    return folder
