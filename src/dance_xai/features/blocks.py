"""Features of several backbones side by side, none of which outweighs another by its units."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dance_xai.errors import ShapeError
from dance_xai.types import FeatureBlocks, Features, FloatArray, IntArray


def fit_blocks(parts: Sequence[Features], train: IntArray) -> FeatureBlocks:
    """Find the scale of each backbone's features on train clips.

    Args:
        parts: B features with the same N rows.
        train: Rows of train clips.

    Source: ours.
    """
    scales = [1.0] if len(parts) == 1 else [_scale(part.values[train]) for part in parts]
    return FeatureBlocks(
        tuple(part.name for part in parts), tuple(part.values.shape[1] for part in parts), tuple(scales)
    )


def put_together(parts: Sequence[FloatArray], blocks: FeatureBlocks) -> FloatArray:
    """(N, D_b) per block -> (N, D) float32.

    Raises:
        ShapeError: Other widths than those the scales were found on.
    """
    widths = tuple(part.shape[1] for part in parts)
    if widths != blocks.widths:
        raise ShapeError(
            f"features: expected {' + '.join(map(str, blocks.widths))} numbers from {', '.join(blocks.names)}, "
            f"got {' + '.join(map(str, widths))}; use the models the RUN was made with"
        )
    scaled = [part * scale for part, scale in zip(parts, blocks.scales, strict=True)]
    return np.concatenate(scaled, axis=1).astype(np.float32)


def _scale(values: FloatArray) -> float:
    spread = float(np.sqrt(((values - values.mean(axis=0)) ** 2).sum(axis=1).mean()))
    return 1.0 / spread if spread > 0 else 1.0
