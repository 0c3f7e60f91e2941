"""What the activation of a concept would be if the concept layer got the clip right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.errors import check_shape
from dance_xai.types import FloatArray


@dataclass(frozen=True, eq=False)
class Corrector:
    """Usual activation for each value of the target: ``level + slope * target``.

    Attributes:
        level: (C,).
        slope: (C,) not below 0; for a motion concept the mean activation with it less that without it.
    """

    level: FloatArray
    slope: FloatArray

    def __call__(self, concepts: FloatArray, targets: FloatArray) -> FloatArray:
        """(N, C) activations and targets -> (N, C) as they should be; where the target is unknown (NaN), as they are.

        Raises:
            ShapeError: Arrays that do not fit together.
        """
        check_shape("concept activations", concepts, ("N", len(self.level)))
        check_shape("concept targets", targets, concepts.shape, finite=False)
        return np.where(np.isfinite(targets), self.level + self.slope * np.nan_to_num(targets), concepts)


def fit_corrector(concepts: FloatArray, targets: FloatArray) -> Corrector:
    """Least squares of activation on target, concept by concept, over train clips whose target is known.

    Args:
        concepts: (N, C) standardised activations of train clips.
        targets: (N, C) concept targets, NaN where unknown.

    Raises:
        ShapeError: Arrays that do not fit together.

    Source: ours.
    """
    check_shape("concept activations", concepts, ("N", "C"))
    check_shape("concept targets", targets, concepts.shape, finite=False)
    known = np.isfinite(targets)
    count = np.maximum(known.sum(axis=0), 1)
    given = np.where(known, targets, 0.0)
    target, activation = given.sum(axis=0) / count, np.where(known, concepts, 0.0).sum(axis=0) / count
    off = np.where(known, targets - target, 0.0)
    variance = (off**2).sum(axis=0)
    slope = np.divide((off * concepts).sum(axis=0), variance, out=np.zeros(len(variance)), where=variance > 1e-12)
    slope = np.maximum(slope, 0.0)
    return Corrector(activation - slope * target, slope)
