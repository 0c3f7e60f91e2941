"""What is wrong with the model of a RUN, and the edits proposed against it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dance_xai.diagnose import (
    Diagnosis,
    Examiner,
    Facts,
    InterventionCurve,
    falling_words,
    find_shortcuts,
    find_unjudged,
    fit_corrector,
    held_out_failures,
    intervention_curves,
    uneven_concepts,
)
from dance_xai.diagnose.words import unjudged_words
from dance_xai.errors import ConfigError, DataError
from dance_xai.workflows.case import Case
from dance_xai.workflows.editing import Outcome, edit_run
from dance_xai.workflows.runs import RunView, open_run


def diagnose_run(
    folder: Path, *, groups: Path | None = None, seed: int = 0, data_root: Path | None = None, most: int = 8
) -> Diagnosis:
    """Diagnose the model of a RUN with its edits in force; see `diagnose_view`.

    Args:
        folder: The RUN.
        groups: As for `diagnose_view`.
        seed: Likewise.
        data_root: Where data paths start, None: as when the RUN was made.
        most: As for `diagnose_view`.

    Raises:
        DanceError: The RUN cannot be read, or has too few clips of a class to hold one out.
    """
    return diagnose_view(open_run(folder, data_root), groups=groups, seed=seed, most=most)


def diagnose_view(view: RunView, *, groups: Path | None = None, seed: int = 0, most: int = 8) -> Diagnosis:
    """Diagnose the model of a RUN with its edits in force. Shortcuts and edits are found on train clips alone.

    Args:
        view: The RUN.
        groups: A CSV file with a column ``id`` or ``clip`` and one column per attribute that tells subgroups apart.
        seed: Of the random order of corrections.
        most: Suspected shortcuts that edits are measured for.

    Raises:
        DanceError: The RUN cannot be read, or has too few clips of a class to hold one out.
    """
    case = Case(view)
    held, train, test = case.held_out, case.facts("train"), case.facts("test")
    attributes = {**case.attributes, **({} if groups is None else read_groups(groups, held.ids))}
    unjudged = find_unjudged(held, lessons=case.lessons)
    curves, falling = _interventions(case, train, test, seed)
    doubts = (unjudged_words(unjudged) if unjudged else None, falling)
    return Diagnosis(
        clips=len(test.ids),
        failures=Examiner(view.model, train).failures(test),
        train_failures=held_out_failures(held, train),
        shortcuts=find_shortcuts(held, lessons=case.lessons, most=most),
        uneven=uneven_concepts(case.view.model, held.concepts, held.labels, attributes),
        interventions=curves,
        notes=(*case.notes, *(note for note in doubts if note is not None)),
        unjudged=unjudged,
    )


def apply_proposal(folder: Path, diagnosis: Diagnosis, number: int, *, out: Path | None = None) -> Outcome:
    """Make the edit proposed against a suspected shortcut.

    Args:
        folder: The RUN.
        diagnosis: Of that RUN.
        number: Place of the shortcut in the list, from 1.
        out: Where to write the edited RUN to; None changes the RUN itself.

    Raises:
        ConfigError: No such shortcut, or none with a proposal.
    """
    found = diagnosis.shortcuts
    if not 1 <= number <= len(found):
        known = f"one of 1..{len(found)}" if found else "a suspected shortcut, and there is none"
        raise ConfigError(f"--apply {number}: expected {known}; see the list of dance diagnose without --apply")
    edit = found[number - 1].edit
    if edit is None:
        raise ConfigError(
            f"--apply {number}: expected a shortcut with a proposed edit, got one without; see dance edit"
        )
    return edit_run(folder, edit.operation, dict(edit.arguments), out=out)


def read_groups(path: Path, ids: Sequence[str]) -> dict[str, Sequence[str | None]]:
    """Subgroups of clips by attribute, from a CSV file; a clip that is not in it belongs to none.

    Raises:
        DataError: It cannot be read, has no column of ids or no attribute, or names none of the clips.
    """
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or (error if isinstance(error, csv.Error) else "not UTF-8 text")
        raise DataError(f"{path}: expected a readable CSV file of clips, got: {reason}; check the path") from error
    columns = [name for name in (rows[0] if rows else {}) if name]
    key = next((name for name in ("id", "clip") if name in columns), None)
    if key is None or len(columns) < 2:
        raise DataError(f"{path}: expected a column id or clip and at least one more, got {columns}; add them")
    known = {row[key]: row for row in rows}
    if not known.keys() & set(ids):
        raise DataError(f"{path}: expected train clips of the RUN in column {key}, got none of them; check the ids")
    return {name: [known.get(clip, {}).get(name) or None for clip in ids] for name in columns if name != key}


def correction_curves(view: RunView, *, seed: int = 0) -> tuple[InterventionCurve, ...] | None:
    """Accuracy on test clips against the number of corrected concepts, without the rest of a diagnosis.

    Args:
        view: The RUN with its edits in force.
        seed: Of the random order.

    Returns:
        A curve per policy; None without targets or test clips.
    """
    case = Case(view)
    return _interventions(case, case.facts("train"), case.facts("test"), seed)[0]


def _interventions(
    case: Case, train: Facts, test: Facts, seed: int
) -> tuple[tuple[InterventionCurve, ...] | None, str | None]:
    """The curves, and why they fall where they do."""
    if train.targets is None or test.targets is None or not len(test.ids):
        return None, None
    model, read = case.view.model, test.concepts
    wanted = fit_corrector(train.concepts, train.targets)(read, test.targets)
    rng = np.random.default_rng(seed)
    curves = intervention_curves(model, read, wanted, test.labels, train=train.concepts, rng=rng)
    return curves, falling_words(model, curves, read, wanted, test.labels, train=train.concepts, rng=rng)
