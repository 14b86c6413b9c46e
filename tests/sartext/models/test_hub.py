"""Files of the hub: from the cache, or a line that says why there are none."""

from pathlib import Path

import pytest
from huggingface_hub import constants

from sartext.errors import UserError
from sartext.models.hub import hub_file, hub_snapshot, one_line


@pytest.mark.parametrize("name", ["no name", "a/b/c", "../x"])
def test_what_is_no_name_of_the_hub_is_said_without_asking_it(name: str) -> None:
    for ask in (hub_file, hub_snapshot):
        with pytest.raises(UserError, match=r"is neither a folder nor a name of the hub, ORGANISATION/NAME .*; give a folder"):
            ask(name, ["config.json"], "give a folder")


def test_a_hub_that_is_out_of_reach_is_said_with_what_else_helps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(UserError, match=r"a/b is not in the cache .*, and the hub is out of reach .*; .*, or give a folder"):
        hub_file("a/b", ["config.json"], "give a folder")


def test_what_a_library_raises_becomes_one_line() -> None:
    with (
        pytest.raises(UserError, match=r"^it cannot be read \(ValueError: two lines\); try another$"),
        one_line("it cannot be read", "try another"),
    ):
        raise ValueError("two\n  lines")
    with pytest.raises(UserError, match=r"^mended$"), one_line("it cannot be read", "try another"):
        raise UserError("mended")
