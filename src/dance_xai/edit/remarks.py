"""Edits that do nothing, and why."""

from __future__ import annotations

from dance_xai.edit.content import content_hash
from dance_xai.edit.lookup import find_class, find_concept
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import Edit


def idle_words(before: ConceptBottleneck, after: ConceptBottleneck, edit: Edit) -> str | None:
    """Why an edit changes no prediction, in a sentence; None where it may change some.

    Args:
        before: The model that was edited.
        after: What came of it.
        edit: The record.
    """
    if edit.operation == "change_weight":
        at = find_concept(before.bank, edit.arguments["concept"])
        if is_off(before, at):
            return f"{edit.arguments['concept']!r} is switched off, so that its weights change nothing"
        row = find_class(before, edit.arguments["label"])
        if edit.arguments["change"] == "scale" and before.head.weight[row, at] == 0:
            return f"the weight of {edit.arguments['concept']!r} for {edit.arguments['label']!r} is 0, and stays 0"
    return "the model is as it was before" if content_hash(after) == content_hash(before) else None


def is_off(model: ConceptBottleneck, at: int) -> bool:
    """Whether a concept is 0 whatever the clip shows."""
    return not model.layer.weight[at].any() and bool(model.layer.bias[at] == model.mean[at])
