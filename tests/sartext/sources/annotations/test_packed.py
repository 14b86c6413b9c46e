import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.sources.annotations.packed import PackedItems, pack, with_places
from sartext.sources.split.placing import Place


def packed(images: int, of_image: list[int]) -> PackedItems:
    count = len(of_image)
    return pack(
        keys=[f"set/{images - at:05d}/0_0" for at in range(images)],
        files=[f"{images - at:05d}.jpg" for at in range(images)],
        sizes_px=np.array([[at, 9] for at in range(images)], dtype=np.int32).reshape(-1, 2),
        image=np.array(of_image, dtype=np.int32),
        labels=("ship", "tank"),
        place="annotations[{}]",
        label=np.arange(count, dtype=np.int32) % 2,
        corners_px=np.arange(4 * count, dtype=np.float64).reshape(-1, 4),
        flags=np.arange(count, dtype=np.uint8) % 4,
        number=np.arange(count, dtype=np.int32),
    )


@given(st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.integers(0, n - 1), max_size=30))), st.data())
def test_every_annotation_is_with_its_image_in_the_files_order(drawn: tuple[int, list[int]], data: st.DataObject) -> None:
    images, of_image = drawn
    items = packed(images, of_image)
    assert [item.file for item in items] == sorted(item.file for item in items)
    for item in items:
        position = images - int(item.file[:5])
        places = [f"annotations[{n}]" for n, image in enumerate(of_image) if image == position]
        assert [annotation.place for annotation in item.annotations] == places
        assert item.size_px == ((position, 9) if position else None)
    low = data.draw(st.integers(0, images))
    high = data.draw(st.integers(0, images))
    assert list(items[low:high]) == list(items)[low:high]
    assert pickle.loads(pickle.dumps(items[low:high])) == items[low:high]


def test_values() -> None:
    (item,) = packed(1, [0, 0, 0, 0])
    assert [(a.label, a.difficult, a.crowd) for a in item.annotations] == [
        ("ship", False, False),
        ("tank", True, False),
        ("ship", False, True),
        ("tank", True, True),
    ]
    assert item.annotations[1].corners_px == (4, 5, 6, 7)


def test_an_item_and_a_slice_keep_their_places() -> None:
    items = packed(3, [0, 1, 2])
    places = [Place("a", "footprint"), None, Place("b", "scene")]
    for some in (items, list(items)):
        placed = with_places(some, places)
        assert [item.place for item in placed] == places
        assert [item.place for item in placed[1:]] == places[1:]
        assert with_places(some, [None] * 3) is some


def test_a_slice_is_sent_without_the_rest() -> None:
    items = packed(5000, list(range(5000)))
    assert len(pickle.dumps(items[:10])) < 4000
    with pytest.raises(ValueError, match="consecutive"):
        items[::2]
    with pytest.raises(IndexError):
        items[5000]


def test_upright_and_oriented_boxes_and_faults() -> None:
    nan = float("nan")
    items = pack(
        keys=["set/b/0_0", "set/a/0_0"],
        files=["b.jpg", "a.jpg"],
        faults=[None, ("ambiguous_image", "a or b")],
        sizes_px=np.zeros((2, 2), dtype=np.int32),
        image=np.array([0, 0, 1], dtype=np.int32),
        labels=("ship",),
        place="object {}",
        label=np.zeros(3, dtype=np.int32),
        corners_px=np.array([[1, 2, 3, 4, nan, nan, nan, nan], [1, 2, 3, 2, 3, 4, 1, 4], [nan] * 8]),
        flags=np.zeros(3, dtype=np.uint8),
        number=np.arange(3, dtype=np.int32),
    )
    assert [len(one.corners_px) for item in items for one in item.annotations] == [4, 4, 8]
    assert [item.fault for item in items] == [item.fault for item in items[0:2]] == [("ambiguous_image", "a or b"), None]
    assert items.chosen([1], []).faults == [None]
