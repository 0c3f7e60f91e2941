"""Who does what when: from the motions of each clip to pose tracks in pixels and the true spans.

All frames of all clips lie behind one another on one axis F, so every step is one array operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dance_xai.planted.body import Bodies, draw_bodies, place_joints
from dance_xai.planted.camera import Cameras, draw_cameras, project
from dance_xai.planted.channels import SIZE, SLOTS, STANDING
from dance_xai.planted.moves import MOTION_NAMES, MOTIONS
from dance_xai.planted.observing import confidence_of, cut_tracks
from dance_xai.planted.stage import Script, Span, Stage
from dance_xai.types import FloatArray, IntArray, PoseTrack

_EASE_IN = 0.12


@dataclass(frozen=True, eq=False)
class Acting:
    """What was acted in N clips.

    Attributes:
        tracks: N pose tracks.
        spans: The true spans of each clip, in order.
        joints: (F, 17, 3) metres of all frames of all clips, behind one another.
        lengths: (N,) frames per clip.
        cameras: N cameras.
    """

    tracks: tuple[PoseTrack, ...]
    spans: tuple[tuple[Span, ...], ...]
    joints: FloatArray = field(repr=False)
    lengths: IntArray
    cameras: Cameras


@dataclass(frozen=True, eq=False)
class Performance:
    """What truly happens in N clips of F frames in all, before anybody looks.

    Attributes:
        script: Which motions, when.
        joints: (F, 17, 3) metres.
        clip: (F,) clip of each frame.
        first: (N,) first frame of each clip.
        seconds: (F,) time since the clip began.
        bodies: N people.
        cameras: N cameras.
    """

    script: Script
    joints: FloatArray
    clip: IntArray
    first: IntArray
    seconds: FloatArray
    bodies: Bodies
    cameras: Cameras


def act(
    clips: Sequence[str], motions: Sequence[Sequence[str]], rng: np.random.Generator, stage: Stage | None = None
) -> Acting:
    """Let a different person act out the motions of each clip, in an order of their own.

    Args:
        clips: N clip ids.
        motions: For each clip the names of its motions, from ``MOTION_NAMES``.
        rng: Source of all chance.
        stage: How much clips differ.

    Returns:
        Pose tracks of ``COCO_17`` with their true spans.
    """
    stage = stage or Stage()
    played = perform(motions, rng, stage)
    script, bodies, cameras = played.script, played.bodies, played.cameras
    xy = project(played.joints, played.clip, played.seconds, cameras)
    size = bodies.height * cameras.focal / cameras.distance
    xy = xy + rng.normal(size=xy.shape) * (stage.jitter * size)[played.clip, None, None]
    confidence = confidence_of(script.lengths, played.first, rng, stage)
    tracks = cut_tracks(clips, xy, confidence, script, cameras)
    return Acting(tracks, spans_of(script, len(clips)), played.joints, script.lengths, cameras)


def perform(motions: Sequence[Sequence[str]], rng: np.random.Generator, stage: Stage) -> Performance:
    """Let a different person act out the motions of each clip before a camera of their own.

    Args:
        motions: For each clip the names of its motions, from ``MOTION_NAMES``.
        rng: Source of all chance.
        stage: How much clips differ.
    """
    script = _write_script(motions, rng, stage)
    clip = np.repeat(np.arange(len(motions)), script.lengths)
    first = np.cumsum(script.lengths) - script.lengths
    seconds = (np.arange(len(clip)) - first[clip]) / script.fps[clip]
    channels = _move(script, first, len(clip), rng) + _sway(clip, seconds, len(motions), rng)
    bodies = draw_bodies(len(motions), rng)
    joints = place_joints(channels, bodies.rows(clip))
    cameras = draw_cameras(len(motions), rng, azimuth=stage.azimuth, elevation=stage.elevation, frames=stage.frames)
    return Performance(script, joints, clip, first, seconds, bodies, cameras)


def _write_script(motions: Sequence[Sequence[str]], rng: np.random.Generator, stage: Stage) -> Script:
    fps = rng.choice(stage.fps, len(motions))
    rows, lengths = [], np.zeros(len(motions), dtype=np.int64)
    for clip, names in enumerate(motions):
        at = rng.uniform(0.3, 0.7)
        for name in rng.permutation(np.array(names)):
            which = MOTION_NAMES.index(name)
            repeats = int(rng.integers(MOTIONS[which].repeats[0], MOTIONS[which].repeats[1] + 1))
            lasts = MOTIONS[which].seconds * repeats / rng.uniform(*stage.speed)
            rows.append((which, clip, round(at * fps[clip]), round(lasts * fps[clip]), repeats))
            at += lasts + rng.uniform(0.2, 0.5)
        lengths[clip] = round((at + rng.uniform(0.1, 0.3)) * fps[clip])
    motion, clip_of, start, frames, count = np.array(rows, dtype=np.int64).T
    return Script(motion, clip_of, start, frames, count, lengths, fps)


def _move(script: Script, first: IntArray, frames: int, rng: np.random.Generator) -> FloatArray:
    """(F, 29): standing, and within segments the motion at an unevenly running phase."""
    segment = np.repeat(np.arange(len(script.motion)), script.frames)
    begin = np.cumsum(script.frames) - script.frames
    step = np.arange(len(segment)) - begin[segment]
    frame = (first[script.clip] + script.start)[segment] + step
    progress = step / np.maximum(script.frames - 1, 1)[segment]
    warp = rng.uniform(-0.3, 0.3, len(script.motion))[segment]
    phase = progress * script.repeats[segment]
    phase = np.clip(phase - np.floor(np.minimum(phase, script.repeats[segment] - 1e-9)), 0, 1)
    phase = phase + warp * np.sin(2 * np.pi * phase) / (2 * np.pi)
    size = rng.uniform(0.88, 1.06, len(script.motion))[segment]
    edge = np.clip(np.minimum(progress, 1 - progress) / _EASE_IN, 0, 1)
    weight = size * edge * edge * (3 - 2 * edge)
    channels = np.tile(STANDING, (frames, 1))
    for which, motion in enumerate(MOTIONS):
        doing = script.motion[segment] == which
        away = motion.at(phase[doing]) - STANDING
        scale = weight if motion.cyclic else size
        channels[frame[doing]] += away * scale[doing, None]
    return channels


def _sway(clip: IntArray, seconds: FloatArray, clips: int, rng: np.random.Generator) -> FloatArray:
    """(F, 29): nobody stands quite still, and everybody stands a little differently; the feet do not slide."""
    reach = np.zeros(SIZE)
    for name, amount in (("hips", 0.008), ("pelvis", 0.8), ("spine", 1.5), ("head", 4.0)):
        reach[SLOTS[name]] = amount
    for side in ("left", "right"):
        reach[SLOTS[f"{side}_upper"]], reach[SLOTS[f"{side}_fore"]] = 0.03, 0.05
    pace, offset = rng.uniform(0.15, 0.5, (clips, SIZE)), rng.uniform(0, 2 * np.pi, (clips, SIZE))
    habit = rng.normal(size=(clips, SIZE)) * reach
    stance = rng.uniform(0, 0.07, clips)
    habit[:, SLOTS["hips"]] = 0
    habit[:, SLOTS["left_foot"].start] = habit[:, SLOTS["right_foot"].start] = stance
    wave = np.sin(2 * np.pi * pace[clip] * seconds[:, None] + offset[clip])
    wave[:, SLOTS["hips"].start + 1] *= 0.3
    return np.asarray(wave * reach + habit[clip])


def spans_of(script: Script, clips: int) -> tuple[tuple[Span, ...], ...]:
    """The true spans of each of N clips, in order."""
    found: list[list[Span]] = [[] for _ in range(clips)]
    for which, clip, start, frames in zip(script.motion, script.clip, script.start, script.frames, strict=True):
        found[clip].append(Span(MOTION_NAMES[which], int(start), int(start + frames)))
    return tuple(tuple(spans) for spans in found)
