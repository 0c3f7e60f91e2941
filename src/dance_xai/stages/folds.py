"""Held-out folds of train clips that do not share a source: a clip's near copies stay in its own fold."""

from __future__ import annotations

import numpy as np

from dance_xai.errors import DataError
from dance_xai.types import IntArray, Manifest


def train_folds(manifest: Manifest, n_folds: int) -> IntArray:
    """Split the train clips into folds, each class spread over all of them.

    Clips with neighbouring ids are often cut from one recording, and near copies in two folds make every held-out
    figure look better than it is. So each class is split into runs of clips in the order of their ids, or, where every
    clip names its subject, of their subjects.

    Args:
        manifest: N clips.
        n_folds: Folds, at least 2.

    Returns:
        (N_train,) fold of each train clip, in manifest order.

    Raises:
        DataError: A class has fewer train clips than two.

    Source: ours.
    """
    rows = manifest.rows("train")
    clips = [manifest.clips[row] for row in rows]
    by_subject = all(clip.subject is not None for clip in clips)
    keys = np.array([f"{clip.subject}\0{clip.id}" if by_subject else clip.id for clip in clips])
    order = np.argsort(keys, kind="stable")
    labels = manifest.labels[rows]
    folds = np.zeros(len(rows), dtype=np.int64)
    for label in np.unique(labels):
        members = order[labels[order] == label]
        if len(members) < 2:
            raise DataError(
                f"clips: expected at least 2 train clips of {manifest.classes[label]!r} to hold one out, got 1; add one"
            )
        folds[members] = np.arange(len(members)) * n_folds // len(members)
    return folds
