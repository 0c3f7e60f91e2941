"""A drawing as an SVG file."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from dance_xai.report.drawing.lettering import FAMILY
from dance_xai.report.drawing.marks import Area, Block, Disc, Drawing, Mark, Point, Stroke, Words


def to_svg(drawing: Drawing) -> str:
    """Write a drawing as SVG with text as text; one unit is a point (1/72 inch).

    Returns:
        A whole file; what came from outside is escaped.
    """
    width, height = _number(drawing.width), _number(drawing.height)
    ordered = sorted(drawing.marks, key=lambda mark: isinstance(mark, Words))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt" '
        f'viewBox="0 0 {width} {height}" font-family="{FAMILY}" role="img">\n'
        f"<title>{_text(drawing.title)}</title>\n"
        f'<rect width="{width}" height="{height}" fill="{drawing.ground}"/>\n'
        + "\n".join(_mark(mark) for mark in ordered)
        + "\n</svg>\n"
    )


def _mark(mark: Mark) -> str:
    match mark:
        case Stroke():
            dash = f' stroke-dasharray="{" ".join(map(_number, mark.dash))}"' if mark.dash else ""
            cap = "butt" if mark.dash else "round"
            return (
                f'<polyline points="{_points(mark.points)}" fill="none" stroke="{mark.colour}" '
                f'stroke-width="{_number(mark.width)}" stroke-linecap="{cap}" stroke-linejoin="round"'
                f"{dash}{_faint('stroke', mark.opacity)}/>"
            )
        case Area():
            return f'<polygon points="{_points(mark.points)}" fill="{mark.colour}"{_faint("fill", mark.opacity)}/>'
        case Block():
            corner = f' rx="{_number(mark.radius)}"' if mark.radius else ""
            return (
                f'<rect x="{_number(mark.x)}" y="{_number(mark.y)}" width="{_number(max(0, mark.width))}" '
                f'height="{_number(max(0, mark.height))}"{corner} fill="{mark.colour}"{_faint("fill", mark.opacity)}/>'
            )
        case Disc():
            return (
                f'<circle cx="{_number(mark.x)}" cy="{_number(mark.y)}" r="{_number(mark.radius)}" '
                f'fill="{mark.colour}"{_faint("fill", mark.opacity)}/>'
            )
        case Words():
            return _words(mark)


def _words(mark: Words) -> str:
    x, y = _number(mark.x), _number(mark.y)
    anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
    weight = ' font-weight="bold"' if mark.bold else ""
    turn = f' transform="rotate(-90 {x} {y})"' if mark.turned else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{_number(mark.size)}" fill="{mark.colour}"'
        f"{anchor}{weight}{turn}>{_text(mark.text)}</text>"
    )


def _text(text: str) -> str:
    """Escaped, without characters that XML forbids."""
    return escape("".join(char if char.isprintable() else " " for char in text))


def _faint(what: str, opacity: float) -> str:
    return f' {what}-opacity="{_number(opacity)}"' if opacity < 1 else ""


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: float) -> str:
    """At most two decimals, no trailing zeros, no negative zero."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
