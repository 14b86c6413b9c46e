"""What has no public way in Ray, in one place: read from Ray 2.60, to be read again with every other version.

Nothing happens at import; each function says what it is for, and imports what it needs.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ray

_EVERYWHERE = "[::]:0"


def end_executions(thread: threading.Thread | None = None, within_s: float = 0.0) -> None:
    """Ends what Ray Data runs in this process, and waits for the thread that asked for it.

    A thread that still asks Ray for something after its shutdown ends the whole process, with a status of its own. Ray Data
    has no public way to stop a write from outside; its executors are threads, and these can be listed.
    """
    from ray.data._internal.execution.streaming_executor import StreamingExecutor

    for one in threading.enumerate():
        if isinstance(one, StreamingExecutor):
            one.shutdown(force=True)
    if thread is not None:
        thread.join(within_s)


@contextmanager
def without_handlers() -> Iterator[None]:
    """Inside, `ray.init` leaves the handler of SIGTERM as it is."""
    from ray._private import utils

    before = utils.set_sigterm_handler
    utils.set_sigterm_handler = lambda handler: None  # noqa: ARG005
    try:
        yield
    finally:
        utils.set_sigterm_handler = before


def map_whole_blocks(blocks: ray.data.Dataset, actor: Any, **options: Any) -> ray.data.Dataset:
    """`Dataset.map_batches` over whole blocks, also where actors have GPUs.

    `map_batches` wants a `batch_size` there, and then puts blocks of fewer rows together and cuts others: a block would no
    longer be one shard. `map_batches_internal` is the same without that demand, as `map_groups` needs it.
    """
    return blocks.map_batches_internal(actor, batch_size=None, batch_format="pyarrow", **options)


def most_resources() -> dict[str, float]:
    """What an autoscaler of this cluster may come to, where it has one that says so."""
    from ray._private.state import state

    return dict(state.get_max_resources_from_cluster_config() or {})


def running_deployments(deployments: dict[str, Any]) -> set[str]:
    """The names of those deployments, as `serve.status` shows them, of which a replica runs."""
    from ray.serve._private.common import ReplicaState

    return {name for name, one in deployments.items() if one.replica_states.get(ReplicaState.RUNNING, 0)}


def leave_no_worker() -> Any:
    """A callback of Ray Train's controller that ends workers which it lost sight of: one died while all were told to begin.

    Left alone they would hold their CPUs and GPUs until the driver ends, and those that follow them would wait for these.
    """
    from ray.train.v2._internal.execution.callback import ControllerCallback, WorkerGroupCallback

    class LeavesNoWorker(ControllerCallback, WorkerGroupCallback):
        """Ends the group of workers that was started last."""

        def __init__(self) -> None:
            self._group: Any = None

        def after_worker_group_start(self, worker_group: Any) -> None:
            """Called by Ray, before they are told to begin."""
            self._group = worker_group

        async def before_controller_shutdown(self) -> None:
            """Called by Ray when it has ended those workers that it sees."""
            if self._group is not None and self._group.has_started():
                self._group.shutdown()

    return LeavesNoWorker()


def listen_at_node() -> None:
    """From now on replicas of Ray Serve in this process listen at their node's own address.

    Serve opens a port of every replica at all interfaces. Ray's token guards it, but nobody outside has to find it; on one
    machine the node's address is that of loopback. Called in the process of a replica, before it listens.
    """
    from ray.serve._private import replica

    replica.add_port_to_grpc_server = _at_node  # type: ignore[attr-defined]


def _at_node(server: Any, address: str) -> int:
    """What Serve calls to open a port; the number of the port."""
    from ray._common.tls_utils import add_port_to_grpc_server

    port: int = add_port_to_grpc_server(  # type: ignore[no-untyped-call]
        server, f"{_node()}:0" if address == _EVERYWHERE else address
    )
    return port


def _node() -> str:
    address: str = ray.util.get_node_ip_address()  # type: ignore[no-untyped-call]
    return f"[{address}]" if ":" in address else address
