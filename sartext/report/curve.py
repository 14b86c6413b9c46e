"""Losses as a picture: how a training went, stage after stage."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

_COLOURS = ("#3366aa", "#cc5533", "#338855", "#886699")
_SMOOTH_SHARE = 0.02  # of the steps: the width of the mean that the dark line shows


def curve(steps: Sequence[Mapping[str, Any]], *, title: str, measured: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """A PNG of the loss over the steps of a log, each stage in its colour, and of the learning rate below.

    A step has `step`, `stage`, `loss` and `learning_rate`. The pale line is the loss of each step, the dark one its mean over
    2% of all steps; the losses that were `measured` on other tiles are dots. Raises `ValueError` where there is no step.
    """
    if not steps:
        raise ValueError("there are no steps to draw")
    figure = Figure(figsize=(8, 5), dpi=110, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    width = max(1, round(_SMOOTH_SHARE * len(steps)))
    for number, stage in enumerate(dict.fromkeys(step["stage"] for step in steps)):
        colour = _COLOURS[number % len(_COLOURS)]
        mine = [step for step in steps if step["stage"] == stage]
        at = np.array([step["step"] for step in mine])
        losses = np.array([step["loss"] for step in mine], dtype=np.float64)
        above.plot(at, losses, color=colour, alpha=0.25, linewidth=0.8)
        above.plot(at, smoothed(losses, width), color=colour, linewidth=1.8, label=stage)
        below.plot(at, [step["learning_rate"] for step in mine], color=colour, linewidth=1.4)
    if measured:
        losses_there = [one["loss"] for one in measured]
        above.plot([one["step"] for one in measured], losses_there, "o:", color="#7722aa", markersize=4, label="validation")
    above.set_ylabel("loss")
    above.set_title(title)
    above.legend(frameon=False)
    below.set_ylabel("learning rate")
    below.set_xlabel("step")
    for axes in (above, below):
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def smoothed(values: "np.ndarray[Any, np.dtype[np.float64]]", width: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The mean over the last `width` values, or as many as there are: (n,) -> (n,)."""
    sums = np.cumsum(np.concatenate(([0.0], values)))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - width, 0)
    result: np.ndarray[Any, np.dtype[np.float64]] = (sums[ends] - sums[starts]) / (ends - starts)
    return result
