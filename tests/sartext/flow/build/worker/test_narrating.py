"""A shard through rules that ask models, without Ray: the model is in this process, and answers as its actor would."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sartext.errors import SartextError, UserError
from sartext.flow.build.worker.asking import ModelRules
from sartext.flow.build.worker.narrating import narrate_by
from sartext.flow.build.worker.rows import results
from sartext.narrate.rule import BatchRule, Refusal, Rule
from sartext.tile import Reject, Tile
from tests.chaos.faults import Faulty, Say, Told, Unloadable


@dataclass
class Said:
    said: Sequence[str | Refusal | int]
    told: Sequence[str] = ()


@dataclass
class Under:
    """A batch that is answered when it is waited for, and notes then how many others are under way."""

    answer: Any
    way: list["Under"]
    most: list[int]

    def wait(self) -> Said:
        self.most.append(len(self.way))
        self.way.remove(self)
        return self.answer()  # type: ignore[no-any-return]


@dataclass
class Here:
    """Models in this process."""

    rules: Sequence[Rule]
    ended: dict[str, int] = field(default_factory=dict)  # what a tile's key stands for: how often it ended its actor
    way: list[Under] = field(default_factory=list)
    most: list[int] = field(default_factory=list)
    batches: list[tuple[int, int]] = field(default_factory=list)

    def ask(self, rule: int, prepared: Sequence[Any], /) -> Under:
        models = ModelRules({at: one for at, one in enumerate(self.rules) if isinstance(one, BatchRule)}, 0)
        items = list(prepared)
        self.batches.append((rule, len(items)))

        def answer() -> Said:
            said = models.answer(rule, items, models.ready(rule, items))
            return Said([self.ended.get(key, one) for key, one in zip(items, said, strict=True)], ["tried again"])

        self.way.append(Under(answer, self.way, self.most))
        return self.way[-1]


def made(source: Faulty, *rules: Rule, ended: dict[str, int] | None = None) -> tuple[list[Tile | Reject], Here, list[str]]:
    (shard,) = source.shards()
    models, told = Here(rules, ended or {}), list[str]()
    return list(narrate_by(results(source, shard), rules, models, told.append)), models, told


def reasons(results: Sequence[Tile | Reject]) -> list[str]:
    return [one.reason if isinstance(one, Reject) else "" for one in results]


def texts(results: Sequence[Tile | Reject]) -> list[list[str]]:
    return [[caption.text for caption in one.captions] for one in results if isinstance(one, Tile)]


def test_rules_come_in_their_order_and_batches_are_under_way_while_tiles_are_read() -> None:
    results, models, told = made(
        Faulty(tiles=10, fates={"4": "reject"}), Say(text="First."), Told(text="Model.", batch_size=2), Say(text="Last.")
    )
    assert reasons(results) == [""] * 4 + ["planted"] + [""] * 5
    assert texts(results) == [["First.", "Model.", "Last."]] * 9
    assert models.batches == [(1, 4), (1, 4), (1, 1)]  # two batches of the model each
    assert max(models.most) == 3  # two are waited for only when a third is there
    assert told == ["tried again"] * 3


def test_several_models_follow_one_another() -> None:
    results, models, _ = made(Faulty(tiles=5), Told(text="One.", batch_size=1), Told(text="Two.", batch_size=2))
    assert texts(results) == [["One.", "Two."]] * 5
    assert sorted(models.batches) == [(0, 1), (0, 2), (0, 2), (1, 1), (1, 4)]


def test_a_tile_that_cannot_be_shown_or_that_a_batch_cannot_take_is_refused_alone() -> None:
    source = Faulty(tiles=9)
    unprepared = {source.key(1): "reject", source.key(2): "raise"}
    rule = Told(batch_size=8, unprepared=unprepared, fates={source.key(5): "raise", source.key(7): "reject"})
    results, _, _ = made(source, rule)
    assert reasons(results) == ["", "planted", "error", "", "", "error", "", "planted", ""]
    assert [one.stage for one in results if isinstance(one, Reject)] == ["say"] * 4
    assert len(texts(results)) == 5


def test_a_tile_that_ended_its_actors_is_refused_as_such() -> None:
    source = Faulty(tiles=3)
    results, _, _ = made(source, Told(), ended={source.key(1): 3})
    assert reasons(results) == ["", "killed_worker", ""]
    refused = results[1]
    assert isinstance(refused, Reject)
    assert (refused.detail, refused.tries) == ("ended its actor 3 times", 3)


class Edits(Told):
    """What comes back is another tile than the one that was asked about."""

    def answered(self, tile: Tile, said: str) -> Tile:
        return Say(text=said, fates={tile.key: "edit"}).apply(tile)


class Short(Told):
    """Answers fewer tiles than it is asked about, but for one alone."""

    def ask(self, batch: Sequence[str]) -> list[str | Refusal]:
        return super().ask(batch)[: max(1, len(batch) - 1)]


def test_what_a_model_may_not_do() -> None:
    results, _, _ = made(Faulty(tiles=3), Edits())
    assert [one.detail for one in results if isinstance(one, Reject)] == ["the rule changed split"] * 3
    results, _, _ = made(Faulty(tiles=4), Short())
    assert texts(results) == [["A ship."]] * 4  # in halves each got its own


def test_a_rule_without_its_model_is_a_fault_of_ours() -> None:
    (shard,) = Faulty(tiles=1).shards()
    with pytest.raises(SartextError, match="say asks a model, and there is none"):
        narrate_by(results(Faulty(tiles=1), shard), (Told(),), None, print)


def test_a_tile_is_found_by_halves() -> None:
    keys = [Faulty(tiles=64).key(at) for at in range(64)]
    asked: list[int] = []

    class Counted(Told):
        def ask(self, batch: Sequence[str]) -> list[str | Refusal]:
            asked.append(len(batch))
            return super().ask(batch)

    said = ModelRules({0: Counted(batch_size=64, fates={keys[37]: "reject"})}, 0).answer(0, keys, [keys])
    assert [one if isinstance(one, str) else one.reason for one in said] == ["A ship."] * 37 + ["planted"] + ["A ship."] * 26
    assert len(asked) <= 2 * 6 + 1  # and not once for each of the 64


def test_what_ends_the_job_is_raised_and_not_blamed_on_a_tile() -> None:
    class Mended(Told):
        def ask(self, batch: Sequence[str]) -> list[str | Refusal]:
            raise UserError(f"{len(batch)} tiles: the model is of another kind; give one that captions")

    class Full(Told):
        def ask(self, batch: Sequence[str]) -> list[str | Refusal]:
            raise MemoryError(len(batch))

    for rule, error in ((Mended(), UserError), (Full(), MemoryError)):
        with pytest.raises(error):
            ModelRules({0: rule}, 0).answer(0, ["a", "b"], [None])


def test_a_model_that_cannot_be_loaded_once_is_loaded_again(tmp_path: Path) -> None:
    told: list[str] = []
    ModelRules({0: Unloadable(folder=str(tmp_path))}, 0).load(told.append)
    assert len(told) == 1
    assert told[0].endswith("OSError: the weights end early; tried again")


def test_a_model_that_cannot_be_loaded_ends_the_job_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(SartextError, match="OSError: the weights end early; it failed 2 times"):
        ModelRules({0: Unloadable(folder=str(tmp_path), times=9)}, 0).load(print)
