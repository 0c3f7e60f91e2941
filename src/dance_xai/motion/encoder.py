"""Pose tracks -> windows -> codes: the fitted description of movement that discovery and matching share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Gt, Le

from dance_xai.errors import DataError
from dance_xai.motion.body import to_body_units, to_unit_box
from dance_xai.motion.fill import fill_gaps
from dance_xai.motion.impute import PoseImputer, fit_imputer
from dance_xai.motion.stack import PoseStack, keep_joints, stack_tracks
from dance_xai.motion.windows import cut_windows, filter_windows
from dance_xai.types import FloatArray, IntArray, PoseTrack, PoseWindows, Skeleton, counted

Normalisation = Literal["body", "unit_box"]
NORMALISERS: dict[Normalisation, Callable[[PoseStack], PoseStack]] = {"body": to_body_units, "unit_box": to_unit_box}


@dataclass(frozen=True)
class WindowSpec:
    """How pose windows are cut and described.

    Attributes:
        rows: L, poses per window.
        frames: Frames a window spans; used when ``seconds`` is None.
        seconds: Seconds a window spans; needs the frame rate of every clip.
        normalise: ``body`` (stature 1, aspect kept) or ``unit_box`` (the paper's per-frame min-max).
        max_gap: Frames over which a joint is filled in time.
        min_confidence: A joint counts as seen above this confidence.
        min_seen: Least share of joints seen in a window, 0..1.
        max_step: Largest mean displacement between two rows, body units.
        velocity: Weight of the velocities beside the positions.
        components: P, principal components kept.
        mirror: Left and right count as the same movement.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    rows: Annotated[int, Ge(2)] = 12
    frames: Annotated[int, Ge(2)] = 24
    seconds: Annotated[float, Gt(0)] | None = None
    normalise: Normalisation = "body"
    max_gap: Annotated[int, Ge(0)] = 8
    min_confidence: Annotated[float, Ge(0), Le(1)] = 0.0
    min_seen: Annotated[float, Ge(0), Le(1)] = 0.5
    max_step: Annotated[float, Gt(0)] = 0.25
    velocity: Annotated[float, Ge(0)] = 4.0
    components: Annotated[int, Ge(1)] = 40
    mirror: bool = True


@dataclass(frozen=True, eq=False)
class MotionEncoder:
    """Fitted on train clips; describes any clip with the same skeleton.

    Attributes:
        skeleton: The named joints; those never seen in train clips are left out.
        spec: How windows are cut.
        imputer: Infers joints that were not seen.
        mean: (Q,) of the raw descriptors (positions and velocities) over train windows.
        components: (Q, P) principal directions.
    """

    skeleton: Skeleton
    spec: WindowSpec
    imputer: PoseImputer
    mean: FloatArray
    components: FloatArray

    def body(self, tracks: Sequence[PoseTrack], ids: Sequence[str]) -> PoseStack:
        """The poses of the given clips in body units, every joint filled or inferred.

        Raises:
            DataError: They have another skeleton.
        """
        stack = normalised(tracks, ids, self.spec, self.skeleton)
        return replace(stack, xy=self.imputer(stack.xy, stack.seen))

    def codes(self, poses: FloatArray) -> FloatArray:
        """Describe windows, as they are and mirrored.

        Args:
            poses: (W, L, K, 2) body units.

        Returns:
            (W, O, P): O = 2 (as is, mirrored) with ``spec.mirror``, else 1.
        """
        views = [poses, mirrored(poses, self.skeleton)] if self.spec.mirror else [poses]
        coded = [(descriptor(view, self.spec.velocity) - self.mean) @ self.components for view in views]
        return np.stack(coded, axis=1)


def normalised(
    tracks: Sequence[PoseTrack], ids: Sequence[str], spec: WindowSpec, skeleton: Skeleton | None = None
) -> PoseStack:
    """Stack, fill short gaps and normalise; unseen joints are still unseen.

    Args:
        tracks: One per clip at most.
        ids: N clips.
        spec: How.
        skeleton: That of the tracks, or a part of it to leave out the other joints.

    Raises:
        DataError: The tracks have another skeleton.
    """
    stack = stack_tracks(tracks, ids, min_confidence=spec.min_confidence)
    stack = stack if skeleton is None else keep_joints(stack, skeleton)
    return NORMALISERS[spec.normalise](fill_gaps(stack, max_gap=spec.max_gap))


def window_span(stack: PoseStack, spec: WindowSpec) -> FloatArray:
    """(N,) frames from the first to the last row of a window, per clip.

    Raises:
        DataError: Seconds are asked for and a clip does not state its frame rate.
    """
    if spec.seconds is None:
        return np.full(len(stack.clips), float(spec.frames - 1))
    unknown = np.flatnonzero(~(stack.fps > 0) & (stack.lengths > 0))
    if len(unknown):
        raise DataError(
            f"poses: expected a frame rate for windows of {spec.seconds} seconds, got none of "
            f"{counted(len(unknown), 'clip')}, {stack.clips[unknown[0]]!r} first; set windows.frames instead"
        )
    return np.nan_to_num(stack.fps) * spec.seconds


def pose_windows(body: PoseStack, key_frames: tuple[IntArray, IntArray], spec: WindowSpec) -> PoseWindows:
    """Windows around key frames that pass the filters, with reasons for the others."""
    windows = cut_windows(body, *key_frames, rows=spec.rows, span=window_span(body, spec))
    return filter_windows(windows, body.clips, min_seen=spec.min_seen, max_step=spec.max_step)


def train_frames(stack: PoseStack, train: IntArray, *, max_frames: int = 20_000) -> IntArray:
    """(f,) evenly spaced frames of the train clips, which the imputer learns from."""
    frames = np.flatnonzero(np.isin(stack.clip_of_frame, train))
    return frames[:: max(1, len(frames) // max_frames)]


def fit_imputer_on(stack: PoseStack, train: IntArray) -> PoseImputer:
    """Fit the imputer to frames of the train clips."""
    frames = train_frames(stack, train)
    return fit_imputer(stack.xy[frames], stack.seen[frames])


def fit_encoder(skeleton: Skeleton, spec: WindowSpec, imputer: PoseImputer, poses: FloatArray) -> MotionEncoder:
    """Principal components of the descriptors of train windows, both ways round when mirrored ones count the same.

    Args:
        skeleton: The named joints.
        spec: How windows are described.
        imputer: Fitted on train clips.
        poses: (W, L, K, 2) train windows in body units.
    """
    views = [poses, mirrored(poses, skeleton)] if spec.mirror else [poses]
    raw = np.concatenate([descriptor(view, spec.velocity) for view in views])
    mean = raw.mean(axis=0)
    centred = raw - mean
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return MotionEncoder(skeleton, spec, imputer, mean, vectors[:, ::-1][:, : spec.components])


def descriptor(poses: FloatArray, velocity: float) -> FloatArray:
    """(W, L, K, 2) -> (W, Q) float32: positions, and differences of consecutive rows times ``velocity``."""
    flat = poses.reshape(len(poses), -1)
    if not velocity:
        return flat
    return np.concatenate([flat, velocity * np.diff(poses, axis=1).reshape(len(poses), -1)], axis=1)


def mirrored(poses: FloatArray, skeleton: Skeleton) -> FloatArray:
    """Swap left and right joints and turn x round, as in a mirror."""
    return poses[..., skeleton.mirror, :] * np.array([-1, 1], dtype=poses.dtype)
