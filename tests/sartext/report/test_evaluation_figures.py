"""Charts of an evaluation's report."""

import io
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from sartext.report.evaluation_figures import _answers, _bars, charts


def test_a_training_whose_stages_have_other_names_has_bars_of_its_own_alone(report: dict[str, Any]) -> None:
    def bars(models: dict[str, Any]) -> list[float]:
        """Where each bar of the training stands, and how wide it is."""
        figure = Figure()
        axes = figure.subplots()
        _bars(axes, _answers("gpt", {"models": models}), ["baseline", "optical-only", "sar"], "#000000", "#ffffff")
        return [round(value, 3) for bar in axes.patches if bar.get_height() for value in (bar.get_x(), bar.get_width())]

    one = next(iter(report["trainings"]["gpt"]["models"].values()))
    right = {"vqa": {"by_kind": {}, "overall": {**one["vqa"]["overall"], "accuracy": 0.5}}}
    assert bars({"baseline": right, "sar": right}) == [-0.384, 0.368, 0.016, 0.368]


def test_charts_are_pictures_in_two_themes_and_the_same_every_time(report: dict[str, Any], figures: dict[str, bytes]) -> None:
    assert sorted(figures) == ["answers", "answers-dark", "captions", "captions-dark", "retrieval", "retrieval-dark"]
    corners = {name: np.asarray(Image.open(io.BytesIO(data)).convert("L"))[0, 0] for name, data in figures.items()}
    assert all((corner < 80) == name.endswith("-dark") for name, corner in corners.items())
    again = charts({**report, "trainings": {"gpt": report["trainings"]["gpt"]}})
    assert again == {name: figures[name] for name in ("answers", "answers-dark")}
