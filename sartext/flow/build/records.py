"""The records of a build: what is done and what is still to do, what they add up to, and whether it may go on."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sartext.errors import OutputError, UserError
from sartext.flow.build.commit import (
    RECORDS,
    TAKEDOWN,
    TAKEN_DOWN,
    Record,
    forget_record,
    longest_run,
    read_records,
    totals,
    whole,
)
from sartext.flow.build.worker.attempts import tried_again
from sartext.flow.build.worker.shard import ShardTask
from sartext.flow.run import all_there
from sartext.row_groups import read_table
from sartext.sources.source import Shard
from sartext.sources.split.cut import COLUMNS_OF_PLACES, cut_places
from sartext.store import Store

IN_A_ROW = 100  # rejects in planned order that end a job: a whole folder is missing, not a tile


class BuildRecords:
    """The records so far, of shards whose data is there; those that are being done again do not count until they are.

    Rejects for reasons that are `expected` of the source count for no limit.
    """

    def __init__(self, store: Store, shards: Sequence[Shard], max_reject_share: float, expected: Collection[str] = ()) -> None:
        self._store, self._max_reject_share, self._expected = store, max_reject_share, frozenset({*expected, TAKEN_DOWN})
        self._shards, self._numbers = shards, {shard.number for shard in shards}
        self.planned = sum(len(shard.items) for shard in shards)
        self._generations: dict[int, int] = {}
        self._again = 0, ""
        self.records: dict[int, Record] = {}
        self.reload()

    def reload(self) -> None:
        """Reads all records anew."""
        self.records = read_records(self._store, self._numbers)

    def resume(self, fingerprint: str) -> None:
        """Takes back the records whose data is missing or of another size, so that these shards are done again.

        Raises `OutputError` where a record is of a build with another fingerprint.
        """
        if any(record["fingerprint"] != fingerprint for record in self.records.values()):
            raise OutputError(f"{self._store.uri}/{RECORDS} holds records of another dataset; choose another --out")
        for number in set(self.records) - whole(self._store, self.records):
            forget_record(self._store, number)
            del self.records[number]

    def missing(self) -> list[ShardTask]:
        """The shards that have no record yet."""
        return [ShardTask(shard) for shard in self._shards if shard.number not in self.records]

    def retries(self) -> list[ShardTask]:
        """The shards that have rejects, as work on their rejected tiles alone."""
        work = []
        for shard in self._shards:
            record = self.records.get(shard.number)
            if record and record["rejects"]:
                table = read_table(self._store, record["rejects"]["path"])
                rows = table.to_pylist()
                tries = {row["position"]: row["tries"] for row in rows if row["stage"] != TAKEDOWN}
                taken = {row["position"]: (row["key"], row["detail"]) for row in rows if row["stage"] == TAKEDOWN}
                previous = record["tiles"]["path"] if record["tiles"] else None
                if tries:
                    work.append(ShardTask(shard, record["generation"] + 1, tuple(sorted(tries)), tries, previous, taken))
        return work

    def tried_again(self) -> tuple[int, str]:
        """How often a shard was begun once more in this run, as last looked, and why the first time: a death, or an error."""
        return self._again

    def _look_again(self) -> None:
        paths = tried_again(self._store, self._numbers)
        why = self._again[1] or (self._store.read(paths[0]).decode() if paths else "")
        self._again = len(paths), why

    def totals(self) -> dict[str, Any]:
        """What all records hold together."""
        return totals(self.records)

    def cut_places(self) -> dict[str, int]:
        """How many places lie in which splits, of those that lie in several: as a source names them, for ours cut none."""
        records = [self.records[number] for number in sorted(self.records)]
        # Records of before do not say what decided the splits.
        if all("source" not in rules for one in records for rules in one.get("splits", {"": ("source",)}).values()):
            return {}
        paths = [one["tiles"]["path"] for one in records if one["tiles"]]
        return cut_places(read_table(self._store, path, COLUMNS_OF_PLACES) for path in paths)

    def expect(self, work: Sequence[ShardTask]) -> None:
        """From now on the records of this work are awaited, each of its generation or a later one."""
        self._generations = {one.shard.number: one.generation for one in work}
        for number in self._generations:
            self.records.pop(number, None)

    def look(self) -> int:
        """Takes in the records that have come; how many tiles those that are there account for."""
        awaited = self._generations.keys() - self.records.keys()
        self._look_again()
        for number, record in read_records(self._store, awaited).items():
            if record["generation"] >= self._generations[number]:
                self.records[number] = record
        return sum(int(record["planned"]) for record in self.records.values())

    def check_whole(self) -> None:
        """Reads all records anew. Raises `SartextError` where a shard ended without one."""
        self.reload()
        all_there([one.shard.number for one in self.missing()], "shards")

    def check_rejects(self) -> None:
        """Raises `UserError` where too many tiles are rejected, but for reasons that are expected of the source."""
        if self._max_reject_share >= 1:
            return
        rejected = self.totals()["rejected_by_reason"]
        faults = {reason: times for reason, times in rejected.items() if reason not in self._expected}
        aside = {reason: times for reason, times in rejected.items() if reason in self._expected}
        remedy = (
            f"see {self._store.uri}/rejects; images that are mended are read by --retry, other annotations or options need "
            "another --out"
        )
        counted = self.planned - sum(aside.values())
        if sum(faults.values()) > self._max_reject_share * counted:
            beside = f", {_listed(aside)} not counted" if aside else ""
            share = f"{sum(faults.values()):,} of {counted:,} planned tiles rejected ({_listed(faults)}{beside})"
            allowed = f"more than --max-reject-share {self._max_reject_share:g} allows"
            raise UserError(f"{share}, {allowed}; {remedy}; or raise --max-reject-share")
        in_a_row = longest_run(self.records, self._expected)
        if in_a_row >= IN_A_ROW:
            raise UserError(f"{in_a_row} tiles in a row rejected ({_listed(faults)}); {remedy}; or give --max-reject-share 1")

    def check(self) -> None:
        """Raises `UserError` where too many tiles are rejected, or no tile at all is kept."""
        self.check_rejects()
        counts = self.totals()
        if not counts["kept"]:
            raise UserError(
                f"no tile is kept: all {counts['rejected']:,} that are planned are rejected "
                f"({_listed(counts['rejected_by_reason'])}); see {self._store.uri}/rejects"
            )


def _listed(rejected: Mapping[str, int]) -> str:
    """The reasons with their numbers, the most frequent first."""
    return ", ".join(f"{reason} {times}" for reason, times in sorted(rejected.items(), key=lambda pair: -pair[1]))
