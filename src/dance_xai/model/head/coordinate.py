"""Coordinate descent on a quadratic model, compiled. Imported only when a head is fitted."""

from __future__ import annotations

from numba import njit

_REST = "float64[::1], float64[::1], float64[::1], float64[::1], float64[::1], float64, int64"


@njit([f"int64(float64[:, ::1], {_REST})", f"int64(float32[:, ::1], {_REST})"], cache=True)
def descend(hessian, slope, w, up, down, l2, tol, max_sweeps):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Minimise ``slope.d + d.H.d/2 + up.(w + d)+ + down.(w + d)- + l2.(w + d)^2/2`` over d, in place.

    ``w`` becomes w + d and ``slope`` becomes slope + H d. Sweeps alternate between all coordinates
    and the non-zero ones until no gradient changes by more than ``tol``. Returns the sweeps made.
    """
    everything = True
    for sweep in range(max_sweeps):
        worst = 0.0
        for a in range(w.size):
            if w[a] == 0.0 and up[a] + down[a] > 0.0 and not everything:
                continue
            curvature = hessian[a, a] + l2[a] + 1e-14
            target = curvature * w[a] - slope[a] - l2[a] * w[a]
            new = 0.0
            if target > up[a]:
                new = (target - up[a]) / curvature
            elif target < -down[a]:
                new = (target + down[a]) / curvature
            step = new - w[a]
            if step != 0.0:
                w[a] = new
                worst = max(worst, abs(step) * curvature)
                for b in range(w.size):
                    slope[b] += step * hessian[a, b]
        if worst <= tol and everything:
            return sweep + 1
        everything = worst <= tol
    return max_sweeps
