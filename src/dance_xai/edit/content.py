"""The content of a model in one string."""

from __future__ import annotations

import hashlib
import json

import numpy as np

from dance_xai.model.bottleneck import ConceptBottleneck


def content_hash(model: ConceptBottleneck) -> str:
    """Hash of the names and arrays that decide what a model says: classes, concepts, layer, standardisation, head.

    Returns:
        64 hexadecimal digits (SHA-256). What only describes (prototypes, quality, the head's certificate) is not in it.

    Source: ours.
    """
    head, layer = model.head, model.layer
    names = {
        "classes": model.classes,
        "concepts": [(concept.kind, concept.name) for concept in model.bank.concepts],
        "activations": model.activations,
        "input": model.input_name,
        "penalty": (head.lam, head.alpha),
    }
    digest = hashlib.sha256(json.dumps(names).encode())
    for array in (layer.weight, layer.bias, model.mean, model.std, head.weight, head.bias):
        digest.update(f"{array.dtype.str}{array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
