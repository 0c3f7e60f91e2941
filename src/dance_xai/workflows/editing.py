"""Edits of a RUN: read it, change the model, say what that changes, and write both beside the untouched base model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.artifacts import read_run, update_parts
from dance_xai.artifacts.pretrained import EDITED
from dance_xai.artifacts.sealed import kind_at
from dance_xai.edit import Difference, EditChain, EditClips, compare, content_hash
from dance_xai.edit.lookup import find_pair
from dance_xai.edit.remarks import idle_words
from dance_xai.errors import ArtifactError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import Edit, Features, Manifest
from dance_xai.workflows.edit_words import PAIRS
from dance_xai.workflows.edits import EDITS, NEW_CLIPS
from dance_xai.workflows.naming import clips_named
from dance_xai.workflows.runs import RunView, open_run

STALE = "these figures are of another state of the model; run dance evaluate"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What an edit, an undo or a redo did.

    Attributes:
        chain: The edits as they stand now.
        edit: The one that was made, taken back or made again.
        model: The model now.
        train: What changed on train clips.
        test: What changed on test clips.
        note: Why it changes nothing, where that is so.
    """

    chain: EditChain
    edit: Edit
    model: ConceptBottleneck
    train: Difference
    test: Difference
    note: str | None = None


def edit_run(
    folder: Path, operation: str, arguments: dict[str, Any], *, out: Path | None = None, data_root: Path | None = None
) -> Outcome:
    """Make an edit of a RUN.

    Args:
        folder: The RUN.
        operation: For example ``ablate``; see ``dance_xai.edit.operations``.
        arguments: Its arguments. The ``ids`` of an added class may also be video files, or lists of clips; a pair may
            be written ``class:concept``.
        out: Where to write the edited RUN to; None changes the RUN itself.
        data_root: Where data paths start, None: as when the RUN was made.

    Raises:
        DanceError: The edit is impossible, or the RUN cannot be read or written. Nothing has changed.
    """
    view, new = open_run(folder, data_root), None
    _refuse_another(out, view.edits.base)
    if operation == "add_class":
        ids, new = clips_named(view, arguments["ids"], arguments["label"])
        arguments = arguments | {"ids": ids}
    arguments = arguments | {name: _pairs(view, arguments[name]) for name in PAIRS if name in arguments}
    outcome = make_edit(view, operation, arguments, new)
    write_edits(view, outcome.chain, outcome.model, out, new)
    return outcome


def undo(folder: Path, *, out: Path | None = None) -> Outcome:
    """Take the last edit of a RUN back.

    Raises:
        DanceError: None is in force, or the RUN cannot be read or written. Nothing has changed.
    """
    view = open_for_edits(folder)
    outcome = undone(view)
    write_edits(view, outcome.chain, outcome.model, out)
    return outcome


def redo(folder: Path, *, out: Path | None = None) -> Outcome:
    """Make the edit again that was undone last.

    Raises:
        DanceError: None was undone, or the RUN cannot be read or written. Nothing has changed.
    """
    view = open_for_edits(folder)
    outcome = redone(view)
    write_edits(view, outcome.chain, outcome.model, out)
    return outcome


def open_for_edits(folder: Path) -> RunView:
    """A RUN whose edits are read or made again: the model they lead to may be lost or damaged.

    Raises:
        ArtifactError: Anything else of it is.
    """
    run = read_run(folder, spare=EDITED)
    run.verify(spare=EDITED)
    return RunView(run)


def make_edit(view: RunView, operation: str, arguments: dict[str, Any], new: Features | None = None) -> Outcome:
    """Make an edit in memory.

    Args:
        view: The RUN with the edits in force, unchanged.
        operation: For example ``ablate``.
        arguments: Its arguments.
        new: Inputs of clips that the RUN does not know.

    Raises:
        DanceError: The edit is impossible.
    """
    clips = edit_clips(view, new)
    model, chain = view.edits.apply(view.model, clips, operation, arguments)
    outcome = _outcome(view, chain, chain.edits[-1], model, clips)
    return replace(outcome, note=idle_words(view.model, model, outcome.edit))


def undone(view: RunView) -> Outcome:
    """Take the last edit back in memory.

    Raises:
        DanceError: None is in force, or what is left does not replay.
    """
    chain, clips = view.edits.undo(), edit_clips(view)
    *_, model, before = view.edits.steps(view.base_model, clips)  # not as stored: that may be what is to be mended
    return _outcome(view, chain, view.edits.active[-1], model, clips, before)


def redone(view: RunView) -> Outcome:
    """Make the edit again in memory that was undone last.

    Raises:
        DanceError: None was undone, or it does not replay.
    """
    chain, clips = view.edits.redo(), edit_clips(view)
    *_, before, model = chain.steps(view.base_model, clips)
    return _outcome(view, chain, chain.active[-1], model, clips, before)


def with_edits(view: RunView, chain: EditChain, model: ConceptBottleneck, new: Features | None = None) -> RunView:
    """The same RUN, in memory, with other edits in force; what was read of it is shared.

    Args:
        view: The RUN.
        chain: The edits.
        model: What they lead to.
        new: Inputs of clips that the RUN does not know; None leaves them as they are.
    """
    view.base_model, view.manifest, view.inputs  # noqa: B018  read once for all
    other = RunView(view.run, view.data_root)
    shared = {name: value for name, value in vars(view).items() if name != "model_bank"}
    vars(other).update(shared | {"edits": chain, "model": model, "new_clips": new or view.new_clips})
    return other


def edit_clips(view: RunView, new: Features | None = None) -> EditClips:
    """All clips of a RUN, those of new videos last, as they were before any edit."""
    manifest = view.manifest
    labels = tuple(clip.label for clip in manifest.clips)
    train = np.array([clip.split == "train" for clip in manifest.clips], dtype=bool)
    new = new or view.new_clips
    if new is None:
        return EditClips(manifest.ids, view.inputs, labels, train)
    inputs = np.concatenate([view.inputs.astype(np.float64), new.values])
    blank = len(new.ids)
    return EditClips(
        (*manifest.ids, *new.ids), inputs, (*labels, *[None] * blank), np.append(train, np.zeros(blank, dtype=bool))
    )


def edited_manifest(view: RunView) -> Manifest:
    """The clips as the edited model sees them: its classes; clips of an added class are train clips of it.

    A clip of a class that the model does not have belongs to no split.
    """
    if not view.edits.position:
        return view.manifest
    clips = view.edits.clips(edit_clips(view))
    classes = view.model.classes
    changed = []
    for clip, label, train in zip(view.manifest.clips, clips.labels, clips.train, strict=False):
        split = "train" if train else clip.split
        changed.append(replace(clip, label=label, split=split if label in classes else None))
    return replace(view.manifest, clips=tuple(changed), classes=classes)


def write_edits(
    view: RunView, chain: EditChain, model: ConceptBottleneck, out: Path | None, new: Features | None = None
) -> None:
    """Write edits beside the untouched base model.

    Args:
        view: The RUN.
        chain: The edits.
        model: What they lead to.
        out: Where to write the edited RUN to; None changes the RUN itself.
        new: Inputs of clips that the RUN does not know.

    Raises:
        ArtifactError: It cannot be written, or another RUN is there; what was there before is unchanged.
    """
    _refuse_another(out, chain.base)
    parts: dict[str, Any] = {EDITS: chain, "metrics": _noted(view, chain)}
    if chain.position:
        parts[EDITED] = model
    if new is not None:
        parts[NEW_CLIPS] = new
    update_parts(view.run.folder, parts, remove=() if chain.position else (EDITED,), out=out)


def _outcome(
    view: RunView,
    chain: EditChain,
    edit: Edit,
    model: ConceptBottleneck,
    clips: EditClips,
    before: ConceptBottleneck | None = None,
) -> Outcome:
    now = chain.clips(clips)
    test = np.array([clip.split == "test" for clip in view.manifest.clips], dtype=bool)
    test = np.append(test, np.zeros(len(now.ids) - len(test), dtype=bool)) & ~now.train
    train, held_out = (_difference(before or view.model, model, now, rows) for rows in (now.train, test))
    return Outcome(chain, edit, model, train, held_out)


def _difference(before: ConceptBottleneck, after: ConceptBottleneck, clips: EditClips, rows: Any) -> Difference:
    at = np.flatnonzero(rows)
    inputs = clips.inputs[at]
    return compare(
        before, after, (inputs, inputs), ids=[clips.ids[row] for row in at], labels=[clips.labels[row] for row in at]
    )


def _noted(view: RunView, chain: EditChain) -> dict[str, Any]:
    """The figures as stored, with a note when they are of another state of the model."""
    metrics = dict(view.run.json("metrics"))
    notes = {key: note for key, note in metrics.get("notes", {}).items() if key != EDITS}
    stale = metrics.get("model", chain.base) != chain.content
    return metrics | {"notes": notes | ({EDITS: STALE} if stale else {})}


def _pairs(view: RunView, given: Sequence[str | Sequence[str]]) -> list[list[str]]:
    """(class, concept) pairs, each given as such or as text."""
    return [find_pair(view.model, one) if isinstance(one, str) else list(one) for one in given]


def _refuse_another(out: Path | None, base: str) -> None:
    """Refuse to replace a RUN that was not made from the same model."""
    if out is None or kind_at(out) is None:
        return
    found = read_run(out)
    if "model" not in found or content_hash(found.load("model", ConceptBottleneck)) != base:
        raise ArtifactError(
            f"{out}: expected nothing there, or a RUN of the same model to replace, got another RUN; choose another "
            "place, or remove it first"
        )
