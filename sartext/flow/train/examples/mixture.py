"""The examples of a stage: those of one dataset, or of several one after another, each read as often as its weight says."""

from collections.abc import Sequence

import numpy as np

from sartext.flow.train.examples.dataset import CaptionDataset
from sartext.models.objective import Example


class Mixture:
    """Examples of several datasets by index: those of the first, then those of the second, ..."""

    def __init__(self, datasets: Sequence[CaptionDataset], weights: Sequence[float]) -> None:
        """`weights` are how often an epoch reads each of the datasets."""
        self.datasets, self._dataset_weights = list(datasets), list(weights)
        self._starts = np.concatenate(([0], np.cumsum([len(one) for one in self.datasets])))

    def __len__(self) -> int:
        return int(self._starts[-1])

    @property
    def group_rows(self) -> tuple[int, ...]:
        """How many examples each row group holds."""
        return tuple(rows for one in self.datasets for rows in one.group_rows)

    @property
    def weights(self) -> tuple[float, ...]:
        """How often an epoch reads each row group."""
        pairs = zip(self.datasets, self._dataset_weights, strict=True)
        return tuple(weight for one, weight in pairs for _ in one.group_rows)

    def texts(self) -> list[str]:
        """All texts of all examples."""
        return [text for one in self.datasets for text in one.texts()]

    def read(self, indices: Sequence[int], epoch: int) -> list[Example]:
        """The examples, as `CaptionDataset.read` gives them."""
        found: dict[int, Example] = {}
        whole = np.asarray(indices, dtype=np.int64)
        real = whole >= 0
        at = np.where(real, whole, ~whole)
        owners = np.searchsorted(self._starts, at, side="right") - 1
        for number in sorted(set(owners.tolist())):
            positions = np.flatnonzero(owners == number)
            local = at[positions] - int(self._starts[number])
            marks = np.where(real[positions], local, ~local).tolist()
            found |= zip(positions.tolist(), self.datasets[number].read(marks, epoch), strict=True)
        return [found[position] for position in range(len(whole))]
