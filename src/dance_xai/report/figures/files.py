"""Drawings as files."""

from __future__ import annotations

import io

from dance_xai.report.drawing.marks import Drawing
from dance_xai.report.drawing.pixels import to_image
from dance_xai.report.drawing.vectors import to_svg

FORMATS = ("svg", "png")

DPI = 300
"""Of pixels, as printers ask for."""


def figure_files(drawing: Drawing, formats: tuple[str, ...] = FORMATS) -> dict[str, bytes]:
    """A drawing in each format, by format: vectors with text as text, and pixels of 300 per inch."""
    makers = {"svg": _svg, "png": _png}
    return {name: makers[name](drawing) for name in formats}


def _svg(drawing: Drawing) -> bytes:
    return to_svg(drawing).encode()


def _png(drawing: Drawing) -> bytes:
    file = io.BytesIO()
    to_image(drawing, DPI / 72).save(file, "PNG", dpi=(DPI, DPI))
    return file.getvalue()
