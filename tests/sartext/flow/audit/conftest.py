"""What an audit has described, for the tests of what it makes of it."""

from pathlib import Path
from typing import Any

import pytest

from sartext.flow.audit.tiles import Tiles
from tests.support.described_tiles import described_rows, tiles_in_files


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    return described_rows()


@pytest.fixture
def tiles(rows: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiles:
    return tiles_in_files(rows, tmp_path, monkeypatch)
