"""What many tests need: a real server of the S3 protocol on loopback; and in what order they run."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from sartext.store import s3
from tests.support.s3_server import s3_server

# How fast examples come is the machine's, which may be busy.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is slow is long too. Files of long tests go first: begun last, one of them would leave the other worker waiting."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.long)
    files = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in files)


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The URI of an empty bucket; the environment points there for as long as the fixture lives."""
    import boto3

    with s3_server() as names, pytest.MonkeyPatch.context() as patch:
        for name, value in names.items():
            patch.setenv(name, value)
        s3._client.cache_clear()
        boto3.client("s3").create_bucket(Bucket="tiles")
        yield "s3://tiles"
        s3._client.cache_clear()
