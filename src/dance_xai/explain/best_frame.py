"""Which frame of a clip shows an object or a scene best."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from dance_xai.errors import ShapeError, check_shape
from dance_xai.types import Concept, FloatArray, IntArray, PhraseSeen


def best_frames(
    frame: IntArray,
    vectors: FloatArray,
    embeddings: FloatArray,
    concepts: Mapping[int, tuple[int, Concept]],
    *,
    calibrate: Callable[[FloatArray], FloatArray],
) -> tuple[PhraseSeen, ...]:
    """Find the frame that shows each phrase best.

    Args:
        frame: (P,) frames of the clip that a dual encoder looked at.
        vectors: (P, E) what it saw there, any norm; zeros say nothing and are passed over.
        embeddings: (C, E) of all phrases that are calibrated together.
        concepts: By column in the bank: row of ``embeddings``, and the concept.
        calibrate: (P, C) cosine similarities -> (P, C) scores that mean the same for all phrases and frames.

    Returns:
        In the order of ``concepts``; the first of frames that are equally good. None where nothing was seen.

    Raises:
        ShapeError: The arrays do not fit each other, or a phrase has an embedding of zeros.

    Source: ours.
    """
    check_shape("vectors of frames", vectors, (len(frame), "E"))
    check_shape("phrases", embeddings, ("C", vectors.shape[1]))
    size, length = np.linalg.norm(vectors, axis=1), np.linalg.norm(embeddings, axis=1)
    if not length.all():
        raise ShapeError(f"phrases: expected embeddings, got zeros in row {int(length.argmin())}; encode them again")
    seen = np.flatnonzero(size)
    if not len(seen) or not concepts:
        return ()
    cosine = (vectors[seen] / size[seen, None]).astype(np.float64) @ (embeddings / length[:, None]).T
    scores = calibrate(cosine)
    return tuple(
        _seen(column, concept, frame[seen], scores[:, source]) for column, (source, concept) in concepts.items()
    )


def _seen(column: int, concept: Concept, frame: IntArray, score: FloatArray) -> PhraseSeen:
    best = int(score.argmax())
    return PhraseSeen(column, concept.kind, concept.name, int(frame[best]), float(score[best]), float(score.mean()))
