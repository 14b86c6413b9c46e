from sartext.sources.archive.draws import Draws, seed_of


def test_draws_never_change() -> None:
    draws = Draws("scene", 0, 1)
    assert [draws.integer(0, 999) for _ in range(4)] == [386, 31, 306, 392]
    assert seed_of("a", 1) != seed_of("a", 2) != seed_of("b", 2)


def test_draws_keep_their_ranges_and_weights() -> None:
    draws = Draws("ranges")
    assert {draws.integer(2, 4) for _ in range(200)} == {2, 3, 4}
    assert all(-1.0 <= draws.uniform(-1.0, 3.0) < 3.0 for _ in range(200))
    assert {draws.choose("abc") for _ in range(200)} == set("abc")
    heavy = sum(draws.weighted((("light", 1.0), ("heavy", 3.0))) == "heavy" for _ in range(4000))
    assert abs(heavy / 4000 - 0.75) < 0.03
    assert not any(draws.weighted((("never", 0.0), ("always", 1.0))) == "never" for _ in range(200))
    assert abs(sum(draws.chance(0.1) for _ in range(4000)) / 4000 - 0.1) < 0.02
