"""The page of a clip does not wait for what only a report needs."""

import subprocess
import sys

import pytest

from dance_xai import report


def test_every_name_loads_and_no_other():
    assert all(getattr(report, name) for name in report.__all__)
    with pytest.raises(AttributeError, match="nothing_like_this"):
        report.nothing_like_this  # noqa: B018


def test_explaining_a_clip_loads_neither_reports_nor_films_nor_what_looks_at_videos():
    code = (
        "import sys, dance_xai.workflows.explaining, dance_xai.workflows.picturing, dance_xai.workflows.subjects\n"
        "unused = ('dance_xai.report.report', 'dance_xai.report.film', 'dance_xai.diagnose', 'dance_xai.pipeline',\n"
        "          'dance_xai.adapters', 'ssl', 'scipy', 'sklearn', 'numba', 'onnxruntime', 'torch', 'jinja2')\n"
        "print([name for name in unused if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
