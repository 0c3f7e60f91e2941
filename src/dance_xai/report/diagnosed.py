"""What goes wrong and why, as the report page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from dance_xai.diagnose import CAUSES, Cause, Diagnosis, Effect, Shortcut, count_causes
from dance_xai.diagnose.words import CAUSE_WORDS, proposal_words, suspicion_words, uneven_words
from dance_xai.edit.lookup import find_concept
from dance_xai.report.data import ReportData
from dance_xai.report.words import capitalise
from dance_xai.types import Kind
from dance_xai.types.numbers import percent

APPLY = "dance diagnose RUN --apply {} --out NEW"


@dataclass(frozen=True)
class CauseTold:
    """A cause of failures.

    Attributes:
        name: Of the cause.
        words: What it means.
        count: Failures with it.
        share: Of all failures, in percent 0..100.
    """

    name: Cause
    words: str
    count: int
    share: float


@dataclass(frozen=True)
class ShortcutTold:
    """A suspected shortcut.

    Attributes:
        number: Its place, from 1, as ``--apply`` takes it.
        label: The class.
        column: Column of the concept.
        kind: object or scene.
        concept: Name of the concept.
        is_credible: Whether noise alone hardly explains it.
        evidence: What speaks for it.
        proposal: What could be done.
        effect: What the proposed edit does to held-out train clips: name, before, after; empty without one.
        command: What makes the edit; None without one.
    """

    number: int
    label: str
    column: int
    kind: Kind
    concept: str
    is_credible: bool
    evidence: str
    proposal: str
    effect: tuple[tuple[str, str, str], ...]
    command: str | None


@dataclass(frozen=True)
class Diagnosed:
    """A diagnosis as shown.

    Attributes:
        wrong: Test clips that are wrong.
        clips: Test clips looked at.
        causes: Those that occur, in the order in which they are tried.
        rows: Per class with failures its name and the count of each of ``causes``, most failures first.
        shortcuts: Suspected shortcuts, strongest evidence first.
        uneven: Concepts that work differently in subgroups, a sentence each.
        notes: What could not be told, and why.
    """

    wrong: int
    clips: int
    causes: tuple[CauseTold, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    shortcuts: tuple[ShortcutTold, ...]
    uneven: tuple[str, ...]
    notes: tuple[str, ...]


def diagnosed(data: ReportData) -> Diagnosed | None:
    """The diagnosis of a report as shown; None without one."""
    found = data.diagnosis
    if found is None:
        return None
    causes = _causes(found)
    return Diagnosed(
        wrong=len(found.failures),
        clips=found.clips,
        causes=causes,
        rows=tuple(
            (name, tuple(counts[cause.name] for cause in causes))
            for name, counts in count_causes(found.failures).items()
        ),
        shortcuts=tuple(_shortcut(data, number, one) for number, one in enumerate(found.shortcuts, start=1)),
        uneven=tuple(map(uneven_words, found.uneven)),
        notes=tuple(map(_sentence, found.notes)),
    )


def _causes(found: Diagnosis) -> tuple[CauseTold, ...]:
    counts = {cause: sum(one.cause == cause for one in found.failures) for cause in CAUSES}
    return tuple(
        CauseTold(cause, _sentence(CAUSE_WORDS[cause]), count, 100 * count / len(found.failures))
        for cause, count in counts.items()
        if count
    )


def _sentence(text: str) -> str:
    return f"{capitalise(text)}."


def _shortcut(data: ReportData, number: int, one: Shortcut) -> ShortcutTold:
    doubt = one.suspicion
    return ShortcutTold(
        number=number,
        label=doubt.label,
        column=find_concept(data.bank, f"{doubt.kind}:{doubt.concept}"),
        kind=doubt.kind,
        concept=doubt.concept,
        is_credible=doubt.is_credible,
        evidence=suspicion_words(doubt),
        proposal=proposal_words(one),
        effect=() if one.effect is None else _effect(one.effect),
        command=None if one.edit is None else APPLY.format(number),
    )


def _effect(effect: Effect) -> tuple[tuple[str, str, str], ...]:
    rows = [("all, as they are", effect.accuracy), ("all, if the association were turned round", effect.turned)]
    if effect.unusual is not None:
        rows.append(("those of the class that break it", effect.unusual))
    return tuple((name, percent(before), percent(after)) for name, (before, after) in rows)
