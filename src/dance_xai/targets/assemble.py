"""Targets of all kinds side by side, in the order of the concept bank."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.types import KINDS, ConceptTargets, FloatArray, IntArray, Kind


def text_targets(affinity: FloatArray, kept: IntArray) -> FloatArray:
    """The similarities (N, C) of the kept phrases, which the object or scene layer must predict.

    Raises:
        ShapeError: Not two axes, or similarities that are not finite.

    Source: paper, section 3.3.
    """
    check_shape("similarities", affinity, ("N", "C"))
    return np.array(affinity[:, kept], dtype=np.float64)


def assemble(ids: tuple[str, ...], parts: Mapping[Kind, FloatArray]) -> ConceptTargets:
    """Put the (N, C_kind) targets side by side: motion, then object, then scene.

    Args:
        ids: N clip ids.
        parts: Targets per kind; a kind without concepts may be left out.

    Raises:
        ShapeError: A part that does not have one row per clip.
        DataError: No part, or a kind that is unknown.
    """
    unknown = [kind for kind in parts if kind not in KINDS]
    if unknown or not parts:
        raise DataError(f"targets: expected some of the kinds {KINDS}, got {list(parts)}; pass one array per kind")
    for kind, values in parts.items():
        check_shape(f"{kind} targets", values, (len(ids), "C"), finite=False)
    columns = [np.asarray(parts[kind], dtype=np.float64) for kind in KINDS if kind in parts]
    return ConceptTargets(ids, np.concatenate(columns, axis=1))
