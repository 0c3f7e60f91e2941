"""Self-contained HTML pages. The I/O edge on the right.

The names below are loaded when first used, so that the page of a clip does not wait for what only a report needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dance_xai.report.clip import clip_page
    from dance_xai.report.data import Predictions, ReportData, Table
    from dance_xai.report.report import report_page

_HOMES = {"clip_page": "clip", "report_page": "report"} | dict.fromkeys(("Predictions", "ReportData", "Table"), "data")

__all__ = ["Predictions", "ReportData", "Table", "clip_page", "report_page"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
