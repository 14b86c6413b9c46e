"""A build into a real server of the S3 protocol gives the bytes of a local one."""

from pathlib import Path

import pytest

from sartext.flow.build.build import build
from sartext.flow.engine.options import Engine
from sartext.flow.engine.session import session
from sartext.store import open_store
from tests.chaos.faults import Faulty, Say

pytestmark = pytest.mark.long


def test_s3_and_a_folder_hold_the_same(bucket: str, tmp_path: Path) -> None:
    source = Faulty(tiles=25, fates={"4": "reject", "12": "exit"})
    store, folder = open_store(f"{bucket}/set"), open_store(str(tmp_path / "set"))
    with session(Engine(cpus=2)):
        for where in (store, folder):
            build(source, [Say()], out=where.uri, max_reject_share=1)
        store.delete("manifest.json")
        store.delete("records/00001.json")
        build(source, [Say()], out=store.uri, max_reject_share=1)
    here = [path for path in folder.paths("") if path != ".lock"]
    assert store.paths("") == here
    assert all(store.read(path) == folder.read(path) for path in here)
