"""Planted worlds shared by the tests of this folder: one of tracks and features, one of short videos."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
import pytest

from dance_xai.planted.render.shot import Shot
from dance_xai.planted.video_world import VIDEO_STAGE, VideoWorld, make_video_world
from dance_xai.planted.videos import write_videos
from dance_xai.planted.world import PlantedWorld, make_world
from dance_xai.types import PoseTrack, UInt8Array

QUICK = replace(VIDEO_STAGE, speed=(1.9, 2.2))


@pytest.fixture(scope="session")
def world() -> PlantedWorld:
    return make_world()


@pytest.fixture(scope="session")
def video_world() -> VideoWorld:
    return make_video_world(clips_per_class=4, seed=2, stage=QUICK)


@dataclass(frozen=True, eq=False)
class Filmed:
    """Some rows of a world as decoded frames with their truth."""

    world: VideoWorld
    rows: np.ndarray
    folder: Path
    clips: tuple[UInt8Array, ...]
    truth: tuple[PoseTrack, ...]

    @property
    def shots(self) -> tuple[Shot, ...]:
        return tuple(self.world.shots[row] for row in self.rows)


@pytest.fixture(scope="session")
def filmed(video_world: VideoWorld, tmp_path_factory: pytest.TempPathFactory) -> Filmed:
    """Two clips of every class, decoded once."""
    rows = np.arange(len(video_world.shots)).reshape(-1, 1)
    train = rows[:39].reshape(13, 3)[:, :2].ravel()
    folder = tmp_path_factory.mktemp("filmed")
    truth = write_videos(replace(video_world, shots=tuple(video_world.shots[row] for row in train)), folder)
    clips = tuple(decode(folder / f"{video_world.shots[row].clip}.mp4") for row in train)
    return Filmed(video_world, train, folder, clips, truth)


def decode(path: Path) -> UInt8Array:
    """(T, H, W, 3) all frames of a file."""
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])
