"""Ridge regression with bias: exact leave-fold-out cross-validation from a single eigendecomposition."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from dance_xai.model.layer import LayerFit, LinearLayer, check_fit_input, columns_by_rows
from dance_xai.model.scores import SCORES
from dance_xai.model.spectrum import Spectrum, spectrum
from dance_xai.types import FloatArray, IntArray

STRENGTHS = tuple(float(value) for value in np.logspace(-4, 2, 19))


@dataclass(frozen=True)
class Ridge:
    """Minimise ``|y - x w - b|^2 + a |w|^2`` with ``a = strength * mean squared distance to the mean``.

    Each concept takes the strength with the smallest held-out squared error.

    Attributes:
        strengths: To choose from, free of the scale of the inputs; three per decade lose less than the noise.
        score: Reported for the chosen strength.

    Source: ours; LF-CBM maximises cos-cubed instead, see ``CosCubed``.
    """

    strengths: tuple[float, ...] = STRENGTHS
    score: Literal["cos_cubed", "r2", "average_precision"] = "cos_cubed"

    def fit(self, x: FloatArray, targets: FloatArray, folds: IntArray, rng: np.random.Generator) -> LayerFit:
        """See ``ConceptLayerFit``; nothing here is random."""
        known = check_fit_input(x, targets, folds)
        shape = targets.shape[1]
        weight, bias, strength = np.zeros((shape, x.shape[1])), np.zeros(shape), np.zeros(shape)
        held_out = np.full(targets.shape, np.nan)
        for rows, columns in columns_by_rows(known):
            group = spectrum(x[rows])
            y = targets[np.ix_(rows, columns)].astype(np.float64)
            alphas = group.power * np.array(self.strengths)
            chosen, held_out[np.ix_(rows, columns)] = _best_held_out(group, y, folds[rows], alphas)
            weight[columns], bias[columns] = _solve(group, y, alphas[chosen])
            strength[columns] = np.array(self.strengths)[chosen]
        score = SCORES[self.score](held_out, targets)
        refit = partial(_fold_layers, x, targets, folds, strength, held_out)
        return LayerFit(LinearLayer(weight, bias), strength, score, self.score, held_out, refit)


def leave_fold_out(parts: Spectrum, y: FloatArray, folds: IntArray, alpha: float) -> FloatArray:
    """Prediction of each row by the ridge fit that has not seen its fold, exactly, without refitting.

    With the hat matrix H of the fit on all rows, the held-out residual of fold F is ``(I - H_FF)^-1 (y - Hy)_F``.

    Args:
        parts: Of the (N, D) inputs.
        y: (N, C) finite targets.
        folds: (N,) fold of each row, at least two different ones.
        alpha: Weight of ``|w|^2``, above 0.

    Returns:
        (N, C).

    Source: Golub, Heath, Wahba 1979, for blocks of rows.
    """
    shrink = parts.scale**2 / (parts.scale**2 + alpha)  # (R,)
    residual = y - y.mean(axis=0) - (parts.left * shrink) @ (parts.left.T @ y)
    held_out = np.array(y)
    for fold in np.unique(folds):
        rows = folds == fold
        held_out[rows] -= _downdate(parts.left[rows], shrink, len(y), residual[rows])
    return held_out


def _downdate(left: FloatArray, shrink: FloatArray, n: int, residual: FloatArray) -> FloatArray:
    """``(I - H_FF)^-1 residual``, in rows or in directions, whichever are fewer."""
    from scipy.linalg import cho_factor, cho_solve
    from scipy.linalg.blas import dsyrk

    basis = np.column_stack([np.full(len(left), n**-0.5), left])
    hat = np.concatenate([[1.0], shrink])
    if len(left) <= basis.shape[1]:
        block = np.eye(len(left)) - dsyrk(1.0, basis * np.sqrt(hat))
        return np.asarray(cho_solve(cho_factor(block), residual))
    inner = np.diag(1 / hat) - dsyrk(1.0, basis, trans=1)
    return np.asarray(residual + basis @ cho_solve(cho_factor(inner), basis.T @ residual))


def _best_held_out(parts: Spectrum, y: FloatArray, folds: IntArray, alphas: FloatArray) -> tuple[IntArray, FloatArray]:
    """(C,) position of the strength with the smallest held-out error, and (N, C) its predictions."""
    best = np.full(y.shape[1], np.inf)
    chosen, predictions = np.zeros(y.shape[1], dtype=np.int64), np.array(y)
    for position, alpha in enumerate(alphas):
        held_out = leave_fold_out(parts, y, folds, float(alpha))
        error = ((held_out - y) ** 2).sum(axis=0)
        better = error < best
        best[better], chosen[better], predictions[:, better] = error[better], position, held_out[:, better]
    return chosen, predictions


def _fold_layers(
    x: FloatArray, targets: FloatArray, folds: IntArray, strength: FloatArray, held_out: FloatArray
) -> dict[int, LinearLayer]:
    """The layer without each fold: that of all rows, were the fold's targets what is said of it without it.

    Rows that a layer fits exactly do not move it, so that both have the same minimum.
    """
    shape = (targets.shape[1], x.shape[1])
    layers = {int(fold): LinearLayer(np.zeros(shape), np.zeros(len(strength))) for fold in np.unique(folds)}
    for rows, columns in columns_by_rows(~np.isnan(targets)):
        group, at = spectrum(x[rows]), np.ix_(rows, columns)
        for fold, layer in layers.items():
            y = np.where((folds[rows] == fold)[:, None], held_out[at], targets[at])
            layer.weight[columns], layer.bias[columns] = _solve(group, y, group.power * strength[columns])
    return layers


def _solve(parts: Spectrum, y: FloatArray, alphas: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(C, D) weights and (C,) biases, one alpha per concept."""
    scale = parts.scale[:, None]
    weight = (parts.right @ (scale / (scale**2 + alphas) * (parts.left.T @ y))).T
    return weight, y.mean(axis=0) - weight @ parts.mean
