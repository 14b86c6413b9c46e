from pathlib import Path

import pytest

from sartext.errors import UserError
from sartext.models.folder import read_model_json, write_json


def test_the_same_value_gives_the_same_bytes_and_comes_back(tmp_path: Path) -> None:
    write_json(tmp_path / "one", {"b": [1, 2], "a": "ü"})
    write_json(tmp_path / "two", {"a": "ü", "b": [1, 2]})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert read_model_json(tmp_path / "one") == {"a": "ü", "b": [1, 2]}


@pytest.mark.parametrize(("text", "said"), [(None, "no finished model"), ("[1]", "is damaged"), ("{", "is damaged")])
def test_what_is_no_object_is_refused(text: str | None, said: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "one").write_text(text)
    with pytest.raises(UserError, match=said):
        read_model_json(tmp_path / "one")
