"""A backbone without weights: what a tracked body does, measured. For poses what a video network is for frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dance_xai.motion import kinematics_phases as phases
from dance_xai.motion import kinematics_summary as summary
from dance_xai.motion.kinematics_body import Movement, movement_of
from dance_xai.types import FloatArray, PoseTrack

COARSE = 0.3
VERSION = 1  # of the measures; part of the identity


class Measure(NamedTuple):
    """One block of the feature.

    Attributes:
        take: ``Movement`` -> array of any shape.
        unit: Its typical spread over clips of different actions; the block is divided by it and by the root of its
            size, so that every block has about the same say.
        say: Its share beside the others. Coarse measures have a small one: beside the fine ones they tell little more
            and vary with the person.
    """

    take: Callable[[Movement], FloatArray]
    unit: float
    say: float = 1.0


MEASURES: dict[str, Measure] = {
    "positions": Measure(phases.positions, 0.05),
    "velocities": Measure(phases.velocities, 0.2),
    "directions": Measure(phases.directions, 0.27),
    "speeds": Measure(phases.speeds, 0.23),
    "angles": Measure(phases.angles, 0.33),
    "ranges": Measure(summary.ranges, 0.042),
    "angle_ranges": Measure(summary.angle_ranges, 0.32),
    "distance_ranges": Measure(summary.distance_ranges, 0.065),
    "speed_levels": Measure(summary.speed_levels, 0.25, COARSE),
    "position_covariance": Measure(summary.position_covariance, 0.016),
    "velocity_covariance": Measure(summary.velocity_covariance, 0.083),
    "turning": Measure(summary.turning, 0.057),
    "spectrum": Measure(summary.spectrum, 1.0),
    "dominant_rate": Measure(summary.dominant_rate, 0.45, COARSE),
    "timing": Measure(summary.timing, 0.08, COARSE),
    "net_displacement": Measure(summary.net_displacement, 0.028, COARSE),
    "duration": Measure(summary.duration, 0.135, COARSE),
    "share_known": Measure(summary.share_known, 1.0, COARSE),
}


@dataclass(frozen=True)
class PoseKinematics:
    """Kinematics of one track as one vector; a ``PoseBackbone``.

    It does not change with the size of the person, the place in the frame or the frame rate (beyond what sampling
    loses). It does change with left and right, and with the direction the person faces.

    Attributes:
        use_3d: Measure ``xyz``, which every track must have; else ``xy``.
        assumed_fps: Frames per second of tracks that state none; None refuses them.
        name: Of the features.

    Source: ours.
    """

    use_3d: bool = False
    assumed_fps: float | None = None
    name: str = "pose_kinematics"

    @property
    def identity(self) -> str:
        """The version of the measures and the settings that change a result."""
        return f"{self.name}/{VERSION} use_3d={self.use_3d} assumed_fps={self.assumed_fps}"

    def measures(self, track: PoseTrack) -> dict[str, FloatArray]:
        """Every measure in its own shape and unit, by the names of ``MEASURES``; all 0 when nobody is present.

        Raises:
            DataError: No frame rate, or no 3D positions where they are asked for.
        """
        movement = movement_of(track, use_3d=self.use_3d, fps=self.assumed_fps)
        return {name: measure.take(movement) for name, measure in MEASURES.items()}

    def encode(self, track: PoseTrack) -> FloatArray:
        """One track -> (D,) float32, finite; zeros when nobody is present.

        D depends on ``use_3d`` alone. Joints that the skeleton lacks or that are never seen add zeros.

        Raises:
            DataError: No frame rate, or no 3D positions where they are asked for.
        """
        blocks = [_scaled(values, MEASURES[name]) for name, values in self.measures(track).items()]
        return np.concatenate(blocks).astype(np.float32)


def _scaled(values: FloatArray, measure: Measure) -> FloatArray:
    return np.asarray(values.ravel() * (measure.say / (measure.unit * values.size**0.5)))
