"""A small model with a bank of prototypes."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head import SparseHead
from dance_xai.model.layer import LinearLayer
from dance_xai.types import Concept, ConceptBank, Prototype, Skeleton


@pytest.fixture
def bank() -> ConceptBank:
    rng = np.random.default_rng(0)
    seen = rng.random((5, 3)) > 0.3
    prototype = Prototype("0001", 4, 9, rng.normal(size=(5, 3, 2)).astype(np.float32), seen)
    members = np.array([[3, 4], [0, 7]], dtype=np.int32)
    motion = Concept("motion", "motion 00", 12, 7, 0.1, prototype, members, {"average_precision": 1 / 3})
    skeleton = Skeleton(
        "three", ("head", "left_hip", "right_hip"), (("head", "left_hip"),), (("left_hip", "right_hip"),)
    )
    return ConceptBank((motion, Concept("object", "a bat"), Concept("scene", "a café")), skeleton)


@pytest.fixture
def model(bank: ConceptBank) -> ConceptBottleneck:
    rng = np.random.default_rng(1)
    layer = LinearLayer(np.asfortranarray(rng.normal(size=(3, 37))), rng.normal(size=3))
    head = SparseHead(
        weight=rng.normal(size=(4, 3)), bias=rng.normal(size=4), lam=7e-4, alpha=0.99, kkt=1e-12, objective=0.04
    )
    classes = ("bowl", "jump", "sit up", "wave")
    return ConceptBottleneck(
        bank, classes, layer, rng.normal(size=3), rng.random(3) + 0.5, head, "predicted", "videomae_b"
    )
