"""Pose windows of train clips -> cluster centres, with no more clusters than the windows can fill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dance_xai.motion.clusterers import Agglomerative, Finch, KMeans
from dance_xai.motion.discovery import centres_of, orient, refine
from dance_xai.motion.quality import choose_partition, stability
from dance_xai.protocols import Clusterer
from dance_xai.stages.settings import ClusterConfig, MotionConfig
from dance_xai.types import Drop, FloatArray, IntArray, counted

CLUSTERERS: dict[str, Callable[[ClusterConfig], Clusterer]] = {
    "kmeans": lambda config: KMeans(config.n_clusters),
    "agglomerative": lambda config: Agglomerative(config.n_clusters),
    "finch": lambda config: Finch("euclidean", n_clusters=config.n_clusters[0] if config.n_clusters else None),
}

SHARE = 3
"""In few clips, a motion must be seen in a third of them, and a cluster has three windows for each of these."""


FEW = 24
"""Train clips below which settings are lowered; a third of them is then fewer than the usual ``min_clips``."""


@dataclass(frozen=True, eq=False)
class Clustering:
    """What came out.

    Attributes:
        centres: (C, P).
        min_clips: The fewest train clips a concept may be seen in; fewer than asked where there are few clips.
        report: The method, the partitions and their scores, stability.
        drops: What of the settings asks for more than there is.
    """

    centres: FloatArray
    min_clips: int
    report: dict[str, Any]
    drops: tuple[Drop, ...] = ()


def cluster(codes: FloatArray, clips: IntArray, config: MotionConfig, rng: np.random.Generator) -> Clustering:
    """Cluster the windows of train clips.

    Args:
        codes: (W, O, P).
        clips: (W,) clip of each window.
        config: The settings.
        rng: Of the clustering.

    Raises:
        DataError: No partition has a number of clusters that the settings allow.
    """
    points = codes[np.arange(len(codes)), orient(codes)]
    config, drops = suit(config, len(np.unique(points, axis=0)), len(np.unique(clips)))
    limits = config.clusters
    clusterer = CLUSTERERS[limits.method](limits)
    partitions = clusterer.partitions(points, rng)
    chosen, scores = choose_partition(
        points, partitions, min_clusters=limits.min_clusters, max_clusters=limits.max_clusters, groups=clips
    )
    centres = refine(codes, centres_of(points, partitions[chosen]), iterations=limits.refine)
    report: dict[str, Any] = {"method": limits.method, "clusters": len(centres), "partitions": scores}
    if config.stability_repeats:
        repeats = config.stability_repeats
        report["stability"] = stability(points, clusterer, rng, repeats=repeats, n_clusters=len(centres))
    return Clustering(centres, config.min_clips, report, drops)


def suit(config: MotionConfig, windows: int, clips: int) -> tuple[MotionConfig, tuple[Drop, ...]]:
    """Settings that small data can meet; those that they can meet stay as they are.

    Clusters with fewer windows on average than a concept must have clips are not tried. Where that leaves no number
    of clusters, one that the windows fill well is taken.

    Args:
        config: As asked.
        windows: Different windows of train clips.
        clips: Train clips that have any.

    Returns:
        The settings to use, and what was not followed, with reasons.

    Source: ours.
    """
    config, drops = _suit_clips(config, clips)
    asked = config.clusters
    numbers = asked.n_clusters[:1] if asked.method == "finch" else asked.n_clusters
    fitting = tuple(number for number in numbers if number * config.min_clips <= windows)
    filled = max(2, min(windows // (SHARE * config.min_clips), asked.max_clusters))
    if not numbers:  # FINCH finds them
        return _at_least(config, filled) if clips < FEW else config, drops
    taken = fitting or (filled,)
    reason = f"too many for {counted(windows, 'different train window')}" + ("" if fitting else f"; {filled} taken")
    over = tuple(
        Drop("clusters", f"{number} clusters", reason, float(number)) for number in numbers if number not in taken
    )
    if not over:
        return config, drops
    limited = replace(config, clusters=replace(asked, n_clusters=taken))
    return _at_least(limited, max(taken)), (*drops, *over)


def _at_least(config: MotionConfig, number: int) -> MotionConfig:
    """Partitions of so many clusters are allowed."""
    limits = replace(config.clusters, min_clusters=min(config.clusters.min_clusters, number))
    return replace(config, clusters=limits)


def _suit_clips(config: MotionConfig, clips: int) -> tuple[MotionConfig, tuple[Drop, ...]]:
    most = max(min(2, clips), clips // SHARE)
    if clips >= FEW or config.min_clips <= most:
        return config, ()
    asked = f"motion.min_clips = {config.min_clips}"
    reason = f"{asked} is more than a third of the {counted(clips, 'train clip')} with windows; {most} taken"
    drop = Drop("clusters", asked, reason, float(config.min_clips))
    return replace(config, min_clips=most), (drop,)
