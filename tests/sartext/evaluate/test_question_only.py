"""A guess from the words of a question alone."""

import pytest

from sartext.evaluate.question_only import QuestionOnly


def test_words_that_tell_the_answer_are_learned() -> None:
    model: QuestionOnly[str] = QuestionOnly()
    for _ in range(20):
        model.learn("Are there any ships?", "yes")
        model.learn("Are there any aircraft?", "no")
    assert [model.answer(f"Can you see {name} here?") for name in ("ships", "aircraft")] == ["yes", "no"]


def test_words_that_tell_nothing_leave_the_most_frequent_answer() -> None:
    model: QuestionOnly[str] = QuestionOnly()
    for answer in ("2", "3", "2"):
        model.learn("How many ships are there?", answer)
    assert model.majority == "2"
    assert [model.answer(text) for text in ("How many ships are there?", "Something else", "")] == ["2", "2", "2"]


def test_a_tie_does_not_depend_on_the_order() -> None:
    for answers in (("no", "yes"), ("yes", "no")):
        model: QuestionOnly[str] = QuestionOnly()
        for answer in answers:
            model.learn("Is it?", answer)
        assert (model.majority, model.answer("Is it?")) == ("no", "no")


def test_nothing_learned_answers_nothing() -> None:
    with pytest.raises(ValueError, match="empty"):
        QuestionOnly[str]().answer("How many?")


def test_leaving_a_question_out_is_not_having_learned_it() -> None:
    learned = [
        ("Are there any ships?", "yes"),
        ("Are there any ports?", "no"),
        ("Is there a ship?", "yes"),
        ("Is there a port?", "no"),
    ]
    whole: QuestionOnly[str] = QuestionOnly()
    for question, answer in learned:
        whole.learn(question, answer)
    for at, (question, answer) in enumerate(learned):
        others: QuestionOnly[str] = QuestionOnly()
        for one in learned[:at] + learned[at + 1 :]:
            others.learn(*one)
        assert whole.answer_of_others(question, answer) == others.answer(question)
    only: QuestionOnly[str] = QuestionOnly()  # words that no other question has tell nothing
    for question, answer in (*[("p q r s t u v w", "a")] * 2, ("p", "b"), ("unique word2 p", "a")):
        only.learn(question, answer)
    rest: QuestionOnly[str] = QuestionOnly()
    for question, answer in (*[("p q r s t u v w", "a")] * 2, ("p", "b")):
        rest.learn(question, answer)
    assert only.answer_of_others("unique word2 p", "a") == rest.answer("unique word2 p")
    alone: QuestionOnly[str] = QuestionOnly()
    alone.learn("Is it?", "yes")
    assert alone.answer_of_others("Is it?", "yes") == "yes"
