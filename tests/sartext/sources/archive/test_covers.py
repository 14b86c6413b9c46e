import pytest

from sartext.sources.archive.covers import BANDS, COVERS, LABELS, level_db


def test_every_label_has_a_cover_and_every_cover_a_label() -> None:
    assert {cover.label for cover in COVERS.values()} == set(LABELS)
    assert all(0.0 <= cover.inverse_order < 1.0 for cover in COVERS.values())  # the texture's approximation needs nu > 1


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("incidence_deg", [25.0, 35.0, 45.0])
def test_covers_rank_as_they_do_in_images(band: str, incidence_deg: float) -> None:
    level = {name: level_db(cover, band, incidence_deg, "VV") for name, cover in COVERS.items()}
    assert level["calm water"] < level["sea"] < level["forest"]
    assert level["asphalt"] < level["grain"] < level["forest"] + 3.0
    assert level["pool"] < level["marsh"] < level["reed"]


def test_backscatter_falls_with_incidence_and_in_cross_polarisation() -> None:
    for cover in COVERS.values():
        levels = [level_db(cover, "C", angle, "VV") for angle in (25.0, 40.0, 50.0)]
        assert levels == sorted(levels, reverse=True)
        assert levels[1] == cover.level_db[1]
        assert level_db(cover, "C", 40.0, "VH") < levels[1] - 4.0
    assert level_db(COVERS["sea"], "C", 40.0, "HH") < level_db(COVERS["sea"], "C", 40.0, "VV")
