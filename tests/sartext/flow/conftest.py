import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")


@pytest.fixture(scope="module")
def ray_here() -> Iterator[None]:
    """One Ray for a file of tests; `build` joins it."""
    from sartext.flow.session import Engine, session

    with session(Engine(cpus=2)):
        yield
