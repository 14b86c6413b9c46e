"""Builds from S3 to S3 by a real server of its protocol, and what is the user's to mend there, each as a process."""

import os
from pathlib import Path

import pytest

from tests.chaos.bad_input import write_dataset
from tests.chaos.dataset import build, end_family, files, records, start, wait_for
from tests.support.faulty_s3 import FaultyS3
from tests.support.remote import uploaded

pytestmark = pytest.mark.long
_NO_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "",
    "AWS_SECRET_ACCESS_KEY": "",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


def arguments(base: str, out: str) -> list[str]:
    places = ["--source.images", f"{base}/images", "--source.annotations", f"{base}/instances.json"]
    return ["coco", *places, "--out", out, "--source.shard-tiles", "8", "--max-reject-share", "1", "--engine.cpus", "2"]


def test_from_s3_to_s3_the_same_bytes_come_out_as_from_a_folder_to_a_folder(tmp_path: Path, bucket: str) -> None:
    write_dataset(tmp_path / "data", tiles=24, bad={3: "truncated_jpeg", 9: "missing"}, seed=2)
    remote = uploaded(tmp_path / "data", bucket)
    for base, out in ((str(tmp_path / "data"), str(tmp_path / "out")), (remote, f"{remote}/out")):
        status, _, err = build(arguments(base, out))
        assert status == 0, err
    assert files(f"{remote}/out") == files(tmp_path / "out")


@pytest.mark.parametrize(
    ("base", "environment", "words"),
    [
        ("s3://no-such-bucket", {}, "no-such-bucket"),
        ("s3://tiles/no-such-prefix", {}, "s3://tiles/no-such-prefix/images: is no folder that can be read"),
        ("s3://tiles/data", _NO_CREDENTIALS, "Unable to locate credentials; check the bucket, the credentials and the rights"),
    ],
)
def test_what_is_the_users_to_mend_is_one_line_and_exit_2(
    bucket: str, base: str, environment: dict[str, str], words: str, tmp_path: Path
) -> None:
    assert bucket == "s3://tiles"
    status, out, err = build(arguments(base, str(tmp_path / "out")), environment)
    assert (status, out) == (2, "")
    assert words in err
    assert len(err.splitlines()) == 1


def test_a_store_of_images_that_goes_down_rejects_no_tile(tmp_path: Path, bucket: str) -> None:
    write_dataset(tmp_path / "data", tiles=40, bad={3: "truncated_jpeg"}, seed=2)
    remote, out = uploaded(tmp_path / "data", bucket), str(tmp_path / "out")
    with FaultyS3(os.environ["AWS_ENDPOINT_URL"], share=0.0) as proxy:
        process = start([*arguments(remote, out), "--engine.cpus", "1"], {"AWS_ENDPOINT_URL": proxy.url})
        try:
            assert wait_for(process, lambda: len(records(out)) >= 1)
            proxy.go_down()
            _, err = process.communicate(timeout=400)
        finally:
            end_family(process)
        assert process.returncode == 2, err
        assert "see that the store answers, and run the same command again" in err.splitlines()[-1]
        proxy.come_back()
        status, _, err = build(arguments(remote, out), {"AWS_ENDPOINT_URL": proxy.url})
    assert status == 0, err
    status, _, err = build(arguments(str(tmp_path / "data"), str(tmp_path / "reference")))
    assert files(out) == files(tmp_path / "reference")


def test_a_store_that_refuses_is_said_in_one_line(bucket: str, tmp_path: Path) -> None:
    with FaultyS3(os.environ["AWS_ENDPOINT_URL"], share=1.0, faults=("403",)) as proxy:
        status, _, err = build(arguments(f"{bucket}/data", str(tmp_path / "out")), {"AWS_ENDPOINT_URL": proxy.url})
    assert status == 2
    assert "Access Denied; check the bucket, the credentials and the rights" in err
    assert len(err.splitlines()) == 1
