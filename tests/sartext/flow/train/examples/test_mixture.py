"""Several datasets as one: by index, each with its weight, and fillers of any of them."""

from pathlib import Path

import pytest

from sartext.flow.train.examples.dataset import CaptionDataset
from sartext.flow.train.examples.mixture import Mixture
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.optical_archive import OpticalArchive
from sartext.sources.synthetic import Synthetic
from tests.support.datasets import dataset


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[CaptionDataset]:
    folder: Path = tmp_path_factory.mktemp("mixture")
    optical = dataset(OpticalArchive(tiles=40, size_px=32, shard_tiles=15), (Verify(),), str(folder / "optical"))
    sar = dataset(Synthetic(tiles=30, size_px=32, twin=False), (A2C(), Verify()), str(folder / "sar"))
    return [CaptionDataset(uri, split="train", kind="captions", seed=0, kept_groups=3) for uri in (optical, sar)]


def test_examples_are_those_of_the_datasets_one_after_another(both: list[CaptionDataset]) -> None:
    mixture = Mixture(both, [1.0, 4.0])
    first, second = (one.read(range(len(one)), 3) for one in both)
    assert mixture.read(range(len(mixture)), 3) == [*first, *second]
    assert mixture.texts() == [*both[0].texts(), *both[1].texts()]
    groups = [len(one.group_rows) for one in both]
    assert mixture.weights == (1.0,) * groups[0] + (4.0,) * groups[1]
    last = len(mixture) - 1
    some = mixture.read([last, ~last, 0, ~0], 3)
    assert [one.real for one in some] == [True, False, True, False]
    assert some[1].image == some[0].image == second[-1].image
    assert some[3].image == some[2].image == first[0].image
