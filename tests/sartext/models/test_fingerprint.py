from pathlib import Path

from sartext.models.fingerprint import model_fingerprint


def test_it_follows_names_and_contents_and_not_the_place(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b", "c", "d")]
    for folder, name, data in zip(folders, ("w", "w", "v", "w"), (b"1", b"1", b"1", b"2"), strict=True):
        folder.mkdir()
        (folder / name).write_bytes(data)
    same, again, *others = map(model_fingerprint, folders)
    assert same == again
    assert len({same, *others}) == 3
