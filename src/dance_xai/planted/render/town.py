"""A street between houses."""

from __future__ import annotations

import numpy as np

from dance_xai.planted.render.open_air import beside, lamp, sky
from dance_xai.planted.render.plate import Colour, Plate


def street(plate: Plate) -> None:
    """House fronts with windows and doors, a pavement with its kerb, a road with lines, a car or a lamp."""
    rng = plate.rng
    sky(plate, (176, 190, 204), (218, 220, 220))
    plate.ground((118, 118, 120), (140, 140, 140), 6, 0.3)
    wall = -rng.uniform(4.5, 7)
    _fronts(plate, wall)
    left, right = plate.span(wall)
    pavement = [
        plate.at(left, wall),
        plate.at(right, wall),
        plate.at(right * 2, wall + 2),
        plate.at(left * 2, wall + 2),
    ]
    plate.poly(pavement, (172, 168, 162))
    _strip(plate, wall + 1.9, wall + 2.05, (204, 202, 198))
    for start in np.arange(-12, 12, 2.4):
        _strip(plate, -0.9, -0.78, (222, 222, 216), (start, start + 1.3))
    if rng.random() < 0.6:
        _car(plate, beside(plate, wall + 2.4, 1.6), wall + 2.6)
    lamp(plate, beside(plate, wall + 1.6, 0.8), wall + 1.6)


def _strip(plate: Plate, near: float, far: float, colour: Colour, right: tuple[float, float] = (-14, 14)) -> None:
    """A line painted on the floor across the picture."""
    plate.poly(
        [plate.at(right[0], near), plate.at(right[1], near), plate.at(right[1], far), plate.at(right[0], far)], colour
    )


def _fronts(plate: Plate, toward: float) -> None:
    rng = plate.rng
    x, stop = plate.span(toward)
    x -= rng.uniform(0, 2)
    while x < stop:
        wide, tall = rng.uniform(2.4, 4.2), rng.uniform(3.6, 9)
        wall = np.array(
            ((182, 150, 130), (200, 190, 172), (160, 160, 164), (172, 136, 122), (150, 160, 164))[rng.integers(5)]
        )
        plate.box((x, x + wide), (0, tall), toward, wall * rng.uniform(0.88, 1.05))
        plate.box((x, x + wide), (tall - 0.25, tall), toward, wall * 0.78)
        _windows(plate, x, wide, tall, toward)
        x += wide


def _windows(plate: Plate, x: float, wide: float, tall: float, toward: float) -> None:
    rng = plate.rng
    count = max(2, int(wide / 1.1))
    for column in range(count):
        left = x + wide * (column + 0.25) / count
        right = left + wide * 0.5 / count
        for floor in np.arange(2.9, tall - 1.2, 1.9):
            glass = np.array([104, 120, 134]) * rng.uniform(0.7, 1.35)
            plate.box((left - 0.06, right + 0.06), (floor - 0.08, floor + 1.18), toward, (222, 218, 210))
            plate.box((left, right), (floor, floor + 1.1), toward, glass)
    door = x + wide * rng.uniform(0.1, 0.5)
    plate.box((door, door + 0.9), (0, 2.05), toward, ((96, 76, 64), (70, 86, 92), (110, 110, 112))[rng.integers(3)])
    plate.box((door + 1.1, x + wide - 0.2), (0.6, 2.0), toward, (120, 134, 142))
    plate.box(
        (x + 0.1, x + wide - 0.1),
        (2.15, 2.45),
        toward,
        ((150, 96, 88), (96, 118, 108), (196, 186, 160))[rng.integers(3)],
    )


def _car(plate: Plate, right: float, toward: float) -> None:
    paint = np.array(((150, 158, 168), (140, 88, 84), (84, 98, 122), (206, 206, 202))[plate.rng.integers(4)])
    plate.box((right - 1.9, right + 1.9), (0.05, 0.2), toward, (60, 60, 62))
    roof = [plate.at(right + x, toward, up) for x, up in ((-1.1, 0.85), (-0.7, 1.4), (0.7, 1.4), (1.25, 0.85))]
    plate.poly(roof, (92, 106, 116))
    plate.box((right - 2.0, right + 2.0), (0.28, 0.88), toward, paint)
    plate.box((right - 2.0, right + 2.0), (0.72, 0.88), toward, paint * 1.12)
    for x in (-1.25, 1.25):
        centre = plate.at(right + x, toward, 0.32)
        for size, colour in ((0.34, (40, 40, 42)), (0.18, (170, 172, 174))):
            plate.blob(*centre, size * plate.scale(toward), size * plate.scale(toward), colour)
