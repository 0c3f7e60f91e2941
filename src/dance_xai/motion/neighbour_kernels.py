"""Compiled loops of the exact neighbour search. All sums run in a fixed order, without fast-math."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

STRIDE = 32


@njit(cache=True, nogil=True)
def inverse_norms(points: Any) -> Any:
    """(W,) 1 / norm of each row, 0 for a zero row."""
    scales = np.empty(points.shape[0])
    for i in range(points.shape[0]):
        scales[i] = inverse_norm(points, i)
    return scales


@njit(cache=True, nogil=True)
def inverse_norm(points: Any, row: int) -> float:
    """1 / norm of a row, 0 for a zero row."""
    largest = 0.0
    for k in range(points.shape[1]):
        largest = max(largest, abs(np.float64(points[row, k])))
    if largest <= 1e-290:
        return 0.0
    total = 0.0
    for k in range(points.shape[1]):
        total += (points[row, k] / largest) ** 2
    return float(1.0 / (largest * np.sqrt(total)))


@njit(cache=True, nogil=True)
def scaled_mean(points: Any, scales: Any) -> Any:
    """(P,) mean of the scaled rows and the largest norm among them."""
    mean = np.zeros(points.shape[1])
    size = 0.0
    for i in range(points.shape[0]):
        total = 0.0
        for k in range(points.shape[1]):
            value = points[i, k] * scales[i]
            mean[k] += value
            total += value * value
        size = max(size, total)
    return mean / points.shape[0], np.sqrt(size)


@njit(cache=True, nogil=True)
def centred_norms(points: Any, scales: Any, mean: Any) -> Any:
    """(W,) distances of the scaled rows to their mean."""
    norms = np.empty(points.shape[0])
    for i in range(points.shape[0]):
        total = 0.0
        for k in range(points.shape[1]):
            total += (points[i, k] * scales[i] - mean[k]) ** 2
        norms[i] = np.sqrt(total)
    return norms


@njit(cache=True, nogil=True)
def write_centred(points: Any, scales: Any, mean: Any, factor: float, rows: Any) -> None:
    """Write ``factor * (scaled row - mean)`` into float32 ``rows``."""
    for i in range(points.shape[0]):
        for k in range(points.shape[1]):
            rows[i, k] = (points[i, k] * scales[i] - mean[k]) * factor


@njit(cache=True, nogil=True)
def half_squares(rows: Any) -> Any:
    """(W,) half the squared norms, in float64."""
    half = np.empty(rows.shape[0])
    for i in range(rows.shape[0]):
        total = 0.0
        for k in range(rows.shape[1]):
            total += np.float64(rows[i, k]) ** 2
        half[i] = total / 2
    return half


@njit(cache=True, nogil=True)
def scan(products: Any, first: int, second: int, reach: Any, lists: Any) -> None:
    """Offer every pair of a block to both its points; most strides hold none that matters."""
    less, doubt = reach[0], reach[1]
    n_rows, n_columns = products.shape
    columns = less[second : second + n_columns]
    bars = np.maximum(lists.upper[second : second + n_columns, -1], lists.lower[second : second + n_columns])
    for i in range(n_rows):
        row = first + i
        bar = max(lists.upper[row, -1], lists.lower[row])
        for start in range(i + 1 if first == second else 0, n_columns, STRIDE):
            stop = min(start + STRIDE, n_columns)
            if not _any_reaches(products[i, start:stop], less[row], columns[start:stop], bar, bars[start:stop]):
                continue
            for j in range(start, stop):
                column = second + j
                value = products[i, j] - less[row] - less[column]
                floor = value - doubt[row] - doubt[column]
                _offer(lists, row, column, value, floor)
                _offer(lists, column, row, value, floor)
                bars[j] = max(lists.upper[column, -1], lists.lower[column])
            bar = max(lists.upper[row, -1], lists.lower[row])


@njit(cache=True, nogil=True)
def _any_reaches(products: Any, row_less: Any, column_less: Any, row_bar: Any, column_bar: Any) -> bool:
    """Whether any pair may still enter the list of its row or its column."""
    hit = False
    for j in range(products.shape[0]):
        value = products[j] - row_less - column_less[j]
        hit |= (value >= row_bar) | (value >= column_bar[j])
    return hit


@njit(cache=True, nogil=True)
def _offer(lists: Any, row: int, other: int, value: Any, floor: Any) -> None:
    """Insert into the row's list, largest upper bound first; a full list forgets its last."""
    upper, others = lists.upper[row], lists.other[row]
    if value < lists.lower[row] or value <= upper[-1]:
        return
    lists.lower[row] = max(lists.lower[row], floor)
    place = upper.shape[0] - 1
    while place > 0 and upper[place - 1] < value:
        upper[place], others[place] = upper[place - 1], others[place - 1]
        place -= 1
    upper[place], others[place] = value, other


@njit(cache=True, nogil=True)
def merge(lists: Any, more: Any) -> None:
    """Offer the candidates of one worker's lists to another's."""
    for row in range(lists.lower.shape[0]):
        for place in range(lists.upper.shape[1]):
            if more.other[row, place] >= 0:
                _offer(lists, row, more.other[row, place], more.upper[row, place], more.lower[row])


@njit(cache=True, nogil=True)
def settle(points: Any, scales: Any, others: Any, possible: Any) -> Any:
    """Measure the possible candidates of each row in float64, in the order they stand in."""
    nearest = np.full(points.shape[0], -1, dtype=np.int64)
    squared = np.full(points.shape[0], np.inf)
    for i in range(points.shape[0]):
        for place in range(others.shape[1]):
            if possible[i, place]:
                measure(points, scales, i, int(others[i, place]), nearest, squared)
    return nearest, squared


@njit(cache=True, nogil=True)
def measure_all(
    products: Any, batch: Any, second: int, reach: Any, lower: Any, points: Any, scales: Any, nearest: Any, squared: Any
) -> None:
    """Measure, for the rows of a batch, every column that the bounds leave possible."""
    for b in range(batch.shape[0]):
        i = batch[b]
        for column in range(products.shape[1]):
            j = second + column
            if products[b, column] - reach[0, i] - reach[0, j] >= lower[i] and j != i:
                measure(points, scales, i, j, nearest, squared)


@njit(cache=True, nogil=True)
def measure(points: Any, scales: Any, i: int, j: int, nearest: Any, squared: Any) -> None:
    """Keep ``j``, higher than all before, if it is strictly nearer to ``i``."""
    if nearest[i] < 0 or squared[i] > 0.0:
        distance = squared_distance(points, scales, i, j, squared[i])
        if nearest[i] < 0 or distance < squared[i]:
            nearest[i], squared[i] = j, distance


@njit(cache=True, nogil=True)
def squared_distance(points: Any, scales: Any, i: int, j: int, bound: float) -> float:
    """Squared distance of two scaled rows in a fixed order of summation; may stop early once above ``bound``."""
    if scales[i] == 0.0 or scales[j] == 0.0:
        return 2.0
    a, b, p, q = points[i], points[j], scales[i], scales[j]
    dimension = a.shape[0]
    s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
    k = 0
    while k + 4 <= dimension:
        s0 += (a[k] * p - b[k] * q) ** 2
        s1 += (a[k + 1] * p - b[k + 1] * q) ** 2
        s2 += (a[k + 2] * p - b[k + 2] * q) ** 2
        s3 += (a[k + 3] * p - b[k + 3] * q) ** 2
        k += 4
        if k % 64 == 0 and (s0 + s1) + (s2 + s3) > bound:
            break
    else:
        while k < dimension:
            s0 += (a[k] * p - b[k] * q) ** 2
            k += 1
    return float((s0 + s1) + (s2 + s3))
