"""What the whole way must reach on real data: official concepts, and our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from dance_xai.config import read_config
from dance_xai.workflows.fitting import fit_run

CONFIGS = Path(__file__).resolve().parents[2] / "configs"


@pytest.fixture(scope="module")
def fit(shared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("penn_action")

    def run(name):
        config = read_config(CONFIGS / f"{name}.toml", ["motion.stability_repeats=0"])
        return fit_run(config, shared, folder / name)

    return run


def test_official_concepts_with_the_exact_head(fit):
    metrics = fit("penn_action_official")
    assert metrics["n"] == 1067
    assert metrics["correct"] >= 1043 and metrics["nonzero"] <= 100


def test_concepts_discovered_on_train_clips(fit):
    metrics = fit("penn_action")
    curves = metrics["accuracy_at_nec"]
    assert metrics["accuracy"] >= 0.98 and metrics["nec"] <= 5
    assert curves["all"]["5"] >= 0.98 and curves["all"]["3"] >= 0.975
    assert curves["all"]["3"] >= curves["random"]["3"] + 0.03
    assert curves["motion"]["3"] >= 0.975
    assert curves["grounded"]["10"] >= 0.93
    assert metrics["concept_map"]["motion"] >= 0.48
