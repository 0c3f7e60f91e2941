"""Held-out figures against heads fitted one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dance_xai.diagnose import Proposed
from dance_xai.edit import ablate
from dance_xai.errors import DataError, ShapeError
from dance_xai.model.head import fit_head


def by_hand(held, allowed=None, switched_off=()):
    logits = np.zeros((len(held.ids), len(held.model.classes)))
    for fold in np.unique(held.folds):
        rest = held.folds != fold
        head = fit_head(held.concepts[rest], held.labels[rest], lam=held.model.head.lam, allowed=allowed)
        weight = head.weight.copy()
        weight[:, list(switched_off)] = 0
        logits[~rest] = held.concepts[~rest] @ weight.T + head.bias
    return logits


def test_no_clip_is_judged_by_a_head_that_has_seen_it(world):
    np.testing.assert_allclose(world.held.logits, by_hand(world.held), atol=1e-5)


def test_an_edit_is_made_on_the_other_folds(world):
    allowed = np.ones(world.model.head.weight.shape, dtype=bool)
    allowed[1, 5] = False
    forbidden = world.held.after(Proposed("resolve", {"forbid": [["disc", "beach"]]}))
    np.testing.assert_allclose(forbidden, by_hand(world.held, allowed), atol=1e-5)
    off = world.held.after(Proposed("ablate", {"concepts": ["beach"]}))
    np.testing.assert_allclose(off, by_hand(world.held, switched_off=[5]), atol=1e-5)


def test_a_model_changed_by_hand_keeps_to_the_weights_it_has(world):
    model, _ = ablate(world.model, concepts=["beach"])
    held = replace(world.held, model=model)
    assert held.logits.shape == world.held.logits.shape
    np.testing.assert_allclose(held.logits, by_hand(held, model.head.weight != 0), atol=1e-5)


def test_what_does_not_fit_is_refused(world):
    held = world.held
    with pytest.raises(ShapeError, match="folds"):
        replace(held, folds=held.folds[1:])
    with pytest.raises(DataError, match=r"'disc'.*at least 2 folds"):
        replace(held, folds=np.where(held.labels == 1, 0, held.folds))
    with pytest.raises(DataError, match="no_such"):
        held.after(Proposed("ablate", {"concepts": ["no_such"]}))
