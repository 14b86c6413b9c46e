"""Texts beside a tile's captions, neither kept nor refused: samples of a model, and texts of its optical twin."""

import pyarrow as pa
import pyarrow.compute as pc

from sartext.tile import OF_OPTICAL_TWIN, SAMPLED


def are_samples(captions: pa.Array) -> pa.Array:
    """Which of the captions, structs with a `reason`, were drawn to see what their writer is sure of."""
    return pc.starts_with(_reasons(captions), SAMPLED)


def are_of_twins(captions: pa.Array) -> pa.Array:
    """Which of the captions tell of the optical twin, and are only rewritten."""
    return pc.equal(_reasons(captions), OF_OPTICAL_TWIN)


def _reasons(captions: pa.Array) -> pa.Array:
    return pc.fill_null(pc.struct_field(captions, "reason"), "")
