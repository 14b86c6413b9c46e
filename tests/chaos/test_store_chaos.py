"""A seeded subset of the chaos commands on S3; the whole matrices are the commands themselves."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import faulty_store, kills
from tests.support.faulty_s3 import FAULTS, FaultyS3
from tests.support.s3_server import s3_bucket

pytestmark = pytest.mark.long
Prepared = tuple[str, list[str], dict[str, str]]  # the bucket; the options of a build from it; the files that come out


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    with s3_bucket() as root:
        arguments, _, reference = faulty_store.prepared(tmp_path_factory.mktemp("prepared"), root)
        yield root, arguments, reference


@pytest.mark.parametrize(
    ("step", "target"),
    [
        ("before_record", "write task"),
        pytest.param("after_tiles", "driver", marks=pytest.mark.slow),
        pytest.param("after_manifest", "driver", marks=pytest.mark.slow),
    ],
)
def test_a_kill_at_a_step_of_a_commit_on_s3(prepared: Prepared, tmp_path: Path, step: str, target: str) -> None:
    root, arguments, reference = prepared

    def make(out: str) -> list[str]:
        return [*arguments, "--out", out]

    made = kills.trial(kills.Kill(target, step), make, f"{root}/{step}", reference, tmp_path / "marker")
    assert made == kills.Outcome(disturbed=True)


@pytest.mark.parametrize("goes_down", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_build_whose_store_fails_now_and_then(prepared: Prepared, goes_down: bool) -> None:
    root, arguments, reference = prepared
    out, kinds = f"{root}/faulty-{goes_down}", FAULTS if goes_down else tuple(one for one in FAULTS if one != "stall")
    with FaultyS3(os.environ["AWS_ENDPOINT_URL"], seed=3, faults=kinds) as proxy:
        row = faulty_store.trial([*arguments, "--out", out], out, reference, proxy, goes_down=goes_down)
    assert row["wrong"] == []
    assert proxy.struck.total() > 5
