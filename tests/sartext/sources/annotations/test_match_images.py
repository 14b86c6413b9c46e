from pathlib import Path

from sartext.sources.annotations.match_images import located


def test_names_files_and_faults_in_the_order_of_the_names(tmp_path: Path) -> None:
    for file in ("x/a.png", "y/a.png", "b.png", "sub/c.tif", "notes.dat"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    names = ["c", "a.png", "train\\b.png", "gone.png", "gone.xml", "v1.2", "notes.dat", "../b.png"]
    files, faults = located(str(tmp_path), names)
    assert files == ["sub/c.tif", "a.png", "train\\b.png", "gone.png", "gone.*", "v1.2.*", "notes.dat", "../b.png"]
    both = r"b.png is 'train\\b.png' or '../b.png'"
    assert faults[1] == ("ambiguous_image", "'a.png' is x/a.png or y/a.png")
    assert faults[2] == ("ambiguous_image", both)
    assert [at for at, fault in enumerate(faults) if fault is not None] == [1, 2, 7]
