"""All clips of a data set, several at a time: what was kept is taken, the rest is watched; bad clips are left out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from dance_xai.data.container import is_there
from dance_xai.data.video import lost_points
from dance_xai.errors import DataError
from dance_xai.extract.keep import ClipKeep, Vector
from dance_xai.extract.parts import Parts
from dance_xai.extract.settings import ExtractConfig
from dance_xai.extract.watch import Sight, open_clip, watch
from dance_xai.types import Clip, Drop, IntArray, People

Progress = Callable[[int, int], None]
"""Told how many clips of how many are done."""


@dataclass(frozen=True)
class Timing:
    """A clip's grid in time and the size of its frames; see ``Sight``."""

    fps: float
    length: int
    height_width: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Lost:
    """Points of a clip's grid whose frame cannot be decoded; see ``Sight``."""

    points: IntArray


def see_clip(clip: Clip, parts: Parts, config: ExtractConfig, keep: ClipKeep, *, threads: int = 1) -> Sight:
    """What the parts see in a clip, from the cache where it was kept.

    Raises:
        DataError: The clip has no video, or a damaged one.
    """
    if clip.path is None:
        raise DataError(f"clip {clip.id!r}: expected a video file, got none; add a column with paths to data.clips")
    keys = {identity: keep.key(clip, config, identity) for identity in parts.networks}
    timing_key, lost_key = (keep.key(clip, config, what) for what in ("timing", "lost"))
    people_key = "" if parts.poses is None else keep.key(clip, config, parts.poses.identity)
    timing = keep.load(Timing, timing_key)
    lost = keep.load(Lost, lost_key) if keys or people_key else Lost(np.zeros(0, dtype=np.int64))
    people = keep.load(People, people_key) if people_key else None
    vectors = {identity: keep.load(Vector, key) for identity, key in keys.items()}
    missing = {identity for identity, vector in vectors.items() if vector is None}
    known = {identity: vector.values for identity, vector in vectors.items() if vector is not None}
    unseen = bool(missing or (people_key and people is None))
    if timing is not None and lost is not None and not unseen:
        return Sight(timing.fps, timing.length, timing.height_width, people, known, lost.points)
    video, asked = open_clip(clip, config), parts.only(bool(people_key) and people is None, missing)
    seen = watch(video, asked, batch=config.batch or 8, threads=threads)
    if unseen or lost is None:
        lost = Lost(seen.lost if unseen else lost_points(video, threads=threads))
        keep.save(lost, lost_key)
    keep.save(Timing(seen.fps, seen.length, seen.height_width), timing_key)
    if seen.people is not None:
        keep.save(seen.people, people_key)
    for identity, values in seen.vectors.items():
        keep.save(Vector(values), keys[identity])
    return Sight(seen.fps, seen.length, seen.height_width, seen.people or people, known | seen.vectors, lost.points)


def see_clips(
    clips: Sequence[Clip],
    parts: Parts,
    config: ExtractConfig,
    keep: ClipKeep,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> tuple[dict[str, Sight], tuple[Drop, ...]]:
    """Look at every clip; those that cannot be looked at are left out with a reason.

    On the CPU the result does not depend on the number of workers.

    Args:
        clips: N clips.
        parts: Who looks.
        config: How.
        keep: Where results are kept.
        workers: Clips at a time, a thread each.
        progress: Told after each clip.

    Returns:
        What was seen by clip id, and the clips left out.

    Raises:
        DataError: No clip has a video where its path says.
    """
    require_videos(clips)
    seen: dict[str, Sight] = {}
    drops: dict[str, Drop] = {}
    try:
        for done, (clip, result) in enumerate(_in_threads(clips, parts, config, keep, workers), start=1):
            if isinstance(result, Sight):
                seen[clip.id] = result
            else:
                drops[clip.id] = Drop("clips", clip.id, reason_of(clip, result))
            if progress:
                progress(done, len(clips))
    finally:
        keep.close()
    return seen, tuple(drops[clip.id] for clip in clips if clip.id in drops)


def require_videos(clips: Sequence[Clip]) -> None:
    """Check that some clip has a video where its path says.

    Raises:
        DataError: None has.
    """
    paths = [clip.path for clip in clips if clip.path is not None]
    if paths and not any(map(is_there, paths)):
        raise DataError(
            f"clips: expected videos where the list of clips says, found none of {len(paths)} ({paths[0]}); "
            "set data.clips.videos to the folder that the paths in the list start from, and check --data-root"
        )


def _in_threads(
    clips: Sequence[Clip], parts: Parts, config: ExtractConfig, keep: ClipKeep, workers: int
) -> Iterator[tuple[Clip, Sight | DataError]]:
    """Results as they come, with a few clips under way at a time."""

    def look(clip: Clip) -> Sight | DataError:
        try:
            return see_clip(clip, parts, config, keep)
        except DataError as error:
            return error

    pool = ThreadPoolExecutor(workers)
    waiting: dict[Future[Sight | DataError], Clip] = {}
    queue = iter(clips)
    try:
        while True:
            while len(waiting) < 2 * workers and (clip := next(queue, None)) is not None:
                waiting[pool.submit(look, clip)] = clip
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def reason_of(clip: Clip, error: DataError) -> str:
    """The error without the name of the file, so that clips that are bad alike are counted together."""
    text = str(error)
    if text.startswith(f"{clip.path}{os.sep}"):  # an image in a folder
        text = text.partition(": ")[2]
    return text.removeprefix(f"{clip.path}: ").removeprefix(f"clip {clip.id!r}: ")
