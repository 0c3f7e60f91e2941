"""Motion concepts from pose windows of train clips. No class label is ever seen here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dance_xai.errors import DataError
from dance_xai.motion.encoder import mirrored
from dance_xai.motion.matching import distances, nearest
from dance_xai.types import BoolArray, Concept, Drop, FloatArray, IntArray, PoseWindows, Prototype


@dataclass(frozen=True, eq=False)
class Motions:
    """Discovered motion concepts and where every window went.

    Attributes:
        concepts: C motion concepts, the most frequent first.
        centres: (C, P) in code space.
        scale: Root mean square distance of members to their centre, the unit of similarity.
        label: (W,) concept of each window, -1 for a window nearest to a dropped cluster.
        drops: Clusters left out, with reasons.
    """

    concepts: tuple[Concept, ...]
    centres: FloatArray
    scale: float
    label: IntArray
    drops: tuple[Drop, ...] = ()


def orient(codes: FloatArray, *, iterations: int = 20) -> IntArray:
    """Turn windows the same way round: which of a window and its mirror image agrees with the others.

    Maximises the length of the summed antisymmetric parts, starting from their first principal direction.

    Args:
        codes: (W, O, P).
        iterations: Most steps of the alternation between signs and direction.

    Returns:
        (W,) 0 for as is, 1 for mirrored; all 0 when O is 1.

    Source: ours.
    """
    if codes.shape[1] == 1:
        return np.zeros(len(codes), dtype=np.int64)
    difference = (codes[:, 0] - codes[:, 1]).astype(np.float64)
    direction = np.linalg.eigh(difference.T @ difference)[1][:, -1]
    for _ in range(iterations):
        sign = np.where(difference @ direction < 0, -1.0, 1.0)
        direction = sign @ difference
        direction /= max(float(np.linalg.norm(direction)), 1e-12)
    turned: IntArray = (difference @ direction < 0).astype(np.int64)
    return turned


def centres_of(points: FloatArray, labels: IntArray) -> FloatArray:
    """(C, P) mean of the points of each label 0..C-1."""
    count = np.bincount(labels)
    sums = np.stack([np.bincount(labels, weights=column, minlength=len(count)) for column in points.T], axis=1)
    return sums / count[:, None]


def refine(codes: FloatArray, centres: FloatArray, *, iterations: int) -> FloatArray:
    """Let every window choose its nearest centre and its way round, and move the centres, until nothing changes.

    Lloyd's algorithm for a distance that ignores mirroring. A centre that loses all its windows stays where it is.

    Source: ours.
    """
    before: IntArray | None = None
    for _ in range(iterations):
        label, _, flipped = nearest(codes, centres)
        if before is not None and (label == before).all():
            break
        before = label
        turned = codes[np.arange(len(codes)), flipped.astype(int)]
        used = np.unique(label)
        centres = centres.copy()
        centres[used] = centres_of(turned, np.searchsorted(used, label))
    return centres


def describe_motions(
    windows: PoseWindows,
    codes: FloatArray,
    centres: FloatArray,
    *,
    train: BoolArray,
    ids: Sequence[str],
    min_clips: int,
    max_members: int = 50,
    drop_small: bool = True,
) -> Motions:
    """Assign every window to its nearest centre and describe each cluster from its train windows.

    Args:
        windows: W windows.
        codes: (W, O, P) of them.
        centres: (C, P).
        train: (W,) True for windows of train clips; only these define size, spread, members and prototype.
        ids: Clip ids by row.
        min_clips: A cluster seen in fewer train clips cannot be learnt and is dropped.
        max_members: Members kept per concept, nearest first.
        drop_small: False keeps small clusters in place (for concepts that were given).

    Raises:
        DataError: No cluster is left.
    """
    label, distance, flipped = nearest(codes, centres)
    clips = np.array([len(np.unique(windows.clip[train & (label == column)])) for column in range(len(centres))])
    kept = np.flatnonzero(clips >= min_clips) if drop_small else np.arange(len(centres))
    if not len(kept):
        raise DataError(
            f"motion: expected a cluster seen in at least {min_clips} train clips, the largest has {clips.max()}; "
            "ask for fewer clusters (motion.clusters.n_clusters) or lower motion.min_clips"
        )
    if drop_small:
        kept = kept[np.argsort(-clips[kept], kind="stable")]
    place = np.full(len(centres), -1)
    place[kept] = np.arange(len(kept))
    concepts = tuple(
        _concept(rank, np.flatnonzero(train & (label == column)), windows, distance, flipped, ids, max_members)
        for rank, column in enumerate(kept)
    )
    drops = tuple(
        Drop("motion", f"cluster {column}", "seen in too few train clips", float(clips[column]))
        for column in np.setdiff1d(np.arange(len(centres)), kept)
    )
    scale = float(np.sqrt((distance[train & (place[label] >= 0)] ** 2).mean()))
    return Motions(concepts, centres[kept], scale, place[label], drops)


def _concept(
    rank: int,
    members: IntArray,
    windows: PoseWindows,
    distance: FloatArray,
    flipped: BoolArray,
    ids: Sequence[str],
    max_members: int,
) -> Concept:
    members = members[np.argsort(distance[members], kind="stable")]
    concept = Concept("motion", f"motion {rank + 1:02d}", size=len(members))
    if not len(members):
        return replace(concept, clips=0)
    first = members[0]
    poses = windows.poses[first]
    return replace(
        concept,
        clips=len(np.unique(windows.clip[members])),
        spread=float(distance[members].mean()),
        prototype=Prototype(
            clip=ids[windows.clip[first]],
            start=int(windows.start[first]),
            stop=int(windows.stop[first]),
            poses=mirrored(poses, windows.skeleton) if flipped[first] else poses,
            seen=windows.seen[first][:, windows.skeleton.mirror] if flipped[first] else windows.seen[first],
        ),
        members=np.stack([windows.clip[members], windows.start[members]], axis=1)[:max_members],
    )


def recover_centres(windows: PoseWindows, codes: FloatArray, labels: IntArray, *, iterations: int = 20) -> FloatArray:
    """Find the centres behind given clip labels: each window belongs to one of the concepts of its clip.

    Starts from the mean of all windows of the clips with a concept, each clip sharing its weight among its concepts,
    and alternates between the nearest allowed concept of each window and the means.

    Args:
        windows: W windows of train clips.
        codes: (W, O, P) of them; the first way round is used.
        labels: (N, C) 1 where a clip has a concept, by clip row; rows of other values allow nothing.
        iterations: Most steps of the alternation.

    Returns:
        (C, P) centres, NaN for a concept none of the windows can belong to.

    Source: ours.
    """
    points = codes[:, 0].astype(np.float64)
    allowed = (labels == 1)[windows.clip]  # (W, C)
    weight = allowed / np.maximum(allowed.sum(axis=1, keepdims=True), 1)
    centres = _weighted_means(points, weight)
    for _ in range(iterations):
        gap = distances(codes[:, :1], np.nan_to_num(centres))[:, 0]
        choice = np.where(allowed, gap, np.inf).argmin(axis=1)
        one = np.zeros_like(weight)
        one[np.arange(len(points)), choice] = allowed.any(axis=1)
        moved = _weighted_means(points, one)
        centres = np.where(np.isfinite(moved), moved, centres)
    return centres


def _weighted_means(points: FloatArray, weight: FloatArray) -> FloatArray:
    total = weight.sum(axis=0)[:, None]
    means: FloatArray = np.where(total > 0, weight.T @ points / np.where(total > 0, total, 1), np.nan)
    return means
