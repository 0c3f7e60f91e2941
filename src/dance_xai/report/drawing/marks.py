"""What a drawing is made of. Units are those of the drawing, x to the right, y down; colours are ``#rrggbb``.

Words always lie above the other marks of their drawing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

Point: TypeAlias = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Stroke:
    """A line through points, with round joints and ends.

    Attributes:
        points: At least two.
        colour: Of the line.
        width: In units of the drawing.
        dash: Lengths drawn and left out, None for a line without gaps.
        opacity: In 0..1.
    """

    points: tuple[Point, ...]
    colour: str
    width: float = 1.0
    dash: tuple[float, float] | None = None
    opacity: float = 1.0


@dataclass(frozen=True)
class Area:
    """A filled polygon."""

    points: tuple[Point, ...]
    colour: str
    opacity: float = 1.0


@dataclass(frozen=True)
class Block:
    """A filled upright rectangle, its corners rounded by ``radius``."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    opacity: float = 1.0
    radius: float = 0.0


@dataclass(frozen=True)
class Disc:
    """A filled circle."""

    x: float
    y: float
    radius: float
    colour: str
    opacity: float = 1.0


@dataclass(frozen=True)
class Words:
    """One line of text.

    Attributes:
        x: Of the anchor.
        y: Of the base line.
        text: Any characters.
        size: Height of the font.
        colour: Of the letters.
        anchor: Which end of the text lies at ``x``.
        bold: Heavier letters.
        turned: Written upwards.
    """

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: Anchor = "start"
    bold: bool = False
    turned: bool = False


Mark: TypeAlias = Stroke | Area | Block | Disc | Words


@dataclass(frozen=True)
class Drawing:
    """Marks on a plain ground, the first ones at the bottom.

    Attributes:
        width: In units.
        height: In units.
        marks: What is drawn.
        ground: Colour behind them.
        title: What the drawing shows, for readers who cannot see it.
    """

    width: float
    height: float
    marks: tuple[Mark, ...] = field(default=())
    ground: str = "#ffffff"
    title: str = ""


def moved(marks: Iterable[Mark], dx: float, dy: float) -> tuple[Mark, ...]:
    """The same marks elsewhere."""
    return tuple(_moved(mark, dx, dy) for mark in marks)


def _moved(mark: Mark, dx: float, dy: float) -> Mark:
    if isinstance(mark, Stroke | Area):
        return replace(mark, points=tuple((x + dx, y + dy) for x, y in mark.points))
    return replace(mark, x=mark.x + dx, y=mark.y + dy)
