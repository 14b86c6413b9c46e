import re
import unicodedata

from sartext.sources.files.match_pairs import SEN12, Folders, radar_files, twins

APART, ONE = Folders("/data/sar", "/data/opt"), Folders("/data", "/data")
SAR_BELOW, OPTICAL_BELOW = Folders("/data/sar", "/data"), Folders("/data", "/data/opt")


def test_the_same_path_or_the_same_bare_name() -> None:
    optical = ["a/1.jpg", "b/1.jpg", "2.tif", "c/3.png", "4.jpg", "4.png"]
    assert twins(["a/1.png", "2.png", "3.png", "4.png", "1.png", "5.png"], optical, APART) == [
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
    radar = radar_files(SEN12_FILES, ONE)
    assert radar == SEN12_FILES[::2]
    assert twins(radar, SEN12_FILES, ONE) == [(SEN12_FILES[1],), (SEN12_FILES[3],)]
    flat = [file.rsplit("/", 1)[1] for file in SEN12_FILES[1::2]]
    assert twins(radar, flat, APART) == [(flat[0],), (flat[1],)]
    assert twins(["agri/s1/7.png"], ["agri/s2/7.png", "urban/s2/7.png"], APART) == [("agri/s2/7.png",)]


def test_s1_inside_a_word_is_no_sensor() -> None:
    assert twins(["ros1.png"], ["ros1.png", "ros2.png"], APART) == [("ros1.png",)]
    assert radar_files(["tiles2.png", "x_s2.png", "S2-x.png"], ONE) == ["tiles2.png"]


def test_no_image_is_its_own_twin() -> None:
    assert twins(["a.png"], ["a.png"], ONE) == [()]
    assert twins(["a.png"], ["sar/a.png"], SAR_BELOW) == [()]
    assert twins(["sar/a.png", "opt/a.png", "opt/b.png"], ["a.png", "b.png"], OPTICAL_BELOW) == [("a.png",), (), ()]


def test_sites_named_s1_and_s2_are_sites_where_the_folders_differ() -> None:
    sites = ["site_s1_a.png", "site_s2_a.png", "site_s3_a.png"]
    assert radar_files(sites, APART) == sites
    assert twins(sites, sites, APART) == [("site_s1_a.png", "site_s2_a.png"), ("site_s2_a.png",), ("site_s3_a.png",)]
    assert twins(sites, sites[1:], APART)[0] == ()  # that is the twin of another, by its own name
    assert twins(sites[:1], sites[:1], APART) == [("site_s1_a.png",)]


def test_what_lies_in_the_optical_folder_and_says_so_is_no_sar_image() -> None:
    files = ["s1/a.png", "opt/s2/a.png", "opt/c.png", "b_s2.png"]
    assert radar_files(files, APART) == files
    assert radar_files(files, OPTICAL_BELOW) == ["s1/a.png", "opt/c.png", "b_s2.png"]
    assert radar_files(files, SAR_BELOW) == radar_files(files, ONE) == ["s1/a.png", "opt/c.png"]


def test_a_twin_that_is_not_there_is_not_that_of_another_folder() -> None:
    assert twins(["x/1.png", "y/1.png"], ["x/1.png"], APART) == [("x/1.png",), ()]
    assert twins(["y/1.png"], ["x/1.png"], APART) == [("x/1.png",)]  # nobody else could be meant
    assert twins(["y/1.png", "z/1.png"], ["x/1.png"], APART) == [(), ()]
    assert twins(["y/a_s1.png", "z/a_s2.png"], ["x/a_s2.png"], APART) == [(), ()]


def test_the_scene_is_region_and_number_whatever_the_season() -> None:
    match = re.fullmatch(SEN12, "ROIs1158_spring_s1_10_p124")
    assert match is not None
    assert match.groupdict() == {"scene": "ROIs1158", "scene_2": "10", "row": "p124", "col": "spring"}


def test_names_in_any_form_of_unicode() -> None:
    apart, together = (unicodedata.normalize(form, "müller") for form in ("NFD", "NFC"))
    assert twins([f"{apart}.png"], [f"{together}.png"], Folders("/sar", "/opt")) == [(f"{together}.png",)]
