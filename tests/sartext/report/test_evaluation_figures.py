"""Charts of an evaluation's report."""

import io
from typing import Any

import numpy as np
from PIL import Image

from sartext.report.evaluation_figures import charts


def test_charts_are_pictures_in_two_themes_and_the_same_every_time(report: dict[str, Any], figures: dict[str, bytes]) -> None:
    assert sorted(figures) == ["answers", "answers-dark", "captions", "captions-dark", "retrieval", "retrieval-dark"]
    corners = {name: np.asarray(Image.open(io.BytesIO(data)).convert("L"))[0, 0] for name, data in figures.items()}
    assert all((corner < 80) == name.endswith("-dark") for name, corner in corners.items())
    again = charts({**report, "trainings": {"gpt": report["trainings"]["gpt"]}})
    assert again == {name: figures[name] for name in ("answers", "answers-dark")}
