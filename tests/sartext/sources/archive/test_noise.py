import numpy as np
import pytest

from sartext.sources.archive import noise


@pytest.mark.parametrize("length_px", [2.0, 6.0, 12.0])
def test_fields_have_unit_variance_and_the_length_asked_for(length_px: float) -> None:
    random = np.random.Generator(np.random.SFC64(1))
    fields = [noise.smooth(random, 144, length_px) for _ in range(60)]
    assert fields[0].dtype == np.float32
    assert np.mean([f.mean() for f in fields]) == pytest.approx(0.0, abs=0.01)
    assert np.mean([(f**2).mean() for f in fields]) == pytest.approx(1.0, rel=0.05)
    for axis in (0, 1):
        at_length = np.mean([(f * np.roll(f, int(length_px), axis)).mean() for f in fields])
        assert at_length == pytest.approx(np.exp(-1.0), abs=0.1)  # without its mean a field decorrelates a little sooner
