"""Shared fixtures. Real data is used where it lies and skipped, with the reason, where it does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real data: ``$DANCE_DATA``, or ``shared`` beside the project."""
    folder = Path(os.environ.get("DANCE_DATA", ROOT.parent / "shared"))
    if not (folder / "penn_action" / "clips.csv").is_file():
        pytest.skip(f"real data not found in {folder.name!r}; set DANCE_DATA to the folder that holds penn_action/")
    return folder
