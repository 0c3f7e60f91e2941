"""One frame of an explained video after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dance_xai.report.drawing.bodies import body_marks
from dance_xai.report.drawing.colours import DARK
from dance_xai.report.drawing.marks import Block, Drawing, Mark, moved
from dance_xai.report.drawing.pixels import draw_on, to_image
from dance_xai.report.film.figure import Figure, prototypes_of
from dance_xai.report.film.lanes import Lanes
from dance_xai.report.film.layout import LARGEST, Layout, Place, plan
from dance_xai.report.film.panel import Bars, heading_marks
from dance_xai.report.film.show import Show
from dance_xai.report.media import grid_frames
from dance_xai.report.poses import pack_track
from dance_xai.types import IntArray, UInt8Array

if TYPE_CHECKING:
    from PIL.Image import Image

STEPS = 4
"""Shades between dim and lit."""


def layout_of(show: Show, most: tuple[int, int] = LARGEST) -> Layout:
    """The canvas for a show, no larger than ``most``."""
    size = show.stage[:1:-1] if show.video is None else show.video.height_width
    figure = bool(prototypes_of(show))
    return plan((size[0], size[1]), bars=len(show.terms), lanes=len(show.spans), figure=figure, most=most)


class Painter:
    """Draws the frames of a show on a canvas.

    Args:
        show: What is shown.
        layout: Where; see ``layout_of``.
    """

    def __init__(self, show: Show, layout: Layout) -> None:
        self._show, self._layout = show, layout
        unit = layout.unit
        self.bars = Bars(show.explanation.prediction, show.terms, layout.bars, unit, DARK)
        self._lanes = Lanes(show, layout.lanes, unit, DARK)
        self._figure = Figure(show, layout.figure, unit, DARK) if layout.figure.height else None
        self._base = self._still()
        self._rows = [self._shades(row) for row in range(len(show.terms))]
        self._scale = np.array([layout.video.width / show.stage[2], layout.video.height / show.stage[3]])
        self._body = 0.0 if show.track is None else pack_track(show.track)["size"] * float(self._scale.mean())

    def frames(self, points: IntArray | None = None) -> Iterator[UInt8Array]:
        """The film.

        Args:
            points: Rising frames to draw; all by default.

        Yields:
            (H, W, 3) uint8 RGB.
        """
        points = np.arange(self._show.frames) if points is None else points
        video, place = self._show.video, self._layout.video
        if video is None:
            pictures: Iterator[UInt8Array | None] = iter([None] * len(points))
        else:
            pictures = iter(grid_frames(replace(video, height_width=(place.height, place.width)), points))
        for point, picture in zip(points.tolist(), pictures, strict=True):
            yield np.asarray(self.frame(point, picture))

    def frame(self, point: int, picture: UInt8Array | None = None) -> Image:
        """The canvas at one frame of the clip, with its picture (H, W, 3) uint8 RGB at the size of the layout."""
        from PIL import Image

        canvas, layout, moment = self._base.copy(), self._layout, float(self._show.pose_of[point])
        if picture is not None:
            canvas.paste(Image.fromarray(picture), (layout.video.x, layout.video.y))
        self._draw_in(canvas, layout.video, self._bodies(moment, plain=picture is None))
        for row, term in enumerate(self._show.terms):
            if term.kind == "motion":
                box = self.bars.box(row)
                shade = round(STEPS * self._show.level(term.concept, moment))
                canvas.paste(self._rows[row][shade], (box.x, box.y))
        draw_on(canvas, self._lanes.now(moment))
        if self._figure is not None:
            draw_on(canvas, self._figure.marks(moment))
        return canvas

    def all_lit(self, canvas: Image) -> Image:
        """A frame below itself with every concept lit: all colours of the film."""
        from PIL import Image

        both = Image.new("RGB", (canvas.width, 2 * canvas.height))
        both.paste(canvas, (0, 0))
        both.paste(canvas, (0, canvas.height))
        for row in range(len(self._rows)):
            box = self.bars.box(row)
            both.paste(self._rows[row][STEPS], (box.x, box.y))
        return both

    def _still(self) -> Image:
        """All that never changes."""
        layout, said = self._layout, self._show.explanation
        marks: list[Mark] = [
            Block(layout.panel.x, layout.panel.y, layout.panel.width, layout.panel.height, DARK.card),
            *heading_marks(said, layout.heading, layout.unit, DARK),
            *self.bars.foot(),
            *self._lanes.still(),
        ]
        for row, term in enumerate(self._show.terms):
            marks += self.bars.row(row, lit=False) if term.kind != "motion" else []
        return to_image(Drawing(layout.width, layout.height, tuple(marks), DARK.ground))

    def _shades(self, row: int) -> list[Image]:
        """A row from dim to lit."""
        from PIL import Image

        box = self.bars.box(row)
        dim, lit = (
            to_image(Drawing(box.width, box.height, moved(self.bars.row(row, lit=on), -box.x, -box.y), DARK.card))
            for on in (False, True)
        )
        return [Image.blend(dim, lit, step / STEPS) for step in range(STEPS + 1)]

    def _bodies(self, moment: float, *, plain: bool) -> list[Mark]:
        show = self._show
        if show.track is None:
            return []
        left, top, _, _ = show.stage
        at = int(moment)
        xy = (show.track.xy[at] - (left, top)) * self._scale
        outline = None if plain else "#0a0b0e"
        size = self._body * (1.4 if plain else 1.0)
        return list(body_marks(xy, show.seen[at], show.track.skeleton, DARK, size, outline=outline))

    def _draw_in(self, canvas: Image, place: Place, marks: list[Mark]) -> None:
        """Draw marks that are cut off at the edges of a place at the upper left."""
        part = canvas.crop((place.x, place.y, place.x + place.width, place.y + place.height))
        draw_on(part, marks)
        canvas.paste(part, (place.x, place.y))
