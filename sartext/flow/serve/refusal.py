"""What a client is told when there is no answer: a status and one line, as JSON."""

import json
from typing import Any

from sartext.errors import SartextError, TileRejected

# Why an image is refused -> the HTTP status that says so (RFC 9110): content too large, unsupported type, unprocessable.
_STATUS = {"too_large": 413, "not_an_image": 415, "truncated_image": 422, "unsupported_pixels": 422}
RETRY_AFTER_S = 1


class Refused(Exception):
    """A request that is not answered."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind, self.message = status, kind, message

    @property
    def headers(self) -> dict[str, str]:
        """What goes with the status."""
        if self.status == 401:
            return {"www-authenticate": "Bearer"}
        return {"retry-after": str(RETRY_AFTER_S)} if self.status == 503 else {}

    @property
    def body(self) -> dict[str, Any]:
        """The JSON that the client gets."""
        return {"error": {"message": self.message, "type": self.kind}}

    def encoded(self) -> bytes:
        """The same as bytes."""
        return json.dumps(self.body).encode()


def of_image(rejected: TileRejected, name: str = "image") -> Refused:
    """What is said of an image that cannot be used."""
    return Refused(_STATUS.get(rejected.reason, 422), rejected.reason, f"{name}: {rejected.detail or rejected.reason}")


def not_served(what: str, option: str) -> Refused:
    """What is said where the application was started without a model."""
    return Refused(501, "not_served", f"this application has no {what}; start it with {option} DIR")


def unavailable() -> Refused:
    """What is said where a model has died and is being started again."""
    return Refused(503, "unavailable", "this model is being started again; try again in a moment")


class EngineGone(SartextError):
    """vLLM's engine has died under a request; Ray Serve starts it again."""
