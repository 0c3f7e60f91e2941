"""Concepts of one clip set by hand, and what the model says then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dance_xai.edit.activations import fixed
from dance_xai.edit.lookup import find_concept
from dance_xai.errors import ConfigError
from dance_xai.explain import explain_clip
from dance_xai.types import Correction, Explanation, SetConcept
from dance_xai.workflows.runs import RunView
from dance_xai.workflows.subjects import Subject

OFF = "off"


def read_corrections(view: RunView, given: Sequence[str]) -> dict[int, float]:
    """Activations to set, by column of the model's bank.

    Args:
        view: The RUN, whose concepts are named.
        given: ``CONCEPT=VALUE`` each: standard deviations from the train mean, or ``off`` for 0.

    Raises:
        ConfigError: Not of that form, a value that is no finite number, or a concept that is set twice.
        DataError: No such concept, or several of that name.
    """
    values: dict[int, float] = {}
    for text in given:
        name, sign, value = text.rpartition("=")
        if not sign or not name.strip():
            raise ConfigError(f"--set {text}: expected CONCEPT=VALUE, got no =; write for example '{text}=off'")
        column = find_concept(view.model.bank, name.strip())
        if column in values:
            raise ConfigError(f"--set {text}: expected every concept once, got {name.strip()!r} twice; give one value")
        values[column] = _value(text, value.strip())
    return values


def with_correction(
    view: RunView, subject: Subject, explanation: Explanation, values: Mapping[int, float]
) -> Explanation:
    """The same explanation, and beside it what the model says with some activations set by hand.

    Args:
        view: The RUN, which stays as it is.
        subject: The clip.
        explanation: Of it.
        values: Standardised activations by column; without any nothing is added.

    Source: ours; interventions on concepts (Koh et al. 2020), as `dance_xai.edit.set_activation` makes them.
    """
    if not values:
        return explanation
    model, bank = view.model, view.model.bank
    read = model.concepts(subject.inputs[None])[0]
    changes = tuple(
        SetConcept(column, bank.concepts[column].kind, bank.concepts[column].name, float(read[column]), value)
        for column, value in values.items()
    )
    for each in changes:
        model = fixed(model, [each.concept], each.after)
    told = explain_clip(
        model,
        subject.inputs,
        clip=subject.clip,
        true_label=subject.label,
        matches=subject.matches,
        fps=explanation.fps,
    )
    return replace(explanation, correction=Correction(changes, told.classes))


def _value(text: str, value: str) -> float:
    if value == OFF:
        return 0.0
    try:
        number = float(value)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise ConfigError(f"--set {text}: expected a finite number or {OFF}, got {value!r}; 0 is as usual")
    return number
