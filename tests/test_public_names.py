"""The public names are a promise."""

from __future__ import annotations

import subprocess
import sys

import pytest

import dance_xai

NAMES = [
    "ConceptBottleneck",
    "SparseHead",
    "__version__",
    "discover_motions",
    "evaluate",
    "explain",
    "finch",
    "fit",
    "fit_head",
    "fit_head_path",
    "open_run",
    "read_config",
]


def test_public_names_are_pinned_and_all_load():
    assert sorted(dance_xai.__all__) == sorted(NAMES) == sorted(dir(dance_xai))
    for name in NAMES:
        assert getattr(dance_xai, name) is not None
    with pytest.raises(AttributeError, match="nothing_like_this"):
        dance_xai.nothing_like_this  # noqa: B018


def test_importing_the_package_loads_nothing_heavy():
    heavy = ["numpy", "scipy", "numba", "sklearn", "pydantic"]
    code = f"import sys, dance_xai; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_explain_and_evaluate_stay_callable_after_their_packages_are_loaded():
    import dance_xai.evaluate.accuracy
    import dance_xai.explain.local

    for name in ("explain", "evaluate"):
        assert callable(getattr(dance_xai, name)) and callable(getattr(dance_xai, name))
    with pytest.raises(TypeError, match="missing"):
        dance_xai.explain()
