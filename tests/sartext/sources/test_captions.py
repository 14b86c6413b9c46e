import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sartext.errors import SourceError
from sartext.narrate.verify import Verify
from sartext.sources.captions import Captions
from sartext.sources.source import Source, split_of
from sartext.tile import Reject, Tile, from_table, to_table


def read(one: Source) -> list[Tile | Reject]:
    return [result for shard in one.shards() for result in one.read(shard)]


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    (folder / "SEN12").mkdir(parents=True)
    for file in ("SEN12/ROIs1158_spring_s1_1_p2.png", "a.png", "b.tif", "c.jpg"):
        Image.fromarray(np.full((20, 30), 9, dtype=np.uint8)).save(folder / file)
    return folder


def source(images: Path, data: Any, file: str = "captions.csv", **fields: Any) -> Captions:
    path = images.parent / file
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return Captions(images=str(images), captions=str(path), **fields)


TABLE = (
    b"\xef\xbb\xbffilepath\tcaption\n"
    b"Image/SEN12/ROIs1158_spring_s1_1_p2.png\tFields and a road.\n"
    b"a.png\tOne ship.\na.png\t  \na.png\tOne\x0cship.\na.png\tTwo ships, at sea.\n"
    b"b.tif\t\nmissing.png\tNobody sees it.\n"
)


def test_several_captions_are_one_tile_and_blank_ones_are_left_out(images: Path) -> None:
    results = read(source(images, TABLE))
    assert [result.key for result in results] == [
        "captions/SEN12.ROIs1158_spring_s1_1_p2/0_0",
        "captions/a/0_0",
        "captions/b/0_0",
        "captions/missing/0_0",
    ]
    sen12, a, b, missing = results
    assert isinstance(sen12, Tile)
    assert isinstance(a, Tile)
    assert [(one.text, one.route, one.kept) for one in a.captions] == [
        ("One ship.", "human", True),
        ("Two ships, at sea.", "human", True),
    ]
    assert (a.rendering.quantity, a.split_by, a.split) == ("display", "scene", split_of("a"))
    assert isinstance(b, Reject)
    assert isinstance(missing, Reject)
    assert (b.reason, missing.reason) == ("blank_captions", "missing_image")
    assert from_table(to_table([sen12, a])) == [sen12, a]


def test_captions_of_people_are_judged_and_kept(images: Path) -> None:
    tile = read(source(images, TABLE))[1]
    assert isinstance(tile, Tile)
    judged = Verify().apply(tile)
    assert all(one.kept and one.claims for one in judged.captions)
    assert {claim.verdict for one in judged.captions for claim in one.claims} == {"unverifiable"}


def test_the_file_says_the_split_and_else_the_scene(images: Path) -> None:
    karpathy = {
        "images": [
            {"filename": file, "split": split, "sentences": [{"raw": "Text."}]}
            for file, split in (("a.png", "restval"), ("b.tif", "TEST"), ("c.jpg", "unheard of"), ("a", "train"))
        ]
    }
    a, b, c = read(source(images, karpathy, "dataset.json"))
    assert isinstance(a, Tile)
    assert isinstance(b, Tile)
    assert isinstance(c, Reject)
    assert [(tile.split, tile.split_by) for tile in (a, b)] == [("train", "source"), ("test", "source")]
    assert (c.reason, c.detail) == ("unknown_split", "'unheard of'; name the split of all images with the field split")
    assert {tile.split for tile in read(source(images, karpathy, "dataset.json", split="val"))} == {"val"}


def test_an_image_in_two_splits_is_in_none(images: Path) -> None:
    (result,) = read(source(images, b"image,text,split\na.png,one,train\na.png,two,test\n"))
    assert isinstance(result, Reject)
    assert (result.reason, result.detail) == ("two_splits", "it is in train and in test")


def test_an_image_without_a_split_goes_with_its_scene(images: Path) -> None:
    for scene in "pqr":
        for place in range(3):
            Image.fromarray(np.full((20, 30), 9, dtype=np.uint8)).save(images / f"{scene}_0_{place}.png")
    rows = b"image,text,split\np_0_0.png,x,test\np_0_1.png,x,\nq_0_0.png,x,test\nq_0_1.png,x,\nq_0_2.png,x,val\nr_0_0.png,x,\n"
    one = source(images, rows, scene_pattern=r"(?P<scene>.)_(?P<row>\d)_(?P<col>\d)")
    found = {result.key.split("/", 1)[1]: result for result in read(one)}
    split = {key: (tile.split, tile.split_by) for key, tile in found.items() if isinstance(tile, Tile)}
    assert split == {
        "p/0_0": ("test", "source"),
        "p/0_1": ("test", "source"),
        "q/0_0": ("test", "source"),
        "q/0_2": ("val", "source"),
        "r/0_0": (split_of("r"), "scene"),
    }
    torn = found["q/0_1"]
    assert isinstance(torn, Reject)
    assert (torn.reason, torn.detail) == ("two_splits", "others of its place are in val and in test; name its own")
    whole = source(images, rows, scene_pattern=r"(?P<scene>.)_(?P<row>\d)_(?P<col>\d)", split="val")
    assert {tile.split for tile in read(whole) if isinstance(tile, Tile)} == {"val"}
    assert len(read(whole)) == 6


def test_two_images_are_never_one_file(images: Path) -> None:
    """The folder may be that of one of them: the file's own path says which, and else neither is."""
    rows = b"image,caption\ntrain/a.png,a ship at sea\nval/a.png,a forest\n"
    assert [one.reason for one in read(source(images, rows)) if isinstance(one, Reject)] == ["ambiguous_image"] * 2
    exact, other = read(source(images, rows.replace(b"train/", b"./")))
    assert isinstance(exact, Tile)
    assert [one.text for one in exact.captions] == ["a ship at sea"]
    assert isinstance(other, Reject)
    assert (other.key, other.reason) == ("captions/val.a/0_0", "missing_image")


def test_columns_are_refused_for_json(images: Path) -> None:
    for fields in ({"image_column": "x"}, {"caption_columns": ("y",)}):
        with pytest.raises(SourceError, match=r"captions.json: JSON, which has no columns; leave out image_column and"):
            source(images, {"images": []}, "captions.json", **fields).shards()


def test_an_entry_without_a_name_needs_no_pattern(images: Path) -> None:
    rows = b"image,text\na.png,x\n,y\n"
    tile, entry = read(source(images, rows, scene_pattern="(?P<scene>[abc])"))
    assert isinstance(tile, Tile)
    assert isinstance(entry, Reject)
    assert (entry.key, entry.reason) == ("captions/entry_1/0_0", "bad_annotation")


def test_tiles_say_what_the_images_are(images: Path) -> None:
    for fields in ({}, {"modality": "optical"}):
        (tile,) = read(source(images, b"image,text\na.png,x\n", **fields))
        assert isinstance(tile, Tile)
        assert tile.sensor.modality == fields.get("modality", "sar")
    with pytest.raises(ValueError, match="modality is 'radar'; it is sar or optical"):
        source(images, b"", modality="radar")


def test_coco_captions(images: Path) -> None:
    coco = {
        "images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.tif"}],
        "annotations": [{"image_id": 1, "caption": "A ship."}, {"image_id": "1", "caption": "A \ud800 ship."}],
    }
    a, b = read(source(images, coco, "captions_train.json"))
    assert isinstance(a, Tile)
    assert isinstance(b, Reject)
    assert [one.text for one in a.captions] == ["A ship.", r"A \ud800 ship."]
    assert (b.reason, b.detail) == ("blank_captions", "it has no caption")
    assert from_table(to_table([a])) == [a]


KEPT = {"a": ["A ship.", "Two ships."], "c": ["A quay."]}
NO_CAPTION: dict[str, Any] = {
    "coco": {
        "images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "c.jpg"}],
        "annotations": [
            {"image_id": 1, "caption": "A ship."},
            {"image_id": 2, "caption": "A quay."},
            {"image_id": 1, "caption": None},
            {"image_id": 1, "caption": "..."},
            {"image_id": 1, "caption": "Two ships."},
        ],
    },
    "karpathy": {
        "images": [
            {"filename": "a.png", "sentences": [{"raw": "A ship."}, {"raw": "..."}, {"raw": ""}, {"raw": "Two ships."}]},
            {"filename": "c.jpg", "sentences": [{"raw": "A quay."}]},
        ]
    },
    "nwpu": {
        "sea": [{"filename": "./a.png", "raw": "A ship.", "raw_1": "...", "raw_2": "Two ships.", "raw_3": None}],
        "land": [{"filename": "./c.jpg", "raw": "A quay."}],
    },
    "csv": "image,caption\na.png,A ship.\na.png,...\nc.jpg,A quay.\na.png,\na.png,Two ships.\n",
    "tsv": "image\ttext_1\ttext_2\ttext_3\na.png\tA ship.\t...\tTwo ships.\na.png\t\tA ship.\tTwo ships.\nc.jpg\tA quay.\n",
}
PLACES = {
    "coco": "annotations[3]",
    "karpathy": "images[0].sentences[1]",
    "nwpu": "sea[0].raw_1",
    "csv": "line 3",
    "tsv": "line 2, text_2",
}
BLANK = {"tsv": 3}


@pytest.mark.parametrize("value", ["NaN", "3", "[]", "-Infinity", "true", '"nan"', '"NaN"', '" none "', '"null"', '"<NA>"'])
@pytest.mark.parametrize("layout", NO_CAPTION)
def test_a_caption_that_is_none_is_a_reject_of_its_own(
    images: Path, layout: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its image keeps the others, and the reject names the place of this very caption."""
    table = isinstance(NO_CAPTION[layout], str)
    if table and value in ("3", "[]", "-Infinity", "true"):
        return  # in a table everything is text
    text = (
        NO_CAPTION[layout].replace("...", value.strip('"')) if table else json.dumps(NO_CAPTION[layout]).replace('"..."', value)
    )
    results = read(source(images, text.encode()))
    kept = {one.key.split("/")[1]: [caption.text for caption in one.captions] for one in results if isinstance(one, Tile)}
    assert kept == KEPT
    (bad,) = [one for one in results if isinstance(one, Reject)]
    assert (bad.reason, bad.key.split("/")[1].partition("_")[0]) == ("bad_annotation", "entry")
    assert bad.detail.startswith(f"{PLACES[layout]}: ")
    assert value.strip('" ') in bad.detail
    said = f"{images.parent / 'captions.csv'}: blank captions, which are left out: {BLANK.get(layout, 1)}\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("layout", ["coco", "csv"])
def test_an_image_without_any_caption_is_rejected_for_it(images: Path, layout: str) -> None:
    coco = b'{"images": [{"id": 1, "file_name": "a.png"}], "annotations": [{"image_id": 1, "caption": NaN}]}'
    (only,) = read(source(images, coco if layout == "coco" else b"image,caption\na.png,nan\n"))
    assert isinstance(only, Reject)
    assert (only.key, only.reason) == ("captions/a/0_0", "bad_annotation")
    assert "nan" in only.detail.lower()


def test_many_of_them_are_no_long_row_of_rejects(images: Path) -> None:
    """A build stops at a hundred rejects in a row, and here every image has a caption."""
    for number in range(6):
        Image.fromarray(np.full((20, 30), 9, dtype=np.uint8)).save(images / f"{number}.png")
    rows = "".join(f"{number}.png,A ship.\n{number}.png,nan\n" for number in range(6))
    kinds = [type(one) for one in read(source(images, b"image,caption\n" + rows.encode()))]
    assert kinds == [Tile, Reject] * 6


def test_words_within_a_caption_are_no_missing_caption(images: Path) -> None:
    (tile,) = read(source(images, b"image,caption\na.png,None of the ships moves.\na.png,3\n"))
    assert isinstance(tile, Tile)
    assert [one.text for one in tile.captions] == ["None of the ships moves.", "3"]


CHINESE = "\u4e24\u8258\u8239"  # two ships


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_where_its_mark_says_which(images: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    coco = {"images": [{"id": 1, "file_name": "a.png"}], "annotations": [{"image_id": 1, "caption": CHINESE}]}
    karpathy = {"images": [{"filename": "a.png", "sentences": [{"raw": CHINESE}]}]}
    texts = [f"image\tcaption\r\na.png\t{CHINESE}\r\n", f"image,caption\na.png,{CHINESE}\n"]
    texts += [json.dumps(one, ensure_ascii=False) for one in (coco, karpathy)]
    for text in texts:
        (tile,) = read(source(images, (mark + text).encode(encoding)))
        assert isinstance(tile, Tile)
        assert [one.text for one in tile.captions] == [CHINESE]


@pytest.mark.parametrize("form", ["table", "json"])
@pytest.mark.parametrize("encoding", ["gbk", "gb2312", "big5", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_refused_with_the_remedy(images: Path, encoding: str, form: str) -> None:
    words = "\u5169\u8258\u8239" if encoding == "big5" else CHINESE
    text = f"image,caption\na.png,{words}\n" if form == "table" else f'{{"images": ["{words}"]}}'
    with pytest.raises(SourceError, match=r"captions\.csv: .*(not UTF-8 text|UTF-16).*; save it as UTF-8"):
        source(images, text.encode(encoding)).shards()


def test_what_spoils_one_image_only(images: Path) -> None:
    (images / "sub").mkdir()
    Image.fromarray(np.zeros((9, 9), dtype=np.uint8)).save(images / "SEN12" / "x.png")
    Image.fromarray(np.zeros((9, 9), dtype=np.uint8)).save(images / "sub" / "x.png")
    long = b"y" * 140_000
    results = read(source(images, b"image,text\nx.png,which?\n,nobody\na.png," + long + b"\nc.jpg,fine\n"))
    found = {result.key.split("/")[1]: result.reason if isinstance(result, Reject) else "" for result in results}
    assert found == {"x": "ambiguous_image", "entry_1": "bad_annotation", "a": "long_text", "c": ""}


def test_identity_sees_a_changed_caption_and_no_changed_image(images: Path) -> None:
    def identities(data: bytes) -> list[str]:
        one = source(images, data)
        return [json.dumps(one.identity(item)) for shard in one.shards() for item in shard.items]

    plain = identities(TABLE)
    (images / "a.png").write_bytes(b"")
    assert identities(TABLE) == plain
    assert [one == other for one, other in zip(plain, identities(TABLE.replace(b"Two ships", b"Six ships")), strict=True)] == [
        True,
        False,
        True,
        True,
    ]
    assert str(images) not in "".join(plain)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{}", "no images with captions"),
        (b"  [1]", "not a JSON object"),
        (b"a\n", "no column of images"),
        (b"", "an empty table"),
    ],
)
def test_what_is_no_file_of_captions(images: Path, data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=f"captions.csv: .*{message}"):
        source(images, data).shards()


def test_files_that_are_not_there(images: Path) -> None:
    with pytest.raises(SourceError, match=r"no\.csv: cannot be read, No such file"):
        Captions(images=str(images), captions=str(images / "no.csv")).shards()
    with pytest.raises(SourceError, match="is no folder"):
        Captions(images=str(images / "no"), captions="").shards()


def test_fields_are_checked() -> None:
    with pytest.raises(ValueError, match="split is 'all'"):
        Captions(images="", captions="", split="all")
