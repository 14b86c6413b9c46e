"""Where replicas listen for one another: at their node's own address.

Ray Serve 2.60 opens a port of every replica at all interfaces. Ray's token guards it, but nobody outside has to find it; on one
machine the node's address is that of loopback. Imported for what it does, in the process of a replica, before it listens.
"""

from typing import Any

import ray
from ray._common.tls_utils import add_port_to_grpc_server
from ray.serve._private import replica

_EVERYWHERE = "[::]:0"


def at_node(server: Any, address: str) -> int:
    """What Serve calls to open a port; the number of the port."""
    port: int = add_port_to_grpc_server(  # type: ignore[no-untyped-call]
        server, f"{_node()}:0" if address == _EVERYWHERE else address
    )
    return port


def _node() -> str:
    address: str = ray.util.get_node_ip_address()  # type: ignore[no-untyped-call]
    return f"[{address}]" if ":" in address else address


replica.add_port_to_grpc_server = at_node  # type: ignore[attr-defined]
