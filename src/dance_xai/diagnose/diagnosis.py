"""Everything a diagnosis found, in one noun."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from dance_xai.diagnose.causes import Failure, count_causes
from dance_xai.diagnose.intervene import InterventionCurve
from dance_xai.diagnose.proposals import Effect, Shortcut
from dance_xai.diagnose.subgroups import UnevenConcept
from dance_xai.diagnose.suspicion import Unjudged
from dance_xai.diagnose.words import edit_words, failure_words, shortcut_words, uneven_words

SCHEMA = 1


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a model.

    Attributes:
        clips: Test clips looked at.
        failures: Those that are wrong, each with its cause.
        train_failures: Held-out train clips that are wrong, each with its cause.
        shortcuts: Suspected shortcuts, strongest evidence first; found and measured on held-out train clips alone.
        uneven: Concepts whose effect differs between subgroups of train clips, surest first.
        interventions: Accuracy on test clips against the number of concepts corrected from their targets; None without
            targets.
        notes: What could not be told, and why.
        unjudged: Associations that too few train clips break to be judged, largest part of a class first.
    """

    clips: int
    failures: tuple[Failure, ...]
    train_failures: tuple[Failure, ...]
    shortcuts: tuple[Shortcut, ...]
    uneven: tuple[UnevenConcept, ...]
    interventions: tuple[InterventionCurve, ...] | None
    notes: tuple[str, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, strings, lists and dictionaries, ready for JSON; the keys are a public contract.

        Returns:
            ``schema``: 1. ``clips``. ``failures`` and ``train_failures``: the fields of ``Failure`` and ``words``.
            ``by_class``: failures on test clips per class and cause. ``shortcuts``: the fields of ``Suspicion`` and
            ``credible``, ``evidence``, ``edit`` (``operation``, ``arguments``, ``words``; None without a proposal),
            ``effect`` and ``control`` (the fields of ``Effect`` and ``cost``; None likewise), ``tried``, ``words``.
            ``uneven``: the fields of ``UnevenConcept`` and ``words``. ``interventions``: per policy ``corrected`` and
            ``accuracy``; None without targets. ``notes``. ``unjudged``: the fields of ``Unjudged``.
        """
        curves = self.interventions
        return {
            "schema": SCHEMA,
            "clips": self.clips,
            "failures": [_failure(one) for one in self.failures],
            "train_failures": [_failure(one) for one in self.train_failures],
            "by_class": count_causes(self.failures),
            "shortcuts": [_shortcut(one) for one in self.shortcuts],
            "uneven": [asdict(one) | {"words": uneven_words(one)} for one in self.uneven],
            "interventions": None
            if curves is None
            else {one.policy: {"corrected": list(one.corrected), "accuracy": list(one.accuracy)} for one in curves},
            "notes": list(self.notes),
            "unjudged": [asdict(one) for one in self.unjudged],
        }


def _failure(one: Failure) -> dict[str, Any]:
    return asdict(one) | {"words": failure_words(one)}


def _shortcut(one: Shortcut) -> dict[str, Any]:
    edit = one.edit
    return asdict(one.suspicion) | {
        "credible": one.suspicion.is_credible,
        "evidence": one.evidence,
        "edit": None
        if edit is None
        else {"operation": edit.operation, "arguments": dict(edit.arguments), "words": edit_words(edit)},
        "effect": _effect(one.effect),
        "control": _effect(one.control),
        "tried": one.tried,
        "words": shortcut_words(one),
    }


def _effect(one: Effect | None) -> dict[str, Any] | None:
    return None if one is None else asdict(one) | {"cost": one.cost}
