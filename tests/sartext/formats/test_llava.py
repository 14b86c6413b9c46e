import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.errors import SourceError
from sartext.formats.llava import SHORT, Turn, llava_entry, parse_llava, write_llava
from sartext.formats.text_record import TextRecord
from tests.support.broken import any_file, only_source_errors

ENTRY = {
    "id": "a",
    "image": "HRSID/a.png",
    "conversations": [
        {"from": "system", "value": "You are helpful."},
        {"from": "human", "value": "<image>\nHow many ships are there?\n" + SHORT},
        {"from": "gpt", "value": "3"},
        {"from": "human", "value": "Is it day?"},
        {"from": "gpt", "value": ""},
    ],
}
TURNS = (("How many ships are there?", "3"), ("Is it day?", ""))


def parsed(value: Any) -> list[TextRecord]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(parse_llava(io.BytesIO(data), "a.json"))


def changed(**fields: Any) -> dict[str, Any]:
    return {**ENTRY, **fields}


def test_turns_of_an_array_and_of_lines() -> None:
    expected = [TextRecord("HRSID/a.png", turns=TURNS, place=f"[{at}]") for at in range(2)]
    line = json.dumps(ENTRY).encode()
    assert parsed([ENTRY, ENTRY]) == parsed(line + b"\n" + line + b"\n") == expected
    assert parsed([changed(image=["HRSID/a.png"])])[0].turns == TURNS


def test_every_question_asks_for_a_short_answer_but_where_the_first_does_for_all() -> None:
    short, long = Turn("How many ships <image>?", "3", True), Turn("Describe it.", "An <image>\nestuary.", False)
    ask = f"\n{SHORT}"
    for turns, asked in (
        ((short, short), (f"<image>\nHow many ships ?{ask}", "How many ships ?")),
        ((long, short, short), ("<image>\nDescribe it.", f"How many ships ?{ask}", f"How many ships ?{ask}")),
        ((long,), ("<image>\nDescribe it.",)),
    ):
        entry = llava_entry("a", "a.png", turns)
        assert tuple(turn["value"] for turn in entry["conversations"][::2]) == asked
        assert (entry["id"], entry["image"]) == ("a", "a.png")


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_TURNS = st.lists(st.builds(Turn, _TEXT, _TEXT, st.booleans()), min_size=1, max_size=4)


@given(st.dictionaries(st.from_regex(r"\w+(/\w+)*\.png", fullmatch=True), _TURNS, min_size=1, max_size=4))
def test_what_is_written_is_read_again(images: dict[str, list[Turn]]) -> None:
    text = write_llava(llava_entry(file, file, turns) for file, turns in images.items())
    assert text.count("\n") == len(images) + 2
    assert [(one.file, one.turns) for one in parsed(text.encode())] == [
        (file, tuple((one_line(turn.question), one_line(turn.answer)) for turn in turns)) for file, turns in images.items()
    ]


def one_line(text: str) -> str:
    return " ".join(text.replace("<image>", "").split())


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (changed(image=["a.png", "b.png"]), "several images"),
        (changed(image=5), "several images, or a name that is no text"),
        ({"image": "a.png"}, "no entry with 'conversations'"),
        (3, "no entry with 'conversations'"),
        (changed(conversations=3), "turns that are no questions"),
        (changed(conversations=[]), "turns that are no questions"),
        (changed(conversations=[3]), "turns that are no questions"),
        (changed(conversations=[{"from": ["human"], "value": "x"}]), "turns that are no questions"),
        (changed(conversations=[{"from": "human", "value": 3}, {"from": "gpt", "value": "x"}]), "turns that are no questions"),
    ],
)
def test_a_broken_entry_spoils_no_other(entry: Any, fault: str) -> None:
    bad, good = parsed([entry, ENTRY])
    assert (bad.fault or "").startswith(fault)
    assert good.turns == TURNS


def test_a_question_or_an_answer_alone_is_kept_as_it_is() -> None:
    human, gpt = ({"from": speaker, "value": f"<image> {speaker}"} for speaker in ("human", "gpt"))
    (one,) = parsed([changed(conversations=[gpt, human, human, gpt, human])])
    assert one.turns == (("", "gpt"), ("human", ""), ("human", "gpt"), ("human", ""))


@pytest.mark.parametrize("image", [None, "", " ", [], [None]])
def test_an_entry_about_no_image_has_no_name_and_no_fault(image: Any) -> None:
    assert parsed([changed(image=image)]) == [TextRecord("", place="[0]")]
    assert parsed([{"conversations": ENTRY["conversations"]}]) == [TextRecord("", place="[0]")]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "no conversations"),
        (b"", "no conversations"),
        ([3], r"\[0\]: no entry with"),
        ({"images": []}, r"\[0\]: no entry with"),
        (b"[{}, ", "the file ends in the middle"),
        ([{}, {}], r"\[0\]: no entry with"),
        (json.dumps([ENTRY]).encode()[:-1], "the file ends in the middle"),
        (json.dumps([ENTRY]).encode() + b"x", "text after the end of the JSON array"),
    ],
)
def test_what_is_no_file_of_conversations(value: Any, message: str) -> None:
    with pytest.raises(SourceError, match=f"^a.json: (.*: )?{message}"):
        parsed(value)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["human", "gpt"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["from", "value"]), inner, max_size=2),
    max_leaves=8,
)


@settings(max_examples=150)
@given(ANYTHING, ANYTHING)
def test_any_values_raise_nothing_else(image: Any, conversations: Any) -> None:
    (found,) = parsed([{"image": image, "conversations": conversations}])
    assert found.fault or found.turns or not found.file


@settings(max_examples=120)
@given(any_file(json.dumps([ENTRY, ENTRY]).encode()))
def test_any_bytes_raise_nothing_else(data: bytes) -> None:
    with only_source_errors("a.json"):
        parsed(data)
