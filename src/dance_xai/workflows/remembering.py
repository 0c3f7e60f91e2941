"""A file of corrections: what was set by hand in some clips of a RUN, and what that does to clips like them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.artifacts import write_file
from dance_xai.artifacts.plain import dump_json, load_json
from dance_xai.data.container import is_there
from dance_xai.diagnose import CorrectionMemory
from dance_xai.diagnose.memory import LIKENESS
from dance_xai.edit.lookup import full_name
from dance_xai.errors import ConfigError, DataError
from dance_xai.workflows.editing import edited_manifest
from dance_xai.workflows.runs import RunView
from dance_xai.workflows.subjects import Subject

SCHEMA = 1


@dataclass(frozen=True)
class Remembered:
    """What a file of corrections does to test clips.

    Attributes:
        corrections: Remembered clips.
        clips: Test clips looked at.
        touched: Of them, those that were corrected.
        own: Of these, those that are remembered themselves.
        accuracy: Before and after, 0..1.
    """

    corrections: int
    clips: int
    touched: int
    own: int
    accuracy: tuple[float, float]


def remember(view: RunView, subject: Subject, values: Mapping[int, float], path: Path) -> int:
    """Add the correction of a clip to a file, which is made where there is none; that of the same clip is replaced.

    Args:
        view: The RUN.
        subject: The clip.
        values: Standardised activations by column.
        path: The file.

    Returns:
        How many corrections it holds now.

    Raises:
        ConfigError: Nothing was set.
        DataError: The file is something else, or of a model with other concepts.
        ArtifactError: It cannot be written.
    """
    if not values:
        raise ConfigError(f"--remember {path}: expected a correction to remember, got none; add --set CONCEPT=VALUE")
    names = _names(view)
    fresh: dict[str, Any] = {"schema": SCHEMA, "likeness": LIKENESS, "concepts": names, "corrections": []}
    tree = _read(view, path) if is_there(path) else fresh
    kept = [one for one in tree["corrections"] if one["clip"] != subject.clip]
    read = view.model.concepts(subject.inputs[None])[0]
    entry = {"clip": subject.clip, "read": read.tolist(), "set": {names[at]: value for at, value in values.items()}}
    tree["corrections"] = [*kept, entry]
    write_file(path, dump_json(tree, indent=1) + b"\n")
    return len(tree["corrections"])


def recalled(view: RunView, subject: Subject, path: Path) -> dict[int, float]:
    """Activations to set in a clip, by column, as in the remembered clip most like it; empty where none is like it.

    Raises:
        DataError: The file cannot be read, or is of a model with other concepts.
    """
    memory, _ = read_memory(view, path)
    values = memory.find(view.model.concepts(subject.inputs[None]))[0][0]
    return {int(at): float(values[at]) for at in np.flatnonzero(np.isfinite(values))}


def weigh_memory(view: RunView, path: Path) -> Remembered:
    """What a file of corrections does to test clips.

    Raises:
        DataError: As ``recalled``, or there are no test clips.
    """
    memory, clips = read_memory(view, path)
    manifest, head = edited_manifest(view), view.model.head
    rows = manifest.rows("test")
    if not len(rows):
        raise DataError("corrections: expected test clips to weigh them on, got none; explain single clips with them")
    read = view.model.concepts(view.inputs[rows])
    fixed, touched = memory.apply(read)
    right = [
        float(((concepts @ head.weight.T + head.bias).argmax(axis=1) == manifest.labels[rows]).mean())
        for concepts in (read, fixed)
    ]
    own = np.isin([manifest.ids[row] for row in rows], clips) & touched
    return Remembered(len(clips), len(rows), int(touched.sum()), int(own.sum()), (right[0], right[1]))


def read_memory(view: RunView, path: Path) -> tuple[CorrectionMemory, tuple[str, ...]]:
    """The corrections of a file, and the ids of the clips they were made in.

    Raises:
        DataError: The file cannot be read, or is of a model with other concepts.
    """
    tree, names = _read(view, path), _names(view)
    found = tree["corrections"]
    seen = np.array([one["read"] for one in found], dtype=np.float64).reshape(len(found), len(names))
    values = np.full(seen.shape, np.nan)
    for row, one in enumerate(found):
        for name, value in one["set"].items():
            values[row, names.index(name)] = value
    return CorrectionMemory(float(tree["likeness"]), seen, values), tuple(one["clip"] for one in found)


def _names(view: RunView) -> list[str]:
    return [full_name(view.model.bank, at) for at in range(len(view.model.bank))]


def _read(view: RunView, path: Path) -> dict[str, Any]:
    """The file as plain data, each part checked."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: expected a file of corrections, got: {error.strerror}; check the path") from error
    tree, names = load_json(data, str(path), "make it again with dance explain --remember"), _names(view)
    if not isinstance(tree, dict) or tree.get("schema") != SCHEMA or not _is_sound(tree):
        raise DataError(f"{path}: expected a file of corrections, got other content; see dance explain --remember")
    if tree["concepts"] != names:
        raise DataError(
            f"{path}: expected corrections of a model with the same {len(names)} concepts, got those of another; "
            "use that model, or start another file"
        )
    return tree


def _is_sound(tree: dict[str, Any]) -> bool:
    """Whether likeness, names and corrections are what they should be."""
    names, found, likeness = tree.get("concepts"), tree.get("corrections"), tree.get("likeness")
    if not (isinstance(names, list) and isinstance(found, list) and _is_number(likeness)):
        return False
    return abs(float(tree["likeness"])) <= 1 and all(
        isinstance(one, dict)
        and isinstance(one.get("clip"), str)
        and isinstance(one.get("read"), list)
        and len(one["read"]) == len(names)
        and isinstance(one.get("set"), dict)
        and set(one["set"]) <= set(names)
        and all(map(_is_number, [*one["read"], *one["set"].values()]))
        for one in found
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))
