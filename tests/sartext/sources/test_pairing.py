import re

from sartext.sources.pairing import SEN12, radar_files, twins


def test_the_same_path_or_the_same_bare_name() -> None:
    optical = ["a/1.jpg", "b/1.jpg", "2.tif", "c/3.png", "4.jpg", "4.png"]
    assert twins(["a/1.png", "2.png", "3.png", "4.png", "1.png", "5.png"], optical, one_folder=False) == [
        ("a/1.jpg",),
        ("2.tif",),
        ("c/3.png",),
        ("4.jpg", "4.png"),
        (),  # two folders have it
        (),
    ]


SEN12_FILES = [
    "ROIs1158_spring/s1_10/ROIs1158_spring_s1_10_p124.png",
    "ROIs1158_spring/s2_10/ROIs1158_spring_s2_10_p124.png",
    "ROIs1970_fall/s1_10/ROIs1970_fall_s1_10_p124.png",
    "ROIs1970_fall/s2_10/ROIs1970_fall_s2_10_p124.png",
]


def test_s1_goes_with_s2_in_one_folder_or_two() -> None:
    radar = radar_files(SEN12_FILES)
    assert radar == SEN12_FILES[::2]
    assert twins(radar, SEN12_FILES, one_folder=True) == [(SEN12_FILES[1],), (SEN12_FILES[3],)]
    flat = [file.rsplit("/", 1)[1] for file in SEN12_FILES[1::2]]
    assert twins(radar, flat, one_folder=False) == [(flat[0],), (flat[1],)]
    assert twins(["agri/s1/7.png"], ["agri/s2/7.png", "urban/s2/7.png"], one_folder=False) == [("agri/s2/7.png",)]


def test_s1_inside_a_word_is_no_sensor() -> None:
    assert twins(["ros1.png"], ["ros1.png", "ros2.png"], one_folder=False) == [("ros1.png",)]
    assert radar_files(["tiles2.png", "x_s2.png", "S2-x.png"]) == ["tiles2.png"]


def test_no_image_is_its_own_twin() -> None:
    assert twins(["a.png"], ["a.png"], one_folder=True) == [()]


def test_the_scene_is_region_and_number_whatever_the_season() -> None:
    match = re.fullmatch(SEN12, "ROIs1158_spring_s1_10_p124")
    assert match is not None
    assert match.groupdict() == {"scene": "ROIs1158", "scene_2": "10", "row": "p124", "col": "spring"}
