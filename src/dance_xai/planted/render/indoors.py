"""Rooms: Gym, Living room."""

from __future__ import annotations

import numpy as np

from dance_xai.planted.render.plate import Colour, Plate


def gym(plate: Plate) -> None:
    """A grey speckled floor, a pale wall with a stripe, wall bars, mirrors, lamps, a stack of mats."""
    rng = plate.rng
    wall = -rng.uniform(2.4, 4.0)
    shade = rng.uniform(0.92, 1.06)
    plate.ground(np.array([112, 118, 126]) * shade, np.array([128, 134, 140]) * shade, 7, 0.12)
    _tiles(plate, 1.0, -6)
    _wall(plate, wall, np.array([196, 200, 202]) * shade, (140, 144, 148))
    left, right = plate.span(wall)
    plate.box((left, right), (1.25, 1.45), wall, ((118, 140, 158), (160, 128, 120), (128, 148, 130))[rng.integers(3)])
    _lamps(plate, wall)
    x = left + rng.uniform(0, 0.6)
    while x < right:
        wide = float(rng.uniform(1.0, 1.9))
        (_wall_bars, _mirror, _mats)[rng.integers(3)](plate, x, wide, wall)
        x += wide + rng.uniform(0.2, 0.8)


def living_room(plate: Plate) -> None:
    """Floor boards, a rug, a warm wall with a window, curtains, pictures, a sofa, a lamp or a plant."""
    rng = plate.rng
    wall = -rng.uniform(2.2, 3.4)
    wood = np.array(((164, 132, 100), (142, 112, 86), (184, 158, 126))[rng.integers(3)])
    plate.ground(wood, wood * 1.04, 5, 0.25)
    _boards(plate, wood)
    paint = np.array(((214, 200, 180), (198, 204, 194), (206, 192, 190), (190, 198, 208))[rng.integers(4)])
    _wall(plate, wall, paint, (236, 234, 228))
    _rug(plate)
    left, right = plate.span(wall)
    window = float(rng.uniform(left + 0.3, right - 1.6))
    _window(plate, window, wall)
    for x in np.arange(left + rng.uniform(0, 1), right, 1.3):
        if not window - 1.4 < x < window + 1.9 and rng.random() < 0.7:
            _picture(plate, float(x), wall)
    _sofa(plate, float(rng.uniform(left + 0.6, right - 0.6)), wall + 0.7)
    for _ in range(2):
        (_plant if rng.random() < 0.5 else _floor_lamp)(plate, float(rng.uniform(left, right)), wall + 0.5)


def _wall(plate: Plate, toward: float, paint: Colour, skirting: Colour) -> None:
    foot = plate.at(0, toward)[1]
    plate.ramp(np.asarray(paint) * 0.9, np.asarray(paint) * 1.03, 0, foot)
    left, right = plate.span(toward)
    plate.box((left, right), (0, 0.12), toward, skirting)


def _tiles(plate: Plate, step: float, far: float) -> None:
    """Joints between the mats of the floor, in the person's directions."""
    first, x, z = plate.floor()
    lines = ((x % step) < 0.03) | ((z % step) < 0.03)
    _darken(plate, first, lines, 0.88)


def _boards(plate: Plate, wood: Colour) -> None:
    """Boards of their own brightness with dark joints."""
    from PIL import Image

    first, x, z = plate.floor()
    board = np.floor(x / 0.16).astype(np.int64)
    shift = (board * 0.618 % 1) * 1.8
    piece = board * 57 + np.floor((z + shift) / 1.8).astype(np.int64) * 131
    bright = 0.92 + 0.15 * ((piece * 2654435761 % 1000) / 1000)
    joint = ((x % 0.16) < 0.012) | (((z + shift) % 1.8) < 0.015)
    area = plate.image.crop((0, first, *plate.size))
    pixels = np.asarray(area) * np.where(joint, 0.72, bright)[..., None]
    plate.image.paste(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), (0, first))


def _darken(plate: Plate, first: int, where: np.ndarray, by: float) -> None:
    from PIL import Image

    pixels = np.asarray(plate.image.crop((0, first, *plate.size))).astype(np.float32)
    pixels[where] *= by
    plate.image.paste(Image.fromarray(pixels.astype(np.uint8)), (0, first))


def _lamps(plate: Plate, wall: float) -> None:
    for right in np.arange(-6, 6, 1.7):
        plate.box((right, right + 1.0), (2.75, 2.87), wall, (248, 248, 244))


def _wall_bars(plate: Plate, x: float, wide: float, wall: float) -> None:
    wood = np.array([176, 146, 112])
    for up in np.arange(0.25, 2.5, 0.22):
        plate.box((x, x + wide), (up, up + 0.06), wall, wood * (0.9 + 0.06 * up))
    for side in (x, x + wide - 0.08):
        plate.box((side, side + 0.08), (0.1, 2.6), wall, wood * 0.8)


def _mirror(plate: Plate, x: float, wide: float, wall: float) -> None:
    plate.box((x, x + wide), (0.3, 2.2), wall, (120, 124, 128))
    plate.box((x + 0.05, x + wide - 0.05), (0.35, 2.15), wall, (178, 188, 194))
    shine = [plate.at(x + wide * a, wall, b) for a, b in ((0.2, 0.35), (0.4, 0.35), (0.8, 2.15), (0.6, 2.15))]
    plate.poly(shine, (200, 208, 212))


def _mats(plate: Plate, x: float, wide: float, wall: float) -> None:
    for level, colour in enumerate(((98, 116, 136), (134, 146, 150), (112, 128, 118))):
        plate.box((x, x + wide), (0.16 * level, 0.16 * level + 0.15), wall + 0.5, colour)


def _rug(plate: Plate) -> None:
    colours = (((150, 92, 88), (198, 168, 140)), ((96, 112, 132), (186, 190, 188)), ((132, 130, 106), (206, 200, 180)))
    outer, inner = colours[plate.rng.integers(3)]
    across, deep = plate.rng.uniform(1.2, 1.7), plate.rng.uniform(0.7, 1.1)
    for size, colour in ((1.0, outer), (0.86, inner), (0.78, outer)):
        corners = ((-across, -deep), (across, -deep), (across, deep), (-across, deep))
        plate.poly([plate.at(a * size, b * size) for a, b in corners], colour)


def _window(plate: Plate, x: float, wall: float) -> None:
    plate.box((x - 0.08, x + 1.38), (0.85, 2.2), wall, (240, 238, 232))
    plate.box((x, x + 1.3), (0.92, 2.12), wall, (196, 216, 228))
    plate.box((x, x + 1.3), (0.92, 1.25), wall, (150, 170, 132))
    for bar in (x + 0.62, x + 1.3):
        plate.box((bar, bar + 0.05), (0.92, 2.12), wall, (240, 238, 232))
    cloth = np.array(((196, 178, 160), (150, 160, 172), (186, 150, 140))[plate.rng.integers(3)])
    for side in (x - 0.42, x + 1.3):
        for fold in range(4):
            plate.box(
                (side + 0.11 * fold, side + 0.11 * fold + 0.11), (0.3, 2.35), wall, cloth * (0.9 + 0.08 * (fold % 2))
            )


def _picture(plate: Plate, x: float, wall: float) -> None:
    wide, tall = plate.rng.uniform(0.4, 0.8), plate.rng.uniform(0.4, 0.7)
    plate.box((x, x + wide), (1.35, 1.35 + tall), wall, (84, 70, 60))
    plate.box((x + 0.05, x + wide - 0.05), (1.4, 1.3 + tall), wall, plate.rng.uniform(120, 220, 3))
    plate.box((x + 0.05, x + wide - 0.05), (1.4, 1.35 + tall * 0.45), wall, plate.rng.uniform(80, 180, 3))


def _sofa(plate: Plate, x: float, toward: float) -> None:
    cloth = np.array(((126, 134, 142), (150, 122, 108), (112, 126, 112), (170, 158, 140))[plate.rng.integers(4)])
    plate.box((x - 0.95, x + 0.95), (0.1, 0.85), toward - 0.3, cloth * 0.85)
    for side in (-0.9, 0.0):
        plate.box((x + side + 0.02, x + side + 0.88), (0.42, 0.82), toward - 0.2, cloth * 1.02)
    plate.box((x - 0.95, x + 0.95), (0.12, 0.42), toward, cloth * 0.94)
    for side in (-1.1, 0.9):
        plate.box((x + side, x + side + 0.2), (0.08, 0.62), toward, cloth * 0.8)


def _plant(plate: Plate, x: float, toward: float) -> None:
    scale = plate.scale(toward)
    plate.box((x - 0.16, x + 0.16), (0, 0.35), toward, (168, 132, 112))
    plate.leaves(*plate.at(x, toward, 0.75), 0.36 * scale, 0.4 * scale, (92, 124, 84), 12)


def _floor_lamp(plate: Plate, x: float, toward: float) -> None:
    plate.box((x - 0.02, x + 0.02), (0, 1.5), toward, (80, 76, 72))
    shade = [plate.at(x + a, toward, b) for a, b in ((-0.28, 1.4), (0.28, 1.4), (0.18, 1.8), (-0.18, 1.8))]
    plate.poly(shade, (240, 222, 186))
