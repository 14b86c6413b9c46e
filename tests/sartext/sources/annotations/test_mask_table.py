"""Class tables of masks."""

import pytest

from sartext.errors import SourceError
from sartext.sources.annotations.labels import label_table
from sartext.sources.annotations.mask_table import canonical_table, from_canonical, parse_table, read_class_table, said_value

LABELS = label_table({}, covers=True)


def test_values_colours_and_several_of_them() -> None:
    table = parse_table('{"background": 0, "Water": [1, 2], "ship": {"values": [3, 4, 5]}}', LABELS, "t.json")
    assert (table.labels, table.values, table.colours) == (
        ("background", "water", "water", "ship", "ship", "ship"),
        (0, 1, 2, 3, 4, 5),
        False,
    )
    coloured = parse_table('{"water": [0, 0, 255], "void": [[1, 2, 3], [4, 5, 6]]}', LABELS, "t.json")
    assert coloured.colours
    assert coloured.values == (255, 0x010203, 0x040506)
    assert coloured.labels == ("water", "unlabelled", "unlabelled")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "a class table is a JSON object of 1 to 1000 labels"),
        ("{}", "a class table is a JSON object"),
        ("{'water': 1}", 'no class table: .*give JSON such as {"water": 1}'),
        ('{"water": 1, "water": 2}', "a label is there twice"),
        ('{"kraken": 1}', "'kraken' is no class that is known"),
        ('{"water": 1, "ship": 1}', "has the value 1 twice"),
        ('{"water": [0, 0, 255], "ship": [0, 0, 255]}', r"has the colour \[0, 0, 255\] twice"),
        ('{"water": 1, "ship": [0, 0, 255]}', r"mixes values \('water'\) and colours \('ship'\)"),
        ('{"water": [0, 0, 256]}', "has more than 255"),
        ('{"water": -1}', r"neither a whole number nor \[R, G, B\]"),
        ('{"water": []}', "'water' has no value"),
    ],
)
def test_what_is_no_class_table_is_said(text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        parse_table(text, LABELS, "t.json")


def test_a_table_is_the_same_from_text_and_from_what_stands_for_it() -> None:
    table = read_class_table('{"water": 1, "ship": 2}', LABELS)
    assert from_canonical(canonical_table(table)) == table
    assert (said_value(7, False), said_value(0x010203, True)) == ("the value 7", "the colour [1, 2, 3]")
