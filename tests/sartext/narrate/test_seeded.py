from collections import Counter

from sartext.narrate.seeded import Pick


def test_the_same_text_gives_the_same_choices() -> None:
    one, other = Pick("a/b"), Pick("a/b")
    assert [one.below(7) for _ in range(200)] == [other.below(7) for _ in range(200)]
    assert [Pick("a/c").below(1000) for _ in range(3)] != [Pick("a/b").below(1000) for _ in range(3)]


def test_choices_are_spread_evenly() -> None:
    pick = Pick("spread")
    found = Counter(pick.one("abcd") for _ in range(8000))
    assert all(1850 < count < 2150 for count in found.values())
    assert 2200 < sum(pick.chance(30) for _ in range(8000)) < 2600


def test_shuffling_keeps_all_items() -> None:
    orders = {tuple(Pick(str(seed)).shuffled([1, 2, 3])) for seed in range(60)}
    assert len(orders) == 6
    assert all(sorted(order) == [1, 2, 3] for order in orders)


def test_a_branch_leaves_its_stream_as_it_is() -> None:
    one, other = Pick("a/b"), Pick("a/b")
    assert one.below(7) == other.below(7)
    branch = one.branch("record")
    assert [branch.below(1000) for _ in range(50)] != [Pick("a/b").branch("other").below(1000) for _ in range(50)]
    assert [one.below(7) for _ in range(200)] == [other.below(7) for _ in range(200)]
