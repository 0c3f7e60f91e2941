"""Places in nature: Beach, Forest, Park."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from dance_xai.planted.render.open_air import beside, lamp, sky
from dance_xai.planted.render.plate import Colour, Plate, noise_at


def beach(plate: Plate) -> None:
    """Sand, the sea with foam, a wide sky, a far coast, sometimes a sunshade or palms."""
    rng = plate.rng
    sky(plate, (150, 186, 214), (226, 232, 232))
    _hills(plate, 0.035, (150, 162, 164))
    plate.ground((222, 200, 160), (206, 190, 160), 9, 0.5)
    shore = plate.at(0, -rng.uniform(5, 8))[1]
    _sea(plate, shore)
    for toward in sorted(rng.uniform(-4.5, -1.5, rng.integers(1, 4))):
        right = beside(plate, toward, 1.0)
        if rng.random() < 0.6:
            _sunshade(plate, right, toward)
        else:
            _towel(plate, right, toward)


def forest(plate: Plate) -> None:
    """Many trunks one behind the other, dark green between them, leaves and needles on the ground."""
    rng = plate.rng
    plate.ramp((88, 112, 80), (146, 158, 126), 0, plate.horizon + 2)
    for _ in range(26):
        x, y = rng.uniform(0, plate.size[0]), plate.horizon - rng.uniform(0.0, 0.9) * plate.horizon
        plate.leaves(x, y, 34, 26, np.array([66, 92, 58]) * rng.uniform(0.75, 1.25), 5)
    plate.ground((112, 96, 72), (98, 104, 76), 16, 0.35)
    for toward in np.sort(rng.uniform(-15, -1.6, 22)):
        _trunk(plate, rng.uniform(*plate.span(toward)), toward)
        if rng.random() < 0.6:
            right = rng.uniform(*plate.span(toward))
            x, y = plate.at(right, toward, 0.15)
            scale = plate.scale(toward)
            plate.leaves(x, y, 0.5 * scale, 0.25 * scale, (80, 112, 66), 7)


def park(plate: Plate) -> None:
    """A lawn under a bright sky, round trees, a path, a bench or a lamp."""
    rng = plate.rng
    sky(plate, (140, 182, 222), (216, 228, 234))
    for _ in range(16):
        x = rng.uniform(0, plate.size[0])
        plate.leaves(x, plate.horizon - 8, 30, 16, np.array([96, 128, 88]) * rng.uniform(0.85, 1.1), 6)
    plate.ground((122, 156, 84), (142, 168, 108), 9, 0.4)
    _path(plate)
    for toward in np.sort(rng.uniform(-12, -3, rng.integers(3, 6))):
        _round_tree(plate, rng.uniform(*plate.span(toward)), toward)
    toward = rng.uniform(-3, -1.6)
    (_bench if rng.random() < 0.6 else lamp)(plate, beside(plate, toward, 1.2), toward)


def _hills(plate: Plate, height: float, colour: Colour) -> None:
    x = np.linspace(0, plate.size[0], 24)
    rise = np.maximum(0, np.sin(x / plate.rng.uniform(60, 140) + plate.rng.uniform(0, 6))) * height * plate.size[1]
    points = list(zip(x.tolist(), (plate.horizon - rise).tolist(), strict=True))
    plate.poly([(0.0, plate.horizon + 2), *points, (float(plate.size[0]), plate.horizon + 2)], colour)


def _sea(plate: Plate, shore: float) -> None:
    """Water from the horizon to the shore, with waves in perspective and a white edge."""
    first, x, z = plate.floor()
    rows = max(int(shore) - first, 1)
    depth = np.linspace(0, 1, rows)[:, None, None]
    base = np.array([92, 134, 152]) * (1 - depth) + np.array([136, 176, 180]) * depth
    waves = noise_at(x[:rows] * 6 % 256, z[:rows] * 90 % 256)[..., None]
    plate.put(base + 9 * waves + 60 * (waves > 1.9), first)
    columns = np.arange(0, plate.size[0] + 8, 8)
    edge = shore + 2.2 * np.sin(columns / 37.0 + plate.rng.uniform(0, 6)) + 1.5 * np.sin(columns / 13.0)
    line = list(zip(columns.tolist(), edge.tolist(), strict=True))
    plate.draw.line([(x, y + 4) for x, y in line], fill=(186, 168, 138), width=9)
    plate.draw.line(line, fill=(240, 242, 240), width=4)


def _sunshade(plate: Plate, right: float, toward: float) -> None:
    foot, top = plate.at(right, toward), plate.at(right + 0.1, toward, 2.1)
    plate.draw.line([foot, top], fill=(226, 220, 208), width=max(2, int(0.05 * plate.scale(toward))))
    wide, high = 1.15 * plate.scale(toward), 0.42 * plate.scale(toward)
    stripes = ((214, 146, 128), (240, 236, 226))
    edges = np.linspace(-1, 1, 8)
    for number, (a, b) in enumerate(pairwise(edges)):
        ends = [(top[0] + wide * s, top[1] + high * (0.75 + 0.25 * (1 - s * s))) for s in (a, (a + b) / 2, b)]
        plate.poly(
            [
                (top[0], top[1] - high * 0.1),
                *[(top[0] + wide * s * 0.62, top[1] + high * 0.25) for s in (a, b)][:1],
                *ends,
                (top[0] + wide * b * 0.62, top[1] + high * 0.25),
            ],
            stripes[number % 2],
        )


def _towel(plate: Plate, right: float, toward: float) -> None:
    corners = [plate.at(right + a, toward + b) for a, b in ((0, 0), (1.7, 0), (1.7, 0.8), (0, 0.8))]
    plate.poly(corners, ((168, 182, 190), (206, 174, 160), (190, 196, 160))[plate.rng.integers(3)])


def _trunk(plate: Plate, right: float, toward: float) -> None:
    """A trunk with a lit and a dark side; the farther, the paler."""
    rng, scale = plate.rng, plate.scale(toward)
    pale = np.clip(-toward / 18, 0, 0.75)
    bark = np.array([98, 80, 62]) * rng.uniform(0.75, 1.2) * (1 - pale) + np.array([138, 148, 118]) * pale
    (x, y), wide, lean = plate.at(right, toward), rng.uniform(0.11, 0.24) * scale, rng.normal(0, 12)
    plate.blob(x, y, wide * 1.8, wide * 0.4, np.array([82, 78, 58]) * (1 - pale) + np.array([120, 124, 96]) * pale)
    for inner, bright in ((1.0, 0.72), (0.66, 1.0), (0.25, 1.17)):
        shift = -(1 - inner) * wide * 0.4
        foot, top = (x + shift, y), (x + shift + lean, -4.0)
        half = wide * inner
        plate.poly(
            [
                (foot[0] - half * 1.25, foot[1]),
                (foot[0] + half * 1.25, foot[1]),
                (top[0] + half * 0.8, top[1]),
                (top[0] - half * 0.8, top[1]),
            ],
            bark * bright,
        )
    if rng.random() < 0.5:
        plate.leaves(
            x + lean,
            rng.uniform(0, 0.3) * plate.horizon,
            wide * 4,
            wide * 2.5,
            np.array([70, 100, 60]) * (1 - pale) + np.array([130, 146, 110]) * pale,
            8,
        )


def _round_tree(plate: Plate, right: float, toward: float) -> None:
    scale = plate.scale(toward)
    (x, y), tall = plate.at(right, toward), plate.rng.uniform(3.0, 4.6)
    plate.blob(x, y, 1.1 * scale, 0.14 * scale, (96, 126, 70))
    plate.box((right - 0.14, right + 0.14), (0, tall * 0.6), toward, (110, 90, 70))
    plate.box((right - 0.14, right - 0.02), (0, tall * 0.6), toward, (130, 108, 84))
    plate.leaves(
        x,
        y - tall * 0.72 * scale,
        1.25 * scale,
        1.05 * scale,
        np.array([88, 128, 70]) * plate.rng.uniform(0.85, 1.12),
        26,
    )


def _path(plate: Plate) -> None:
    bend, begin = plate.rng.uniform(-3, 3), plate.rng.uniform(-3.5, -2.2)
    left = [plate.at(bend * t * t + 9 * (t - 0.5), begin - 4 * t) for t in np.linspace(0, 1, 12)]
    right = [plate.at(bend * t * t + 9 * (t - 0.5), begin - 4 * t - 1.0) for t in np.linspace(0, 1, 12)]
    plate.poly([*left, *right[::-1]], (204, 192, 168))


def _bench(plate: Plate, right: float, toward: float) -> None:
    for up, bright in ((0.42, 1.0), (0.62, 1.08), (0.76, 1.12)):
        plate.box((right - 0.8, right + 0.8), (up, up + 0.09), toward, np.array([140, 110, 82]) * bright)
    for side in (-0.65, 0.6):
        plate.box((right + side, right + side + 0.06), (0, 0.85), toward, (70, 70, 72))
