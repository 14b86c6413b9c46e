"""A real server of S3's protocol on loopback, and where the environment must point for it."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


@contextmanager
def s3_server() -> Iterator[dict[str, str]]:
    """The environment of a server that runs in threads of this process."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # which says every request
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield {"AWS_ENDPOINT_URL": f"http://{host}:{port}", **KEYS}
    finally:
        server.stop()


@contextmanager
def s3_bucket() -> Iterator[str]:
    """The URI of an empty bucket of such a server; the environment of this process and its children points there."""
    import boto3

    before = dict(os.environ)
    with s3_server() as names:
        os.environ.update(names)
        boto3.client("s3").create_bucket(Bucket="chaos")
        try:
            yield "s3://chaos"
        finally:
            os.environ.clear()
            os.environ.update(before)
