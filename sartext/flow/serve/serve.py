"""Checkpoints + index -> one application, until it is asked to stop."""

import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sartext.config import changed, leaves
from sartext.errors import UserError
from sartext.flow.engine.progress import Line, duration
from sartext.flow.engine.signals import Stopped, StopRequest, stopping
from sartext.flow.predict.index_files import open_index
from sartext.flow.serve.limits import Replicas, RequestLimits
from sartext.flow.serve.model_set import Parts, check_models, cpus_needed, engine_of

if TYPE_CHECKING:
    from sartext.flow.serve.lifecycle import Running

KEY_VARIABLE = "SARTEXT_API_KEY"
_NAME = "sartext"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LEAST_KEY = 16  # characters
_LOOK_EVERY_S = 1.0
_REQUEST_S = 120.0  # after which a request is given up


@dataclass(frozen=True, kw_only=True)
class Serving:
    """Serves models and an index as one application, with a page to search, caption and ask.

    What is served, where, and to whom; each model may be left out, and its routes then say so.
    """

    clip: str | None = field(default=None, metadata={"help": "a training of clip (or coca), or a model's folder: embeds"})
    coca: str | None = field(default=None, metadata={"help": "a training of coca, or a model's folder: captions"})
    gpt: str | None = field(default=None, metadata={"help": "a training of gpt, or a model's folder: answers questions"})
    index: str | None = field(default=None, metadata={"help": "what jobs.index made with the model of --clip"})
    port: int = field(default=8000, metadata={"help": "TCP port"})
    host: str = field(default="127.0.0.1", metadata={"help": "address to listen at; any but this machine's own needs a key"})
    api_key_file: str | None = field(
        default=None, metadata={"help": f"file that holds the API key; unset: the environment's {KEY_VARIABLE}, if any"}
    )
    gpt_engine: str = field(
        default="auto", metadata={"help": "what answers questions: vllm, transformers, or auto (vllm where it is installed)"}
    )
    limits: RequestLimits = field(default_factory=RequestLimits)
    replicas: Replicas = field(default_factory=Replicas)

    def __post_init__(self) -> None:
        if not 1 <= self.port <= 65535:
            raise UserError(f"port is {self.port}; it must be from 1 to 65535")

    @property
    def url(self) -> str:
        """Where the page is."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"


@dataclass(frozen=True)
class Ended:
    """An application that was asked to stop, and did."""

    url: str
    seconds: float

    def summary(self) -> str:
        """One line for people."""
        return f"{self.url} was served for {duration(self.seconds)}"


def serve(serving: Serving, *, until: Callable[[], bool] | None = None) -> Ended:
    """Runs the application until SIGINT, SIGTERM, or `until()` is true; in the Ray that the caller started, or in its own.

    Raises `UserError` where a model or the index cannot be served, the port is taken, or a key is lacking; `Stopped` where a
    signal came before the application was up.
    """
    key = key_of(serving)
    check_port(serving)
    parts = _parts_of(serving)
    check_models(parts)
    cpus = max(os.cpu_count() or 1, cpus_needed(parts, serving.replicas))
    here = _Here(cpus=cpus, object_store_mb=serving.replicas.object_store_mb)
    Line().draw(f"starting {_listed(parts)} ...", last=True)
    with stopping() as stop:
        # Ray takes seconds to import: a wrong option and --help do without.
        with stop.held():
            import ray

            from sartext.flow.engine.session import session
            from sartext.flow.serve import capacity
            from sartext.flow.serve.lifecycle import Running

        own = not ray.is_initialized() and not os.environ.get("RAY_ADDRESS")
        # Ray lets its workers give way to everything else: under any other load, replicas would hardly run.
        os.environ.setdefault("RAY_worker_niceness", "0")
        running = Running(_NAME, serving.host, serving.port, _REQUEST_S, own=own)
        try:
            with session(here, stop):
                capacity.check_capacity(parts, serving.replicas)
                _serve(serving, parts, key, until, stop, running)
        except Stopped:
            if not running.seconds:
                raise
    return Ended(serving.url, running.seconds)


def application(serving: Serving, arguments: Mapping[str, Any]) -> Any:
    """The application for a Serve config file, whose arguments are named as the options: `clip`, `limits.max_body_mb`, ...

    The file says elsewhere which address is listened at, so a key is asked for unless `host` says that it is this machine's.
    Raises as `serve` does.
    """
    unknown = sorted(set(arguments) - {leaf.path for leaf in leaves(serving)})
    if unknown:
        raise UserError(f"there is no argument {unknown[0]!r}; there are {', '.join(leaf.path for leaf in leaves(serving))}")
    serving = changed(serving, {"host": "0.0.0.0", **arguments})
    key, parts = key_of(serving), _parts_of(serving)
    check_models(parts)
    from sartext.flow.serve.deployments import bind

    return bind(parts, serving.limits, serving.replicas, key)


def key_of(serving: Serving) -> str | None:
    """The API key, or None where none is needed. Raises `UserError` where it is lacking or too short."""
    if serving.api_key_file is not None:
        try:
            key, origin = Path(serving.api_key_file).expanduser().read_text(encoding="utf-8").strip(), serving.api_key_file
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{serving.api_key_file} cannot be read as a key ({error}); write one line of text") from error
    else:
        key, origin = os.environ.get(KEY_VARIABLE, "").strip(), KEY_VARIABLE
        if not key:
            if serving.host in _LOOPBACK:
                return None
            raise UserError(
                f"host {serving.host} can be reached by others, and there is no API key; "
                f"give --api-key-file or set {KEY_VARIABLE}, or listen at 127.0.0.1"
            )
    if len(key) < _LEAST_KEY or not key.isascii() or not key.isprintable():
        raise UserError(f"the API key of {origin} has {len(key)} characters; give at least {_LEAST_KEY}, in plain ASCII")
    return key


def _parts_of(serving: Serving) -> Parts:
    """The folders and the index that are served. Raises `UserError` where one of them is not there."""
    if serving.clip is serving.coca is serving.gpt is None:
        raise UserError("nothing to serve; give --clip, --coca or --gpt")
    from sartext.flow.predict.trained import model_folder

    clip, coca, gpt = (
        None if place is None else model_folder(place).absolute() for place in (serving.clip, serving.coca, serving.gpt)
    )
    index = None if serving.index is None else open_index(serving.index)
    return Parts(clip=clip, coca=coca, gpt=gpt, index=index, gpt_engine=engine_of(serving.gpt_engine))


@dataclass(frozen=True)
class _Here:
    """What a Ray that is started here may use."""

    cpus: int | None
    object_store_mb: int


def _serve(
    serving: Serving, parts: Parts, key: str | None, until: Callable[[], bool] | None, stop: StopRequest, running: "Running"
) -> None:
    """The application from its start to its end, in a Ray that is there."""
    from sartext.flow.serve.deployments import bind

    try:
        running.start(bind(parts, serving.limits, serving.replicas, key))
        Line().draw(f"{serving.url} is ready; Ctrl-C stops it", last=True)
        while until is None or not until():
            running.check()
            stop.check()
            time.sleep(_LOOK_EVERY_S)
    finally:
        running.end()


def check_port(serving: Serving) -> None:
    """Raises `UserError` where the address cannot be listened at."""
    try:
        family, *_, address = socket.getaddrinfo(serving.host, serving.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        raise UserError(f"{serving.host} port {serving.port} cannot be listened at ({error}); choose another --port") from error


def _listed(parts: Parts) -> str:
    gpt = None if parts.gpt is None else f"GPT ({parts.gpt_engine})"
    index = None if parts.index is None else f"an index of {parts.index.tiles:,} tiles"
    named = ("CLIP" if parts.clip else None, "CoCa" if parts.coca else None, gpt, index)
    return ", ".join(name for name in named if name)
