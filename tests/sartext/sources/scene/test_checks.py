"""Scenes that cannot be shown as asked: each is a reject with its own reason, and all together are said in one line."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasterio.transform import Affine

from sartext.errors import SourceError
from sartext.sources.scenes import Scenes
from sartext.tile import Reject, Tile
from tests.support.products import UTM, Product, speckle, tiff


def apart(folder: Path, *pixels: np.ndarray, names: tuple[str, ...] = (), **more: Any) -> None:
    """Scenes a_VV.tif, b_VV.tif, ..., or of other names, that lie beside one another."""
    for at, values in enumerate(pixels):
        transform = Affine(10.0, 0.0, 500000.0 + 10000 * at, 0.0, -10.0, 4800000.0)
        tiff(
            folder / (names or [f"{letter}_VV.tif" for letter in "abcd"])[at], values, **{**UTM, "transform": transform, **more}
        )


def sorted_out(source: Scenes) -> tuple[list[str], dict[str, tuple[str, str]]]:
    """The keys of tiles, and reasons and details of rejects by their key."""
    found = [one for shard in source.shards() for one in source.read(shard)]
    rejects = {one.key: (one.reason, one.detail) for one in found if isinstance(one, Reject)}
    return [one.key for one in found if isinstance(one, Tile)], rejects


def one_odd(folder: Path, **options: Any) -> tuple[str, str]:
    """Reason and detail of scene b, where only a can be shown."""
    kept, rejects = sorted_out(Scenes(scenes=str(folder), **options))
    assert kept == ["scenes/a/0_0"]
    assert list(rejects) == ["scenes/b/scene"]
    return rejects["scenes/b/scene"]


FILLED = speckle((64, 64))
FILLED[:20] = -9999


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (
            FILLED,
            "31% of a sample of sigma0 are below 0, which linear power is not, and all of those are -9999; "
            "give --source.nodata -9999",
        ),
        (
            10 * np.log10(speckle((64, 64))),
            "100% of a sample of sigma0 are below 0, which linear power is not; give --source.quantity sigma0_db for decibels",
        ),
    ],
    ids=["fill that nobody declared", "decibels"],
)
def test_a_scene_of_negative_values_refuses_itself_only(tmp_path: Path, odd: np.ndarray, said: str) -> None:
    apart(tmp_path, speckle((64, 64)), odd)
    assert one_odd(tmp_path, quantity="sigma0") == ("negative_power", f"b_VV.tif: {said}")


def test_one_scene_without_the_polarisation_or_of_digital_numbers(tmp_path: Path) -> None:
    apart(tmp_path / "pol", speckle((64, 64)), speckle((64, 64)), names=("a_VV.tif", "b_HH.tif"))
    reason, detail = one_odd(tmp_path / "pol", quantity="sigma0", polarisations=("VV",))
    assert (reason, detail) == ("no_polarisation", "b_HH.tif: has HH, and none of --source.polarisations")
    product = Product(tmp_path / "product")
    apart(tmp_path / "product", np.arange(4096, dtype=np.uint16).reshape(64, 64))
    kept, rejects = sorted_out(Scenes(scenes=str(tmp_path / "product"), speckle_filter="lee"))
    assert kept == [f"scenes/{product.root.stem}/0_0"]
    assert [reason for reason, _ in rejects.values()] == ["no_power"]


def test_a_file_that_is_called_like_an_option_is_one_fault(tmp_path: Path) -> None:
    apart(tmp_path, speckle((64, 64)))
    (tmp_path / "b--source.x_VV.tif").write_bytes(b"junk")
    kept, rejects = sorted_out(Scenes(scenes=str(tmp_path), quantity="sigma0"))
    assert (kept, [reason for reason, _ in rejects.values()]) == (["scenes/a/0_0"], ["unreadable_scene"])


def test_what_all_scenes_lack_is_said_before_a_broken_file(tmp_path: Path) -> None:
    (tmp_path / "a_VV.tif").write_bytes(b"junk")
    apart(tmp_path, speckle((64, 64)), speckle((64, 64)), names=("b_VV.tif", "c_VV.tif"))
    with pytest.raises(SourceError, match=r"b_VV.tif: has VV, and none of --source.polarisations"):
        Scenes(scenes=str(tmp_path), quantity="sigma0", polarisations=("HH",)).shards()
    with pytest.raises(SourceError, match=r"b_VV.tif: floating point whose quantity nothing says"):
        Scenes(scenes=str(tmp_path)).shards()


@pytest.mark.parametrize(
    ("values", "quantity", "fact"),
    [
        (
            speckle((64, 64)),
            "sigma0_db",
            "100.0% of a sample of sigma0 would be white, above 0 dB, and half of it is above 0.0579; "
            "give --source.quantity sigma0 for linear power, or --source.limits",
        ),
        (
            (speckle((64, 64)) * 1e4).astype(np.uint16),
            "sigma0",
            "100.0% of a sample of sigma0 would be white, above 0 dB, and half of it is above 578.5; "
            "give --source.quantity dn, amplitude or intensity for what is not calibrated, or --source.limits",
        ),
        (
            (1000 * np.log10(speckle((64, 64)))).astype(np.int16),
            "gamma0_db",
            "100.0% of a sample of gamma0 would be black, below -24 dB, and half of it is above -1237; "
            "give --source.limits, or scale the values to dB",
        ),
        (
            speckle((64, 64)) * np.float32(1e-4),
            "sigma0",
            "100.0% of a sample of sigma0 would be black, below -25 dB, and half of it is above 5.79e-06; "
            "give --source.quantity dn, amplitude or intensity for what is not calibrated, or --source.limits",
        ),
    ],
)
def test_values_beyond_the_scale_refuse_a_scene(values: np.ndarray, quantity: str, fact: str, tmp_path: Path) -> None:
    apart(tmp_path, values)
    with pytest.raises(SourceError) as caught:
        Scenes(scenes=str(tmp_path), quantity=quantity).shards()
    assert str(caught.value) == f"a_VV.tif: {fact}"
    apart(tmp_path, speckle((64, 64)) if quantity == "sigma0" else 10 * np.log10(speckle((64, 64))), values)
    assert one_odd(tmp_path, quantity=quantity) == ("beyond_limits", f"b_VV.tif: {fact}")


def test_limits_that_show_nothing_refuse_a_scene_and_a_dark_part_does_not(tmp_path: Path) -> None:
    apart(tmp_path / "product", speckle((700, 64)))
    with pytest.raises(
        SourceError, match=r"would be black, below 5 dB, and half of it is above 0.05\d+; give other --source.limits"
    ):
        Scenes(scenes=str(tmp_path / "product"), quantity="sigma0", limits=("VV=5:10",)).shards()
    dark = speckle((700, 64), -35)
    dark[-30:] = speckle((30, 64))  # beyond the middle: 4% of all
    apart(tmp_path / "dark", dark)
    assert sorted_out(Scenes(scenes=str(tmp_path / "dark"), quantity="sigma0"))[1] == {}
    for name, level in (("VV", -12.0), ("VH", -45.0)):  # one channel of two shows something
        tiff(tmp_path / "two" / f"a_{name}.tif", speckle((64, 64), level), **UTM)
    assert sorted_out(Scenes(scenes=str(tmp_path / "two"), quantity="sigma0"))[1] == {}


def test_a_scene_of_a_few_pixels_is_refused(tmp_path: Path) -> None:
    apart(tmp_path, speckle((64, 64)), speckle((7, 200)))
    assert one_odd(tmp_path, quantity="sigma0") == ("too_small", "b_VV.tif: 200 x 7 px; a side of a tile has at least 8")
    with pytest.raises(SourceError, match=r"a_VV.tif: 1 x 1 px at --source.spacing-m 1000; a side of a tile has at least 8"):
        Scenes(scenes=str(tmp_path), quantity="sigma0", spacing_m=1000).shards()
    kept, _ = sorted_out(Scenes(scenes=str(tmp_path), quantity="sigma0", spacing_m=80))
    assert kept == ["scenes/a/0_0"]


def test_what_is_asked_of_no_scene_is_said(tmp_path: Path) -> None:
    apart(tmp_path, speckle((64, 64)), speckle((64, 64)), names=("a_VV.tif", "b_HH.tif"))
    options: dict[str, Any] = {"scenes": str(tmp_path), "quantity": "sigma0"}
    with pytest.raises(SourceError, match=r"no scene has XX, which --source.polarisations names; there are HH, VV"):
        Scenes(polarisations=("vv", "XX"), **options).shards()
    with pytest.raises(SourceError, match=r"no image has HV, which --source.limits names; there are HH, VV"):
        Scenes(limits=("VV=-20:0", "HV=-20:2"), **options).shards()
    Scenes(polarisations=("VV", "HH"), limits=("HH=-20:0",), **options).shards()
    (tmp_path / "c_HV.tif").write_bytes(b"junk")  # who knows what is in it
    Scenes(limits=("HV=-20:2",), **options).shards()
