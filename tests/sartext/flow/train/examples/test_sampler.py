import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.errors import UserError
from sartext.flow.train.examples.sampler import Order, drawn, filler, part

GROUPS = st.lists(st.integers(0, 40), min_size=1, max_size=12).filter(lambda rows: sum(rows) > 0)


@pytest.mark.parametrize("world", [1, 2, 3])
@pytest.mark.parametrize("examples", [1003, 1, 64, 65])
def test_an_epoch_reads_every_example_once(examples: int, world: int) -> None:
    order = Order(group_rows=(128,) * (examples // 128) + (examples % 128,), seed=3, batch_size=64, pool_groups=2)
    for epoch in (0, 1):
        whole = order.epoch(epoch)
        seen = []
        for step in range(order.steps_per_epoch):
            parts = [part(order.batch(whole, step), whole, 64, rank, world) for rank in range(world)]
            assert len({len(one) for one in parts}) == 1
            seen += [index for one in parts for index in one if index >= 0]
            assert {index for one in parts for index in filler(one)[one < 0]} <= set(range(examples))
        assert sorted(seen) == list(range(examples))


@settings(max_examples=60, deadline=None)
@given(groups=GROUPS, seed=st.integers(0, 5), batch=st.integers(1, 50), world=st.integers(1, 5), pool=st.integers(1, 5))
def test_the_workers_together_see_the_global_batch(groups: list[int], seed: int, batch: int, world: int, pool: int) -> None:
    order = Order(group_rows=tuple(groups), seed=seed, batch_size=batch, pool_groups=pool)
    whole = order.epoch(0)
    for step in range(order.steps_per_epoch):
        wanted = order.batch(whole, step)
        found = np.concatenate([part(wanted, whole, batch, rank, world) for rank in range(world)])
        assert found[found >= 0].tolist() == wanted.tolist()
    assert order.batch(whole, order.steps_per_epoch).size == 0


def test_the_order_is_a_function_of_seed_and_epoch() -> None:
    order = Order(group_rows=(100, 100, 50), seed=1, batch_size=8)
    assert order.epoch(4).tolist() == order.epoch(4).tolist()
    assert order.epoch(4).tolist() != order.epoch(5).tolist()
    assert order.epoch(4).tolist() != Order(group_rows=(100, 100, 50), seed=2, batch_size=8).epoch(4).tolist()


def test_what_fills_up_a_batch_is_from_the_beginning_of_the_epoch() -> None:
    order = Order(group_rows=(5,), seed=1, batch_size=4)
    whole = order.epoch(0)
    last = part(order.batch(whole, 1), whole, 4, 0, 1)
    assert last[0] == whole[4]
    assert filler(last[1:]).tolist() == whole[:3].tolist()


@pytest.mark.parametrize(("weights", "read"), [((1.0, 3.0), (10, 12)), ((0.5, 1.5), (5, 6)), ((1.0, 1.0), (10, 4))])
def test_row_groups_are_read_as_often_as_their_weights_say(weights: tuple[float, ...], read: tuple[int, ...]) -> None:
    order = Order(group_rows=(10, 4), seed=1, batch_size=8, weights=weights)
    whole = order.epoch(0)
    assert (int((whole < 10).sum()), int((whole >= 10).sum())) == read
    assert order.examples == len(whole)
    assert len(set(whole[whole < 10].tolist())) == min(10, read[0])
    if weights == (1.0, 1.0):
        assert whole.tolist() == Order(group_rows=(10, 4), seed=1, batch_size=8).epoch(0).tolist()
    elif 0.5 in weights:  # another half in another epoch
        assert sorted(whole[whole < 10]) != sorted(order.epoch(1)[order.epoch(1) < 10])


def test_texts_are_drawn_as_often_as_their_weights_say() -> None:
    drawn_ones = [drawn(0, epoch, index, [1.0, 3.0, 0.0]) for index in range(20) for epoch in range(40)]
    assert drawn_ones.count(1) == pytest.approx(600, abs=20)
    assert 2 not in drawn_ones
    assert [drawn(3, epoch, 5, [2.0, 2.0]) for epoch in range(9)] == [drawn(3, epoch, 5, 2) for epoch in range(9)]


def test_a_pool_bounds_how_far_a_worker_reads() -> None:
    order = Order(group_rows=(10,) * 20, seed=0, batch_size=10, pool_groups=2)
    whole = order.epoch(0) // 10
    for first in range(0, 200, 20):
        assert len(set(whole[first : first + 20].tolist())) == 2


def test_an_empty_dataset_is_said() -> None:
    with pytest.raises(UserError, match="no examples"):
        Order(group_rows=(0, 0), seed=0, batch_size=8)


def test_every_text_of_an_example_has_its_turn() -> None:
    assert {drawn(0, epoch, 17, 3) for epoch in range(3)} == {0, 1, 2}
    assert drawn(0, 5, 17, 3) == drawn(0, 5, 17, 3)
    assert len({drawn(0, 0, index, 7) for index in range(60)}) == 7
