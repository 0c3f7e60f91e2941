"""Edits of a RUN: read it, change the model, say what that changes, and write both beside the untouched base model."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.artifacts import update_parts
from dance_xai.artifacts.pretrained import EDITED
from dance_xai.data.container import is_there
from dance_xai.edit import Difference, EditChain, EditClips, compare
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import Edit, Features, Manifest
from dance_xai.workflows.edits import EDITS, NEW_CLIPS
from dance_xai.workflows.runs import RunView, open_run
from dance_xai.workflows.subjects import new_video

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
    """

    chain: EditChain
    edit: Edit
    model: ConceptBottleneck
    train: Difference
    test: Difference


def edit_run(
    folder: Path, operation: str, arguments: dict[str, Any], *, out: Path | None = None, data_root: Path | None = None
) -> Outcome:
    """Make an edit of a RUN.

    Args:
        folder: The RUN.
        operation: For example ``ablate``; see ``dance_xai.edit.operations``.
        arguments: Its arguments. The ``ids`` of an added class may also be video files, or lists of clips.
        out: Where to write the edited RUN to; None changes the RUN itself.
        data_root: Where data paths start, None: as when the RUN was made.

    Raises:
        DanceError: The edit is impossible, or the RUN cannot be read or written. Nothing has changed.
    """
    view, new = open_run(folder, data_root), None
    if operation == "add_class":
        ids, new = _clips_named(view, arguments["ids"])
        arguments = arguments | {"ids": ids}
    outcome = make_edit(view, operation, arguments, new)
    write_edits(view, outcome.chain, outcome.model, out, new)
    return outcome


def undo(folder: Path, *, out: Path | None = None) -> Outcome:
    """Take the last edit of a RUN back.

    Raises:
        DanceError: None is in force, or the RUN cannot be read or written. Nothing has changed.
    """
    view = open_run(folder)
    outcome = undone(view)
    write_edits(view, outcome.chain, outcome.model, out)
    return outcome


def redo(folder: Path, *, out: Path | None = None) -> Outcome:
    """Make the edit again that was undone last.

    Raises:
        DanceError: None was undone, or the RUN cannot be read or written. Nothing has changed.
    """
    view = open_run(folder)
    outcome = redone(view)
    write_edits(view, outcome.chain, outcome.model, out)
    return outcome


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
    return _outcome(view, chain, chain.edits[-1], model, clips)


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
    return _outcome(view, chain, chain.active[-1], chain.replay(view.base_model, clips), clips)


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
        ArtifactError: It cannot be written; what was there before is unchanged.
    """
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


def _clips_named(view: RunView, names: Sequence[str]) -> tuple[list[str], Features | None]:
    """Ids of clips given by id, by video file or in a list, and the inputs of new videos, those known before first."""
    ids: list[str] = []
    for name in names:
        ids += _listed(Path(name)) if Path(name).suffix.lower() in (".csv", ".txt") else [name]
    known = set(edit_clips(view).ids)
    old = view.new_clips
    videos = {name: new_video(view, Path(name)) for name in ids if name not in known and is_there(Path(name))}
    if not videos:
        return ids, None
    taken = [subject.clip for subject in videos.values() if subject.clip in known]
    if taken:
        raise DataError(f"clip {taken[0]!r}: expected a new name, got that of a clip of the RUN; rename the video")
    values = np.stack([subject.inputs for subject in videos.values()])
    fresh = tuple(subject.clip for subject in videos.values())
    if old is not None:
        fresh, values = (*old.ids, *fresh), np.concatenate([old.values, values])
    return [videos[name].clip if name in videos else name for name in ids], Features("edit", fresh, values)


def _listed(path: Path) -> list[str]:
    """Clip ids in a file: the column ``id``, ``clip`` or ``path``, or one a line.

    Raises:
        DataError: It cannot be read, or lists nothing.
    """
    try:
        rows = [row for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or (error if isinstance(error, csv.Error) else "not UTF-8 text")
        raise DataError(f"{path}: expected a readable list of clips, got: {reason}; check the path") from error
    named = [rows[0].index(name) for name in ("id", "clip", "path") if rows and name in rows[0]]
    column, listed = (named[0], rows[1:]) if named else (0, rows)
    ids = [row[column].strip() if column < len(row) else "" for row in listed]
    if not ids or not all(ids):
        got = "a line without one" if ids else "none"
        raise DataError(f"{path}: expected a clip id a line, got {got}; mend the list")
    return ids
