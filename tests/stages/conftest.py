"""The stages of the small planted world, one after the other."""

from __future__ import annotations

import pytest

from dance_xai.stages.bank import build_bank
from dance_xai.stages.grounded import measure_evidence
from dance_xai.stages.layers import fit_layers
from dance_xai.stages.motion import find_motions
from dance_xai.stages.text import find_phrases


@pytest.fixture(scope="session")
def config(small_config):
    return small_config()


@pytest.fixture(scope="session")
def motions(small_data, config):
    return find_motions(small_data, config.motion, 0)


@pytest.fixture(scope="session")
def phrases(small_data, config):
    return find_phrases(small_data, config.text)


@pytest.fixture(scope="session")
def bank(small_data, motions, phrases):
    return build_bank(small_data.manifest, motions, phrases)


@pytest.fixture(scope="session")
def layers(small_data, bank, config):
    return fit_layers(small_data, bank, config.layers, 0)


@pytest.fixture(scope="session")
def evidence(small_data, bank, motions, phrases):
    return measure_evidence(small_data.manifest, bank, motions, phrases)
