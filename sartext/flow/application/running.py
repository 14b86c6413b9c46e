"""An application on Ray Serve, from start to end.

HAProxy, which Serve can put in the place of its own proxy (RAY_SERVE_ENABLE_HA_PROXY=1), answers a route without a model in
0.6 ms where that one takes 14 (bare FastAPI 0.3 to 0.9; two busy cores, tests/benchmarks/serve_latency.py). It is left off all
the same: it opens its metrics and statistics to every interface, without a key, and models take longer than that. Where a
firewall stands before the machine, the variable may be set: the gate of the application is behind either.
"""

import logging
import threading
import time

from ray import serve
from ray.serve import Application
from ray.serve.config import HTTPOptions
from ray.serve.schema import ApplicationStatus, LoggingConfig

from sartext.errors import SartextError
from sartext.flow.application.limits import Limits
from sartext.flow.application.proxy import environment

_END_S = 4.0
_TROUBLE_S = 60.0  # in which Serve may start again what has died


class Running:
    """One application of this name."""

    def __init__(self, name: str, host: str, port: int, request_s: float, limits: Limits, *, own: bool) -> None:
        """`own` is whether Ray was started for it and ends with it, and Serve with Ray."""
        self._name, self._own = name, own
        self._proxy = {"runtime_env": {"env_vars": environment(limits)}}
        self._up_since: float | None = None
        self._http = HTTPOptions(host=host, port=port, request_timeout_s=request_s)
        self._unwell_since: float | None = None
        # vLLM's import makes the root logger write what Ray's workers print, and torch miss a GPU.
        for name in ("ray.serve", "sartext.flow.session", "torch.utils.cpp_extension"):
            logging.getLogger(name).setLevel(logging.ERROR)

    def start(self, application: Application) -> None:
        """Returns when every deployment is up. Raises `SartextError` where one cannot start."""
        quiet = LoggingConfig(enable_access_log=False, log_level="WARNING")
        serve.start(
            proxy_location="EveryNode",
            http_options=self._http,
            logging_config=quiet,
            controller_options=self._proxy,
        )
        try:
            serve.run(application, name=self._name, route_prefix="/", logging_config=quiet)
        except RuntimeError as error:
            raise SartextError(f"the application cannot start: {self._why() or error}") from error

    def is_up(self) -> None:
        """Called when it answers."""
        self._up_since = time.monotonic()

    @property
    def seconds(self) -> float:
        """For how long it has answered."""
        return 0.0 if self._up_since is None else time.monotonic() - self._up_since

    def check(self) -> None:
        """Raises `SartextError` where the application is not well for a minute: Serve restarts replicas, within reason."""
        application = serve.status().applications.get(self._name)
        if application is not None and application.status in (ApplicationStatus.RUNNING, ApplicationStatus.DEPLOYING):
            self._unwell_since = None
            return
        now = time.monotonic()
        self._unwell_since = self._unwell_since or now
        if now - self._unwell_since > _TROUBLE_S:
            raise SartextError(f"the application has failed: {self._why() or 'Serve no longer knows it'}")

    def end(self) -> None:
        """Ends Serve where Ray goes on without it, in a few seconds whatever happens."""
        if self._own:
            return
        thread = threading.Thread(target=serve.shutdown, daemon=True)
        thread.start()
        thread.join(_END_S)

    def _why(self) -> str:
        """What Serve says of the deployments that are not well, in one line."""
        application = serve.status().applications.get(self._name)
        if application is None:
            return ""
        said = [f"{name}: {one.message}" for name, one in application.deployments.items() if one.status != "HEALTHY"]
        return " ".join("; ".join(said or [application.message]).split())
