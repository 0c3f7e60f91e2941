"""Fix or exchange what the head sees of a concept.

A fixed activation needs no other kind of model: the concept layer says the value for every input.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.edit.lookup import find_concept, short_name
from dance_xai.edit.parts import finite, record
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.layer import LinearLayer
from dance_xai.types import Edit, IntArray


def set_activation(model: ConceptBottleneck, *, concept: str, value: float) -> tuple[ConceptBottleneck, Edit]:
    """Fix the standardised activation of a concept, whatever the clip shows.

    Args:
        model: The model, unchanged.
        concept: Its name.
        value: Standard deviations from the train mean; 0 is as usual.

    Raises:
        DataError: No such concept, or a value that is not finite.

    Source: ours; interventions on concepts (Koh et al. 2020).
    """
    at, value = find_concept(model.bank, concept), finite(value, "value")
    edit = record(model, "set_activation", concept=short_name(model.bank, at), value=value)
    return fixed(model, [at], value), edit


def swap_activations(model: ConceptBottleneck, *, first: str, second: str) -> tuple[ConceptBottleneck, Edit]:
    """Give each of two concepts the activation of the other; names and weights stay.

    Raises:
        DataError: No such concept, or the same one twice.

    Source: ours.
    """
    pair = [find_concept(model.bank, name) for name in (first, second)]
    if pair[0] == pair[1]:
        raise DataError(f"swap: expected two different concepts, got {first!r} twice; name another")
    names = [short_name(model.bank, at) for at in pair]
    edit = record(model, "swap_activations", first=names[0], second=names[1])
    order = np.arange(len(model.bank))
    order[pair] = order[pair[::-1]]
    layer = LinearLayer(model.layer.weight[order], model.layer.bias[order])
    return replace(model, layer=layer, mean=model.mean[order], std=model.std[order]), edit


def fixed(model: ConceptBottleneck, columns: list[int] | IntArray, value: float) -> ConceptBottleneck:
    """The same model with the activations of some columns fixed at exactly ``value``."""
    weight, bias, mean, std = (array.copy() for array in (model.layer.weight, model.layer.bias, model.mean, model.std))
    weight[columns], bias[columns], mean[columns], std[columns] = 0.0, value, 0.0, 1.0
    return replace(model, layer=LinearLayer(weight, bias), mean=mean, std=std)
