from __future__ import annotations

from dataclasses import replace

import pytest

from dance_xai.errors import DataError
from dance_xai.workflows.runs import open_run
from dance_xai.workflows.scoring import score


@pytest.fixture
def view(small_run):
    return open_run(small_run)


def parts(view):
    return [view.model, view.manifest, view.bank, view.evidence, view.features]


def test_the_figures_of_a_run_are_those_of_scoring_it_again(view):
    again, stored = score(*parts(view)), view.run.json("metrics")
    assert {**again, "seconds": 0} == {**stored, "seconds": 0}
    assert set(again["accuracy_at_nec"]) == {
        *("all", "motion", "object", "scene", "context", "random", "features", "grounded")
    }


def test_grounded_and_predicted_stand_side_by_side(view):
    curves = view.run.json("metrics")["accuracy_at_nec"]
    assert curves["all"] and curves["grounded"]
    assert (curves["all"] == curves["grounded"]) == (view.model.activations == "grounded")


def test_without_features_a_predicted_model_cannot_be_scored(view):
    model, manifest, bank, evidence, _ = parts(view)
    if model.activations == "predicted":
        with pytest.raises(DataError, match="expected backbone features"):
            score(model, manifest, bank, evidence, None)
    else:
        assert score(model, manifest, bank, evidence, None)["accuracy_at_nec"]["features"] is None


def test_test_clips_are_needed(view):
    manifest = replace(view.manifest, clips=tuple(replace(clip, split="train") for clip in view.manifest.clips))
    model, _, bank, evidence, features = parts(view)
    with pytest.raises(DataError, match="expected test clips"):
        score(model, manifest, bank, evidence, features)
