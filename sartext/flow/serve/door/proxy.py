"""What Ray Serve's own proxy is told to put before itself: the door, and bounds on connections.

The proxy reads a body as fast as it comes, whatever a replica has said meanwhile: 600 MB in pieces of unknown length took it
633 MB. Serve finds `middlewares` by its name in an environment variable. Where a Serve config file starts the application, that
has to be set for the cluster: RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH=sartext.flow.serve.door.proxy.middlewares
"""

from starlette.middleware import Middleware

from sartext.flow.serve.door.connections import bound_connections
from sartext.flow.serve.door.door import Door
from sartext.flow.serve.door.terms import KnownTerms, Terms
from sartext.flow.serve.limits import RequestLimits

# Read where a process begins, by Ray Serve and by the C library: the controller hands them on to the proxies and replicas.
ENVIRONMENT = {
    "RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH": f"{__name__}.middlewares",
    # A proxy that has died is noticed after three of these, which take 10 s each by default.
    "RAY_SERVE_PROXY_HEALTH_CHECK_PERIOD_S": "2",
    # A replica that reports an answer to one that has died waits in the one thread that reports all its answers, until Ray has
    # looked whether that process is gone: after a second, once a second.
    "RAY_core_worker_rpc_server_reconnect_timeout_base_s": "0",
    "RAY_grpc_client_check_connection_status_interval_milliseconds": "100",
    # The C library would keep the memory of large bodies for the next ones, in each of its arenas.
    "MALLOC_MMAP_THRESHOLD_": "1048576",
    "MALLOC_ARENA_MAX": "2",
}


def middlewares() -> list[Middleware]:
    """What Serve puts around its proxy."""
    bound_connections()
    limits = RequestLimits()
    default = Terms(
        key=None,
        max_body_bytes=limits.max_body_bytes,
        max_bodies_bytes=limits.max_bodies_bytes,
        places=limits.max_waiting,
    )
    return [Middleware(Door, terms=KnownTerms().now, default=default)]
