"""A person as solids: flesh on the joints, clothes, a face, and the pads of the suit on every joint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.planted.body import COCO_17
from dance_xai.planted.palette import BOTTOMS, HAIR, PADS, SHOES, SKIN, TOPS, pad_colours
from dance_xai.planted.render.solids import Solid
from dance_xai.types import FloatArray

_SIDES = ("left", "right")
_PAD = dict(zip(PADS, pad_colours(), strict=True))


@dataclass(frozen=True)
class Look:
    """What an actor looks like: colours (RGB in 0..255) and cuts.

    Attributes:
        skin: Of face, arms and hands.
        hair: Of the hair.
        top: Of the shirt.
        bottom: Of the trousers.
        shoes: Of the shoes.
        long_hair: Hair down to the shoulders.
        long_sleeves: Sleeves down to the wrist.
        shorts: Trousers that end above the knee.
        girth: How broad the actor is, 1 is usual.
    """

    skin: tuple[int, int, int]
    hair: tuple[int, int, int]
    top: tuple[int, int, int]
    bottom: tuple[int, int, int]
    shoes: tuple[int, int, int]
    long_hair: bool
    long_sleeves: bool
    shorts: bool
    girth: float


def draw_look(rng: np.random.Generator) -> Look:
    """Draw a look."""
    skin, hair, top, bottom, shoes = (
        colours[rng.integers(len(colours))] for colours in (SKIN, HAIR, TOPS, BOTTOMS, SHOES)
    )
    long_hair, long_sleeves, shorts = rng.random(3) < (0.35, 0.4, 0.45)
    girth = float(rng.uniform(0.88, 1.18))
    return Look(skin, hair, top, bottom, shoes, bool(long_hair), bool(long_sleeves), bool(shorts), girth)


def figure(joints: FloatArray, height: float, look: Look) -> tuple[list[Solid], dict[str, int]]:
    """One person through T frames.

    Args:
        joints: (T, 17, 3) metres in the order of ``COCO_17``.
        height: Stature, metres.
        look: Colours and cuts.

    Returns:
        The solids, and the position of each pad of ``PADS`` among them.
    """
    at = {name: joints[:, row] for row, name in enumerate(COCO_17.joints)}
    unit = height / 1.72
    solids = _trunk(at, unit, look) + _head(at, unit, look)
    for side in _SIDES:
        solids += _arm(at, side, unit, look) + _leg(at, side, unit, look)
    pads = _head_pads(at, unit)
    for side in _SIDES:
        pads |= _limb_pads(at, side, unit)
    places = {name: len(solids) + position for position, name in enumerate(pads)}
    return solids + list(pads.values()), places


def _balls(*centres: FloatArray) -> FloatArray:
    return np.stack(centres, axis=1)


def _mix(a: FloatArray, b: FloatArray, share: float) -> FloatArray:
    return np.asarray(a + (b - a) * share)


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-9))


def _trunk(at: dict[str, FloatArray], unit: float, look: Look) -> list[Solid]:
    left, right, hip_left, hip_right = (
        at[name] for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
    )
    chest = _balls(
        _mix(left, right, 0.16), _mix(left, right, 0.84), _mix(hip_left, hip_right, 0.1), _mix(hip_left, hip_right, 0.9)
    )
    wide = unit * look.girth
    hips = _balls(hip_left, hip_right, _mix(hip_left, left, 0.14), _mix(hip_right, right, 0.14))
    return [
        Solid(chest, (0.078 * wide, 0.078 * wide, 0.088 * wide, 0.088 * wide), look.top, tones=3),
        Solid(hips, (0.084 * wide, 0.084 * wide, 0.093 * wide, 0.093 * wide), look.bottom, nearer=0.004, tones=3),
    ]


def _head_frame(at: dict[str, FloatArray]) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Middle between the ears, and the directions left, up and forward of the head, (T, 3) each."""
    middle = _mix(at["left_ear"], at["right_ear"], 0.5)
    left = _unit(at["left_ear"] - at["right_ear"])
    nose = at["nose"] - middle
    ahead = _unit(nose - (nose * left).sum(axis=1, keepdims=True) * left)
    return middle, left, np.cross(ahead, left), ahead


def _head(at: dict[str, FloatArray], unit: float, look: Look) -> list[Solid]:
    middle, left, up, ahead = _head_frame(at)

    def place(x: float, y: float, z: float) -> FloatArray:
        return np.asarray(middle + (x * left + y * up + z * ahead) * unit)

    neck = _mix(at["left_shoulder"], at["right_shoulder"], 0.5)
    solids = [
        Solid(_balls(neck, place(0, -0.06, -0.01)), (0.055 * unit, 0.05 * unit), look.skin),
        Solid(
            _balls(place(0, 0.02, 0.015), place(0, -0.06, 0.045)), (0.096 * unit, 0.062 * unit), look.skin, nearer=0.03
        ),
        Solid(_balls(place(0, 0.04, -0.03), place(0, -0.02, -0.045)), (0.1 * unit, 0.085 * unit), look.hair),
        Solid(
            _balls(place(0, -0.02, 0.115), place(0, -0.035, 0.122)),
            (0.014 * unit, 0.018 * unit),
            look.skin,
            nearer=0.04,
        ),
    ]
    if look.long_hair:
        solids.append(Solid(_balls(place(0, 0, -0.06), place(0, -0.19, -0.075)), (0.09 * unit, 0.06 * unit), look.hair))
    for x in (-0.036, 0.036):
        solids.append(Solid(_balls(place(x, 0.012, 0.098)), (0.013 * unit,), (30, 26, 26), nearer=0.035, tones=1))
    mouth = _balls(place(-0.022, -0.074, 0.098), place(0.022, -0.074, 0.098))
    shade = [0.62 * value for value in look.skin]
    solids.append(Solid(mouth, (0.008 * unit, 0.008 * unit), shade, nearer=0.035, tones=1))
    return solids


def _arm(at: dict[str, FloatArray], side: str, unit: float, look: Look) -> list[Solid]:
    shoulder, elbow, wrist = (at[f"{side}_{part}"] for part in ("shoulder", "elbow", "wrist"))
    wide, sleeve = unit * look.girth**0.5, look.top if look.long_sleeves else look.skin
    hand = wrist + (wrist - elbow) * 0.34
    return [
        Solid(_balls(shoulder, elbow), (0.058 * wide, 0.044 * wide), sleeve),
        Solid(_balls(shoulder, _mix(shoulder, elbow, 0.5)), (0.064 * wide, 0.056 * wide), look.top, nearer=0.01),
        Solid(_balls(elbow, wrist), (0.043 * wide, 0.031 * wide), sleeve),
        Solid(_balls(_mix(wrist, hand, 0.5), hand), (0.038 * unit, 0.03 * unit), look.skin),
    ]


def _leg(at: dict[str, FloatArray], side: str, unit: float, look: Look) -> list[Solid]:
    hip, knee, ankle = (at[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
    wide = unit * look.girth**0.5
    heel, toe = _foot(at, side, unit)
    shin = look.skin if look.shorts else look.bottom
    return [
        Solid(_balls(hip, knee), (0.086 * wide, 0.06 * wide), look.bottom, tones=3),
        Solid(_balls(knee, _mix(knee, ankle, 0.35), ankle), (0.056 * wide, 0.058 * wide, 0.038 * wide), shin),
        Solid(_balls(heel, toe), (0.042 * unit, 0.03 * unit), look.shoes, nearer=0.01),
    ]


def _foot(at: dict[str, FloatArray], side: str, unit: float) -> tuple[FloatArray, FloatArray]:
    """Heel and toe: the foot stands at a right angle to the shin and points where the hips do."""
    knee, ankle = at[f"{side}_knee"], at[f"{side}_ankle"]
    ahead = _unit(np.cross(_unit(ankle - knee), _unit(at["left_hip"] - at["right_hip"])))
    down = _unit(ankle - knee) * 0.032 * unit
    return ankle + down - ahead * 0.035 * unit, ankle + down * 1.2 + _unit(ahead) * 0.15 * unit


def _head_pads(at: dict[str, FloatArray], unit: float) -> dict[str, Solid]:
    """A cap with its peak."""
    middle, left, up, ahead = _head_frame(at)
    top, back = middle + (0.075 * up - 0.002 * ahead) * unit, middle + (0.07 * up - 0.035 * ahead) * unit
    peak = middle + (0.062 * up + 0.125 * ahead) * unit
    balls = _balls(top, back, peak + 0.035 * unit * left, peak - 0.035 * unit * left)
    return {"head": Solid(balls, [r * unit for r in (0.085, 0.08, 0.018, 0.018)], _PAD["head"], nearer=0.05)}


def _limb_pads(at: dict[str, FloatArray], side: str, unit: float) -> dict[str, Solid]:
    """Shoulder pads, elbow pads, gloves, hip pads, knee pads and ankle cuffs; each around its joint."""
    shoulder, elbow, wrist, hip, knee, ankle = (
        at[f"{side}_{part}"] for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    )

    def around(joint: FloatArray, before: FloatArray, after: FloatArray, reach: float) -> FloatArray:
        return _balls(joint + _unit(before - joint) * reach * unit, joint, joint + _unit(after - joint) * reach * unit)

    shapes = {
        "shoulder": (_balls(shoulder), (0.074,), 0.15),
        "elbow": (around(elbow, shoulder, wrist, 0.03), (0.05, 0.053, 0.05), 0.05),
        "wrist": (_balls(_mix(wrist, elbow, 0.13), wrist + (wrist - elbow) * 0.15), (0.043, 0.048), 0.04),
        "hip": (_balls(hip), (0.075,), 0.14),
        "knee": (around(knee, hip, ankle, 0.03), (0.062, 0.067, 0.06), 0.05),
        "ankle": (_balls(_mix(ankle, knee, 0.14), ankle), (0.05, 0.054), 0.11),
    }
    return {
        f"{side}_{part}": Solid(balls, [r * unit for r in radii], _PAD[f"{side}_{part}"], nearer=nearer)
        for part, (balls, radii, nearer) in shapes.items()
    }
