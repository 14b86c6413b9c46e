"""What the tests of the numbers share: the real samples beside the repository."""

from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[3].parent / "shared" / "sar-data"


@pytest.fixture(scope="session")
def real_samples() -> Path:
    """The folder of real samples; skips where it is absent."""
    if not SAMPLES.is_dir():
        pytest.skip(f"the real samples are not at {SAMPLES}")
    return SAMPLES
