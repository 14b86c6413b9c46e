"""Bounds on requests, and what replicas run on."""

from typing import Any

import pytest

from sartext.errors import UserError
from sartext.flow.serve.limits import Replicas, RequestLimits


def test_bounds_in_bytes_and_pixels() -> None:
    limits = RequestLimits(max_body_mb=2, max_bodies_mb=4, max_megapixels=0.5, max_request_megapixels=1.5)
    assert (limits.max_body_bytes, limits.max_bodies_bytes) == (2**21, 2**22)
    assert (limits.max_pixels, limits.max_request_pixels) == (500_000, 1_500_000)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"max_body_mb": 0}, "limits.max_body_mb is 0; it must be at least 1"),
        ({"max_waiting": 0}, "limits.max_waiting is 0"),
        ({"max_megapixels": 65.0}, "limits.max_megapixels is 65.0; it must be above 0 and at most 64"),
        ({"max_body_mb": 16, "max_bodies_mb": 8}, "it must be at least limits.max_body_mb, 16"),
        ({"max_request_megapixels": 1.0}, "it must be at least limits.max_megapixels, 16.0"),
    ],
)
def test_bounds_that_contradict_themselves_are_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        RequestLimits(**fields)


@pytest.mark.parametrize("name", ["threads", "most"])
def test_a_replica_has_something_to_run_on(name: str) -> None:
    with pytest.raises(UserError, match=f"replicas.{name} is 0; it must be at least 1"):
        Replicas(**{name: 0})
