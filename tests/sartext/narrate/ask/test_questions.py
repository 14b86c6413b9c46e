import json
import pickle
import random
import re
from collections import Counter
from dataclasses import fields, replace

import pytest

from sartext.errors import TileRejected
from sartext.formats.llava import SHORT
from sartext.narrate.ask.known_classes import MOST
from sartext.narrate.ask.questions import Questions, class_words, conversations
from sartext.narrate.facts import taxonomy
from sartext.sources.synthetic import Synthetic
from sartext.tile import EncodedImage, Question, Tile
from tests.benchmarks.question_answers import KINDS
from tests.benchmarks.question_words import SETS, told
from tests.reading.guesses import guesses
from tests.reading.recount import Recount, class_in
from tests.support.narration import MakeBox, MakeTile
from tests.support.stored import same_as_stored

ARCHIVE_TILES, COMPARED_TILES, STORED_KEYS = 5000, 1000, 40
SAID_APART = ("ship", "bridge", "harbor", "car")  # whose singular is no other's, and no plural


def asked(tile: Tile, kind: str | None = None, **options: int) -> list[Question]:
    return [one for one in Questions(**options).apply(tile).questions if kind in (None, one.kind)]


@pytest.fixture(scope="module")
def archive() -> list[Tile]:
    source = Synthetic(tiles=ARCHIVE_TILES, pixels=False, twin=False)
    return [source.tile(item) for item in range(ARCHIVE_TILES)]


def test_every_answer_stands_an_independent_recount(archive: list[Tile]) -> None:
    kinds: Counter[str] = Counter()
    others = [tile_of(number) for name, tile_of in SETS.items() if name != "archive" for number in range(COMPARED_TILES)]
    for tile in (*archive[:COMPARED_TILES], *others):
        recount = Recount(tile)
        for one in asked(tile, per_tile=8):
            kinds[one.kind] += 1
            assert list(recount.faults(one)) == [], (tile.key, one)
    assert kinds.keys() == set(KINDS)
    assert min(kinds.values()) > 50, kinds


def test_the_recount_finds_wrong_answers(archive: list[Tile]) -> None:
    other = {"yes": "no", "no": "yes", "upper left": "lower left", "ship": "harbor"}
    for tile in (*archive[:400], *(SETS["aircraft"](number) for number in range(200))):
        for one in asked(tile):
            wrong = str(int(one.answer) + 1) if one.answer.isdigit() else other.get(one.answer, "ship")
            if one.kind == "position" and wrong == "ship":
                wrong = "upper left"
            assert list(Recount(tile).faults(replace(one, answer=wrong))), (one, wrong)


@pytest.mark.parametrize("name", ["archive", "aircraft", "random"])
def test_words_and_other_turns_tell_nothing_of_the_answers(archive: list[Tile], name: str) -> None:
    """As `tests.benchmarks.question_words` shows it of more tiles."""
    tiles = archive if name == "archive" else [SETS[name](number) for number in range(ARCHIVE_TILES)]
    found = guesses([asked(tile) for tile in tiles])
    assert found.keys() >= {"presence", "count", "position", "relation", "size"}
    assert told(found) == []
    for kind, one in found.items():
        if kind != "count":  # of which the words of other questions tell that there are none
            assert max(one.ordered, one.turns) - one.majority <= max(0.02, 4 * one.error), (kind, one)


def test_the_guesses_find_what_is_told() -> None:
    """By a word, and by the other question of the tile."""
    draw = random.Random(0)
    tiles = []
    for _ in range(1000):
        first, second = draw.choice(("yes", "no")), draw.choice(("yes", "no"))
        class_ = "ships" if (first == "yes") == (draw.random() < 0.7) else "bridges"
        lone = Question(question=f"Are there {class_}?", answer=first, answer_type="yes_no", kind="presence")
        pair = [
            Question(question=text, answer=answer, answer_type="yes_no", kind=kind)
            for text, answer, kind in (("Is it left?", second, "size"), ("Is it right?", second, "relation"))
        ]
        tiles += [[lone], pair]
    found = guesses(tiles)
    assert told(found) == ["presence"]
    assert 0.65 < found["presence"].words < 0.75
    assert found["size"].words < 0.6
    assert found["size"].turns == 1.0


@pytest.mark.parametrize("per_tile", [1, 5])
def test_yes_and_no_are_balanced_and_no_text_is_frequent(archive: list[Tile], per_tile: int) -> None:
    found = [one for tile in archive for one in asked(tile, per_tile=per_tile)]
    for kind in {one.kind for one in found if one.answer_type == "yes_no"}:
        answers = [one.answer for one in found if one.kind == kind and one.answer_type == "yes_no"]
        assert abs(answers.count("yes") / len(answers) - 0.5) <= 0.03 + 1 / len(answers) ** 0.5, kind
    assert max(Counter(one.question for one in found).values()) <= 0.02 * len(found)
    assert {one.kind for one in found} == set(KINDS)
    counts = [int(one.answer) for one in found if one.kind == "count"]
    assert counts.count(1) < counts.count(2) < 0.5 * len(counts)
    assert 10 < max(counts) <= MOST


def test_one_question_at_most_tells_where_something_is_along_an_axis(archive: list[Tile]) -> None:
    """In the mirror image of a tile one answer changes at most, so that none tells another."""
    axes = {"x": r"\bleft half|right half|to the (?:left|right) of", "y": r"\bupper half|lower half|\babove\b|\bbelow\b"}
    for tile in archive[:1000]:
        found = asked(tile, per_tile=9)
        quarters = sum("quarter" in one.question for one in found)
        for pattern in axes.values():
            assert sum(bool(re.search(pattern, one.question)) for one in found) + quarters <= 1
        if any(one.kind == "class" for one in found):
            assert len(found) == 1
        numbers = [
            class_in(one.question) for one in found if one.kind == "count" and not re.search("half|quarter", one.question)
        ]
        for name in numbers:
            mentioned = [one for one in found if taxonomy.KINDS[name].singular in one.question.split()]
            assert all("largest" in one.question or "most" in one.question for one in mentioned if name in SAID_APART), found


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


def test_no_conversation_tells_an_answer_by_another(hand_tiles: dict[str, Tile]) -> None:
    """Of a pair in datasets of before one answer is yes and the other no."""
    yes = Question(question="Is there a ship?", answer="yes", answer_type="yes_no", kind="presence")
    no = Question(question="Is there a bridge?", answer="no", answer_type="yes_no", kind="presence")
    count = Question(question="How many ships?", answer="3", answer_type="count", kind="count")
    entries = conversations(replace(hand_tiles["sea"], questions=(yes, no, count)))
    said = [
        [turn["value"].split("\n")[-2 if "\n" in turn["value"] else 0] for turn in entry["conversations"]] for entry in entries
    ]
    assert said == [["Is there a ship?", "yes", "How many ships?", "3"], ["Is there a bridge?", "no"]]


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
