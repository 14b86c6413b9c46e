"""Requests and answers of several askers, by a fake of vLLM's engine whose steps a test allows."""

import queue
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from sartext.errors import TileRejected
from sartext.flow.predict.by_vllm.engine_thread import EngineThread
from sartext.models.objective import Generated

WAIT_S = 20


class FakeLLM:
    """Answers what it was asked, in the order in which a test says so."""

    def __init__(self) -> None:
        self.given: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.finish: queue.SimpleQueue[list[int] | Exception] = queue.SimpleQueue()
        self.texts: list[str] = []
        self.threads: set[int] = set()
        self.llm_engine = self

    def enqueue_chat(self, chats: list[Any], _parameters: object, **_options: object) -> list[str]:
        ((message,),) = chats
        self.threads.add(threading.get_ident())
        if message == "bad":
            raise ValueError("a prompt that nobody takes")
        self.texts.append(message)
        self.given.put(message)
        return [f"{len(self.texts) - 1}-0a1b2c3d"]

    def step(self) -> list[Any]:
        self.threads.add(threading.get_ident())
        numbers = self.finish.get(timeout=WAIT_S)
        if isinstance(numbers, Exception):
            raise numbers
        outputs = [SimpleNamespace(text=f" {self.texts[number]}! ", finish_reason="stop") for number in numbers]
        return [
            SimpleNamespace(request_id=str(number), finished=True, outputs=[said])
            for number, said in zip(numbers, outputs, strict=True)
        ]


def chats(*texts: str) -> list[Callable[[], tuple[list[Any], None]]]:
    return [lambda text=text: ([text], None) for text in texts]  # type: ignore[misc]


def refusal(error: Exception) -> TileRejected:
    if isinstance(error, MemoryError):
        raise error
    return TileRejected("refused_prompt", str(error))


def test_the_requests_of_two_questions_are_with_the_engine_at_once_and_each_has_its_own_answers() -> None:
    llm = FakeLLM()
    thread = EngineThread(llm, refusal)
    first = thread.submit(chats("a", "b"))
    assert [llm.given.get(timeout=WAIT_S) for _ in range(2)] == ["a", "b"]
    second = thread.submit(chats("c", "bad"))
    llm.finish.put([1])
    assert llm.given.get(timeout=WAIT_S) == "c"  # while a is not answered yet
    llm.finish.put([2, 0])
    assert [one.result(WAIT_S) for one in first] == [Generated("a!", True), Generated("b!", True)]
    assert second[0].result(WAIT_S) == Generated("c!", True)
    assert isinstance(refused := second[1].result(WAIT_S), TileRejected)
    assert refused.detail == "a prompt that nobody takes"
    assert len(llm.threads) == 1
    assert threading.get_ident() not in llm.threads


def test_an_engine_that_ends_ends_every_question_and_each_that_comes_later() -> None:
    llm = FakeLLM()
    thread = EngineThread(llm, refusal)
    asked = thread.submit(chats("a", "b"))
    llm.finish.put(RuntimeError("the core died"))
    for one in (*asked, *thread.submit(chats("c"))):
        with pytest.raises(RuntimeError, match="the core died"):
            one.result(WAIT_S)


def test_what_is_not_the_fault_of_a_request_ends_the_engine() -> None:
    def no_memory() -> tuple[list[Any], None]:
        raise MemoryError

    thread = EngineThread(FakeLLM(), refusal)
    for one in thread.submit([no_memory, *chats("a")]):
        with pytest.raises(MemoryError):
            one.result(WAIT_S)
