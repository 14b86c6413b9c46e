"""A batch of questions, of which one cannot be answered."""

from sartext.flow.serve.replicas.models import Answering
from sartext.flow.serve.routes.routes import Answer


def test_a_question_that_fails_takes_no_other_of_its_batch_down() -> None:
    # What fails a model in the middle of a batch is refused before: the failure is put in by hand.
    answering = Answering.__new__(Answering)

    def finished(asked: list[tuple[bytes, str, int]], tokens: int) -> list[tuple[str, bool]]:
        if any(question == "bad" for _, question, _ in asked):
            raise ValueError("no such token")
        return [(f"{question} {tokens}", True) for _, question, _ in asked]

    answering._finished = finished  # type: ignore[method-assign]
    first, second, third = answering._said([(b"", question, 8) for question in ("one", "bad", "two")], 8)
    assert (first, third) == (Answer("one 8", True), Answer("two 8", True))
    assert isinstance(second, ValueError)
