"""Why tiles with texts are nothing to learn from or to pass on, counted and said in words, with the licences that forbid it."""

from collections import Counter

from sartext.rights import COMMERCE, PASS_ON, TRAIN

NARRATED, FORMS = "narrator_captions", "forms"
_WHY = {
    TRAIN: "may not be trained on",
    PASS_ON: "may not be passed on, which --own-use writes",
    COMMERCE: "are for non-commercial use only",
    NARRATED: "have captions of a trained model alone, which --narrator-captions takes",
    FORMS: "have captions of forms alone that are given no weight",
}


class LeftOut(dict[str, int]):
    """How many tiles are left out by reason, and by which rights."""

    def __init__(self, *reasons: str) -> None:
        """Before any is."""
        super().__init__(dict.fromkeys(reasons, 0))
        self.by: dict[str, Counter[str]] = {}  # of a reason, how many by what forbids it: "annotations under CC-BY-ND-4.0"

    def add(self, reason: str, by: str = "") -> None:
        """One more tile."""
        self[reason] += 1
        if by:
            self.by.setdefault(reason, Counter())[by] += 1

    def include(self, other: "LeftOut") -> None:
        """The tiles of another dataset too."""
        for reason, count in other.items():
            self[reason] = self.get(reason, 0) + count
            if by := other.by.get(reason):
                self.by.setdefault(reason, Counter()).update(by)

    def said(self) -> str:
        """How many tiles are left out and why, as the end of a sentence; "" where none is."""
        return ", ".join(f"{count:,} {_WHY[reason]}{self._rights(reason)}" for reason, count in self.items() if count)

    def _rights(self, reason: str) -> str:
        found = sorted(self.by.get(reason, Counter()).items(), key=lambda one: (-one[1], one[0]))
        if len(found) == 1:
            return f" ({found[0][0]})"
        return f" ({'; '.join(f'{name}: {count:,}' for name, count in found)})" if found else ""

    def rights(self) -> dict[str, dict[str, int]]:
        """By reason and by what forbids it, for a manifest."""
        return {reason: dict(sorted(found.items())) for reason, found in sorted(self.by.items())}
