"""What the stages cannot work with, in the settings and in a data set as read, found before videos are looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dance_xai.data.container import is_there
from dance_xai.data.dataset import Dataset
from dance_xai.data.npz import some
from dance_xai.data.sources import DataConfig
from dance_xai.errors import ConfigError, DataError
from dance_xai.stages.clustering import FEW
from dance_xai.stages.settings import ClusterConfig, HeadConfig, MotionConfig

NO_TEST = (
    "clips: expected test clips to evaluate on, got none; mark some with split = test, or let [data.clips.split] "
    "choose them"
)


def motion_faults(config: MotionConfig, data: DataConfig, *, poses: bool) -> Iterator[ConfigError]:
    """What is wrong with the settings of the motion concepts.

    Args:
        config: The settings.
        data: What is given.
        poses: Whether there are any, given or estimated.
    """
    if config.source == "labels" and data.motion_labels is None:
        yield ConfigError("motion.source: expected data.motion_labels for 'labels', got none; set it or use 'discover'")
    if not poses:
        return
    if config.key_frames == "given" and data.key_frames is None:
        yield ConfigError("motion.key_frames: expected data.key_frames for 'given', got none; set it or use 'motion'")
    if config.source == "discover":
        yield from _cluster_faults(config.clusters)
        if config.stability_repeats == 1:
            yield ConfigError(
                "motion.stability_repeats: expected 0, or at least 2 clusterings to compare, got 1; change it"
            )


def _cluster_faults(config: ClusterConfig) -> Iterator[ConfigError]:
    low, high = config.min_clusters, config.max_clusters
    if low > high:
        yield ConfigError(
            f"motion.clusters.min_clusters: expected at most motion.clusters.max_clusters = {high}, got {low}; "
            "change one of them"
        )
        return
    numbers = config.n_clusters[:1] if config.method == "finch" else config.n_clusters
    if not numbers and config.method != "finch":
        yield ConfigError(f"motion.clusters.n_clusters: expected a number for {config.method!r}, got none; list some")
    if numbers and not any(low <= number <= high for number in numbers):
        yield ConfigError(
            f"motion.clusters.n_clusters: expected a number from motion.clusters.min_clusters = {low} to "
            f"motion.clusters.max_clusters = {high}, got {', '.join(map(str, numbers))}; change one of them"
        )


def head_faults(config: HeadConfig) -> Iterator[ConfigError]:
    """What is wrong with the settings of the head."""
    if config.choose == "lam" and config.lam is None:
        yield ConfigError("head.lam: expected a number above 0 for head.choose = 'lam', got none; set it")


def dataset_faults(
    data: Dataset, motion: MotionConfig, *, poses: bool, use_3d: bool, folds: bool
) -> Iterator[DataError]:
    """What a data set as read lacks, where videos cannot make up for it.

    Args:
        data: Before its videos are looked at.
        motion: The settings of the motion concepts.
        poses: Whether there are any, given or estimated.
        use_3d: Whether 3D poses are needed.
        folds: Whether clips of every class are held out.
    """
    clips = data.manifest.clips
    flat = [track.clip for track in data.tracks if track.xyz is None]
    if use_3d and flat:
        yield DataError(
            f"extract.use_3d: expected 3D poses in data.poses, got 2D ones only of {some(flat)}; set data.poses.xyz, "
            "or use_3d = false"
        )
    still = [track.clip for track in data.tracks if track.fps is None]
    if motion.windows.seconds is not None and still and not any(clip.path and is_there(clip.path) for clip in clips):
        yield DataError(
            f"motion.windows.seconds: expected a frame rate of every clip, got none of {some(still)} and no videos "
            "that tell it; set data.poses.fps or motion.windows.frames"
        )
    if clips and all(clip.split != "test" for clip in clips):
        yield DataError(NO_TEST)
    train = len(data.manifest.rows("train"))
    if poses and motion.source == "discover" and motion.min_clips > train >= FEW:
        yield DataError(f"motion.min_clips: expected at most the {train} train clips, got {motion.min_clips}; lower it")
    counts = Counter(clip.label for clip in clips if clip.split == "train")
    if folds and (single := [name for name in data.manifest.classes if counts[name] == 1]):
        yield DataError(
            f"clips: expected at least 2 train clips of every class to hold one out, got 1 of "
            f"{some([repr(name) for name in single])}; add some, or take the class out"
        )
