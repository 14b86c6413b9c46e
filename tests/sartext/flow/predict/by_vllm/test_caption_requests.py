"""What a model is asked about a tile and how its answer is read, without any model."""

import json
from pathlib import Path

import pytest

from sartext.errors import TileRejected, UserError
from sartext.flow.predict.by_vllm.caption_requests import (
    CaptionRequest,
    Decoding,
    caption_text,
    prompt_fingerprint,
    read_schema,
)
from sartext.flow.predict.narrating.tile_seed import tile_seed
from sartext.models.objective import Generated

SCHEMA = '{"type": "object", "properties": {"why": {}, "caption": {"type": "string"}}, "required": ["caption"]}'


def test_the_prompt_comes_before_the_image_unless_said_otherwise() -> None:
    asked = CaptionRequest(b"pixels", "What is there?", image_first=False)
    (message,) = asked.messages("picture")
    text, image = message["content"]
    assert text == {"type": "text", "text": "What is there?"}
    assert (image["image_pil"], image["uuid"]) == ("picture", asked.image_id)
    (turned,) = CaptionRequest(b"pixels", "What is there?", image_first=True).messages("picture")
    assert turned["content"] == [image, text]


def test_an_image_is_known_by_its_bytes() -> None:
    assert CaptionRequest(b"a", "x", False).image_id == CaptionRequest(b"a", "y", True, 3).image_id
    assert CaptionRequest(b"a", "x", False).image_id != CaptionRequest(b"b", "x", False).image_id


def test_the_seed_of_a_tile_is_of_its_key_and_of_the_seed() -> None:
    seeds = {tile_seed(seed, key) for seed in (0, 1, 2**62) for key in ("a/b/0_0", "a/b/0_1")}
    assert len(seeds) == 6
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert tile_seed(0, "a/b/0_0") == 2404434812880895981


def test_prompt_and_schema_are_told_apart() -> None:
    assert len({prompt_fingerprint(*pair) for pair in (("a", ""), ("", "a"), ("a", "a"))}) == 3


def test_a_schema_is_read_from_json_or_a_file_with_its_order(tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    file.write_text(SCHEMA)
    assert read_schema(str(file)) == read_schema(SCHEMA) == SCHEMA
    assert list(json.loads(read_schema(SCHEMA))["properties"]) == ["why", "caption"]
    assert read_schema("") == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nowhere.json", "cannot be read .*; give JSON, or a file with it"),
        ('{"type": "object"', "is no JSON"),
        ('{"type": "object", "properties": {"text": {"type": "string"}}}', 'has no required string "caption"'),
        ('{"properties": {"caption": {"type": "string"}}}', 'has no required string "caption"'),
        ('{"properties": {"caption": {"type": "number"}}, "required": ["caption"]}', 'has no required string "caption"'),
        ('{"properties": {"caption": true}, "required": ["caption"]}', 'has no required string "caption"'),
    ],
)
def test_what_is_no_schema_with_a_caption_is_said(given: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_schema(given)


@pytest.mark.parametrize(
    ("text", "finished", "schema", "caption"),
    [
        ("Two ships.", True, "", "Two ships."),
        ("Two ships. They lie at a", False, "", "Two ships."),
        ("Two ships at a", False, "", "Two ships at a"),
        ('{"why": 3, "caption": " Two ships. "}', True, SCHEMA, "Two ships."),
    ],
)
def test_the_caption_in_an_answer(text: str, finished: bool, schema: str, caption: str) -> None:
    assert caption_text(Generated(text, finished), schema) == caption


@pytest.mark.parametrize(
    ("text", "finished", "reason"),
    [
        ("", True, "no_caption"),
        ('{"caption": " "}', True, "no_caption"),
        ('{"caption": "Two sh', False, "unreadable_answer"),
        ("Two ships.", True, "unreadable_answer"),
        ('{"caption": 3}', True, "unreadable_answer"),
        ('["caption"]', True, "unreadable_answer"),
    ],
)
def test_an_answer_without_a_caption_is_the_reject_of_its_tile(text: str, finished: bool, reason: str) -> None:
    with pytest.raises(TileRejected) as caught:
        caption_text(Generated(text, finished), SCHEMA if reason != "no_caption" or text else "")
    assert caught.value.reason == reason
    assert ("cut where the room ended" in caught.value.detail) == (not finished)


def test_wrong_decoding_is_said() -> None:
    for wrong, said in (
        ({"temperature": 2.1}, "temperature is 2.1; it must be from 0 to 2"),
        ({"temperature": 1.0, "top_p": 0.0}, "top_p is 0.0; it must be above 0"),
        ({"top_p": 0.9}, "top_p is 0.9; it must be 1 where temperature is 0"),
        ({"max_tokens": 0}, "max_tokens is 0; it must be at least 1"),
    ):
        with pytest.raises(UserError, match=said):
            Decoding(**{"temperature": 0.0, "top_p": 1.0, "max_tokens": 8, "schema": "", **wrong})
