"""Models, clips and edits as plain data for the browser, which does the sums itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from dance_xai.types import FloatArray
from dance_xai.workflows.edit_words import difference_tree, in_words
from dance_xai.workflows.editing import Outcome, edited_manifest
from dance_xai.workflows.explaining import train_ranges
from dance_xai.workflows.runs import RunView
from dance_xai.workflows.subjects import Subject

MOST_LISTED = 500


def model_tree(view: RunView) -> dict[str, Any]:
    """Everything that a logit takes: ``bias[k] + sum of weight * activation``, and what a card says.

    Weights are given per class as pairs of column and value, non-zero only.
    """
    model, (low, high) = view.model, train_ranges(view)
    metrics = view.run.json("metrics") if "metrics" in view.run else {}
    return {
        "title": str(view.settings["name"]),
        "content": view.edits.content,
        "folder": view.run.folder.resolve().name,
        "classes": list(model.classes),
        "bias": model.head.bias.tolist(),
        "weights": [[[int(j), float(row[j])] for j in np.flatnonzero(row)] for row in model.head.weight],
        "concepts": [
            {"kind": concept.kind, "name": concept.name, "low": float(low[j]), "high": float(high[j])}
            for j, concept in enumerate(model.bank.concepts)
        ],
        "activations": model.activations,
        "nec": float(model.head.nec),
        "accuracy": metrics.get("accuracy"),
        "figures": right_tree(view),
    }


def right_tree(view: RunView) -> dict[str, Any]:
    """How many clips the model with its edits gets right, by split."""
    manifest = edited_manifest(view)
    said = view.model.predict(view.inputs)
    found: dict[str, Any] = {}
    for split in ("train", "test"):
        rows = manifest.rows(split)
        labelled = rows[manifest.labels[rows] >= 0]
        right = int((said[labelled] == manifest.labels[labelled]).sum())
        found[split] = {"clips": len(labelled), "right": right}
    return found


def reading_tree(view: RunView, inputs: FloatArray) -> list[float]:
    """C activations of one clip."""
    found: list[float] = view.model.concepts(inputs[None])[0].tolist()
    return found


def known_tree(view: RunView, other: RunView | None, clip: str) -> dict[str, Any]:
    """A clip of the RUN, read by one model or by two.

    Raises:
        DataError: The RUN does not know it.
    """
    manifest, row = edited_manifest(view), view.row(clip)
    trouble, theirs = "", None
    if other is not None and clip in other.manifest.ids:
        theirs = reading_tree(other, other.inputs[other.row(clip)])
    elif other is not None:
        trouble = "the other model does not know this clip"
    return {
        "clip": clip,
        "label": manifest.clips[row].label,
        "split": manifest.clips[row].split,
        "main": reading_tree(view, view.inputs[row]),
        "other": theirs,
        "trouble": trouble,
    }


def video_tree(
    view: RunView, other: RunView | None, subject: Subject, theirs: Subject | None, trouble: str
) -> dict[str, Any]:
    """A video that was sent, read by one model or by two."""
    return {
        "clip": subject.clip,
        "label": None,
        "split": None,
        "main": reading_tree(view, subject.inputs),
        "other": None if other is None or theirs is None else reading_tree(other, theirs.inputs),
        "trouble": trouble,
    }


def clips_tree(view: RunView, words: str, only: str, start: int = 0) -> dict[str, Any]:
    """Clips of the RUN with what the model says: wrong test clips first, then the other test clips, then the rest.

    Args:
        view: The RUN.
        words: Every one of them must be in the id, the label or the prediction; small and capital letters are alike.
        only: ``all``, ``test``, ``train`` or ``wrong`` (wrong test clips).
        start: First one listed.
    """
    manifest = edited_manifest(view)
    said = view.model.predict(view.inputs)
    labels = manifest.labels
    wrong = (labels >= 0) & (labels != said)
    test = np.array([clip.split == "test" for clip in manifest.clips], dtype=bool)
    chosen = {"test": test, "train": ~test, "wrong": test & wrong}.get(only, np.ones(len(test), dtype=bool))
    order = np.lexsort((np.arange(len(test)), ~wrong, ~test))
    wanted = words.lower().split()
    found = []
    for row in order[chosen[order]]:
        clip, says = manifest.clips[row], view.model.classes[said[row]]
        text = f"{clip.id} {clip.label} {says}".lower()
        if all(word in text for word in wanted):
            right = None if labels[row] < 0 else not wrong[row]
            found.append({"clip": clip.id, "label": clip.label, "split": clip.split, "says": says, "right": right})
    for each in found:
        each["right"] = None if each["right"] is None else bool(each["right"])
    return {"total": len(found), "clips": found[start : start + MOST_LISTED]}


def log_tree(view: RunView) -> dict[str, Any]:
    """The edits in order, those that were undone last."""
    chain = view.edits
    return {
        "position": chain.position,
        "edits": [in_words(edit.operation, edit.arguments) for edit in chain.edits],
    }


def outcome_tree(outcome: Outcome) -> dict[str, Any]:
    """What an edit did."""
    return {
        "edit": in_words(outcome.edit.operation, outcome.edit.arguments),
        "train": difference_tree(outcome.train),
        "test": difference_tree(outcome.test),
    }
