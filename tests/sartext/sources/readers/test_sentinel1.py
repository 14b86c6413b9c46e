"""Sentinel-1's XML: the real product's tables by hand, and broken ones."""

import re
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.errors import SourceError
from sartext.formats.stac import parse_item
from sartext.sources.readers.sentinel1 import parse_annotation, parse_calibration, parse_noise
from tests.support.broken import any_file, only_source_errors
from tests.support.products import Product

POINTS = [
    (0, 0),
    (3, 17),
    (700, 1234),
    (5000, 9999),
    (8031, 24),
    (12000, 20000),
    (16000, 25000),
    (1, 25120),
    (9999, 39),
    (15000, 40),
]


@pytest.fixture(scope="module")
def real(request: pytest.FixtureRequest) -> dict[str, bytes]:
    samples = request.getfixturevalue("real_samples")
    (path,) = samples.glob("scene_s1-grd_pyroSAR/*.zip")
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if "-vv-" in name and name.endswith(".xml")]
        return {name.rsplit("/", 1)[1].split("-")[0]: archive.read(name) for name in names}


def by_hand(data: bytes, vector: str, values: str, line: int, pixel: int) -> float:
    """Bilinear between the two vectors and the two positions around, from the text of the file."""
    found = []
    for block in re.findall(rf"<{vector}>(.*?)</{vector}>", data.decode(), re.DOTALL):
        texts = {name: re.search(rf"<{name}[^>]*>([^<]*)<", block) for name in ("line", "pixel", values)}
        numbers = {name: [float(one) for one in match[1].split()] for name, match in texts.items() if match}
        found.append((numbers["line"][0], numbers["pixel"], numbers[values]))
    below = [one for one in found if one[0] <= line] or found[:1]
    above = [one for one in found if one[0] > line] or found[-1:]

    def along(pixels: list[float], of: list[float]) -> float:
        left = max([at for at, one in enumerate(pixels) if one <= pixel], default=0)
        right = min(left + 1, len(pixels) - 1)
        if right == left:
            return of[left]
        share = min(max((pixel - pixels[left]) / (pixels[right] - pixels[left]), 0.0), 1.0)
        return of[left] + share * (of[right] - of[left])

    first, second = along(*below[-1][1:]), along(*above[0][1:])
    gap = above[0][0] - below[-1][0]
    return first + (second - first) * (min(max((line - below[-1][0]) / gap, 0.0), 1.0) if gap > 0 else 0.0)


@pytest.mark.parametrize("quantity", ["sigma0", "beta0", "gamma0"])
def test_the_real_tables_at_ten_points(real: dict[str, bytes], quantity: str) -> None:
    element = {"sigma0": "sigmaNought", "beta0": "betaNought", "gamma0": "gamma"}[quantity]
    gain = parse_calibration(real["calibration"], "calibration.xml", quantity)
    across, along = parse_noise(real["noise"], "noise.xml")
    assert along == ()  # IPF 2.4 has none
    for line, pixel in POINTS:
        expected = by_hand(real["calibration"], "calibrationVector", element, line, pixel)
        assert gain.window(line, pixel, 1, 1)[0, 0] == pytest.approx(expected, rel=1e-6)
        noise = by_hand(real["noise"], "noiseVector", "noiseLut", line, pixel)
        assert across.window(line, pixel, 1, 1)[0, 0] == pytest.approx(noise, rel=1e-6, abs=1e-9)


def test_the_real_annotation(real: dict[str, bytes]) -> None:
    about = parse_annotation(real["s1a"], "annotation.xml")
    assert (about.mission, about.product_type, about.mode, about.polarisation) == ("S1A", "GRD", "IW", "VV")
    assert (about.orbit_pass, about.looks) == ("Ascending", (1, 5))
    assert about.grid.shape[1] == 6
    assert about.grid[0, 2:6] == pytest.approx((48.80049462916010, 8.971267420382350, 399.0575452074409, 30.59902531050836))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    root = Product(tmp_path_factory.mktemp("product")).root
    files = sorted(root.rglob("*-vv-*.xml"))
    return {path.name.split("-")[0]: path.read_bytes() for path in files}


def read_all(kind: str, data: bytes) -> None:
    if kind == "s1a":
        assert np.isfinite(parse_annotation(data, "x.xml").grid).all()
    elif kind == "calibration":
        parse_calibration(data, "x.xml", "sigma0").window(0, 0, 3, 3)
    elif kind == "noise":
        parse_noise(data, "x.xml")[0].window(0, 0, 3, 3)
    else:
        parse_item(data, "x.json")


@pytest.mark.parametrize("kind", ["s1a", "calibration", "noise"])
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_the_xml_is_only_a_source_error_comes_out(kind: str, made: dict[str, bytes], data: st.DataObject) -> None:
    broken = data.draw(any_file(made[kind]))
    with only_source_errors("x.xml"):
        read_all(kind, broken)


@settings(max_examples=80, deadline=None)
@given(
    any_file(
        b'{"type":"Feature","stac_version":"1.0.0","id":"a","properties":{"datetime":"2024-01-01T00:00:00Z",'
        b'"sar:looks_equivalent_number":4.4,"view:incidence_angle":38},"assets":{"VV":{"href":"a_VV.tif"}}}'
    )
)
def test_whatever_the_item_is_only_a_source_error_comes_out(broken: bytes) -> None:
    with only_source_errors("x.json"):
        read_all("stac", broken)


@pytest.mark.parametrize("head", ['<!DOCTYPE p [<!ENTITY a "b">]>', '<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]>'])
def test_entities_expand_to_nothing(head: str) -> None:
    with pytest.raises(SourceError, match=r"x.xml: XML that is not read"):
        parse_annotation(f"{head}<product>&a;</product>".encode(), "x.xml")


def test_hrefs_that_lead_elsewhere_are_left_out() -> None:
    for href in ("https://example.org/a.tif", "/etc/a.tif", "../a.tif", "s3://b/a.tif", 7, None):
        text = str({"type": "Feature", "stac_version": "1.0.0", "properties": {}, "assets": {"VV": {"href": href}}})
        assert parse_item(text.replace("'", '"').replace("None", "null").encode(), "x.json") is None
