"""A range of a build's shards, done by itself: so an array of tasks that share no Ray makes one dataset together."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sartext.errors import UserError
from sartext.sources.source import Shard

_RANGE = re.compile(r"(\d{1,9}):(\d{1,9})")


@dataclass(frozen=True)
class ShardRange:
    """The shards from number `start` to before `stop`."""

    start: int
    stop: int

    def of(self, shards: Sequence[Shard]) -> Sequence[Shard]:
        """Those of the planned shards that are in the range. Raises `UserError` where none is."""
        chosen = shards[self.start : self.stop]
        if not chosen:
            raise UserError(f"shards is {self.start}:{self.stop}, and the build has {len(shards)}, from 0; give some of these")
        return chosen


def parse_range(text: str) -> ShardRange:
    """What "0:128" says: the shards 0 to 127. Raises `UserError` where it says nothing of the kind."""
    found = _RANGE.fullmatch(text)
    if found is None or int(found[1]) >= int(found[2]):
        raise UserError(f"shards is {text!r}; give the first and the one after the last, as 0:128")
    return ShardRange(int(found[1]), int(found[2]))


@dataclass(frozen=True)
class RangeDone:
    """What a run of a range leaves: its shards are there, and no manifest is."""

    uri: str
    shards: ShardRange
    of: int
    counts: dict[str, Any]

    def summary(self) -> str:
        """One line for people."""
        kept, rejected = self.counts["kept"], self.counts["rejected"]
        return (
            f"{self.uri}: shards {self.shards.start}:{self.shards.stop} of {self.of:,} are done, {kept:,} tiles kept, "
            f"{rejected:,} rejected; when all are, --finish writes the manifest"
        )


def runs_of(numbers: Collection[int]) -> str:
    """The numbers as ranges, as --shards takes them: "0:3, 7:8"."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number:
            found[-1][1] = number + 1
        else:
            found.append([number, number + 1])
    shown = [f"{start}:{stop}" for start, stop in found[:5]]
    return ", ".join(shown + ["..."] * (len(found) > len(shown)))
