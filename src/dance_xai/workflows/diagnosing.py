"""What is wrong with the model of a RUN, and the edits proposed against it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from dance_xai.diagnose import (
    Diagnosis,
    Examiner,
    Facts,
    HeldOut,
    InterventionCurve,
    Lessons,
    find_shortcuts,
    fit_corrector,
    intervention_curves,
    uneven_concepts,
)
from dance_xai.edit.lineage import origins
from dance_xai.errors import ConfigError, DataError
from dance_xai.motion.matching import similarity
from dance_xai.stages.folds import train_folds
from dance_xai.stages.layers import MOTION_FITS, TEXT_FITS
from dance_xai.types import BoolArray, FloatArray, IntArray, Manifest
from dance_xai.workflows.editing import Outcome, edit_run, edited_manifest
from dance_xai.workflows.runs import RunView, open_run

FOLDS = 5
SEEN = "the activations of train clips are those of layers that have seen them: {}"


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
    examiner = Examiner(case.view.model, train)
    return Diagnosis(
        clips=len(test.ids),
        failures=examiner.failures(test),
        train_failures=examiner.failures(train),
        shortcuts=find_shortcuts(held, lessons=case.lessons, most=most),
        uneven=uneven_concepts(case.view.model, held.concepts, held.labels, attributes),
        interventions=_interventions(case, train, test, seed),
        notes=case.notes,
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


@dataclass(frozen=True, eq=False)
class Case:
    """A RUN as a diagnosis looks at it."""

    view: RunView

    @cached_property
    def manifest(self) -> Manifest:
        """The clips as the model with its edits sees them."""
        return edited_manifest(self.view)

    @cached_property
    def rows(self) -> dict[str, IntArray]:
        """Rows of train clips, and of test clips of the classes of the model."""
        return {split: self.manifest.rows(split) for split in ("train", "test")}

    @cached_property
    def held_out(self) -> HeldOut:
        """Train clips in folds that share no source."""
        rows = self.rows["train"]
        ids = tuple(self.manifest.ids[row] for row in rows)
        return HeldOut(
            self.view.model,
            ids,
            self._activations[0],
            self.manifest.labels[rows],
            train_folds(self.manifest, FOLDS),
            self._inputs,
        )

    @property
    def _inputs(self) -> FloatArray | None:
        """(N, D) what the layers of train clips read; None where they learnt nothing, or nothing held out is known."""
        if self.view.model.activations == "grounded" or self._activations[1] is not None:
            return None
        return self.view.inputs[self.rows["train"]].astype(np.float64)

    @cached_property
    def lessons(self) -> Lessons | None:
        """What the layers have learnt of other concepts; None where that cannot be told."""
        targets = self.facts("train").targets
        if self._inputs is None or targets is None:
            return None
        return Lessons(self._activations[0], targets, self.manifest.labels[self.rows["train"]])

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be told."""
        return () if self._activations[1] is None else (SEEN.format(self._activations[1]),)

    @property
    def attributes(self) -> dict[str, Sequence[str | None]]:
        """What the RUN knows of the subgroups of its train clips."""
        clips = [self.manifest.clips[row] for row in self.rows["train"]]
        source = [None if clip.path is None else clip.path.parent.name for clip in clips]
        known: dict[str, Sequence[str | None]] = {"subject": [clip.subject for clip in clips], "source": source}
        return {name: values for name, values in known.items() if len({value for value in values if value}) > 1}

    def facts(self, split: str) -> Facts:
        """What is known of the clips of one split; activations of train clips are held out."""
        rows = self.rows[split]
        activations = self._activations[0] if split == "train" else self.view.model.concepts(self.view.inputs[rows])
        ids = tuple(self.manifest.ids[row] for row in rows)
        targets = self.view.model_bank.targets.values
        return Facts(
            ids,
            activations,
            self.manifest.labels[rows],
            targets=targets[rows] if np.isfinite(targets).any() else None,
            posed=None if self._posed is None else self._posed[rows],
            missed=None if self._missed is None else self._missed[rows],
        )

    @cached_property
    def _activations(self) -> tuple[FloatArray, str | None]:
        """(N, C) of train clips, and why they are not held out where they are not."""
        view, rows = self.view, self.rows["train"]
        plain = view.model.concepts(view.inputs[rows])
        if view.model.activations == "grounded":
            return plain, None
        try:
            method = view.config.layers
        except ConfigError:
            return plain, "the settings do not say how they were fitted"
        same = [
            (new, origin.columns[0])
            for new, origin in enumerate(origins(view.base_model.bank, view.edits.active))
            if origin.clips is None and len(origin.columns) == 1
        ]
        raw = _held_out_layers(view, self.manifest, method.motion, method.text)
        if raw is None:
            return plain, "its clips are too few, or not the ones it was fitted on"
        made = {edit.operation for edit in view.edits.active}
        detached = "detach" in made and "swap_activations" not in made
        for new, old in same:
            change = view.model.layer.weight[new] - view.base_model.layer.weight[old]
            kept = not change.any() or (detached and view.model.layer.weight[new].any())
            taken = view.inputs[rows] @ change + view.model.layer.bias[new] - view.base_model.layer.bias[old]
            fresh = (raw[:, old] + taken - view.model.mean[new]) / view.model.std[new]
            known = np.isfinite(fresh) & kept
            plain[known, new] = fresh[known]
        return plain, None

    @cached_property
    def _posed(self) -> BoolArray | None:
        """(N,) clips with a pose window; None without poses."""
        motion = self.view.motion
        if motion is None or motion.windows is None:
            return None
        return np.isin(np.arange(len(self.manifest.clips)), motion.windows[:, 0])

    @cached_property
    def _missed(self) -> BoolArray | None:
        """(N, C) motions that no window at a key frame shows, though some window of the clip does: it is as near to the
        motion as that of the median train clip that has it.
        """
        motion, bank = self.view.motion, self.view.model_bank
        if motion is None or motion.matches is None or motion.motions is None:
            return None
        missed = np.zeros(bank.targets.values.shape, dtype=bool)
        for column, source in self.view.sources("motion").items():
            near = similarity(motion.matches.distance[:, [source]], motion.motions.scale)[:, 0]
            target = bank.targets.values[:, column]
            usual = near[self.rows["train"]][target[self.rows["train"]] == 1]
            if np.isfinite(usual).any():
                missed[:, column] = (target == 0) & (near >= np.nanmedian(usual))
        return missed


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
        raise DataError(f"{path}: expected clips of the RUN in column {key}, got none of them; check the ids")
    return {name: [known.get(clip, {}).get(name) or None for clip in ids] for name in columns if name != key}


def _held_out_layers(view: RunView, manifest: Manifest, motion: str, text: str) -> FloatArray | None:
    """(N, C) raw activations of train clips by layers of the base model that have not seen their fold."""
    if view.features is None or manifest.classes != view.manifest.classes:
        return None
    rows, bank = view.manifest.rows("train"), view.bank
    folds = train_folds(view.manifest, FOLDS)
    x, targets = view.features.values[rows].astype(np.float64), bank.targets.values[rows]
    raw = np.full(targets.shape, np.nan)
    layers = (
        (bank.bank.columns("motion"), MOTION_FITS[motion]),
        (bank.bank.columns("object", "scene"), TEXT_FITS[text]),
    )
    for columns, method in layers:
        if len(columns):
            try:
                fit = method.fit(x, targets[:, columns], folds, np.random.default_rng(0))
            except DataError:
                return None
            raw[:, columns] = fit.out_of_fold
    return raw


def correction_curves(view: RunView, *, seed: int = 0) -> tuple[InterventionCurve, ...] | None:
    """Accuracy on test clips against the number of corrected concepts, without the rest of a diagnosis.

    Args:
        view: The RUN with its edits in force.
        seed: Of the random order.

    Returns:
        A curve per policy; None without targets or test clips.
    """
    case = Case(view)
    return _interventions(case, case.facts("train"), case.facts("test"), seed)


def _interventions(case: Case, train: Facts, test: Facts, seed: int) -> tuple[InterventionCurve, ...] | None:
    if train.targets is None or test.targets is None or not len(test.ids):
        return None
    wanted = fit_corrector(train.concepts, train.targets)(test.concepts, test.targets)
    rng = np.random.default_rng(seed)
    return intervention_curves(case.view.model, test.concepts, wanted, test.labels, train=train.concepts, rng=rng)
