"""NISAR GCOV: values, masks, places, and broken files."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sartext.errors import SourceError, TileRejected
from sartext.sources.readers import gcov
from sartext.sources.readers.scene import Declared, declared
from sartext.sources.scenes import Scenes
from sartext.tile import Reject, Tile
from tests.support.broken import any_file
from tests.support.products import speckle

PARAMETERS = "science/LSAR/GCOV/metadata/processingInformation/parameters"


RADAR = "science/LSAR/GCOV/metadata/radarGrid"


def product(path: Path, **changes: Any) -> Path:
    """A small product; a change of None leaves that dataset out."""
    east = 499_000 + 500.0 * np.arange(8)
    angles = 40 + (east - 500_000) / 1000 + np.zeros((3, 7, 1)) - np.array([-0.1, 0.0, 0.1])[:, None, None]
    grid = "science/LSAR/GCOV/grids/frequencyA"
    mask = np.ones((60, 80), np.uint8)
    mask[:6], mask[6:8] = 0, 255
    stated: dict[str, Any] = {
        f"{grid}/HHHH": speckle((60, 80), -10),
        f"{grid}/HVHV": speckle((60, 80), -18, seed=1),
        f"{grid}/mask": mask,
        f"{grid}/xCoordinates": 500010 + 20.0 * np.arange(80),
        f"{grid}/yCoordinates": 4799990 - 20.0 * np.arange(60),
        f"{grid}/projection": 32631,
        f"{PARAMETERS}/radiometricTerrainCorrectionApplied": np.bytes_("True"),
        f"{PARAMETERS}/rtc/outputBackscatterNormalizationConvention": np.bytes_("gamma0"),
        f"{RADAR}/incidenceAngle": angles.astype(np.float32),
        f"{RADAR}/heightAboveEllipsoid": np.array([-500.0, 0.0, 500.0]),
        f"{RADAR}/xCoordinates": east,
        f"{RADAR}/yCoordinates": 4_800_500 - 500.0 * np.arange(7),
        "science/LSAR/identification/missionId": np.bytes_("NISAR"),
        "science/LSAR/identification/orbitPassDirection": np.bytes_("Ascending"),
        "science/LSAR/identification/lookDirection": np.bytes_("Left"),
        "science/LSAR/identification/zeroDopplerStartTime": np.bytes_("2026-01-02T03:04:05.123456789"),
    }
    for name, value in changes.items():
        found, *_ = [one for one in stated if one.endswith(f"/{name}")]
        stated[found] = value
    with h5py.File(path, "w") as file:
        for name, value in stated.items():
            if value is not None:
                file[name] = value
    return path


def test_a_product_becomes_a_tile(tmp_path: Path) -> None:
    product(tmp_path / "a.h5")
    source = Scenes(scenes=str(tmp_path), polarisations=("HH",))
    (tile,) = [one for shard in source.shards() for one in source.read(shard)]
    assert isinstance(tile, Tile), tile
    assert (tile.rendering.quantity, tile.rendering.polarisations) == ("gamma0_rtc", ("HH",))
    assert (tile.geo.crs, tile.geo.transform) == ("EPSG:32631", (20.0, 0.0, 500000.0, 0.0, -20.0, 4800000.0))
    assert (tile.sensor.platform, tile.sensor.band, tile.sensor.orbit, tile.sensor.look_side) == (
        "NISAR",
        "L",
        "ascending",
        "left",
    )
    assert tile.sensor.acquired is not None
    assert tile.sensor.acquired.microsecond == 123456
    assert tile.nodata_share == pytest.approx(8 / 60)
    # The middle, (30, 40), is at 500800 m and 4799400 m: 40 deg and 1 deg for every 1000 m to the east, of the layer at 0 m.
    assert tile.sensor.incidence_deg == pytest.approx(40.8, abs=1e-5)


@pytest.mark.parametrize(
    "changes",
    [
        {"incidenceAngle": None},
        {"incidenceAngle": np.full((3, 7, 8), np.nan, np.float32)},
        {"xCoordinates": 900_000 + 20.0 * np.arange(80)},  # far from the cube
    ],
)
def test_an_angle_that_is_not_there_is_unknown(changes: dict[str, Any], tmp_path: Path) -> None:
    product(tmp_path / "a.h5", **changes)
    with gcov.Gcov(file="a.h5").open(str(tmp_path), Declared()) as scene:
        assert scene.incidence_deg(30, 40) is None


def test_windows_are_the_values_of_the_file(tmp_path: Path) -> None:
    product(tmp_path / "a.h5")
    with gcov.Gcov(file="a.h5").open(str(tmp_path), Declared()) as scene:
        values = scene.values("HV", 5, 10, 20, 30)
        assert np.isnan(values[:3]).all()
        assert (values[3:] == speckle((60, 80), -18, seed=1)[8:25, 10:40]).all()


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"outputBackscatterNormalizationConvention": None}, "give --source.quantity gamma0_rtc"),
        ({"HHHH": None, "HVHV": None}, "has no diagonal term"),
        ({"HHHH": np.zeros((3, 3), np.float32)}, r"\(3, 3\) of float32, the coordinates \(60, 80\)"),
        ({"HHHH": np.zeros((60, 80), np.complex64)}, "complex64"),
        ({"xCoordinates": np.full(80, np.nan)}, "is not evenly spaced"),
        ({"xCoordinates": np.float64(1)}, "is no axis"),
        ({"yCoordinates": None}, "frequencyA/yCoordinates: is no axis"),
        ({"projection": None}, "frequencyA/projection: is missing"),
        ({"incidenceAngle": np.zeros((3, 2, 2))}, r"\(3, 2, 2\), the coordinates \(3, 7, 8\)"),
        ({"projection": 7}, "7 is no EPSG code"),
        ({"projection": np.bytes_("UTM")}, "no GCOV that is read"),
    ],
)
def test_what_is_missing_or_strange_is_said_in_one_line(changes: dict[str, Any], fact: str, tmp_path: Path) -> None:
    product(tmp_path / "a.h5", **changes)
    with pytest.raises(SourceError, match=fact) as caught:
        gcov.Gcov(file="a.h5").open(str(tmp_path), Declared())
    assert str(caught.value).startswith("a.h5: ")
    assert "\n" not in str(caught.value)


def test_declared_quantities_are_for_files_that_do_not_say(tmp_path: Path) -> None:
    product(tmp_path / "a.h5", outputBackscatterNormalizationConvention=None)
    with gcov.Gcov(file="a.h5").open(str(tmp_path), Declared(quantity="sigma0")) as scene:
        assert scene.facts.quantity == "sigma0"


@pytest.mark.parametrize("quantity", ["gamma0", "gamma0_rtc_db", "sigma0"])
def test_another_quantity_or_scale_than_the_files_is_refused(quantity: str, tmp_path: Path) -> None:
    product(tmp_path / "a.h5")
    with pytest.raises(SourceError, match=f"a.h5: it says gamma0_rtc, --source.quantity {quantity};"):
        gcov.Gcov(file="a.h5").open(str(tmp_path), declared(quantity))
    with gcov.Gcov(file="a.h5").open(str(tmp_path), declared("gamma0_rtc")) as scene:
        assert scene.facts.quantity == "gamma0_rtc"


def test_declared_nodata_is_no_measurement(tmp_path: Path) -> None:
    power = speckle((60, 80), -10)
    power[20:30] = -9999
    product(tmp_path / "a.h5", HHHH=power)
    with gcov.Gcov(file="a.h5").open(str(tmp_path), declared(None, nodata=-9999)) as scene:
        assert np.isnan(scene.values("HH", 8, 0, 52, 80)).sum() == 10 * 80
        assert scene.facts.nodata == -9999


def test_other_files_are_not_its_own(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["science/LSAR/RSLC/x"] = 1
    (tmp_path / "c.h5").write_bytes(b"nothing")
    product(tmp_path / "a.h5")
    assert [one.file for one in gcov.found(str(tmp_path), ["a.h5", "b.h5", "c.h5", "d.tif"])] == ["a.h5"]


def test_a_product_of_which_half_was_loaded_is_a_reject(tmp_path: Path) -> None:
    product(tmp_path / "a.h5")
    (tmp_path / "b.h5").write_bytes((tmp_path / "a.h5").read_bytes()[:3000])
    source = Scenes(scenes=str(tmp_path), polarisations=("HH",))
    tile, reject = [one for shard in source.shards() for one in source.read(shard)]
    assert isinstance(tile, Tile)
    assert isinstance(reject, Reject)
    assert (reject.reason, reject.key) == ("unreadable_scene", "scenes/b/scene")


GRID = "science/LSAR/GCOV/grids/frequencyA"
SHAPE = (60, 80)


def _outside(file: h5py.File, name: str, how: str, other: Path) -> None:
    """The member at `name` of another file than `file`."""
    if name in file:
        del file[name]
    shape = {"missionId": (), "incidenceAngle": (3, 7, 8), "heightAboveEllipsoid": (3,)}.get(name.rsplit("/", 1)[-1], SHAPE)
    if how == "raw bytes":
        kind = h5py.h5t.py_create(np.dtype("S32" if shape == () else "u1"))
        stored = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        stored.set_external(str(other).encode(), 0, h5py.h5f.UNLIMITED)
        space = h5py.h5s.create_simple(shape) if shape else h5py.h5s.create(h5py.h5s.SCALAR)
        h5py.h5d.create(file.id, name.encode(), kind, space, stored)
    elif how == "virtual":
        layout = h5py.VirtualLayout(shape=shape, dtype="f4")
        layout[...] = h5py.VirtualSource(str(other), "d", shape=shape)
        file.create_virtual_dataset(name, layout)
    elif how == "external link":
        file[name] = h5py.ExternalLink(str(other), "/d")
    else:
        file["elsewhere"] = h5py.ExternalLink(str(other), "/d")
        file[name] = h5py.SoftLink("/elsewhere")


@pytest.mark.parametrize("how", ["raw bytes", "virtual", "external link", "soft link"])
@pytest.mark.parametrize(
    "name", [f"{GRID}/HHHH", f"{GRID}/mask", "science/LSAR/identification/missionId", f"{RADAR}/incidenceAngle"]
)
def test_values_of_other_files_are_not_read(name: str, how: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with h5py.File(other, "w") as file:
        file["d"] = speckle(SHAPE)
    product(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        _outside(file, name, how, other)
    with pytest.raises(SourceError, match="other file") as caught:
        gcov.Gcov(file="a.h5").open(str(tmp_path), Declared())
    assert caught.value.place == f"/{name}"


@pytest.mark.parametrize("name", ["science", "science/LSAR", "science/LSAR/GCOV", "science/LSAR/GCOV/grids", GRID])
@pytest.mark.parametrize("link", [h5py.ExternalLink("other.h5", "/d"), h5py.SoftLink("/x")])
def test_links_on_the_way_are_not_followed(name: str, link: object, tmp_path: Path) -> None:
    product(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        file.move(name, "x")
        file[name] = link
    with h5py.File(tmp_path / "other.h5", "w") as other, h5py.File(tmp_path / "a.h5") as file:
        file.copy("x", other, name="d")
    (found,) = gcov.found(str(tmp_path), ["a.h5"])
    with pytest.raises(SourceError, match="is a link that may lead to another file") as caught:
        found.open(str(tmp_path), Declared())
    assert caught.value.place == f"/{name}"


def test_a_file_that_shrank_since_it_was_opened_gives_no_smaller_window(tmp_path: Path) -> None:
    product(tmp_path / "a.h5")
    with gcov.Gcov(file="a.h5").open(str(tmp_path), Declared()) as scene, pytest.raises(TileRejected, match="unreadable"):
        scene.values("HH", 50, 0, 20, 80)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_broken_files_give_only_source_errors(tmp_path: Path, data: st.DataObject) -> None:
    valid = product(tmp_path / "a.h5").read_bytes()
    (tmp_path / "b.h5").write_bytes(data.draw(any_file(valid[:12000])) + valid[12000:])
    try:
        with gcov.Gcov(file="b.h5").open(str(tmp_path), Declared()):
            pass
    except SourceError as error:
        assert error.file == "b.h5"  # noqa: PT017 - both ends are right
