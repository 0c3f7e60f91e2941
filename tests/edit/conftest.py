"""A small model with motion, object and scene concepts, and the clips it was fitted on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from dance_xai.edit import EditClips
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head import fit_head
from dance_xai.model.layer import LinearLayer
from dance_xai.types import Concept, ConceptBank, Kind

N, D, LABELS = 120, 8, ("bowl", "jump", "squat", "wave")
NAMES: tuple[tuple[Kind, str], ...] = (
    ("motion", "motion 01"),
    ("motion", "motion 02"),
    ("motion", "motion 03"),
    ("object", "ball"),
    ("object", "rope"),
    ("scene", "gym"),
    ("scene", "ball"),
)


def make_case(seed: int, *, activations: str = "predicted") -> tuple[ConceptBottleneck, EditClips]:
    """A fitted model and its clips; every third clip is a test clip."""
    rng = np.random.default_rng(seed)
    labels = np.arange(N) % len(LABELS)
    x = rng.normal(size=(len(LABELS), D))[labels] + 0.8 * rng.normal(size=(N, D))
    train = np.arange(N) % 3 > 0
    layer = LinearLayer(rng.normal(size=(len(NAMES), D)), rng.normal(size=len(NAMES)))
    raw = layer(x[train])
    mean, std = raw.mean(axis=0), raw.std(axis=0)
    head = fit_head((raw - mean) / std, labels[train], lam=0.01)
    bank = ConceptBank(tuple(Concept(kind, name) for kind, name in NAMES))
    model = ConceptBottleneck(bank, LABELS, layer, mean, std, head, activations, "feature")  # type: ignore[arg-type]
    ids = tuple(f"clip {row:03d}" for row in range(N))
    return model, EditClips(ids, x, tuple(LABELS[label] for label in labels), train)


@pytest.fixture(scope="session")
def case() -> Callable[..., tuple[ConceptBottleneck, EditClips]]:
    return make_case


@pytest.fixture
def model() -> ConceptBottleneck:
    return make_case(0)[0]


@pytest.fixture
def clips() -> EditClips:
    return make_case(0)[1]
