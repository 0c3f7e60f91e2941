"""Where things lie in an explained video: the panel stands beside the clip, or below a very wide one."""

from __future__ import annotations

from dataclasses import dataclass

from dance_xai.report.media import even

WIDE = 2.2
"""A clip wider than this many heights has its panel below."""

NARROW = 0.9
"""A clip narrower than this many heights has the figure in a column of its own, and lanes as wide as the canvas."""

PANEL, AXIS = 20.0, 3.4
"""Width of the panel beside the clip and height of the time axis, in units."""

LANE, ALL_LANES = 1.9, 7.9
"""Height of a lane, and most height of all of them together, in units."""

HEADING, ROW, FOOT = 7.2, 2.6, 1.9
"""Heights of the heading, of one bar and of the sum under the bars, in units."""

LARGEST = (1920, 1080)
"""Width and height of a canvas."""

LEAST = (640, 480)
"""A smaller clip is enlarged, so that letters beside it can be read."""


@dataclass(frozen=True)
class Place:
    """An upright rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Layout:
    """Places on a canvas.

    Attributes:
        width: Of the canvas, even.
        height: Of the canvas, even.
        unit: Pixels; letters are about as high.
        video: The clip.
        lanes: When concepts happen.
        panel: Ground of the next three.
        heading: What the model says.
        bars: The contributions.
        figure: The prototype of the concept that happens; of no height where there is none.
    """

    width: int
    height: int
    unit: float
    video: Place
    lanes: Place
    panel: Place
    heading: Place
    bars: Place
    figure: Place


def plan(
    height_width: tuple[float, float], *, bars: int, lanes: int, figure: bool, most: tuple[int, int] = LARGEST
) -> Layout:
    """Lay out a canvas for a clip.

    Args:
        height_width: Of the clip, any unit of which one is a pixel.
        bars: Contributions to show.
        lanes: Motion concepts to show.
        figure: Whether there is a prototype to show.
        most: Largest width and height of the canvas.
    """
    height, width = height_width
    place = _below if width > WIDE * height else _columns if width < NARROW * height else _beside
    wanted = max(1.0, 1.75 * LEAST[0] / width if place is _below else LEAST[1] / height)
    whole = place(1000 * height / max(height, width), 1000 * width / max(height, width), bars, lanes, figure)
    fits = 1000 / max(height, width) * min(most[0] / whole.width, most[1] / whole.height)
    scale = min(wanted, fits)
    return place(height * scale, width * scale, bars, lanes, figure)


def lane_height(lanes: int) -> float:
    """Height of each of so many lanes, in units."""
    return min(LANE, ALL_LANES / max(1, lanes))


def _beside(height: float, width: float, bars: int, lanes: int, figure: bool) -> Layout:
    unit = height / 30
    strip, side = (AXIS + lane_height(lanes) * lanes) * unit, PANEL * unit
    canvas_height, canvas_width = even(height + strip, width + side)
    video = Place(0, 0, *reversed(even(height, width)))
    panel = Place(video.width, 0, canvas_width - video.width, canvas_height)
    lane_place = Place(0, video.height, video.width, canvas_height - video.height)
    inner, pad = round(panel.width - 2 * unit), round(unit)
    heading = Place(panel.x + pad, pad, inner, round(HEADING * unit))
    rest = canvas_height - heading.y - heading.height - pad
    wanted = round((ROW * bars + FOOT) * unit)
    top = heading.y + heading.height
    bar_place = Place(heading.x, top, inner, min(wanted, rest))
    below = top + bar_place.height
    figure_place = Place(heading.x, below, inner, canvas_height - below - pad if figure else 0)
    return Layout(canvas_width, canvas_height, unit, video, lane_place, panel, heading, bar_place, figure_place)


def _columns(height: float, width: float, bars: int, lanes: int, figure: bool) -> Layout:
    unit = height / 30
    strip, side = (AXIS + lane_height(lanes) * lanes) * unit, (PANEL + 14.0 * figure) * unit
    canvas_height, canvas_width = even(height + strip, width + side)
    video = Place(0, 0, *reversed(even(height, width)))
    panel = Place(video.width, 0, canvas_width - video.width, video.height)
    lane_place = Place(0, video.height, canvas_width, canvas_height - video.height)
    pad, inner = round(unit), round((PANEL - 2) * unit)
    heading = Place(panel.x + pad, pad, inner, round(HEADING * unit))
    top = heading.y + heading.height
    bar_place = Place(heading.x, top, inner, panel.height - top - pad)
    left = heading.x + inner + pad
    figure_place = Place(left, 2 * pad, canvas_width - left - pad, panel.height - 4 * pad if figure else 0)
    return Layout(canvas_width, canvas_height, unit, video, lane_place, panel, heading, bar_place, figure_place)


def _below(height: float, width: float, bars: int, lanes: int, figure: bool) -> Layout:
    unit = width / 80
    strip, deep = (AXIS + lane_height(lanes) * lanes) * unit, max(12.0, ROW * bars + FOOT + 2) * unit
    canvas_height, canvas_width = even(height + strip + deep, width)
    video = Place(0, 0, canvas_width, even(height, width)[0])
    lane_place = Place(0, video.height, canvas_width, round(strip))
    top = video.height + lane_place.height
    panel = Place(0, top, canvas_width, canvas_height - top)
    pad, inner = round(unit), round(panel.height - 2 * unit)
    third = canvas_width // 3
    heading = Place(pad, top + pad, third - 2 * pad, inner)
    side = min(third, inner) if figure else 0
    bar_place = Place(third, top + pad, canvas_width - third - side - 3 * pad, inner)
    figure_place = Place(canvas_width - side - pad, top + pad, side, inner if figure else 0)
    return Layout(canvas_width, canvas_height, unit, video, lane_place, panel, heading, bar_place, figure_place)
