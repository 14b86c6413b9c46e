"""First hits and precision: right for who knows all, chance for who knows nothing."""

import numpy as np
import pytest

from sartext.evaluate.search import chance_and_oracle, first_hit, precision_at

RIGHT = np.array([[i % 4 == q for i in range(40)] for q in range(4)])


def test_who_knows_all_finds_all_and_who_knows_nothing_has_chance() -> None:
    images, texts = np.eye(4)[np.arange(40) % 4], np.eye(4)
    assert first_hit(texts, images, lambda text, image: bool(RIGHT[text, image])) == 1
    assert precision_at(texts, images, RIGHT) == 1
    same, alike = np.ones((40, 1)), np.ones((4, 1))
    assert first_hit(alike, same, lambda text, image: bool(RIGHT[text, image])) == pytest.approx(0.25)
    assert precision_at(alike, same, RIGHT) == pytest.approx(0.25)
    assert chance_and_oracle(RIGHT, 10) == (0.25, 1.0)
    assert chance_and_oracle(RIGHT, 20) == (0.25, 0.5)
    assert chance_and_oracle(RIGHT, 1) == (0.25, 1.0)


def test_they_are_what_sorting_says() -> None:
    draws = np.random.default_rng(0)
    images, texts = draws.standard_normal((30, 5)), draws.standard_normal((7, 5))
    right = draws.random((7, 30)) < 0.3
    order = np.argsort(-(texts @ images.T), axis=1)
    wanted = np.mean([right[at, row[0]] for at, row in enumerate(order)])
    assert first_hit(texts, images, lambda text, image: bool(right[text, image])) == wanted
    wanted = np.mean([right[at, row[:10]].mean() for at, row in enumerate(order)])
    assert precision_at(texts, images, right) == pytest.approx(wanted)
    assert precision_at(texts, images[:6], right[:, :6]) == pytest.approx(right[:, :6].mean())


def test_nothing_asked_is_nothing_found() -> None:
    assert first_hit(np.empty((0, 2)), np.eye(2), lambda *_: True) == 0
    assert precision_at(np.empty((0, 2)), np.eye(2), np.empty((0, 2), dtype=bool)) == 0
    assert chance_and_oracle(np.empty((0, 2), dtype=bool), 10) == (0, 0)
