"""In the panel: the prototype of the concept that happens, in motion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.motion.encoder import mirrored
from dance_xai.report.drawing.bodies import body_marks
from dance_xai.report.drawing.colours import Colours
from dance_xai.report.drawing.lettering import fitted, wrapped
from dance_xai.report.drawing.marks import Block, Mark, Words
from dance_xai.report.film.layout import Place
from dance_xai.report.film.show import Show
from dance_xai.report.poses import round_seconds, views
from dance_xai.report.words import looks_like
from dance_xai.types import BoolArray, FloatArray, Prototype

WORDS = 4.6
"""Height of the name and the description, in units."""


class Figure:
    """The prototypes of a show at one scale.

    Args:
        show: What is shown.
        place: Where.
        unit: Pixels.
        colours: Of the film.
    """

    def __init__(self, show: Show, place: Place, unit: float, colours: Colours) -> None:
        self._show, self._place, self._unit, self._colours = show, place, unit, colours
        self._prototypes = prototypes_of(show)
        self._side = max(1.0, min(place.width, place.height - (WORDS + 0.5) * unit))
        self._views = views({str(j): (each.poses, each.seen) for j, each in self._prototypes.items()})

    def marks(self, frame: float) -> list[Mark]:
        """What the panel shows at a frame of the poses."""
        found, unit, place = self._show.lit(frame), self._unit, self._place
        if found is None or found[0].concept not in self._prototypes:
            middle = place.x + place.width / 2, place.y + place.height / 2
            text = "none of these motions now"
            return [Words(*middle, fitted(text, 0.85 * unit, place.width), 0.85 * unit, self._colours.muted, "middle")]
        term, span = found
        prototype = self._turned(term.concept, self._show.mirrored(term.concept, frame))
        seconds = (frame - span.start) / self._show.fps
        return [*self._body(prototype, str(term.concept), seconds), *self._words(term.name, prototype)]

    def _turned(self, concept: int, mirror: bool) -> Prototype:
        """The prototype as the clip shows it."""
        prototype, skeleton = self._prototypes[concept], self._show.bank.skeleton
        if not mirror or skeleton is None:
            return prototype
        turned = mirrored(prototype.poses, skeleton)
        return replace(prototype, poses=turned, seen=prototype.seen[:, skeleton.mirror])

    def _words(self, name: str, prototype: Prototype) -> list[Mark]:
        place, unit, skeleton = self._place, self._unit, self._show.bank.skeleton
        assert skeleton is not None
        size, base = 0.8 * unit, place.y + self._side + 0.5 * unit
        text = looks_like((prototype.poses, prototype.seen), skeleton, prototype.stop - prototype.start, self._show.fps)
        marks: list[Mark] = [Words(place.x, base + unit, fitted(name, unit, place.width), unit, self._colours.ink)]
        for row, line in enumerate(wrapped(text, size, place.width, 3), start=2):
            marks.append(Words(place.x, base + (1.1 * row + 0.1) * unit, line, size, self._colours.muted))
        return marks

    def _body(self, prototype: Prototype, key: str, seconds: float) -> list[Mark]:
        place, unit, view, skeleton = self._place, self._unit, self._views[key], self._show.bank.skeleton
        assert skeleton is not None
        side = self._side
        scale = side / 2 / view["half"]
        phase = seconds / round_seconds(prototype.stop - prototype.start, self._show.fps) % 1.0
        poses, seen = at_phase(prototype, phase)
        middle = np.array([place.x + place.width / 2, place.y + side / 2])
        floor = place.y + side / 2 + (view["floor"] - view["y"]) * scale
        ground = Block(
            place.x + 0.15 * place.width, floor, 0.7 * place.width, max(1.0, 0.07 * unit), self._colours.line
        )
        at = (poses - (view["x"], view["y"])) * scale + middle
        return [ground, *body_marks(at, seen, skeleton, self._colours, view["size"] * scale * 1.5)]


def prototypes_of(show: Show) -> dict[int, Prototype]:
    """Of the motion concepts shown, by column; those without one are left out."""
    found = {term.concept: show.bank.concepts[term.concept].prototype for term in show.terms}
    return {j: each for j, each in found.items() if each is not None and show.bank.skeleton is not None}


def at_phase(prototype: Prototype, phase: float) -> tuple[FloatArray, BoolArray]:
    """A pose between two rows of a prototype: (K, 2) and (K,) seen in both.

    Args:
        prototype: Its rows.
        phase: In 0..1, from the first row to the last.
    """
    row = phase * (len(prototype.poses) - 1)
    low = min(int(row), max(0, len(prototype.poses) - 2))
    high, share = min(low + 1, len(prototype.poses) - 1), row - low
    return (1 - share) * prototype.poses[low] + share * prototype.poses[high], prototype.seen[low] & prototype.seen[
        high
    ]
