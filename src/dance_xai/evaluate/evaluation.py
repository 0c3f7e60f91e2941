"""One call that measures a model: accuracy, sparsity, concept quality, controls, leakage, faithfulness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dance_xai.evaluate.accuracy import Accuracy, measure_accuracy
from dance_xai.evaluate.budget import denser_head, denser_words
from dance_xai.evaluate.concepts import ConceptQuality, concept_quality
from dance_xai.evaluate.faithfulness import Faithfulness, deletion_check
from dance_xai.evaluate.inputs import EvaluationInput
from dance_xai.evaluate.leakage import Leakage, Probe, accuracy_gap, class_probe
from dance_xai.evaluate.sets import Curve, activation_sets, set_curves
from dance_xai.evaluate.sparsity import NECS, anec, nec_per_class
from dance_xai.model.folds import stratified_folds
from dance_xai.types import IntArray, counted

PRUNED_SETS = ("all", "grounded", "random", "features")
PRUNED_NECS: tuple[float, ...] = (1, 2, 3, 5)
SUPPORT_NOTES = {
    "accuracy_at_nec": "the densest head within each budget on the plain L1 path, fitted on train",
    "accuracy_pruned": "the same budgets for a dense head pruned and refitted on train: it helps every set, the "
    "controls most, so most of the lead of concepts over random directions belongs to the plain path",
}


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Everything measured about a model. Accuracies are in 0..1; None means not measurable, and `notes` says why.

    Attributes:
        accuracy: Of the model's own predictions on test clips.
        nec_per_class: (Y,) non-zero weights per class of the model's head.
        curves: Accuracy within each budget of weights, by set of columns.
        pruned: The same for heads pruned from a dense one, for the sets and budgets where it matters.
        quality: Concepts against their targets, None without targets.
        leakage: Gaps to the controls and class probes.
        faithfulness: Deletion curves of the model's explanations.
        kkt: Largest optimality violation of the model's head.
        notes: What the figures leave out and why, by the name of the figure.
        seconds: How long the evaluation took, None unless the caller timed it.
    """

    accuracy: Accuracy
    nec_per_class: IntArray
    curves: dict[str, Curve | None]
    pruned: dict[str, Curve | None]
    quality: ConceptQuality | None
    leakage: Leakage
    faithfulness: Faithfulness
    kkt: float
    notes: dict[str, str]
    seconds: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, strings, lists and dictionaries, ready for JSON; the keys are a public contract."""
        return {
            **_accuracy_keys(self.accuracy),
            "nonzero": int(self.nec_per_class.sum()),
            "nec": float(self.nec_per_class.mean()),
            "nec_per_class": self.nec_per_class.tolist(),
            "accuracy_at_nec": self.curves,
            "accuracy_pruned": self.pruned,
            "anec_5": {name: anec(curve, (5,)) for name, curve in self.curves.items()},
            "anec_avg": {name: anec(curve) for name, curve in self.curves.items()},
            **_quality_keys(self.quality),
            "leakage": asdict(self.leakage),
            "faithfulness": _deletion_keys(self.faithfulness),
            "kkt": _finite(self.kkt),
            "seconds": self.seconds,
            "notes": self.notes,
        }


def evaluate_model(
    inputs: EvaluationInput,
    *,
    rng: np.random.Generator,
    necs: Sequence[float] = NECS,
    n_folds: int = 5,
    n_random: int = 3,
) -> Evaluation:
    """Measure a model on test clips; everything that is chosen on the way is chosen on train clips.

    Args:
        inputs: The model and its clips.
        rng: Bootstrap, folds, random directions and random deletions; the same generator state gives the same figures.
        necs: Budgets of non-zero weights per class.
        n_folds: Folds of the train clips for choosing the strength of the class probes.
        n_random: Draws of random directions to average.

    Raises:
        ShapeError: The clips do not fit the model.
        DataError: Too few clips of a class to choose heads by cross-validation.
    """
    bootstrap, split, directions, deletions, held_out = rng.spawn(5)
    model, train, test = inputs.model, inputs.train.labels, inputs.test.labels
    sets, notes = activation_sets(inputs, rng=directions, n_random=n_random)
    curves = set_curves(sets, train, test, necs=necs)
    one_draw = {name: sets[name][:1] for name in PRUNED_SETS}
    quality = _quality(inputs)
    probe = _probe(inputs, n_folds, split)
    return Evaluation(
        accuracy=measure_accuracy(test, model.predict(inputs.test.inputs), model.classes, rng=bootstrap),
        nec_per_class=nec_per_class(model.head.weight),
        curves=curves,
        pruned=set_curves(one_draw, train, test, necs=PRUNED_NECS, support="pruned"),
        quality=quality,
        leakage=_leakage(curves, probe, grounded=inputs.is_grounded),
        faithfulness=deletion_check(model.head.weight, model.head.bias, inputs.concepts[1], rng=deletions),
        kkt=float(model.head.kkt),
        notes=notes
        | SUPPORT_NOTES
        | _quality_notes(quality, grounded=inputs.is_grounded)
        | _leakage_notes(probe, inputs.is_grounded)
        | _budget_notes(inputs, n_folds, held_out),
    )


def _quality(inputs: EvaluationInput) -> ConceptQuality | None:
    if inputs.targets is None:
        return None
    return concept_quality(inputs.model.bank, inputs.concepts[1], inputs.targets[1], inputs.targets[0])


def _probe(inputs: EvaluationInput, n_folds: int, rng: np.random.Generator) -> Probe | None:
    if inputs.targets is None:
        return None
    folds = stratified_folds(inputs.train.labels, n_folds, rng)
    return class_probe(inputs.concepts, inputs.targets, (inputs.train.labels, inputs.test.labels), folds=folds)


def _leakage(curves: dict[str, Curve | None], probe: Probe | None, *, grounded: bool) -> Leakage:
    evidence = None if grounded else accuracy_gap(curves, "grounded")
    return Leakage(evidence_gap=evidence, random_gap=accuracy_gap(curves, "random"), probe=probe)


def _quality_notes(quality: ConceptQuality | None, *, grounded: bool) -> dict[str, str]:
    if quality is None:
        return {"concept_map": "no concept targets were given for both train and test clips"}
    parts = [
        f"left out of the mean: {counted(count, f'{kind} concept')} that no test clip has, or all have"
        for kind, count in quality.left_out.items()
        if count
    ]
    if grounded:
        parts.append("grounded activations are measured, not predicted: they are compared with targets of like origin")
    return {"concept_map": "; ".join(parts)} if parts else {}


def _leakage_notes(probe: Probe | None, grounded: bool) -> dict[str, str]:
    notes = {"evidence_gap": "the model is grounded: all and grounded are the same"} if grounded else {}
    if probe is None:
        notes["probe"] = "concept targets are missing, or known for too few clips of some class"
    return notes


def _budget_notes(inputs: EvaluationInput, n_folds: int, rng: np.random.Generator) -> dict[str, str]:
    head = inputs.model.head
    found = denser_head(inputs.concepts[0], inputs.train.labels, head, n_folds=n_folds, rng=rng)
    return {} if found is None else {"nec": denser_words(found, head.nec)}


def _accuracy_keys(accuracy: Accuracy) -> dict[str, Any]:
    return {
        "n": accuracy.n,
        "correct": accuracy.correct,
        "accuracy": accuracy.accuracy,
        "accuracy_ci": list(accuracy.interval),
        "mean_class_accuracy": accuracy.mean_class_accuracy,
        "per_class": [asdict(entry) for entry in accuracy.per_class],
        "confusion": accuracy.confusion.tolist(),
    }


def _quality_keys(quality: ConceptQuality | None) -> dict[str, Any]:
    figures = {
        "concept_map": "average_precision",
        "concept_auc": "auc",
        "concept_chance": "chance",
        "concept_correlation": "correlation",
        "concept_cos_cubed": "cos_cubed",
        "concept_left_out": "left_out",
    }
    means = {key: None if quality is None else dict(getattr(quality, name)) for key, name in figures.items()}
    return {**means, "concept_details": [] if quality is None else [asdict(score) for score in quality.scores]}


def _deletion_keys(faithfulness: Faithfulness) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(faithfulness).items()}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
