"""A head on planted activations, of which each kind tells most of the class; new clips of the same world."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from dance_xai.edit import EditClips
from dance_xai.edit.heldout import HeldOut
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.folds import stratified_folds
from dance_xai.model.head import fit_head
from dance_xai.model.layer import LinearLayer
from dance_xai.shift import Comparison
from dance_xai.types import KINDS, Concept, ConceptBank

CLASSES = tuple(f"class {number}" for number in range(6))
PER_KIND = 6
NOISE = {"motion": 0.55, "object": 0.5, "scene": 0.5}


def draw(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """(N, 18) activations, and (N,) labels; within each kind, a concept for every class."""
    labels = np.arange(count) % len(CLASSES)
    parts = [np.eye(PER_KIND)[labels] + NOISE[kind] * rng.normal(size=(count, PER_KIND)) for kind in KINDS]
    return np.concatenate(parts, axis=1), labels


@pytest.fixture(scope="session")
def columns() -> dict[str, slice]:
    """Columns of each kind."""
    return {kind: slice(PER_KIND * at, PER_KIND * (at + 1)) for at, kind in enumerate(KINDS)}


@pytest.fixture(scope="session")
def old() -> Comparison:
    """180 train clips before 150 new ones that have not moved."""
    rng = np.random.default_rng(0)
    values, labels = draw(rng, 180)
    bank = ConceptBank(tuple(Concept(kind, f"{kind} {number}") for kind in KINDS for number in range(PER_KIND)))
    mean, std = values.mean(axis=0), values.std(axis=0)
    head = fit_head((values - mean) / std, labels, lam=5e-3)
    width = len(bank)
    layer = LinearLayer(np.eye(width), np.zeros(width))
    model = ConceptBottleneck(bank, CLASSES, layer, mean, std, head, "grounded", "planted")
    ids = tuple(f"clip {number}" for number in range(len(values)))
    train = EditClips(ids, values, tuple(CLASSES[label] for label in labels), np.ones(len(values), dtype=bool))
    held = HeldOut(model, train, stratified_folds(labels, 4, rng))
    return Comparison(held, draw(rng, 150)[0])


@pytest.fixture(scope="session")
def new_clips() -> Callable[[int], tuple[np.ndarray, np.ndarray]]:
    """``new_clips(seed)`` -> 150 clips and their labels that have not moved."""
    return lambda seed: draw(np.random.default_rng(seed), 150)
