"""A small linear model whose input is its concepts."""

from types import SimpleNamespace

import numpy as np
import pytest

from dance_xai.types import Concept, ConceptBank

KINDS = ("motion", "motion", "motion", "motion", "object", "object", "object", "scene", "scene")


def _make_model(seed=0, *, scale=1.0, classes=3):
    rng = np.random.default_rng(seed)
    bank = ConceptBank(tuple(Concept(kind, f"{kind} {i}") for i, kind in enumerate(KINDS)))
    weight = rng.normal(size=(classes, len(bank))) * (rng.random((classes, len(bank))) < 0.5) * scale
    bias = rng.normal(size=classes)
    return SimpleNamespace(
        bank=bank,
        classes=tuple(f"class {k}" for k in range(classes)),
        head=SimpleNamespace(weight=weight, bias=bias),
        activations="predicted",
        concepts=lambda x: x,
        logits=lambda x: x @ weight.T + bias,
    )


@pytest.fixture(scope="session")
def make_model():
    return _make_model


@pytest.fixture
def model():
    return _make_model()


@pytest.fixture
def x():
    return np.random.default_rng(1).normal(size=len(KINDS))
