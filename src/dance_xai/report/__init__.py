"""Self-contained HTML pages. The I/O edge on the right."""

from dance_xai.report.clip import clip_page
from dance_xai.report.data import Predictions, ReportData, Table
from dance_xai.report.report import report_page

__all__ = ["Predictions", "ReportData", "Table", "clip_page", "report_page"]
