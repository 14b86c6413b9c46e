import copy
import pickle
from pathlib import Path

import pytest

from sartext.sources.split_paths import Naming, SplitPaths, by_split, named_in, naming_of, no_folder, path_in


def test_paths_by_split_are_one_text_in_the_order_of_splits() -> None:
    paths = SplitPaths({"Test": "b", "training": "a"})
    assert paths == "train=a test=b"
    assert by_split(paths) == [("train", "a"), ("test", "b")]
    assert by_split("c") == [(None, "c")]
    for again in (pickle.loads(pickle.dumps(paths)), copy.deepcopy(paths)):
        assert (again, again.of) == (paths, paths.of)


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        ({}, "no path of any split"),
        ({"testset": "a"}, "'testset' is no split; it is one of train, val, test"),
        ({"val": "a", "validation": "b"}, "val is given twice, as 'a' and as 'b'"),
        ({"train": ""}, "train= has no path"),
        ({"train": "a", "test": "./a/"}, r"train and test are both './a/'; give each its own"),
    ],
)
def test_what_names_no_splits_is_refused(paths: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SplitPaths(paths)


def test_files_of_folders_by_split(tmp_path: Path) -> None:
    for name in ("1/a.png", "2/a.png", "2/b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    one, two = str(tmp_path / "1"), str(tmp_path / "2")
    folders = SplitPaths({"train": one, "test": two})
    assert (path_in(folders, "test/b.png"), path_in(one, "a.png")) == (f"{two}/b.png", f"{one}/a.png")
    assert path_in(folders, "test//etc/hostname") == f"{two}/etc/hostname"
    assert not Path(path_in(folders, "a.png")).exists()
    assert naming_of(folders, "test/b.png") == (Naming("test", two),)
    assert naming_of(folders, "b.png") == naming_of(one, "test/b.png") == ()
    assert (no_folder(folders), no_folder(one)) == (None, None)
    assert no_folder(SplitPaths({"train": one, "test": "nowhere"})) == "nowhere"
    assert named_in(one, "a.png", "test") == ("a.png", ())
    assert named_in(folders, "a.png", "test") == ("test/a.png", ())
    assert named_in(folders, "b.png", None) == ("test/b.png", ())
    assert named_in(folders, "test/b.png", None) == ("test/b.png", ())
    assert named_in(folders, "c.png", None) == ("c.png", ())
    assert named_in(folders, "a.png", None) == ("a.png", (Naming("train", one), Naming("test", two)))
    assert named_in(folders, "/etc/hostname", "test") == ("/etc/hostname", ())
