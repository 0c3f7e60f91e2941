"""The planted world as clips to be drawn: the same rule, actors and cameras as ``world``, no fake networks."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dance_xai.planted.acting import Performance, perform, spans_of
from dance_xai.planted.moves import MOTION_NAMES
from dance_xai.planted.render.shot import Beat, Shot
from dance_xai.planted.rule import CLASSES, RULES, VISIBLE
from dance_xai.planted.stage import Stage
from dance_xai.planted.world import Planted, cast_clips, motions_of
from dance_xai.types import BoolArray, FloatArray, Kind, Manifest

VIDEO_STAGE = Stage(
    azimuth=(8.0, 50.0),
    speed=(1.1, 1.45),
    absent=0.15,
    fps=(15.0,),
    frames=((192, 256), (180, 320), (208, 208), (240, 192)),
)
"""Small pictures at 15 frames a second; where a joint is hidden follows from what is drawn."""

_LOST, _SEARCH = 0.14, 0.3  # seconds without anybody, seconds until the camera has found the person


@dataclass(frozen=True, eq=False)
class VideoWorld(Planted):
    """Clips to be drawn, and everything that is true about them.

    Attributes:
        shots: All it takes to draw each row.
    """

    shots: tuple[Shot, ...] = field(repr=False)


def make_video_world(
    *, clips_per_class: int = 14, shifted_per_class: int | None = None, seed: int = 0, stage: Stage | None = None
) -> VideoWorld:
    """Make a planted world to be drawn; the same arguments give the same world.

    Args:
        clips_per_class: Train and test clips per class, three quarters of them train; at least 4.
        shifted_per_class: Shifted clips per class; a quarter of ``clips_per_class`` by default.
        seed: Of all chance.
        stage: How much people and cameras differ; of its flaws of pose estimates only ``absent`` counts here.

    Raises:
        ConfigError: Fewer than 4 clips per class.

    Source: ours.
    """
    rng = np.random.default_rng(seed)
    stage = stage or VIDEO_STAGE
    presence, clips = cast_clips(clips_per_class, shifted_per_class, rng)
    played = perform(motions_of(presence), rng, stage)
    ids = tuple(clip.id for clip in clips)
    searching = rng.random(len(clips)) < stage.absent
    split = len(CLASSES) * clips_per_class
    return VideoWorld(
        manifest=Manifest(clips[:split], CLASSES),
        shifted=Manifest(clips[split:], CLASSES),
        presence=presence,
        names=VISIBLE,
        spans=dict(zip(ids, spans_of(played.script, len(clips)), strict=True)),
        rules=RULES,
        shots=tuple(_shot(row, clip, played, presence, searching, seed) for row, clip in enumerate(ids)),
    )


def _shot(
    row: int, clip: str, played: Performance, presence: dict[Kind, BoolArray], searching: BoolArray, seed: int
) -> Shot:
    frames = slice(int(played.first[row]), int(played.first[row] + played.script.lengths[row]))
    camera, seconds = played.cameras.rows(np.array([row])), played.seconds[frames]
    height, width = camera.height_width[0]
    far = (1 if row % 2 else -1) * (0.62 * width + 0.4 * height)
    away = far * _search(seconds) if searching[row] else 0 * seconds
    script = played.script
    segments = np.flatnonzero(script.clip == row)
    return Shot(
        clip=clip,
        joints=played.joints[frames],
        height=float(played.bodies.height[row]),
        camera=camera,
        seconds=seconds,
        fps=float(script.fps[row]),
        beats=tuple(
            Beat(
                MOTION_NAMES[script.motion[s]],
                int(script.start[s]),
                int(script.start[s] + script.frames[s]),
                int(script.repeats[s]),
            )
            for s in segments
        ),
        scene=VISIBLE["scene"][int(presence["scene"][row].argmax())],
        objects=tuple(VISIBLE["object"][i] for i in np.flatnonzero(presence["object"][row])),
        away=away,
        seed=(seed, row),
    )


def _search(seconds: FloatArray) -> FloatArray:
    """(T,) from 1, nobody is in the picture, to 0, the camera has found the person."""
    share = np.clip((seconds - _LOST) / _SEARCH, 0, 1)
    return np.asarray(1 - share * share * (3 - 2 * share))
