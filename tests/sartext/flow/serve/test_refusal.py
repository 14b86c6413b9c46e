"""What a client is told when there is no answer."""

import json

import pytest

from sartext.errors import TileRejected
from sartext.flow.serve.refusal import Refused, not_served, of_image, unavailable


@pytest.mark.parametrize(
    ("reason", "status"),
    [("too_large", 413), ("not_an_image", 415), ("truncated_image", 422), ("anything_else", 422)],
)
def test_an_image_that_cannot_be_used_has_the_status_that_says_why(reason: str, status: int) -> None:
    refused = of_image(TileRejected(reason, "9 x 9 px"), "images[2]")
    assert (refused.status, refused.kind, refused.message) == (status, reason, "images[2]: 9 x 9 px")
    assert json.loads(refused.encoded()) == {"error": {"message": "images[2]: 9 x 9 px", "type": reason}}


def test_headers_say_who_may_come_and_when_to_come_again() -> None:
    assert unavailable().headers == {"retry-after": "1"}
    assert Refused(401, "unauthorized", "a token, please").headers == {"www-authenticate": "Bearer"}
    assert not_served("search", "--index").headers == {}


def test_a_model_that_was_not_given_is_named_with_its_option() -> None:
    refused = not_served("search", "--index")
    assert (refused.status, refused.message) == (501, "this application has no search; start it with --index DIR")
