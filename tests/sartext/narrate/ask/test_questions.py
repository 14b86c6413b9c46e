import json
import pickle
from collections import Counter
from dataclasses import fields, replace
from types import ModuleType

import pytest

from sartext.errors import TileRejected
from sartext.formats.llava import SHORT
from sartext.narrate.ask.boxes import MOST
from sartext.narrate.ask.questions import Questions, class_words, conversations
from sartext.sources.synthetic import Synthetic
from sartext.tile import EncodedImage, Question, Tile
from tests.reading.recount import Recount
from tests.support.narration import MakeBox, MakeTile
from tests.support.stored import same_as_stored

ARCHIVE_TILES, COMPARED_TILES, STORED_KEYS = 5000, 2000, 40


def asked(tile: Tile, kind: str | None = None, **options: int) -> list[Question]:
    return [one for one in Questions(**options).apply(tile).questions if kind in (None, one.kind)]


@pytest.fixture(scope="module")
def archive() -> list[Tile]:
    source = Synthetic(tiles=ARCHIVE_TILES, pixels=False, twin=False)
    return [source.tile(item) for item in range(ARCHIVE_TILES)]


def test_every_answer_stands_an_independent_recount(archive: list[Tile], narrate_tiles: ModuleType) -> None:
    kinds: Counter[str] = Counter()
    for tile in (*archive[:COMPARED_TILES], *narrate_tiles.tiles(COMPARED_TILES)):
        recount = Recount(tile)
        for one in asked(tile, per_tile=8):
            kinds[one.kind] += 1
            assert list(recount.faults(one)) == [], (tile.key, one)
    assert kinds.keys() == {"presence", "count", "position", "class", "area", "relation"}
    assert min(kinds.values()) > 100, kinds


def test_the_recount_finds_wrong_answers(archive: list[Tile]) -> None:
    other = {"yes": "no", "no": "yes", "center": "upper left", "ship": "harbor"}
    for tile in archive[:200]:
        for one in asked(tile):
            wrong = str(int(one.answer) + 1) if one.answer.isdigit() else other.get(one.answer, "ship")
            if one.kind == "area" and one.answer not in other:
                wrong = "50%" if one.answer == "90%" else "90%" if one.answer.endswith("%") else "ship"
            if one.kind == "position" and wrong == "ship":
                wrong = "center"
            assert list(Recount(tile).faults(replace(one, answer=wrong))), (one, wrong)


@pytest.mark.parametrize("per_tile", [1, 5])
def test_yes_and_no_are_balanced_and_no_text_is_frequent(archive: list[Tile], per_tile: int) -> None:
    found = [one for tile in archive for one in asked(tile, per_tile=per_tile)]
    for kind in ("presence", "area", "relation"):
        answers = [one.answer for one in found if one.kind == kind and one.answer_type == "yes_no"]
        assert 0.45 <= answers.count("yes") / len(answers) <= 0.55
    assert max(Counter(one.question for one in found).values()) <= 0.02 * len(found)
    assert len({one.kind for one in found}) == 6
    counts = [int(one.answer) for one in found if one.kind == "count"]
    assert sum(1 <= number <= 10 for number in counts) >= 0.75 * len(counts)  # 0 is asked of empty tiles
    assert max(counts) <= MOST
    assert max(counts) > 10


def test_questions_depend_on_key_and_seed_alone(hand_tiles: dict[str, Tile]) -> None:
    tile = hand_tiles["coast"]
    assert asked(tile) == asked(tile)
    assert asked(replace(tile, key="other/scene/0_0", source="other")) == asked(tile)
    assert asked(replace(tile, key="hand/scene/0_1")) != asked(tile)
    assert asked(tile, seed=1) != asked(tile)


def test_the_rule_adds_and_touches_nothing_else(hand_tiles: dict[str, Tile]) -> None:
    before = replace(hand_tiles["coast"], questions=(Question(question="Q?", answer="a", answer_type="class", kind="class"),))
    after = Questions().apply(before)
    assert after.questions[:1] == before.questions
    for one in fields(Tile):
        if one.name != "questions":
            assert getattr(after, one.name) is getattr(before, one.name)


@pytest.mark.parametrize("per_tile", [1, 2, 3, 5, 9])
def test_no_more_are_asked_than_allowed_and_none_twice(archive: list[Tile], per_tile: int) -> None:
    for tile in archive[:300]:
        texts = [one.question for one in asked(tile, per_tile=per_tile)]
        assert len(texts) == len(set(texts)) <= per_tile


def test_an_unknown_class_rejects_the_tile(make_tile: MakeTile, make_box: MakeBox) -> None:
    with pytest.raises(TileRejected, match="zeppelin"):
        Questions().apply(make_tile(make_box("zeppelin", 40, 40, 60, 60)))


def test_the_rule_is_plain_data() -> None:
    assert pickle.loads(pickle.dumps(Questions(per_tile=3, seed=2))) == Questions(per_tile=3, seed=2)
    assert Questions().name == "questions"
    with pytest.raises(ValueError, match="per_tile is 0"):
        Questions(per_tile=0)


def test_class_words_name_each_class_once() -> None:
    table = class_words()
    words = [word.lower() for name, others in table.items() for word in (name, *others)]
    assert len(words) == len(set(words))
    assert "storage tanks" in table["storage tank"]
    assert "vessel" in table["ship"]


def test_conversations_hold_the_kept_questions(hand_tiles: dict[str, Tile]) -> None:
    kept = Question(question="Is there a ship?", answer="yes", answer_type="yes_no", kind="presence")
    also = Question(question="How many ships?", answer="3", answer_type="count", kind="count")
    tile = replace(hand_tiles["sea"], questions=(kept, replace(also, kept=False), also))
    assert conversations(tile, "images/a.png") == [
        {
            "id": tile.key,
            "image": "images/a.png",
            "conversations": [
                {"from": "human", "value": f"<image>\nIs there a ship?\n{SHORT}"},
                {"from": "gpt", "value": "yes"},
                {"from": "human", "value": "How many ships?"},
                {"from": "gpt", "value": "3"},
            ],
        }
    ]
    named = replace(tile, image=EncodedImage(bytes=b"", path="image.png"))
    assert json.loads(json.dumps(conversations(named)))[0]["image"] == f"{tile.key}.png"
    assert conversations(replace(tile, questions=(replace(kept, kept=False),))) == []


def test_no_conversation_tells_an_answer_by_another(archive: list[Tile]) -> None:
    """Of a pair one answer is yes and the other no."""
    pairs = 0
    for tile in archive[:200]:
        made = Questions(per_tile=9).apply(tile)
        kinds = {one.question: (one.kind, one.answer_type) for one in made.questions}
        said = [[turn["value"] for turn in entry["conversations"][::2]] for entry in conversations(made)]
        texts = [[text.removeprefix("<image>\n").removesuffix(f"\n{SHORT}") for text in one] for one in said]
        assert sorted(text for one in texts for text in one) == sorted(kinds)
        for one in texts:
            yes_no = [kinds[text] for text in one if kinds[text][1] == "yes_no"]
            assert len(yes_no) == len(set(yes_no))
        pairs += len(texts) > 1
    assert pairs > 50


def test_long_answers_are_not_asked_to_be_short(hand_tiles: dict[str, Tile]) -> None:
    long = Question(question="Describe the image <image>.", answer="An <image> estuary.", answer_type="text", kind="dialogue")
    short = Question(question="How many ships?", answer="3", answer_type="count", kind="count")
    (entry,) = conversations(replace(hand_tiles["sea"], questions=(long, short)))
    assert [turn["value"] for turn in entry["conversations"]] == [
        "<image>\nDescribe the image .",
        "An  estuary.",
        f"How many ships?\n{SHORT}",
        "3",
    ]


def test_questions_do_not_say_by_what_an_image_was_made(archive: list[Tile]) -> None:
    """The same rule asks of optical sets."""
    texts = " ".join(one.question.lower() for tile in archive[:300] for one in asked(tile))
    assert "sar" not in texts.split()
    assert "radar" not in texts


def test_questions_change_only_with_the_revision(boxed_tiles: dict[str, Tile]) -> None:
    """Where this fails, the questions have changed: raise Questions.revision with them."""
    lines = [f"revision {Questions().revision}"]
    for name in sorted(boxed_tiles):
        for number in range(STORED_KEYS):
            tile = replace(boxed_tiles[name], key=f"hand/scene{number}/0_0")
            lines += [f"{name}: {one.question} {one.answer} {one.answer_type} {one.kind}" for one in asked(tile)]
    same_as_stored("questions.txt", lines)
