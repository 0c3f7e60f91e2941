"""One clip frame by frame: the place behind, soft shadows, people and things from far to near, sensor noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dance_xai.planted.body import COCO_17
from dance_xai.planted.camera import see
from dance_xai.planted.render.figure import draw_look, figure
from dance_xai.planted.render.plate import ZOOM, Plate
from dance_xai.planted.render.scenes import draw_scene
from dance_xai.planted.render.shot import Shot
from dance_xai.planted.render.solids import Outlines, outlines
from dance_xai.planted.render.things import things
from dance_xai.types import BoolArray, FloatArray, IntArray, PoseTrack, UInt8Array

if TYPE_CHECKING:
    from PIL import Image

FINE = 3
"""People and things are drawn so many times larger, then made small again, so that edges are smooth."""

_GREY, _STRENGTH, _ROOM = 128, 1.7, 64  # of the sensor noise, and pixels by which its sheet is larger than a frame
_SHADOWS = (("hip", 0.42, 0.34), ("ankle", 0.17, 0.5))  # around which joints, metres, darkness
_LOOK, _PLACE, _SENSOR = range(3)


class Film:
    """A clip made visible.

    Args:
        shot: What is to be seen.

    Attributes:
        shot: The same.
        seen: The outlines of people and things.
        pads: Position of each pad among the solids.
    """

    def __init__(self, shot: Shot) -> None:
        self.shot = shot
        people, self.pads = figure(shot.joints, shot.height, draw_look(shot.rng(_LOOK)))
        self.seen: Outlines = outlines(people + things(shot), shot.camera)

    def frames(self) -> Iterator[UInt8Array]:
        """The frames one after the other, each (H, W, 3) RGB."""
        from PIL import ImageChops

        place, noise = self._places(), self.shot.rng(_SENSOR)
        shadows, boxes, order = self._shadows(), self._boxes(), self.seen.near.argsort(axis=1)
        for frame, offset in enumerate(self.shot.offset):
            picture = place(*offset.tolist()).copy()
            _darken(picture, shadows[frame])
            drawn = order[frame][self.seen.shown[frame][order[frame]]]
            self._paint(picture, self.seen.corners[frame] + offset.astype(np.float32), drawn, boxes[frame])
            yield np.asarray(ImageChops.add(picture, _noise(picture.size, noise), offset=-_GREY))

    def truth(self) -> PoseTrack:
        """The true joints in pixels; confidence 1 where a joint is seen, 0 where it is hidden or outside."""
        shot = self.shot
        xy = see(shot.joints, shot.camera)[0]
        own = np.array([self.pads[_pad_of(name)] for name in COCO_17.joints])
        nearer = self.seen.near[:, None] > self.seen.near[:, own][:, :, None] + 1e-9  # (T, K, S)
        hidden = (self.seen.cover(xy) & nearer).any(axis=2)
        xy = xy + shot.offset[:, None]
        height, width = shot.height_width
        inside: BoolArray = np.all((xy >= 0) & (xy < (width, height)), axis=2)
        seen = inside & ~hidden
        return PoseTrack(
            clip=shot.clip,
            skeleton=COCO_17,
            xy=xy.astype(np.float32),
            confidence=seen.astype(np.float32),
            present=np.asarray(inside.any(axis=1)),
            fps=shot.fps,
            height_width=shot.height_width,
        )

    def _places(self) -> Callable[[float, float], Image.Image]:
        """The place without people: a function from the offset of the picture to the picture, not to be drawn on."""
        low, high = self.shot.offset.min(axis=0), self.shot.offset.max(axis=0)
        right, bottom = np.maximum(0, np.ceil(-low)).astype(int).tolist()
        left, top = np.maximum(0, np.ceil(high)).astype(int).tolist()
        plate = Plate(self.shot.camera, (left, right, top, bottom), self.shot.rng(_PLACE))
        draw_scene(plate, self.shot.scene)
        height, width = self.shot.height_width

        @cache
        def place(x: float, y: float) -> Image.Image:
            corner = round((left - x) * ZOOM), round((top - y) * ZOOM)
            return plate.image.crop((*corner, corner[0] + width * ZOOM, corner[1] + height * ZOOM)).reduce(ZOOM)

        return place

    def _boxes(self) -> IntArray:
        """(T, 4) left, top, right, bottom of everything that moves, in whole pixels within the frame."""
        reach, quarter = self.seen.reach, self.seen.reach.shape[2] // 4
        most = np.where(self.seen.shown[..., None], reach[:, :, ::quarter], -np.inf).max(
            axis=1
        )  # right, down, left, up
        right, bottom, left, top = most.T
        box = np.stack([-left, -top, right, bottom], axis=1) + np.tile(self.shot.offset, 2)
        height, width = self.shot.height_width
        edge = np.where(np.arange(4) < 2, np.floor(box) - 1, np.ceil(box) + 1)
        return np.asarray(np.clip(edge, 0, (width, height, width, height)), dtype=np.int64)

    def _shadows(self) -> FloatArray:
        """(T, n, 5) of every shadow: middle x, y, half width, half height in pixels, darkness 0..1."""
        shot, rows = self.shot, []
        for part, reach, dark in _SHADOWS:
            joints = shot.joints[:, COCO_17.index(f"left_{part}", f"right_{part}")]
            joints = joints.mean(axis=1, keepdims=True) if part == "hip" else joints
            lift = joints[..., 1] if part == "ankle" else 0 * joints[..., 1]
            xy, scale = see(joints * (1, 0, 1), shot.camera)
            edge = see(joints * (1, 0, 1) + (0, 0, 0.1), shot.camera)[0]
            flat = np.clip(np.abs(edge - xy)[..., 1] / (0.1 * scale) + 0.12, 0.12, 0.6)
            wide = scale * reach
            rows.append(
                np.stack(
                    [
                        *np.moveaxis(xy + shot.offset[:, None], -1, 0),
                        wide,
                        wide * flat,
                        dark * np.exp(-4 * np.maximum(lift - 0.1, 0)),
                    ],
                    axis=-1,
                )
            )
        return np.concatenate(rows, axis=1)

    def _paint(self, picture: Image.Image, corners: FloatArray, order: IntArray, box: IntArray) -> None:
        """Draw the solids (S, tones, V, 2) from far to near, on the part of the picture that they cover."""
        from PIL import Image, ImageDraw

        low, high = box[:2], box[2:]
        if (high <= low).any():
            return
        part = picture.crop(tuple(box)).resize(tuple((high - low) * FINE), Image.Resampling.NEAREST)
        draw = ImageDraw.Draw(part)
        points = ((corners - low.astype(np.float32)) * FINE).reshape(*corners.shape[:2], -1).tolist()
        for solid in order.tolist():
            for tone, colour in zip(points[solid], self.seen.colours[solid], strict=False):
                draw.polygon(tone, fill=colour)
        picture.paste(part.reduce(FINE), (int(low[0]), int(low[1])))


def _pad_of(joint: str) -> str:
    return joint if "_" in joint and joint.split("_")[1] not in ("eye", "ear") else "head"


def _darken(picture: Image.Image, shadows: FloatArray) -> None:
    for x, y, wide, high, dark in shadows.tolist():
        mask = _soft(round(2 * wide), round(2 * high), round(dark * 10))
        picture.paste((24, 26, 34), (round(x - wide), round(y - high)), mask)


@lru_cache(maxsize=512)
def _soft(width: int, height: int, tenths: int) -> Image.Image:
    """An oval spot that fades to its edge; the darkness of its middle in tenths."""
    from PIL import Image

    across, down = (np.linspace(-1, 1, max(side, 2)) for side in (width, height))
    fade = np.clip(1 - np.hypot(across[None], down[:, None]), 0, 1) ** 1.2
    return Image.fromarray((25.5 * tenths * fade).astype(np.uint8))


def _noise(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Sensor noise around a middle grey, a part of a larger sheet of it."""
    x, y = rng.integers(0, _ROOM, 2).tolist()
    return _noise_sheet(*size).crop((x, y, x + size[0], y + size[1]))


@lru_cache(maxsize=8)
def _noise_sheet(width: int, height: int) -> Image.Image:
    from PIL import Image

    noise = np.random.default_rng(7).normal(_GREY, _STRENGTH, (height + _ROOM, width + _ROOM, 3))
    return Image.fromarray(noise.round().astype(np.uint8))
