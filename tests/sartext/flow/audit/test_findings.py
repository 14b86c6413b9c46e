"""What an audit finds, without the work of finding it."""

from sartext.flow.audit import findings


def test_shared_places_with_the_tiles_on_either_side() -> None:
    assert findings.on_both_sides(["b", "a", "c", "a"], ["a", "d", "a", "b"]) == {"b": ([0], [3]), "a": ([1, 3], [0, 2])}
    assert findings.on_both_sides([], ["a"]) == findings.on_both_sides(["a"], []) == {}
