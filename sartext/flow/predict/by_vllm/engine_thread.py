"""One thread that alone uses vLLM: it gives the engine requests as they come, from several questions, and hands out answers.

So the engine never runs empty between two questions: the requests of the next are with it while it answers those before.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from sartext.errors import TileRejected
from sartext.models.objective import Generated

EngineAnswer = Generated | TileRejected


@dataclass(frozen=True)
class _Wanted:
    """A request: what is given to the engine, made when it comes to it, and where the answer goes."""

    make: Callable[[], tuple[list[dict[str, Any]], Any]]  # messages of the chat, and vLLM's parameters
    answer: Future[EngineAnswer] = field(default_factory=Future)


class EngineThread:
    """Asks an `LLM` about many requests at a time; `refusal` says what is wrong with one, or raises what ends the engine."""

    def __init__(self, llm: Any, refusal: Callable[[Exception], TileRejected]) -> None:
        self._llm, self._refusal = llm, refusal
        self._come: SimpleQueue[_Wanted] = SimpleQueue()
        self._turn = threading.Lock()  # of `_ended` and of what comes
        self._ended: Exception | None = None
        threading.Thread(target=self._run, name="vllm-requests", daemon=True).start()

    def submit(self, requests: Sequence[Callable[[], tuple[list[dict[str, Any]], Any]]]) -> list[Future[EngineAnswer]]:
        """Where the answers will be, in order; each raises what ended the engine, where that happens."""
        wanted = [_Wanted(make) for make in requests]
        with self._turn:
            for one in wanted:
                if self._ended is None:
                    self._come.put(one)
                else:
                    one.answer.set_exception(self._ended)
        return [one.answer for one in wanted]

    def _run(self) -> None:
        with_engine: dict[str, Future[EngineAnswer]] = {}
        try:
            while True:
                try:
                    wanted = self._come.get(block=not with_engine)
                except Empty:
                    self._step(with_engine)
                else:
                    self._give(wanted, with_engine)
        except Exception as error:
            with self._turn:
                self._ended = error
            for answer in with_engine.values():
                answer.set_exception(error)
            while not self._come.empty():
                self._come.get().answer.set_exception(error)

    def _give(self, wanted: _Wanted, with_engine: dict[str, Future[EngineAnswer]]) -> None:
        """Gives the engine a request, or its asker what is wrong with it."""
        try:
            messages, parameters = wanted.make()
            (name,) = self._llm.enqueue_chat([messages], parameters, use_tqdm=False)
        except Exception as error:
            try:
                wanted.answer.set_result(self._refusal(error))
            except Exception as ending:
                wanted.answer.set_exception(ending)
                raise
        else:
            # Its number, after which vLLM 0.29 puts something of its own; the answer comes under the number alone.
            with_engine[name.partition("-")[0]] = wanted.answer

    def _step(self, with_engine: dict[str, Future[EngineAnswer]]) -> None:
        """Waits for the engine's next outputs and hands out what is finished."""
        for output in self._llm.llm_engine.step():
            if output.finished:
                said = output.outputs[0]
                with_engine.pop(output.request_id).set_result(Generated(said.text.strip(), said.finish_reason == "stop"))
