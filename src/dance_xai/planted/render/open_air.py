"""What every place in the open has: a sky, and room beside the person."""

from __future__ import annotations

import numpy as np

from dance_xai.planted.render.plate import Colour, Plate


def sky(plate: Plate, top: Colour, bottom: Colour) -> None:
    """From the top of the picture to the horizon, with a few clouds."""
    light = plate.rng.uniform(0.92, 1.06)
    plate.ramp(np.asarray(top) * light, np.asarray(bottom) * light, 0, plate.horizon + 2)
    for _ in range(int(plate.rng.integers(1, 5))):
        x, y = plate.rng.uniform(0, plate.size[0]), plate.rng.uniform(0, 0.6) * plate.horizon
        for across in plate.rng.normal(0, 22, 6):
            plate.blob(
                x + across,
                y + plate.rng.normal(0, 2.5),
                plate.rng.uniform(12, 26),
                plate.rng.uniform(3, 7),
                np.array([238, 240, 241]) * light,
            )


def beside(plate: Plate, toward: float, apart: float) -> float:
    """A place in the picture that the person does not cover, metres to the right."""
    left, right = plate.span(toward)
    side = plate.rng.random() < (right - apart) / max(right - left - 2 * apart, 0.1)
    return float(
        plate.rng.uniform(apart, max(right, apart + 0.3))
        if side
        else plate.rng.uniform(min(left, -apart - 0.3), -apart)
    )


def lamp(plate: Plate, right: float, toward: float) -> None:
    """A street lamp; metres to the right and toward the camera."""
    plate.box((right - 0.04, right + 0.04), (0, 3.0), toward, (74, 78, 80))
    x, y = plate.at(right, toward, 3.1)
    plate.blob(x, y, 0.16 * plate.scale(toward), 0.2 * plate.scale(toward), (244, 240, 222))
