"""Switch concepts off."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dance_xai.edit.activations import fixed
from dance_xai.edit.lookup import find_concept, find_kinds, short_name
from dance_xai.edit.parts import by_hand, record
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import Edit


def ablate(
    model: ConceptBottleneck, *, kinds: Sequence[str] = (), concepts: Sequence[str] = ()
) -> tuple[ConceptBottleneck, Edit]:
    """Switch off all concepts of some kinds, or single ones: activation 0 (the train mean) for every clip, no weight.

    The concepts stay in the bank, and a head that is solved again cannot use them.

    Args:
        model: The model, unchanged.
        kinds: ``motion``, ``object``, ``scene``.
        concepts: Names of concepts.

    Raises:
        DataError: An unknown kind or concept, or nothing named.

    Source: the paper, model editing (concepts of a kind switched off, no retraining).
    """
    if not kinds and not concepts:
        raise DataError("ablate: expected a kind or a concept to switch off, got none; name one")
    chosen = find_kinds(model.bank, kinds)
    single = list(dict.fromkeys(find_concept(model.bank, name) for name in concepts))
    off = np.union1d(model.bank.columns(*chosen), np.array(single, dtype=np.int64))
    names = [short_name(model.bank, at) for at in single]
    weight = model.head.weight.copy()
    weight[:, off] = 0.0
    head = by_hand(model.head, weight, model.head.bias.copy())
    return fixed(model, off, 0.0).with_head(head), record(model, "ablate", kinds=list(chosen), concepts=names)
