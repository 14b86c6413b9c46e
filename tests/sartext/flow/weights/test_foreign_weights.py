"""What is said of weights of others."""

from pathlib import Path

import pytest

from sartext.errors import UserError
from sartext.flow.weights.foreign_weights import ForeignWeights


def test_a_file_is_known_by_its_contents_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for place in (tmp_path, tmp_path / "there"):
        (place / "model.pt").write_bytes(b"weights")
    one, other = (ForeignWeights(weights=str(place / "model.pt")) for place in (tmp_path, tmp_path / "there"))
    assert one.config() == other.config()
    assert one.config()["weights"] == "model.pt"
    (tmp_path / "model.pt").write_bytes(b"others")
    assert one.config() != other.config()
    assert ForeignWeights(weights="org/name").config()["weights"] == "org/name"


def test_a_folder_is_known_by_its_files_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights.safetensors").write_bytes(b"weights")
    monkeypatch.chdir(tmp_path)
    configs = [ForeignWeights(weights=name).config() for name in ("model", "./model/", str(tmp_path / "model"))]
    assert configs[0] == configs[1] == configs[2]
    (tmp_path / "model" / "weights.safetensors").write_bytes(b"others")
    assert ForeignWeights(weights="model").config() != configs[0]


@pytest.mark.parametrize("name", ["~nosuch/x.pt", "x" * 300, "nothing"])
def test_names_that_lead_nowhere_are_no_file_and_no_folder(name: str) -> None:
    given = ForeignWeights(weights=name)
    assert (given.file, given.folder) == (None, None)
    assert given.config()["weights"] == name


def test_wrong_options_are_said() -> None:
    for wrong, said in (
        ({"mean": (0.5, 0.5)}, "mean is"),
        ({"std": (0.5, 0.5, 0.0)}, "std is"),
        ({"weights": ""}, "weights is ''"),
    ):
        with pytest.raises(UserError, match=said):
            ForeignWeights(**{"weights": "x", **wrong})
