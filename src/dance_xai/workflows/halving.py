"""The two movements that a motion concept of a RUN shows: 2-means of its windows."""

from __future__ import annotations

import numpy as np

from dance_xai.edit.lookup import find_concept
from dance_xai.errors import DataError
from dance_xai.motion.encoder import MotionEncoder, window_span
from dance_xai.motion.windows import window_at
from dance_xai.types import FloatArray, IntArray
from dance_xai.workflows.runs import RunView


def halves_of(view: RunView, concept: str) -> list[list[str]]:
    """Train clips of each of two movements, by the movement most of their windows show; the larger half first.

    Args:
        view: The RUN; its poses are read.
        concept: Name of a motion concept of its model.

    Raises:
        DataError: No such concept, not a motion concept, or the RUN has no poses or too few windows of it.
    """
    bank = view.model.bank
    column = find_concept(bank, concept)
    motion = view.motion
    if bank.concepts[column].kind != "motion":
        return [[], []]  # the edit itself says why that is not possible
    if motion is None or motion.encoder is None or motion.motions is None or motion.windows is None:
        raise DataError(f"split {concept!r}: expected a RUN with poses, got none; name the clips of each half")
    source = view.sources("motion")[column]
    train = np.isin(motion.windows[:, 0], view.manifest.rows("train"))
    members = motion.windows[train & (motion.windows[:, 3] == source)]
    if len(members) < 4:
        raise DataError(f"split {concept!r}: expected at least 4 windows to divide, got {len(members)}; keep it whole")
    half = two_means(_codes(view, motion.encoder, members, motion.motions.centres[source]))
    lean = {clip: np.mean(half[members[:, 0] == clip]) for clip in np.unique(members[:, 0])}
    sides = [
        [view.manifest.ids[clip] for clip, share in lean.items() if (share > 0.5) == side] for side in (False, True)
    ]
    return sorted(sides, key=len, reverse=True)


def two_means(codes: FloatArray) -> IntArray:
    """(W,) 0 or 1 for each of (W, P) points."""
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(2, n_init=10, random_state=0).fit_predict(codes))


def _codes(view: RunView, encoder: MotionEncoder, members: IntArray, centre: FloatArray) -> FloatArray:
    """(W, P) of windows, each the way round that is nearer to the centre."""
    poses, clips = [], np.unique(members[:, 0])
    for clip, track in zip(clips, view.tracks(tuple(view.manifest.ids[clip] for clip in clips)), strict=True):
        body = encoder.body([track], [track.clip])
        span = window_span(body, encoder.spec)
        poses += [
            window_at(body, int(start), encoder.spec.rows, span)[0] for start in members[members[:, 0] == clip, 1]
        ]
    codes = encoder.codes(np.stack(poses))  # (W, O, P), clip by clip as members are
    nearer = ((codes - centre) ** 2).sum(axis=2).argmin(axis=1)
    return np.asarray(codes[np.arange(len(codes)), nearer])
