"""Clips x phrases -> cosine similarities in a dual encoder's space, with a self-test against dead encoders."""

from __future__ import annotations

import numpy as np

from dance_xai.errors import DataError, ShapeError, check_shape
from dance_xai.features.selftest import check_similarities
from dance_xai.types import Features, FloatArray, Phrases


def affinities(video: Features, phrases: Phrases) -> FloatArray:
    """Cosine similarity of every clip and phrase, in -1..1.

    Args:
        video: (N, E) clip embeddings, any norm.
        phrases: (C, E) phrase embeddings of the same dual encoder, any norm.

    Returns:
        (N, C).

    Raises:
        ShapeError: The two spaces differ in width, or values are not finite.
        DataError: An embedding is all zero, or the similarities fail ``check_similarities``.

    Source: paper, section 3.3.
    """
    check_shape(f"features {video.name!r}", video.values, ("N", "E"))
    check_shape(f"{phrases.kind} phrases", phrases.embeddings, ("C", "E"))
    if video.values.shape[1] != phrases.embeddings.shape[1]:
        raise ShapeError(
            f"{phrases.kind} phrases: expected embeddings as wide as the {video.values.shape[1]} of {video.name!r}, "
            f"got {phrases.embeddings.shape[1]}; encode clips and phrases with the same dual encoder"
        )
    clips = _unit(video.values, video.ids, f"features {video.name!r}")
    similarities = clips @ _unit(phrases.embeddings, phrases.texts, f"{phrases.kind} phrases").T
    check_similarities(similarities, video.ids, phrases.texts)
    return np.clip(similarities, -1, 1)


def _unit(values: FloatArray, names: tuple[str, ...], what: str) -> FloatArray:
    wide = np.asarray(values, dtype=np.float64)
    norm = np.linalg.norm(wide, axis=1, keepdims=True)
    if not norm.all():
        row = int(np.argmin(norm))
        raise DataError(f"{what}: expected embeddings that are not zero, got zeros for {names[row]!r}; encode it again")
    return np.asarray(wide / norm)
