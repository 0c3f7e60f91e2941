"""The objects as solids: held, worn, hung, or standing on the floor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dance_xai.planted.body import COCO_17
from dance_xai.planted.palette import OBJECTS
from dance_xai.planted.render.shot import Shot
from dance_xai.planted.render.solids import Solid, still
from dance_xai.types import FloatArray

RELEASE = 0.54
"""When a thrown thing leaves the hand, share of the throw."""

UNDER = 0.52
"""When the rope passes under the feet, share of a hop."""

_GRAVITY = np.array([0.0, -9.8, 0.0])


@dataclass(frozen=True, eq=False)
class Holder:
    """Who the things belong to: the shot, the joints by name, and chance."""

    shot: Shot
    at: dict[str, FloatArray]
    rng: np.random.Generator

    @property
    def frames(self) -> int:
        return len(self.shot.joints)

    def hand(self, side: str) -> FloatArray:
        """(T, 3) the palm."""
        wrist, elbow = self.at[f"{side}_wrist"], self.at[f"{side}_elbow"]
        return np.asarray(wrist + 0.3 * (wrist - elbow))

    def frame(self) -> tuple[FloatArray, FloatArray]:
        """(T, 3) directions left and forward of the chest."""
        left = _unit(self.at["left_shoulder"] - self.at["right_shoulder"])
        up = self.at["left_shoulder"] - self.at["left_hip"]
        return left, _unit(np.cross(left, up))

    def beside(self, near: float, far: float) -> FloatArray:
        """(3,) a place on the floor beside the person as the camera sees it."""
        turn = np.deg2rad(self.shot.camera.azimuth[0])
        right, toward = np.array([np.cos(turn), 0, -np.sin(turn)]), np.array([np.sin(turn), 0, np.cos(turn)])
        side = self.rng.choice([-1.0, 1.0]) * self.rng.uniform(near, far)
        return np.asarray(right * side + toward * self.rng.uniform(-0.3, 0.35))


def things(shot: Shot) -> list[Solid]:
    """All objects of a clip."""
    at = {name: shot.joints[:, row] for row, name in enumerate(COCO_17.joints)}
    solids: list[Solid] = []
    for number, name in enumerate(OBJECTS):
        if name in shot.objects:
            solids += _MAKERS[name](Holder(shot, at, shot.rng(10 + number)), *map(np.array, OBJECTS[name]))
    return solids


def _above(foot: FloatArray, left: float, up: float, forward: float) -> list[float]:
    """A point that far from a place on the floor, metres."""
    return [float(value) for value in foot + np.array([left, up, forward])]


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-9))


def _thrown(holder: Holder, speed: tuple[float, float, float], fall: float) -> FloatArray:
    """(T, 3) in the right hand, and from the release on through the air; it does not sink into the floor."""
    path = holder.hand("right").copy()
    for beat in holder.shot.beats:
        if beat.motion == "overhead throw":
            leave = beat.start + int(RELEASE * (beat.stop - beat.start))
            time = np.arange(len(path) - leave)[:, None] / holder.shot.fps
            path[leave:] = path[leave] + np.array(speed) * time + fall * _GRAVITY * time**2 / 2
    path[:, 1] = np.maximum(path[:, 1], 0.08)
    return path


def _ball(holder: Holder, light: FloatArray, dark: FloatArray) -> list[Solid]:
    path = _thrown(holder, (0.3, 2.2, 4.5), 1.0)
    spot = path + np.array([0.03, 0.03, 0.07])
    return [
        Solid(path[:, None], (0.1,), light, nearer=0.06),
        Solid(spot[:, None], (0.032,), dark, nearer=0.1, tones=1),
    ]


def _frisbee(holder: Holder, light: FloatArray, dark: FloatArray) -> list[Solid]:
    path = _thrown(holder, (0.3, 1.0, 5.0), 0.3)
    ring = np.array([[0.085, 0, 0.085], [-0.085, 0, 0.085], [-0.085, 0, -0.085], [0.085, 0, -0.085]])
    return [
        Solid(path[:, None] + ring, (0.05,) * 4, dark, nearer=0.05, tones=1),
        Solid(path[:, None] + ring * 0.8 + np.array([0, 0.02, 0]), (0.045,) * 4, light, nearer=0.07),
    ]


def _dumbbell(holder: Holder, dark: FloatArray, steel: FloatArray) -> list[Solid]:
    left = holder.frame()[0]
    solids = []
    for side in ("left", "right"):
        hand = holder.hand(side)
        solids.append(Solid(np.stack([hand - 0.12 * left, hand + 0.12 * left], axis=1), (0.02, 0.02), steel))
        for end in (-1, 1):
            plate = [hand + end * reach * left for reach in (0.1, 0.17)]
            solids.append(Solid(np.stack(plate, axis=1), (0.085, 0.085), dark, nearer=0.06))
    return solids


def _jump_rope(holder: Holder, cord: FloatArray, grip: FloatArray) -> list[Solid]:
    left, right = holder.hand("left"), holder.hand("right")
    angle = _rope_angle(holder.shot)[:, None]
    feet = (holder.at["left_ankle"] + holder.at["right_ankle"]) / 2 - np.array([0, 0.13, 0])
    down = feet - (left + right) / 2
    back = np.cross(holder.frame()[0], down)
    swing = (np.cos(angle) * down + np.sin(angle) * back) * (1.15 - 0.15 * np.cos(angle))  # over the head it needs room
    along = np.linspace(0, 1, 13)[None, :, None]
    line = left[:, None] + (right - left)[:, None] * along + swing[:, None] * np.sin(np.pi * along) ** 0.7
    solids = [Solid(line[:, k : k + 2], (0.022, 0.022), cord, tones=1) for k in range(12)]
    for hand, next_to in ((left, line[:, 1]), (right, line[:, -2])):
        solids.append(Solid(np.stack([hand, hand + 0.14 * _unit(next_to - hand)], axis=1), (0.02, 0.02), grip, tones=1))
    return solids


def _rope_angle(shot: Shot) -> FloatArray:
    """(T,) radians; 0 hangs down, a quarter turn on it is behind the person."""
    angle = np.full(len(shot.joints), 0.35)
    for beat in shot.beats:
        if beat.motion == "hop":
            phase = np.linspace(0, beat.repeats, beat.stop - beat.start, endpoint=False)
            angle[beat.start : beat.stop] = 2 * np.pi * (phase - UNDER)
    return angle


def _punching_bag(holder: Holder, leather: FloatArray, band: FloatArray) -> list[Solid]:
    count, size = holder.frames, holder.shot.height / 1.72
    swing = np.zeros(count)
    for beat in holder.shot.beats:
        time = (np.arange(count) - beat.start - 0.4 * (beat.stop - beat.start)) / holder.shot.fps
        swing += np.where(time > 0, 0.09 * np.sin(5 * np.maximum(time, 0)) * np.exp(-0.8 * np.maximum(time, 0)), 0)
    hook = np.array([-0.34, 3.4, 0.78]) * size

    def down(length: float) -> FloatArray:
        return np.asarray(hook + length * size * np.stack([0 * swing, -np.cos(swing), np.sin(swing)], axis=1))

    return [
        Solid(np.stack([down(0), down(1.6)], axis=1), (0.014, 0.014), (110, 110, 112), tones=1),
        Solid(np.stack([down(1.78), down(2.6)], axis=1), (0.17 * size, 0.17 * size), leather, tones=3),
        Solid(np.stack([down(1.76), down(1.84)], axis=1), (0.172 * size, 0.172 * size), band, nearer=0.01),
    ]


def _chair(holder: Holder, wood: FloatArray, shade: FloatArray) -> list[Solid]:
    hips = (holder.at["left_hip"] + holder.at["right_hip"]) / 2
    lowest = hips[hips[:, 1].argmin()]
    size = holder.shot.height / 1.72
    low, back, front = lowest[1] - 0.11 * size, lowest[2] - 0.24 * size, lowest[2] + 0.2 * size
    left, right = lowest[0] + 0.22 * size, lowest[0] - 0.22 * size
    high = low + 0.46 * size
    seat = [(left, low, back), (right, low, back), (right, low, front), (left, low, front)]
    rest = [(left, low + 0.2 * size, back), (right, low + 0.2 * size, back), (right, high, back), (left, high, back)]
    feet = [((x, low, z), (x, 0.02, z)) for x in (left, right) for z in (back, front)]
    posts = [((x, low, back), (x, high, back)) for x in (left, right)]
    legs = [Solid(still(pair, holder.frames), (0.024, 0.02), shade, nearer=-0.4) for pair in feet + posts]
    return [
        *legs,
        Solid(still(rest, holder.frames), (0.02,) * 4, wood, nearer=-0.4),
        Solid(still(seat, holder.frames), (0.028,) * 4, wood, nearer=-0.2),
    ]


def _backpack(holder: Holder, cloth: FloatArray, dark: FloatArray) -> list[Solid]:
    return (_worn if holder.rng.random() < 0.5 else _standing)(holder, cloth, dark)


def _worn(holder: Holder, cloth: FloatArray, dark: FloatArray) -> list[Solid]:
    left, ahead = holder.frame()
    solids = []
    top = (holder.at["left_shoulder"] + holder.at["right_shoulder"]) / 2
    low = top + 0.75 * ((holder.at["left_hip"] + holder.at["right_hip"]) / 2 - top)
    middle = [point - 0.2 * ahead + side * left for point in (top, low) for side in (0.1, -0.1)]
    solids.append(Solid(np.stack(middle, axis=1), (0.11, 0.11, 0.13, 0.13), cloth))
    for side in ("left", "right"):
        shoulder, hip = holder.at[f"{side}_shoulder"], holder.at[f"{side}_hip"]
        inner = shoulder + 0.3 * (top - shoulder)
        ends = (inner + 0.09 * ahead, inner + 0.55 * (hip - shoulder) + 0.11 * ahead)
        solids.append(Solid(np.stack(ends, axis=1), (0.024, 0.022), cloth, nearer=0.05, tones=1))
    return solids


def _standing(holder: Holder, cloth: FloatArray, dark: FloatArray) -> list[Solid]:
    foot = holder.beside(0.5, 0.8)
    body = [_above(foot, x, y, 0) for y in (0.13, 0.36) for x in (0.06, -0.06)]
    pocket = [_above(foot, 0.02, 0.11, 0.11), _above(foot, -0.02, 0.11, 0.11)]
    return [
        Solid(still(body, holder.frames), (0.13, 0.13, 0.11, 0.11), cloth, tones=3),
        Solid(still(pocket, holder.frames), (0.09, 0.09), dark, nearer=0.05),
        Solid(still([_above(foot, 0, 0.5, 0)], holder.frames), (0.03,), dark, tones=1),
    ]


def _water_bottle(holder: Holder, water: FloatArray, cap: FloatArray) -> list[Solid]:
    foot = holder.beside(0.45, 0.75)
    return [
        Solid(still([_above(foot, 0, 0.06, 0), _above(foot, 0, 0.24, 0)], holder.frames), (0.06, 0.055), water),
        Solid(still([_above(foot, 0, 0.32, 0), _above(foot, 0, 0.35, 0)], holder.frames), (0.028, 0.028), cap),
    ]


_MAKERS: dict[str, Callable[[Holder, FloatArray, FloatArray], list[Solid]]] = {
    "Ball": _ball,
    "Chair": _chair,
    "Dumbbell": _dumbbell,
    "Frisbee": _frisbee,
    "Jump rope": _jump_rope,
    "Punching bag": _punching_bag,
    "Backpack": _backpack,
    "Water bottle": _water_bottle,
}
