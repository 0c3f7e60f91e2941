"""A drawing as pixels: shapes are drawn large and made small again, so that edges are smooth; letters lie on top."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dance_xai.report.drawing.lettering import font_of
from dance_xai.report.drawing.marks import Area, Block, Disc, Drawing, Mark, Point, Stroke, Words

if TYPE_CHECKING:
    from PIL.Image import Image

SMOOTH, PRINT_SMOOTH = 3, 2
"""Times larger in each direction; on paper, where pixels are small, less is enough."""

PRINT_SCALE = 3.0
"""Pixels per unit from which on a drawing is for paper."""


def to_image(drawing: Drawing, scale: float = 1.0) -> Image:
    """An RGB image of a drawing, ``scale`` pixels per unit."""
    from PIL import Image

    size = max(1, round(drawing.width * scale)), max(1, round(drawing.height * scale))
    image = Image.new("RGB", size, drawing.ground)
    draw_on(image, drawing.marks, scale)
    return image


def draw_on(image: Image, marks: Iterable[Mark], scale: float = 1.0) -> None:
    """Draw marks on an RGB image, which is changed; marks outside are cut off."""
    from PIL import Image, ImageDraw

    marks = tuple(marks)
    shapes = [mark for mark in marks if not isinstance(mark, Words)]
    box = _box(shapes, scale, image.size)
    if box is not None:
        part, times = image.crop(box), SMOOTH if scale < PRINT_SCALE else PRINT_SMOOTH
        large = part.resize((part.width * times, part.height * times), Image.Resampling.NEAREST)
        pen = _Pen(ImageDraw.Draw(large, "RGBA"), scale * times, box[0] * times, box[1] * times)
        for shape in shapes:
            pen.draw(shape)
        image.paste(large.reduce(times), box[:2])
    for mark in marks:
        if isinstance(mark, Words):
            _write(image, mark, scale)


def _box(shapes: Iterable[Mark], scale: float, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """The pixels that shapes touch: left, top, right, bottom; None for none."""
    edges = [edge for shape in shapes for edge in _edges(shape)]
    if not edges:
        return None
    xs, ys = zip(*edges, strict=True)
    left, top = max(0, math.floor(min(xs) * scale) - 1), max(0, math.floor(min(ys) * scale) - 1)
    right = min(size[0], math.ceil(max(xs) * scale) + 1)
    bottom = min(size[1], math.ceil(max(ys) * scale) + 1)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _edges(mark: Mark) -> Iterator[Point]:
    match mark:
        case Stroke() | Area():
            reach = mark.width if isinstance(mark, Stroke) else 0.0
            for x, y in mark.points:
                yield x - reach, y - reach
                yield x + reach, y + reach
        case Block():
            yield mark.x, mark.y
            yield mark.x + mark.width, mark.y + mark.height
        case Disc():
            yield mark.x - mark.radius, mark.y - mark.radius
            yield mark.x + mark.radius, mark.y + mark.radius


class _Pen:
    """Draws shapes of a drawing at a scale, from an origin in pixels."""

    def __init__(self, draw: Any, scale: float, left: float, top: float) -> None:
        self._draw, self._scale, self._left, self._top = draw, scale, left, top

    def draw(self, mark: Mark) -> None:
        match mark:
            case Stroke():
                for part in _dashes(mark.points, mark.dash):
                    self._stroke(part, mark)
            case Area():
                self._draw.polygon(self._at(mark.points), fill=_ink(mark.colour, mark.opacity))
            case Block():
                self._block(mark)
            case Disc():
                self._disc(mark.x, mark.y, mark.radius, _ink(mark.colour, mark.opacity))

    def _at(self, points: Iterable[Point]) -> list[Point]:
        return [(x * self._scale - self._left, y * self._scale - self._top) for x, y in points]

    def _stroke(self, points: tuple[Point, ...], mark: Stroke) -> None:
        ink, width = _ink(mark.colour, mark.opacity), max(1, round(mark.width * self._scale))
        self._draw.line(self._at(points), fill=ink, width=width, joint="curve")
        if mark.dash is None and mark.opacity == 1:
            for x, y in points:
                self._disc(x, y, mark.width / 2, ink)

    def _block(self, mark: Block) -> None:
        (x0, y0), (x1, y1) = self._at(((mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height)))
        if x1 - x0 >= 1 and y1 - y0 >= 1:
            radius = min(mark.radius * self._scale, (x1 - x0) / 2, (y1 - y0) / 2)
            self._draw.rounded_rectangle((x0, y0, x1 - 1, y1 - 1), radius, fill=_ink(mark.colour, mark.opacity))

    def _disc(self, x: float, y: float, radius: float, ink: tuple[int, int, int, int]) -> None:
        ((px, py),) = self._at(((x, y),))
        reach = radius * self._scale
        self._draw.ellipse((px - reach, py - reach, px + reach, py + reach), fill=ink)


def _ink(colour: str, opacity: float) -> tuple[int, int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue, round(255 * opacity)


def _dashes(points: tuple[Point, ...], dash: tuple[float, float] | None) -> Iterator[tuple[Point, ...]]:
    """The drawn parts of a line."""
    if dash is None:
        yield points
        return
    offset, period = 0.0, sum(dash)
    for (x0, y0), (x1, y1) in pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0)
        at = -offset
        while at < length:
            low, high = max(at, 0.0) / (length or 1), min(at + dash[0], length) / (length or 1)
            if high > low:
                yield tuple((x0 + share * (x1 - x0), y0 + share * (y1 - y0)) for share in (low, high))
            at += period
        offset = (offset + length) % period


def _write(image: Image, mark: Words, scale: float) -> None:
    from PIL import Image, ImageDraw

    font, text = font_of(mark.text, mark.size * scale, bold=mark.bold)
    side = {"start": "l", "middle": "m", "end": "r"}[mark.anchor]
    x, y = mark.x * scale, mark.y * scale
    if not mark.turned:
        ImageDraw.Draw(image).text((x, y), text, fill=mark.colour, font=font, anchor=f"{side}s")
        return
    length, rise, fall = math.ceil(font.getlength(text)) + 2, *(math.ceil(part) for part in font.getmetrics())
    mask = Image.new("L", (length, rise + fall))
    ImageDraw.Draw(mask).text((0, rise), text, fill=255, font=font, anchor="ls")
    upright = mask.transpose(Image.Transpose.ROTATE_90)
    below = {"start": 0.0, "middle": length / 2, "end": float(length)}[mark.anchor]
    image.paste(mark.colour, (round(x - rise), round(y + below - length)), upright)
