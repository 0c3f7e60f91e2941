"""A small planted world: the class is told by two motions and one object; one scene is pure noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from dance_xai.evaluate.inputs import EvaluationInput, EvaluationRows
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head import fit_head
from dance_xai.model.layer import LinearLayer
from dance_xai.types import Concept, ConceptBank

KINDS = ("motion", "motion", "object", "scene")
CLASSES = ("bend", "jump", "kick", "wave")


@dataclass(frozen=True, eq=False)
class World:
    model: ConceptBottleneck
    train: EvaluationRows
    test: EvaluationRows
    latents: tuple[np.ndarray, np.ndarray]

    @property
    def inputs(self) -> EvaluationInput:
        return EvaluationInput(self.model, self.train, self.test)


def make_bank(kinds=KINDS):
    return ConceptBank(tuple(Concept(kind, f"{kind} {i:02d}") for i, kind in enumerate(kinds)))


def plant(rng, n):
    """Class bits are the two motions; the object follows class 3; the scene is noise."""
    labels = np.arange(n) % 4
    motion = np.stack([labels % 2, labels // 2], axis=1).astype(float)
    seen_object = (labels == 3) + 0.2 * rng.standard_normal(n)
    scene = rng.standard_normal(n)
    return labels, np.column_stack([motion, seen_object, scene])


def make_world(activations="predicted"):
    rng = np.random.default_rng(7)
    mixing = np.linalg.qr(rng.standard_normal((12, 12)))[0]
    parts = []
    for n in (160, 120):
        labels, targets = plant(rng, n)
        latents = np.hstack([targets + 0.15 * rng.standard_normal(targets.shape), rng.standard_normal((n, 8))])
        latents[:, 3] = rng.standard_normal(n)  # the scene cannot be read from the features
        parts.append((labels, targets, latents))
    layer = LinearLayer(mixing[:, :4].T.copy() if activations == "predicted" else np.eye(4), np.zeros(4))
    read = [latents @ mixing.T if activations == "predicted" else latents[:, :4] for _, _, latents in parts]
    raw = layer(read[0])
    mean, std = raw.mean(axis=0), raw.std(axis=0)
    head = fit_head((raw - mean) / std, parts[0][0], lam=0.01)
    model = ConceptBottleneck(make_bank(), CLASSES, layer, mean, std, head, activations, "planted")
    train, test = (EvaluationRows(x, labels, targets) for x, (labels, targets, _) in zip(read, parts, strict=True))
    return World(model, train, test, (parts[0][2], parts[1][2]))


@pytest.fixture(scope="session")
def world() -> World:
    return make_world()


@pytest.fixture(scope="session")
def grounded_world() -> World:
    return make_world("grounded")


@pytest.fixture(scope="session")
def penn(shared) -> EvaluationInput:
    """Penn Action: official motion labels, raw phrase similarities, ridge concept layers, an exact sparse head."""
    folder = shared / "penn_action"
    clips = np.genfromtxt(folder / "clips.csv", delimiter=",", names=True, dtype=None, encoding="utf-8")
    classes, labels = np.unique(clips["label"], return_inverse=True)
    train = clips["split"] == "train"
    features, phrases = np.load(folder / "features.npz"), np.load(folder / "text_concepts.npz")
    motion = np.load(folder / "official_motion_labels.npz")["labels"].astype(float)
    motion[motion < 0] = np.nan
    clip_vectors = unit(features["internvid"])
    text = [clip_vectors @ unit(phrases[f"{kind}_internvid"]).T for kind in ("object", "scene")]
    targets, x = np.hstack([motion, *text]), features["videomae_b"].astype(float)
    layer = fit_ridge(x[train], targets[train])
    raw = layer(x[train])
    mean, std = raw.mean(axis=0), raw.std(axis=0)
    head = fit_head((raw - mean) / std, labels[train], lam=7.07e-4)
    bank = make_bank(["motion"] * motion.shape[1] + ["object"] * text[0].shape[1] + ["scene"] * text[1].shape[1])
    model = ConceptBottleneck(bank, tuple(classes.tolist()), layer, mean, std, head, "predicted", "videomae_b")
    rows = [EvaluationRows(x[part], labels[part], targets[part]) for part in (train, ~train)]
    return EvaluationInput(model, *rows)


def unit(vectors):
    return vectors.astype(float) / np.linalg.norm(vectors, axis=1, keepdims=True)


def fit_ridge(x, targets, strength=2000.0):
    known = np.isfinite(targets).all(axis=1)
    x, targets = x[known], targets[known]
    centre, middle = x.mean(axis=0), targets.mean(axis=0)
    gram = (x - centre).T @ (x - centre) + strength * np.eye(x.shape[1])
    weight = np.linalg.solve(gram, (x - centre).T @ (targets - middle)).T
    return LinearLayer(weight, middle - weight @ centre)
