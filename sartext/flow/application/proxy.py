"""The doorstep: what stands in Ray Serve's own proxy, before it takes a body into its queue.

The proxy reads a body as fast as it comes, whatever a replica has said meanwhile: 600 MB in pieces of unknown length took it
633 MB. Serve finds `middlewares` by its name in an environment variable. Where a Serve config file starts the application, that
has to be set for the cluster: RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH=sartext.flow.application.proxy.middlewares
"""

import os

from starlette.middleware import Middleware

from sartext.flow.application.gate import App, Limited, Message, Receive, Send, refuse
from sartext.flow.application.limits import Limits
from sartext.flow.application.refusal import Refused

SERVE_VARIABLE = "RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH"
BODY_VARIABLE = "SARTEXT_MAX_BODY_BYTES"
_OF_SERVE, _HEALTH = "/-/", "/-/healthz"


def environment(limits: Limits) -> dict[str, str]:
    """What the proxy's process has to be told."""
    return {SERVE_VARIABLE: f"{__name__}.{middlewares.__name__}", BODY_VARIABLE: str(limits.max_body_bytes)}


def middlewares() -> list[Middleware]:
    """What Serve puts around its proxy."""
    most = int(os.environ.get(BODY_VARIABLE, Limits().max_body_bytes))
    return [Middleware(Unlisted), Middleware(Limited, max_body_bytes=most)]


class Unlisted:
    """Keeps to itself what the proxy would tell anybody: the routes of its applications."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(_OF_SERVE) and path != _HEALTH:
            await refuse(Refused(404, "no_such_route", f"{path[:100]} is not served"), send)
            return
        await self._app(scope, receive, send)
