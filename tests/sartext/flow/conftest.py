from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def ray_here() -> Iterator[None]:
    """One Ray for a file of tests; `build` joins it."""
    from sartext.flow.engine.options import Engine
    from sartext.flow.engine.session import session

    with session(Engine(cpus=2)):
        yield
