from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.artifacts.plain import dump_json, load_json, plain
from dance_xai.errors import ArtifactError


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(st.characters(codec=None)))
def test_floats_and_strings_survive_exactly(number: float, text: str) -> None:
    back = load_json(dump_json([number, text]), "x")
    assert (np.float64(back[0]).tobytes(), back[1]) == (np.float64(number).tobytes(), text)


def test_plain_is_what_other_programs_read() -> None:
    document = {
        "ci": (0.5, np.float32(0.25)),
        5: np.arange(4).reshape(2, 2),
        "nan": [float("nan"), np.inf, np.nan],
        "path": Path("a") / "b",
        "flag": np.bool_(True),
        "none": None,
    }
    assert json.loads(dump_json(plain(document), indent=1)) == {
        "ci": [0.5, 0.25],
        "5": [[0, 1], [2, 3]],
        "nan": [None, None, None],
        "path": "a/b",
        "flag": True,
        "none": None,
    }


def test_plain_names_what_it_cannot_write() -> None:
    with pytest.raises(ArtifactError, match=r"metrics\.a\[1\]: expected .* got set"):
        plain({"a": [1, {2}]}, "metrics")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_broken_json_is_one_line(data: bytes) -> None:
    with pytest.raises(ArtifactError, match=r"^bank: expected JSON, got [^\n]*$"):
        load_json(data, "bank")
