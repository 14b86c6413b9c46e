import io
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.errors import SourceError
from sartext.formats import voc
from sartext.formats.voc import VocImage, parse_voc
from tests.support.broken import any_file, only_source_errors

OBJECT = (
    "<object><name>ship</name><pose>Unspecified</pose><difficult>{difficult}</difficult>"
    "<bndbox><xmin>593</xmin><ymin>305.0</ymin><xmax> 615 </xmax><ymax>330</ymax></bndbox>"
    "<part><name>bow</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part></object>"
)
ONE = (
    "<annotation><folder>VOC2007</folder><filename>a.jpg</filename><source><database>x</database>"
    "<annotation>PASCAL VOC2007</annotation></source><size><width>800</width><height>600</height><depth>3</depth></size>"
    + OBJECT.format(difficult=0) + OBJECT.format(difficult=1) + "</annotation>"
)  # fmt: skip


def parsed(text: str | bytes) -> list[VocImage]:
    return list(parse_voc(io.BytesIO(text if isinstance(text, bytes) else text.encode()), "a.xml"))


@pytest.fixture(params=[1, 100, 2**18])
def chunk_bytes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voc, "CHUNK_BYTES", request.param)


@pytest.mark.usefixtures("chunk_bytes")
def test_one_image() -> None:
    (found,) = parsed(ONE)
    assert (found.file, found.size_px) == ("a.jpg", (800, 600))
    first, second = found.annotations
    assert (first.label, first.corners_px, first.difficult, first.place) == ("ship", (592, 304, 615, 330), False, "object 1")
    assert second.difficult


@pytest.mark.usefixtures("chunk_bytes")
def test_a_whole_set_nested_or_flat() -> None:
    nested = parsed("<annotations>" + ONE + ONE.replace("a.jpg", "b.jpg") + "</annotations>")
    assert [(image.file, len(image.annotations)) for image in nested] == [("a.jpg", 2), ("b.jpg", 2)]
    thing = OBJECT.format(difficult=0)
    flat = parsed(
        f"<annotation><filename>a.jpg</filename>{thing}<filename>b.jpg</filename><filename>c.jpg</filename>{thing}</annotation>"
    )
    assert [(image.file, len(image.annotations)) for image in flat] == [("a.jpg", 1), ("b.jpg", 0), ("c.jpg", 1)]


def test_unknown_size_and_no_objects() -> None:
    (found,) = parsed("<annotation><filename>a.jpg</filename><size><width>0</width><height>0</height></size></annotation>")
    assert found == VocImage("a.jpg", None, ())
    assert parsed("<annotation></annotation>") == []


@pytest.mark.parametrize(
    "box",
    [
        "",
        "<bndbox/>",
        "<bndbox><xmin>1</xmin></bndbox>",
        "<bndbox><xmin>x</xmin><ymin>1</ymin><xmax>2</xmax><ymax>3</ymax></bndbox>",
        "<robndbox><cx>1</cx></robndbox>",
    ],
)
def test_an_object_without_numbers_spoils_its_image_only(box: str) -> None:
    (found,) = parsed(f"<annotation><filename>a.jpg</filename><object><name>ship</name>{box}</object></annotation>")
    assert math.isnan(sum(found.annotations[0].corners_px))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 0: broken XML"),
        ("<annotation>", "broken XML"),
        ("<annotation><a></annotation>", "line 1, column 17: broken XML"),
        ("<dataset><image/></dataset>", "no <annotation> element"),
        ("<a>" * 100 + "</a>" * 100, "nested deeper"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><annotation>&x;</annotation>', "EntitiesForbidden"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><annotation>&x;</annotation>', "EntitiesForbidden"),
        (
            '<!DOCTYPE a [<!ENTITY a "xx"><!ENTITY b "&a;&a;&a;">]><annotation>&b;</annotation>',
            "EntitiesForbidden",
        ),
        ('<?xml version="1.0" encoding="nothing"?><annotation/>', "text in 'nothing', which is not known; save it as UTF-8"),
        ('<?xml version="1.0" encoding="base64"?><annotation/>', "text in 'base64', which is not known; save it as UTF-8"),
    ],
)
def test_broken_files_name_the_place(text: str, message: str) -> None:
    with pytest.raises(SourceError, match=f"^a.xml: (.*{message}|{message})"):
        parsed(text)


@settings(max_examples=200)
@given(any_file(f"<annotations>{ONE}{ONE}</annotations>".encode()))
def test_any_bytes_raise_nothing_else_and_expand_nothing(data: bytes) -> None:
    with only_source_errors("a.xml"):
        found = parsed(data)
        told = sum(len(image.file) + sum(len(one.label) for one in image.annotations) for image in found)
        assert told <= len(data)


TAGS = st.sampled_from(["annotation", "object", "bndbox", "name", "filename", "size", "width", "xmin", "source"])
TREES = st.recursive(
    st.text(alphabet="ab1.- é", max_size=4),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4)).map(lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0]}>"),
    max_leaves=20,
)


@given(TREES)
def test_any_nesting_of_its_elements_raises_nothing_else(text: str) -> None:
    try:
        found = parsed(text)
    except SourceError:
        return
    assert all(len(annotation.corners_px) == 4 for image in found for annotation in image.annotations)


CHINESE = ONE.replace("<source>", "<path>D:\\数据集\\a.jpg</path><source>")


@pytest.mark.usefixtures("chunk_bytes")
@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "gbk"),  # as labelImg on Windows writes paths
        ("", "gb18030"),
        ("", "utf-16"),
        ("utf-8", "gbk"),
        ("GBK", "gbk"),
        ("GB2312", "gb2312"),
        ("gb2312", "gbk"),  # GBK by the name of its part
        ("GB18030", "gb18030"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-le"),
        ("utf-16", "utf-8"),  # .NET writes it of text that it then stores as UTF-8
        ("big5", "big5hkscs"),
    ],
)
def test_encodings(declared: str, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = CHINESE if encoding != "big5hkscs" else CHINESE.replace("数据", "數據")
    text = text.replace("<name>ship", "<name>船")
    (found,) = parsed((head + text).encode(encoding))
    assert (found.file, found.size_px, found.annotations[0].label) == ("a.jpg", (800, 600), "船")


@pytest.mark.parametrize("declared", ["", "gbk", "utf-8"])
def test_bytes_of_no_encoding_say_how_to_convert(declared: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    with pytest.raises(SourceError, match="not UTF-8 text; save it as UTF-8, as 'iconv"):
        parsed((head + ONE).encode().replace(b"a.jpg", b"\xff\xff.jpg"))


def oriented(inside: str) -> tuple[float, ...]:
    (found,) = parsed(
        f"<annotation><filename>a.jpg</filename><object><type>robndbox</type><name>ship</name>"
        f"<robndbox>{inside}</robndbox></object></annotation>"
    )
    return tuple(round(value, 3) for value in found.annotations[0].corners_px)


def test_an_oriented_box_turns_clockwise_around_its_centre() -> None:
    box = "<cx>60</cx><cy>80</cy><w>40</w><h>12</h><angle>{}</angle>"
    assert oriented(box.format(0)) == (40, 74, 80, 74, 80, 86, 40, 86)
    assert oriented(box.format(math.pi / 2)) == (66, 60, 66, 100, 54, 100, 54, 60)
    assert oriented(box.format(0.6)) == (46.881, 63.755, 79.895, 86.341, 73.119, 96.245, 40.105, 73.659)


def test_four_corners_of_an_oriented_box() -> None:
    corners = {"left_top": (1, 2), "right_top": (9, 3), "right_bottom": (8, 7), "left_bottom": (0, 6)}
    inside = "".join(f"<x_{name}>{x}</x_{name}><y_{name}>{y}</y_{name}>" for name, (x, y) in corners.items())
    assert oriented(inside) == (1, 2, 9, 3, 8, 7, 0, 6)


@pytest.mark.parametrize("angle", ["", "x", "45", "-90"])
def test_an_angle_that_is_no_radians_spoils_its_image_only(angle: str) -> None:
    assert math.isnan(sum(oriented(f"<cx>60</cx><cy>80</cy><w>40</w><h>12</h><angle>{angle}</angle>")))
