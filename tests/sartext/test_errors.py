"""Errors: one line, and the same way to say that an option is out of its range."""

import pickle

import pytest

from sartext.errors import OptionError, TileRejected, UserError, require


def test_an_option_out_of_its_range_is_named_with_its_value_and_its_range() -> None:
    require("seed", 0, True, "at least 0")
    for kind in (OptionError, UserError, ValueError):
        with pytest.raises(kind, match=r"^seed is -1; it must be at least 0$"):
            require("seed", -1, False, "at least 0")


def test_a_reject_comes_back_from_another_process_as_it_was() -> None:
    error = pickle.loads(pickle.dumps(TileRejected("too_small", "3 x 3 px")))
    assert (error.reason, error.detail, str(error)) == ("too_small", "3 x 3 px", "too_small: 3 x 3 px")
