"""Near-duplicates among embeddings, beside brute force: `python -m tests.benchmarks.near_duplicates [--vectors N] [--save]`.

Copies are planted where clusters meet. Told are the recall, pairs that brute force does not find, and both times.
"""

import time

import numpy as np

from sartext.dedup.near_vectors import near_pairs
from tests.support.planted_vectors import brute_force, planted
from tests.support.results import keep, parser_with_save


def measured(count: int, dimensions: int, copies: int, cosine: float, seed: int) -> dict[str, object]:
    """The figures."""
    vectors = planted(count, dimensions, copies, cosine + 0.002, seed)
    start = time.perf_counter()
    found = {(int(one), int(other)) for some in near_pairs(vectors, cosine) for one, other, _ in some.tolist()}
    clusters_s = time.perf_counter() - start
    start = time.perf_counter()
    expected = brute_force(vectors, cosine)
    brute_s = time.perf_counter() - start
    planted_pairs = {pair for pair in expected if pair[1] >= count - copies}
    return {
        "vectors": count,
        "dimensions": dimensions,
        "planted": copies,
        "cosine": cosine,
        "pairs": len(expected),
        "pairs_with_a_copy": len(planted_pairs),
        "recall": len(found & expected) / len(expected),
        "found_beyond": len(found - expected),
        "clusters_s": clusters_s,
        "brute_force_s": brute_s,
    }


def main() -> None:
    parser = parser_with_save(__doc__)
    parser.add_argument("--vectors", type=int, default=100_000)
    parser.add_argument("--dimensions", type=int, default=128)
    parser.add_argument("--copies", type=int, default=5_000)
    parser.add_argument("--cosine", type=float, default=0.95)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    figures = measured(options.vectors, options.dimensions, options.copies, options.cosine, options.seed)
    print(
        ", ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}" for name, value in figures.items())
    )
    if options.save:
        keep(__file__, figures, packages=("numpy",))
    if figures["recall"] != 1.0:
        raise SystemExit(f"{1 - np.float64(figures['recall']):.2%} of the pairs are lost")


if __name__ == "__main__":
    main()
