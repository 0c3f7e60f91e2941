"""Concepts of a planted world without its videos: two classes alike but for small objects, and a scene that tempts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from dance_xai.diagnose import HeldOut
from dance_xai.edit import EditClips
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.folds import stratified_folds
from dance_xai.model.head import fit_head
from dance_xai.model.layer import LinearLayer
from dance_xai.types import Concept, ConceptBank, FloatArray, IntArray, Kind

CLASSES = ("ball", "disc", "jump", "squat")
NAMES: tuple[tuple[Kind, str], ...] = (
    ("motion", "throw"),
    ("motion", "jump"),
    ("motion", "squat"),
    ("object", "ball"),
    ("object", "disc"),
    ("scene", "beach"),
    ("scene", "gym"),
)


@dataclass(frozen=True, eq=False)
class World:
    """A model, its train clips in folds, and raw clips drawn like them or with the shortcut turned round."""

    model: ConceptBottleneck
    held: HeldOut
    draw: Callable[[float], tuple[FloatArray, IntArray]]


def draw_clips(
    rng: np.random.Generator, per_class: int, disc_at_beach: float, ball_at_beach: float = 0.15
) -> tuple[FloatArray, IntArray]:
    """(N, C) raw concepts and (N,) labels; the objects are seen dimly, all else clearly."""
    labels = np.repeat(np.arange(len(CLASSES)), per_class)
    has = np.zeros((len(labels), len(NAMES)))
    has[np.arange(len(labels)), np.array([0, 0, 1, 2])[labels]] = 1
    has[labels == 0, 3], has[labels == 1, 4] = 1, 1
    share = np.array([ball_at_beach, disc_at_beach, 0.15, 0.15])[labels]
    place = np.concatenate([rng.permutation(per_class) for _ in CLASSES]) / per_class
    has[:, 5] = place < share
    has[:, 6] = rng.random(len(labels)) < 0.3
    noise = np.array([0.2, 0.2, 0.2, 0.42, 0.42, 0.15, 0.15])
    return has + noise * rng.normal(size=has.shape), labels


def make_world(seed: int, *, share: float = 0.9, per_class: int = 60, lam: float = 0.08) -> World:
    rng = np.random.default_rng(seed)
    raw, labels = draw_clips(rng, per_class, share)
    mean, std = raw.mean(axis=0), raw.std(axis=0)
    concepts = (raw - mean) / std
    head = fit_head(concepts, labels, lam=lam)
    bank = ConceptBank(tuple(Concept(kind, name) for kind, name in NAMES))
    layer = LinearLayer(np.eye(len(NAMES)), np.zeros(len(NAMES)))
    model = ConceptBottleneck(bank, CLASSES, layer, mean, std, head, "grounded", "evidence")
    ids = tuple(f"clip {row:03d}" for row in range(len(labels)))
    clips = EditClips(ids, raw, tuple(CLASSES[label] for label in labels), np.ones(len(labels), dtype=bool))
    held = HeldOut(model, clips, stratified_folds(labels, 5, rng))
    return World(model, held, lambda at_beach: draw_clips(rng, 400, at_beach, 1 - at_beach))


@pytest.fixture(scope="session")
def make() -> Callable[..., World]:
    return make_world


@pytest.fixture(scope="session")
def world() -> World:
    return make_world(0)
