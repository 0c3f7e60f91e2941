"""Write a planted world of videos: the clips, and beside them what is true and what to ask for."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from dance_xai.errors import DataError
from dance_xai.planted.render.encode import content_key, key_of, write_mp4
from dance_xai.planted.render.film import Film
from dance_xai.planted.render.shot import Shot
from dance_xai.planted.rule import DISTRACTORS
from dance_xai.planted.video_world import VideoWorld
from dance_xai.planted.write import pose_arrays, truth_record
from dance_xai.types import Clip, PoseTrack

VIDEOS = "videos"
"""Folder of the clips within the folder of the world."""


def write_videos(
    world: VideoWorld, folder: Path, *, workers: int = 1, progress: Callable[[int, int], None] | None = None
) -> tuple[PoseTrack, ...]:
    """Draw all clips as ``folder/CLIP.mp4``; a file that already shows the same is left as it is.

    The pixels depend on the world alone, not on the number of workers.

    Args:
        world: What is to be drawn.
        folder: Made when missing.
        workers: Processes; 1 draws in this one.
        progress: Called with the number of clips done and the number of all.

    Returns:
        The true poses of all rows, confidence 1 where a joint is seen and 0 where it is hidden or outside the frame.

    Raises:
        DataError: The folder or a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{folder}: expected a folder to write to, got: {error.strerror}; choose another") from error
    tracks = []
    for track in _drawn(world.shots, folder, workers):
        tracks.append(track)
        if progress is not None:
            progress(len(tracks), len(world.shots))
    return tuple(tracks)


def _drawn(shots: tuple[Shot, ...], folder: Path, workers: int) -> Iterator[PoseTrack]:
    paths = [folder / f"{shot.clip}.mp4" for shot in shots]
    if workers <= 1:
        yield from map(_draw, shots, paths)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_draw, shots, paths, chunksize=4)


def _draw(shot: Shot, path: Path) -> PoseTrack:
    film, key = Film(shot), content_key(shot)
    if key_of(path) != key:
        write_mp4(path, film.frames(), shot.height_width, shot.fps, key)
    return film.truth()


def write_video_world(
    world: VideoWorld, folder: Path, *, workers: int = 1, progress: Callable[[int, int], None] | None = None
) -> dict[str, Path]:
    """Write the clips and the files of a data set of videos, with what is true about it.

    ``shifted.csv`` lists the same train clips as ``clips.csv``, with the shifted clips as its test clips.

    Args:
        world: What is to be drawn.
        folder: Made when missing; files of the same names are replaced.
        workers: As in ``write_videos``.
        progress: As in ``write_videos``.

    Returns:
        The files: ``clips`` and ``shifted`` (csv: clip,path,label,split), ``poses`` (npz, the true ones), ``truth``
        (json), ``objects`` and ``scenes`` (text, one phrase per line).

    Raises:
        DataError: The folder or a file cannot be written.
    """
    tracks = write_videos(world, folder / VIDEOS, workers=workers, progress=progress)
    paths = {
        "clips": folder / "clips.csv",
        "shifted": folder / "shifted.csv",
        "poses": folder / "true_poses.npz",
        "truth": folder / "truth.json",
        "objects": folder / "objects.txt",
        "scenes": folder / "scenes.txt",
    }
    train = tuple(clip for clip in world.manifest.clips if clip.split == "train")
    _write_clips(world.manifest.clips, paths["clips"])
    _write_clips(train + world.shifted.clips, paths["shifted"])
    np.savez_compressed(paths["poses"], **pose_arrays(tracks))
    paths["truth"].write_text(json.dumps(truth_record(world), indent=1) + "\n", encoding="utf-8")
    for kind in ("object", "scene"):
        phrases = (*world.names[kind], *DISTRACTORS[kind])
        paths[f"{kind}s"].write_text("\n".join(phrases) + "\n", encoding="utf-8")
    return paths


def _write_clips(clips: tuple[Clip, ...], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["clip", "path", "label", "split"])
        rows.writerows([clip.id, f"{VIDEOS}/{clip.id}.mp4", clip.label, clip.split] for clip in clips)
