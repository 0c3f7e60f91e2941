"""Small files as other programs write them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def save(tmp_path):
    """Write a document as JSON and give its path."""

    def write(name, document) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return path

    return write


@pytest.fixture
def joints():
    """(K, 3) x, y and certainty that tell joints and people apart."""

    def make(k=17, start=0.0, certainty=0.5):
        xy = start + np.arange(2 * k, dtype=float).reshape(k, 2)
        return np.concatenate([xy, np.full((k, 1), certainty)], axis=1)

    return make
