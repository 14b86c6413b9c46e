"""An application on Ray Serve, from start to end.

HAProxy, which Serve can put in the place of its own proxy (RAY_SERVE_ENABLE_HA_PROXY=1), answers a route without a model in
0.6 ms where that one takes 14 (bare FastAPI 0.3 to 0.9; two busy cores, tests/benchmarks/serve_latency.py). It is left off all
the same: it opens its metrics and statistics to every interface, without a key, and models take longer than that. Where a
firewall stands before the machine, the variable may be set: the gate of the application is behind either.
"""

import contextlib
import http.client
import logging
import re
import threading
import time

from ray import serve
from ray.serve import Application
from ray.serve.config import HTTPOptions
from ray.serve.schema import LoggingConfig

from sartext.errors import SartextError, UserError
from sartext.flow.engine.progress import Line
from sartext.flow.serve.door.proxy import ENVIRONMENT
from sartext.flow.serve.door.terms import withdraw
from sartext.flow.serve.paths import HEALTH, LIVE

_END_S = 4.0
_TROUBLE_S = 120.0  # in which Serve starts again what has died: on a busy machine that takes most of a minute
_LOOK_EVERY_S = 2.0
_ANSWER_S = 20.0
_READY_S = 60.0  # after Serve has all replicas, in which the routes must say so
_SAY_EVERY_S = 60.0
_IDLE_S = 20  # after which a connection that nothing is asked on is closed


class Running:
    """One application of this name."""

    def __init__(self, name: str, host: str, port: int, request_s: float, *, own: bool) -> None:
        """`own` is whether Ray was started for it and ends with it, and Serve with Ray."""
        self._name, self._own = name, own
        self._at = ("127.0.0.1" if host in ("0.0.0.0", "::") else host, port)
        self._up_since: float | None = None
        self._http = HTTPOptions(host=host, port=port, request_timeout_s=request_s, keep_alive_timeout_s=_IDLE_S)
        self._answered_at, self._over = time.monotonic(), threading.Event()
        # vLLM's import makes the root logger write what Ray's workers print, and torch miss a GPU.
        for name in ("ray.serve", "sartext.flow.engine.session", "torch.utils.cpp_extension"):
            logging.getLogger(name).setLevel(logging.ERROR)

    def start(self, application: Application) -> None:
        """Returns when every model answers.

        Raises `UserError` where a replica cannot start, `SartextError` where it is not this application that answers.
        """
        quiet = LoggingConfig(enable_access_log=False, log_level="WARNING")
        serve.start(
            proxy_location="EveryNode",
            http_options=self._http,
            logging_config=quiet,
            controller_options={"runtime_env": {"env_vars": ENVIRONMENT}},
        )
        started = threading.Event()
        threading.Thread(target=self._say_what_is_waited_for, args=(started,), daemon=True).start()
        try:
            serve.run(application, name=self._name, route_prefix="/", logging_config=quiet)
        except RuntimeError as error:
            raise UserError(f"the application cannot start: {self._why() or error}") from error
        finally:
            started.set()
        self._await_ready()
        self._up_since = self._answered_at = time.monotonic()
        threading.Thread(target=self._ask_on, daemon=True).start()

    @property
    def seconds(self) -> float:
        """For how long it has answered."""
        return 0.0 if self._up_since is None else time.monotonic() - self._up_since

    def check(self) -> None:
        """Raises `SartextError` where nothing has answered for two minutes. What is down meanwhile, Serve starts again."""
        silent_s = time.monotonic() - self._answered_at
        if silent_s > _TROUBLE_S:
            raise SartextError(f"the application has not answered for {silent_s:.0f} s; Serve cannot bring it back")

    def end(self) -> None:
        """Ends Serve where Ray goes on without it, in a few seconds whatever happens."""
        self._over.set()
        if self._own:
            return
        thread = threading.Thread(target=_shut_down, daemon=True)
        thread.start()
        thread.join(_END_S)

    def _await_ready(self) -> None:
        """Raises `SartextError` where it is not this application that answers at its address, or where it is never ready."""
        deadline, found = time.monotonic() + _READY_S, "nothing"
        while time.monotonic() < deadline:
            status, said = self._asked(HEALTH)
            if status == 200:
                return
            found = said if status is None else f"{status} {said}"
            if status not in (None, 404, 503):  # a proxy learns of its routes a moment later than Serve
                break
            time.sleep(0.2)
        raise SartextError(f"{':'.join(map(str, self._at))}{HEALTH} answers {found}; another application may be there")

    def _ask_on(self) -> None:
        """Notes when it answered last. That the door is full, or does not let this one in, is an answer as well."""
        while not self._over.wait(_LOOK_EVERY_S):
            status, said = self._asked(LIVE)
            if status is not None and (status < 500 or '"busy"' in said):
                self._answered_at = time.monotonic()

    def _asked(self, path: str) -> tuple[int | None, str]:
        """Status and beginning of the answer; None and the error where there is no answer."""
        connection = http.client.HTTPConnection(*self._at, timeout=_ANSWER_S)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read(500).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            return None, str(error)
        finally:
            connection.close()

    def _say_what_is_waited_for(self, over: threading.Event) -> None:
        """A line a minute while replicas start, as for CPUs that others have."""
        while not over.wait(_SAY_EVERY_S):
            with contextlib.suppress(Exception):  # Serve is busy, or has just been ended
                why = self._why()
                if why and not over.is_set():
                    Line().draw(f"waiting: {why}", last=True)

    def _why(self) -> str:
        """What Serve says of the deployments that are not well, in one line: of an error, its own last line."""
        application = serve.status().applications.get(self._name)
        if application is None:
            return ""
        said = {name: one.message for name, one in application.deployments.items() if one.status != "HEALTHY" and one.message}
        return "; ".join(f"{name}: {_last_line(message)}" for name, message in said.items()) or _last_line(application.message)


def _shut_down() -> None:
    serve.shutdown()  # type: ignore[no-untyped-call]
    withdraw()


def _last_line(message: str) -> str:
    """The error that a traceback ends with, without the name of its class where that is the package's own; else all of it."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if "Traceback" not in message and "Error:" not in message:
        return " ".join(lines)
    errors = [line for line in lines if _ERROR.match(line)]
    return re.sub(r"^sartext\.errors\.\w+: ", "", errors[-1] if errors else lines[-1])


_ERROR = re.compile(r"[\w.]+(?:Error|Exception|Rejected)\b.*: ")
