"""The exact nearest other point of every point, in blocks.

A float32 matrix product over half of the block pairs bounds every distance from above and below; what the bounds
cannot tell apart is measured again in float64, in a fixed order of summation. So the answer is the nearest neighbour
in float64 arithmetic, ties to the lowest index, whatever the block size and the number of threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from dance_xai.errors import ConfigError, DataError, check_shape
from dance_xai.motion import neighbour_kernels as kernels
from dance_xai.types import FloatArray, IntArray

Metric = Literal["cosine", "euclidean"]
METRICS = ("cosine", "euclidean")
CANDIDATES = 8
LARGEST_BLOCK = 1024
SMALLEST_BLOCK = 32
_HALF_ULP = 2.0**-24

Float32 = NDArray[np.float32]


class _Candidates(NamedTuple):
    """Per point: the largest bounds on minus half the squared distance, whose they are, and what the best reaches."""

    upper: Float32  # (W, CANDIDATES) descending, -inf where empty
    other: NDArray[np.int32]  # (W, CANDIDATES) points, -1 where empty
    lower: Float32  # (W,) below minus half the squared distance to the nearest neighbour


def nearest_neighbours(
    points: FloatArray, *, metric: Metric = "cosine", max_memory_mb: float = 2000.0
) -> tuple[IntArray, FloatArray]:
    """Find the nearest other point of each point.

    Cosine distance is half the squared Euclidean distance of the normalised rows; a zero row is at distance 1 from
    every other row. Ties go to the lowest index.

    Args:
        points: (W, P) finite floats, at least two rows.
        metric: ``cosine`` or ``euclidean``.
        max_memory_mb: Most working memory on top of ``points``, in MiB; smaller only means smaller blocks.

    Returns:
        (W,) index of the neighbour and (W,) float64 distance to it.

    Raises:
        ConfigError: Unknown metric.
        ShapeError: Not a matrix, or NaN or infinite values in it.
        DataError: Fewer than two points, or not even one small block fits into ``max_memory_mb``.

    Source: ours.
    """
    points = as_points(points)
    if len(points) < 2:
        raise DataError(f"points: expected at least 2 rows to have neighbours, got {len(points)}; add points")
    scales = row_scales(points, metric)
    known = np.flatnonzero(scales)
    if len(known) < len(points):
        index, squared = _with_zero_rows(points, scales, known, max_memory_mb)
    else:
        index, squared = _search(points, scales, max_memory_mb)
    return index, squared / 2 if metric == "cosine" else np.sqrt(squared) / scales[0]


def as_points(points: FloatArray) -> FloatArray:
    """Check (W, P) finite numbers; float32 stays as it is, everything else becomes float64."""
    points = np.asarray(points)
    points = np.ascontiguousarray(points, dtype=np.float32 if points.dtype == np.float32 else np.float64)
    check_shape("points", points, ("W", "P"))
    return points


def row_scales(points: FloatArray, metric: Metric) -> FloatArray:
    """(W,) factors that make distances comparable: 1 / norm for cosine (0 for a zero row), one constant otherwise."""
    if metric not in METRICS:
        raise ConfigError(f"metric: expected one of {', '.join(METRICS)}, got {metric!r}; choose one of them")
    if metric == "cosine":
        scales: FloatArray = kernels.inverse_norms(points)
        return scales
    largest = float(max(points.max(initial=0.0), -points.min(initial=0.0)))
    return np.full(len(points), 1.0 / largest if largest > 0 else 1.0)


def _with_zero_rows(
    points: FloatArray, scales: FloatArray, known: IntArray, max_memory_mb: float
) -> tuple[IntArray, FloatArray]:
    """Search among the non-zero rows; zero rows are at squared distance 2 from every row."""
    zeros = np.flatnonzero(scales == 0)
    index = np.where(np.arange(len(points)) == 0, 1, 0)
    squared = np.full(len(points), 2.0)
    index[known] = zeros[0]
    if len(known) < 2:
        return index, squared
    near, near_squared = _search(points[known], scales[known], max_memory_mb)
    near = known[near]
    better = (near_squared < 2.0) | ((near_squared == 2.0) & (near < zeros[0]))
    index[known[better]], squared[known[better]] = near[better], near_squared[better]
    return index, squared


def _search(points: FloatArray, scales: FloatArray, max_memory_mb: float) -> tuple[IntArray, FloatArray]:
    """(W,) neighbours and (W,) squared distances of the scaled rows."""
    blas = ThreadpoolController().select(user_api="blas")
    workers = max((pool["num_threads"] for pool in blas.info()), default=1) if len(points) > LARGEST_BLOCK else 1
    block = _block_size(len(points), points.shape[1], workers, max_memory_mb)
    rows, reach = _centred(points, scales)
    with blas.limit(limits=1):
        lists = _candidates(rows, reach, block, workers)
    full = lists.upper[:, -1] >= lists.lower  # such a list was too short
    possible = (lists.upper >= lists.lower[:, None]) & ~full[:, None]
    order = np.argsort(lists.other, axis=1)
    others, possible = np.take_along_axis(lists.other, order, 1), np.take_along_axis(possible, order, 1)
    nearest, squared = kernels.settle(points, scales, others, possible)
    crowded = np.flatnonzero(full)
    for first in range(0, len(crowded), block):
        batch = crowded[first : first + block]
        for second in range(0, len(points), block):
            products = rows[batch] @ rows[second : second + block].T
            kernels.measure_all(products, batch, second, reach, lists.lower, points, scales, nearest, squared)
    return nearest, squared


def _block_size(n_points: int, dimension: int, workers: int, max_memory_mb: float) -> int:
    """Rows of a square block, one per worker, that fit beside the float32 copy and the candidate lists."""
    fixed = n_points * (4 * dimension + workers * (8 * CANDIDATES + 4) + 48)
    room = max_memory_mb * 2**20 - fixed
    if room < 4 * workers * SMALLEST_BLOCK**2:
        needed = int(np.ceil((fixed + 4 * workers * SMALLEST_BLOCK**2) / 2**20))
        raise DataError(
            f"points: expected max_memory_mb of at least {needed} for {n_points} x {dimension} points, "
            f"got {max_memory_mb:g}; raise it or use fewer points"
        )
    return int(min(LARGEST_BLOCK, np.sqrt(room / (4 * workers))))


def _centred(points: FloatArray, scales: FloatArray) -> tuple[Float32, Float32]:
    """Scaled rows around their mean with norms up to 1 (distances keep their order), and half their squared norms.

    The second result is (2, W): half the squared norm less and plus a rigorous bound on all rounding up to the
    float32 product, so that ``product - less_i - less_j`` is never below minus half the squared distance.
    """
    mean, size = kernels.scaled_mean(points, scales)
    norms = kernels.centred_norms(points, scales, mean)
    unit = float(norms.max()) or 1.0
    rows = np.empty(points.shape, dtype=np.float32)
    kernels.write_centred(points, scales, mean, 1.0 / unit, rows)
    half = kernels.half_squares(rows)
    slack = (1.1 * points.shape[1] + 32) * _HALF_ULP
    doubt = slack * (norms / unit + 2.0**-27 * size / unit) ** 2 / 2 + 1e-30
    return rows, np.stack([half - doubt, 2 * doubt]).astype(np.float32)


def _candidates(rows: Float32, reach: Float32, block: int, workers: int) -> _Candidates:
    """The candidate lists from the products of all block pairs, each computed once.

    Workers take strips of blocks from one iterator, each with lists of its own and a single-threaded product: no
    worker waits for another, which on a busy machine is several times faster than a product over all threads.
    """
    strips = iter(range(0, len(rows), block))
    workers = min(workers, -(-len(rows) // block))
    with ThreadPoolExecutor(workers) as pool:
        lists = list(pool.map(lambda _: _scan_strips(rows, reach, strips, block), range(workers)))
    for other in lists[1:]:
        kernels.merge(lists[0], other)
    return lists[0]


def _scan_strips(rows: Float32, reach: Float32, strips: Iterator[int], block: int) -> _Candidates:
    """Candidate lists from the pairs of each strip's block with itself and all later blocks."""
    lists = _Candidates(
        np.full((len(rows), CANDIDATES), -np.inf, dtype=np.float32),
        np.full((len(rows), CANDIDATES), -1, dtype=np.int32),
        np.full(len(rows), -np.inf, dtype=np.float32),
    )
    products = np.empty(block * block, dtype=np.float32)
    for first in strips:
        a = rows[first : first + block]
        for second in range(first, len(rows), block):
            b = rows[second : second + block]
            out = products[: len(a) * len(b)].reshape(len(a), len(b))
            np.dot(a, b.T, out=out)
            kernels.scan(out, first, second, reach, lists)
    return lists
