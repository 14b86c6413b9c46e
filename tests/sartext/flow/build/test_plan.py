"""What a build will do, before anything is written."""

import pytest

from sartext.errors import UserError
from sartext.flow.build.plan import limited, plan_build, recut
from sartext.sources.source import Shard
from tests.chaos.faults import Faulty, Say


def test_a_plan_names_its_rules_its_tiles_and_both_in_its_fingerprint() -> None:
    plan = plan_build(Faulty(tiles=25), (Say(),), None)
    assert sum(plan.shard_tiles) == 25
    assert [rule["type"] for rule in plan.config["rules"]] == ["tests.Say"]
    assert plan_build(Faulty(tiles=25), (Say(),), None).fingerprint == plan.fingerprint
    others = [plan_build(Faulty(tiles=24), (Say(),), None), plan_build(Faulty(tiles=25), (), None)]
    assert plan.fingerprint not in [one.fingerprint for one in others]


def test_the_cut_of_an_earlier_run_is_taken_over() -> None:
    plan = plan_build(Faulty(tiles=25), (Say(),), None)
    again = plan.cut_as([20, 5])
    assert (again.shard_tiles, again.fingerprint) == ([20, 5], plan.fingerprint)
    assert [item for shard in again.shards for item in shard.items] == [item for shard in plan.shards for item in shard.items]


def test_no_tiles_and_no_limit_below_one() -> None:
    with pytest.raises(UserError, match="plans no tiles; check its paths"):
        plan_build(Faulty(tiles=0), (Say(),), None)
    with pytest.raises(UserError, match="limit"):
        plan_build(Faulty(tiles=25), (Say(),), 0)


def test_the_first_tiles_and_shards_of_given_sizes() -> None:
    shards = [Shard(number=number, items=range(10 * number, 10 * number + 10)) for number in range(3)]
    assert [list(shard.items) for shard in limited(shards, 12)] == [list(range(10)), [10, 11]]
    assert limited(shards, None) == shards
    assert [list(shard.items) for shard in recut(shards, [25, 5])] == [list(range(25)), list(range(25, 30))]
    assert recut(shards, [10, 10, 10]) == shards
