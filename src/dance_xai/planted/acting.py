"""Who does what when: from the motions of each clip to pose tracks in pixels and the true spans.

All frames of all clips lie behind one another on one axis F, so every step is one array operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dance_xai.planted.body import COCO_17, draw_bodies, place_joints
from dance_xai.planted.camera import Cameras, draw_cameras, project
from dance_xai.planted.channels import SIZE, SLOTS, STANDING
from dance_xai.planted.moves import MOTION_NAMES, MOTIONS
from dance_xai.types import BoolArray, FloatArray, IntArray, PoseTrack

_FPS = (24.0, 25.0, 30.0)
_EASE_IN = 0.12


@dataclass(frozen=True)
class Span:
    """When a motion is truly seen: frames ``start`` to ``stop``, without the last."""

    motion: str
    start: int
    stop: int


@dataclass(frozen=True)
class Stage:
    """How much people, cameras and pose estimates differ between clips.

    Attributes:
        azimuth: Degrees, lowest and highest; 0 is the front, 90 the person's left.
        elevation: Degrees above the horizon, lowest and highest.
        speed: Slowest and fastest, 1 is the usual speed.
        jitter: Standard deviation of a joint's position, share of the person's height.
        occluded: Share of clips where a limb is hidden for a while.
        missed: Share of single joints that are not found.
        absent: Share of clips where nobody is found for some frames.
    """

    azimuth: tuple[float, float] = (15.0, 65.0)
    elevation: tuple[float, float] = (-3.0, 12.0)
    speed: tuple[float, float] = (0.85, 1.2)
    jitter: float = 0.006
    occluded: float = 0.25
    missed: float = 0.005
    absent: float = 0.2


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
class _Script:
    """Segments (S,) and clips (N,): which motion, where, how often, how fast."""

    motion: IntArray
    clip: IntArray
    start: IntArray
    frames: IntArray
    repeats: IntArray
    lengths: IntArray
    fps: FloatArray


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
    script = _write_script(motions, rng, stage)
    clip = np.repeat(np.arange(len(clips)), script.lengths)
    first = np.cumsum(script.lengths) - script.lengths
    seconds = (np.arange(len(clip)) - first[clip]) / script.fps[clip]
    channels = _move(script, first, len(clip), rng) + _sway(clip, seconds, len(clips), rng)
    bodies = draw_bodies(len(clips), rng)
    joints = place_joints(channels, bodies.rows(clip))
    cameras = draw_cameras(len(clips), rng, azimuth=stage.azimuth, elevation=stage.elevation)
    xy = project(joints, clip, seconds, cameras)
    size = bodies.height * cameras.focal / cameras.distance
    xy = xy + rng.normal(size=xy.shape) * (stage.jitter * size)[clip, None, None]
    confidence = _confidence(script.lengths, first, rng, stage)
    tracks = _cut(clips, xy, confidence, script, cameras)
    return Acting(tracks, _spans(script, len(clips)), joints, script.lengths, cameras)


def _write_script(motions: Sequence[Sequence[str]], rng: np.random.Generator, stage: Stage) -> _Script:
    fps = rng.choice(_FPS, len(motions))
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
    return _Script(motion, clip_of, start, frames, count, lengths, fps)


def _move(script: _Script, first: IntArray, frames: int, rng: np.random.Generator) -> FloatArray:
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


_HIDDEN = (
    ("left_elbow", "left_wrist"),
    ("right_wrist",),
    ("left_ankle",),
    ("right_knee", "right_ankle"),
    ("left_eye", "left_ear"),
)


def _confidence(lengths: IntArray, first: IntArray, rng: np.random.Generator, stage: Stage) -> FloatArray:
    """(F, 17) in 0..1, exactly 0 where a joint is hidden or missed or nobody is there."""
    confidence = np.clip(rng.normal(0.88, 0.06, (int(lengths.sum()), len(COCO_17.joints))), 0.5, 1)
    confidence[rng.random(confidence.shape) < stage.missed] = 0
    for clip in np.flatnonzero(rng.random(len(lengths)) < stage.occluded):
        limb = COCO_17.index(*_HIDDEN[rng.integers(len(_HIDDEN))])
        confidence[_run(lengths[clip], first[clip], rng, 0.2, 0.6)[:, None], limb] = 0
    for clip in np.flatnonzero(rng.random(len(lengths)) < stage.absent):
        confidence[_run(lengths[clip], first[clip], rng, 0.03, 0.09)] = 0
    return confidence


def _run(length: int, first: int, rng: np.random.Generator, low: float, high: float) -> IntArray:
    count = max(1, round(rng.uniform(low, high) * length))
    return first + int(rng.integers(0, length - count + 1)) + np.arange(count)


def _cut(
    clips: Sequence[str], xy: FloatArray, confidence: FloatArray, script: _Script, cameras: Cameras
) -> tuple[PoseTrack, ...]:
    seen: BoolArray = confidence > 0
    xy = np.where(seen[..., None], xy, 0).astype(np.float32)
    confidence = confidence.astype(np.float32)
    edges = np.cumsum(script.lengths)[:-1]
    parts = zip(clips, np.split(xy, edges), np.split(confidence, edges), strict=True)
    return tuple(
        PoseTrack(
            clip=clip,
            skeleton=COCO_17,
            xy=points,
            confidence=sure,
            present=np.asarray((sure > 0).any(axis=1)),
            fps=float(script.fps[row]),
            height_width=(int(cameras.height_width[row, 0]), int(cameras.height_width[row, 1])),
        )
        for row, (clip, points, sure) in enumerate(parts)
    )


def _spans(script: _Script, clips: int) -> tuple[tuple[Span, ...], ...]:
    found: list[list[Span]] = [[] for _ in range(clips)]
    for which, clip, start, frames in zip(script.motion, script.clip, script.start, script.frames, strict=True):
        found[clip].append(Span(MOTION_NAMES[which], int(start), int(start + frames)))
    return tuple(tuple(spans) for spans in found)
