"""What the records of a run say while it goes on, and whether it may."""

from collections.abc import Sequence

from sartext.errors import UserError
from sartext.flow.commit import longest_run, read_records, totals
from sartext.sources.source import Shard
from sartext.storage import Storage

IN_A_ROW = 100  # rejects in planned order that end a job: a whole folder is missing, not a tile


class Watch:
    """What the records say so far, and whether the job may go on."""

    def __init__(self, place: Storage, shards: Sequence[Shard], max_reject_share: float) -> None:
        self._place, self._max_reject_share = place, max_reject_share
        self.planned = sum(len(shard.items) for shard in shards)
        self._shards = {shard.number: shard for shard in shards}
        self.records = read_records(place, self._shards)

    def look(self, pending: set[int]) -> None:
        """Reads the records of `pending` shards that have come since."""
        self.records.update(read_records(self._place, pending - self.records.keys()))

    def reload(self, numbers: set[int]) -> None:
        """Reads these shards' records anew."""
        self.records.update(read_records(self._place, numbers))

    def check(self) -> None:
        """Raises `UserError` where too many tiles are rejected."""
        if self._max_reject_share >= 1:
            return
        counts = totals(self.records)
        by_number = sorted(counts["rejected_by_reason"].items(), key=lambda pair: -pair[1])
        reasons = ", ".join(f"{reason} {number}" for reason, number in by_number)
        remedy = f"see {self._place.uri}/rejects, mend the source and run again with --retry, or raise --max-reject-share"
        if counts["rejected"] > self._max_reject_share * self.planned:
            share = f"{counts['rejected']:,} of {self.planned:,} planned tiles rejected ({reasons})"
            raise UserError(f"{share}, more than --max-reject-share {self._max_reject_share:g} allows; {remedy}")
        in_a_row = longest_run(self.records)
        if in_a_row >= IN_A_ROW:
            raise UserError(f"{in_a_row} tiles in a row rejected ({reasons}); {remedy}")
