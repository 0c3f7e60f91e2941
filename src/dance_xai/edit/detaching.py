"""Detach concepts from what their layers have learnt besides: a scene, for example, that comes with an object.

A layer learns whatever foretells its concept in train clips. Within one class the concept hardly varies, so that what
its activation there has in common with that of another concept is what the layer takes from the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dance_xai.edit.clips import EditClips
from dance_xai.edit.constraints import Pair
from dance_xai.edit.lookup import find_concept, find_kinds, short_name
from dance_xai.edit.parts import by_hand, record
from dance_xai.edit.resolve import resolve
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head.threads import one_thread
from dance_xai.model.layer import LinearLayer
from dance_xai.types import Edit, FloatArray, IntArray

STRENGTH = 1e-2  # as of a ridge layer; ten times less or more does the same
LEAST_SHARE = 1e-9


def detach(
    model: ConceptBottleneck,
    clips: EditClips,
    *,
    kinds: Sequence[str] = (),
    sources: Sequence[str] = (),
    concepts: Sequence[str] = (),
    forbid: Sequence[Pair] = (),
    lam: float | None = None,
) -> tuple[ConceptBottleneck, Edit]:
    """Change concept layers so that, within each class, activations no longer go with those of other concepts.

    Of all such layers the one is taken whose activations change least over train clips. Activations stay linear in the
    inputs and are standardised anew; the head is solved again on them.

    Args:
        model: The model, unchanged; with predicted activations.
        clips: Clips to learn from.
        kinds: Detach from all concepts of these kinds.
        sources: Detach from these concepts.
        concepts: Concepts to detach; by default all of the kinds that nothing is detached from.
        forbid: (class, concept) pairs without a weight, as for ``resolve``.
        lam: Strength of the penalty; that of the model by default.

    Raises:
        DataError: Measured activations, an unknown name, nothing to detach or to detach from, a concept that is both,
            or no source whose activation varies within classes.
        SolverError: The optimum was not reached.

    Source: ours; closed form, the constrained minimum of a quadratic.
    """
    if model.activations == "grounded":
        raise DataError(
            "detach: expected predicted activations, got measured ones, which have learnt nothing; see resolve"
        )
    chosen = find_kinds(model.bank, kinds)
    given = [find_concept(model.bank, name) for name in sources]
    away = np.union1d(model.bank.columns(*chosen), np.array(given, dtype=np.int64))
    freed = _freed(model, away, concepts)
    rows, labels = clips.training(model)
    with one_thread():
        loose = _detached(model, clips.inputs[rows].astype(np.float64), labels, away, freed)
    solved, solving = resolve(loose, clips, forbid=forbid, lam=lam)
    names = {
        "kinds": list(chosen),
        "sources": [short_name(model.bank, at) for at in given],
        "concepts": [short_name(model.bank, at) for at in freed] if concepts else [],
    }
    kept = {name: value for name, value in solving.arguments.items() if name in ("forbid", "lam")}
    return solved, record(model, "detach", **names, **kept)


def _freed(model: ConceptBottleneck, away: IntArray, names: Sequence[str]) -> IntArray:
    """Columns to detach."""
    if not len(away):
        raise DataError("detach: expected a kind or a concept to detach from, got none; name one")
    bank = model.bank
    if names:
        columns = np.array([find_concept(bank, name) for name in names], dtype=np.int64)
        if both := np.intersect1d(columns, away).tolist():
            raise DataError(f"detach: expected other concepts than {bank.names[both[0]]!r} itself; leave it out")
        return columns
    kinds = {bank.concepts[at].kind for at in away}
    columns = np.array([at for at, one in enumerate(bank.concepts) if one.kind not in kinds], dtype=np.int64)
    if not len(columns):
        raise DataError("detach: expected concepts of another kind to detach, the model has none; name concepts")
    return columns


def _detached(
    model: ConceptBottleneck, x: FloatArray, labels: IntArray, away: IntArray, freed: IntArray
) -> ConceptBottleneck:
    """The model with other rows of the layer; its head gives every unit of raw activation the weight it had."""
    weight, bias, std = model.layer.weight.copy(), model.layer.bias.copy(), model.std.copy()
    shift = _least_change(x, within(model.concepts(x)[:, away], labels), weight[freed])
    weight[freed] -= shift
    bias[freed] += shift @ x.mean(axis=0)
    spread = (x @ weight[freed].T).std(axis=0)
    std[freed] = np.where(spread > LEAST_SHARE * std[freed], spread, std[freed])
    head = by_hand(model.head, model.head.weight * (std / model.std), model.head.bias.copy())
    return replace(model, layer=LinearLayer(weight, bias), std=std, head=head)


def _least_change(x: FloatArray, other: FloatArray, weight: FloatArray) -> FloatArray:
    """(F, D) what to take from (F, D) rows w so that ``x @ w`` has nothing in common with (N, S) other columns.

    Minimises ``|x d|^2 + a |d|^2`` for ``d`` with ``other.T @ x @ (w - d) = 0``, that is ``d = g (m' g)^+ m' w`` with
    ``m = x' other`` and ``g = (x'x + a)^-1 m``.
    """
    if not (np.abs(other).max(initial=0.0) > LEAST_SHARE):
        raise DataError("detach: expected a concept that varies within classes to detach from, got none; name another")
    off = x - x.mean(axis=0)
    square = off.T @ off
    shared = off.T @ other  # (D, S) m
    square.flat[:: len(square) + 1] += STRENGTH * float(np.trace(square)) / len(x)
    answer = np.linalg.solve(square, shared)  # (D, S) g
    inverse = np.linalg.pinv(shared.T @ answer, rcond=LEAST_SHARE, hermitian=True)
    return np.asarray((weight @ shared @ inverse) @ answer.T)


def within(values: FloatArray, labels: IntArray) -> FloatArray:
    """(N, C) values less the mean of the class of each row."""
    member = np.eye(int(labels.max(initial=0)) + 1)[labels]  # (N, Y)
    means = (member.T @ values) / np.maximum(member.sum(axis=0), 1)[:, None]
    return np.asarray(values - member @ means)
