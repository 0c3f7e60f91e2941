"""The released artefacts of Penn Action, read as they are."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.errors import DanceError
from dance_xai.workflows.importing import NOTE, import_official_run
from dance_xai.workflows.runs import open_run


@pytest.fixture(scope="module")
def official(shared, tmp_path_factory):
    run = tmp_path_factory.mktemp("official") / "R1"
    return import_official_run(shared / "reference" / "penn_action", run), open_run(run)


def test_the_figures_of_the_release(official):
    metrics, view = official
    assert (metrics["correct"], metrics["n"], metrics["nonzero"]) == (1046, 1067, 247)
    assert metrics["kkt"] > 1e-6  # the released head stops short of the optimum, and that is said
    assert view.settings["source"] == NOTE


def test_the_run_reads_like_any_other(official):
    metrics, view = official
    test = view.manifest.rows("test")
    right = view.model.predict(view.inputs[test]) == view.manifest.labels[test]
    assert np.count_nonzero(right) == metrics["correct"]
    assert view.matches(0) == {} and view.track(view.manifest.ids[0]) is None
    assert all(drop.reason == "dropped in the official release" for drop in view.drops)


def test_nothing_to_import(tmp_path):
    with pytest.raises(DanceError, match=str(tmp_path)):
        import_official_run(tmp_path, tmp_path / "R1")
    assert not (tmp_path / "R1").exists()
