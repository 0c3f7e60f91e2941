"""Which clips two RUNs predict differently, and why."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dance_xai.edit import Difference, compare
from dance_xai.errors import DataError
from dance_xai.types import Split
from dance_xai.workflows.editing import edited_manifest
from dance_xai.workflows.runs import RunView, open_run


def diff_runs(first: Path, second: Path, *, split: Split = "test", top: int = 3) -> Difference:
    """Compare two RUNs on the clips they share.

    Args:
        first: A RUN.
        second: Another, for example an edited copy.
        split: Which clips to compare: those that are of this split in both.
        top: Reasons to name per clip.

    Raises:
        DanceError: A RUN cannot be read, or they share no such clips.
    """
    return diff_views(open_run(first), open_run(second), split=split, top=top)


def diff_views(first: RunView, second: RunView, *, split: Split = "test", top: int = 3) -> Difference:
    """As ``diff_runs``, of two RUNs that are open.

    Raises:
        DanceError: They share no such clips.
    """
    views = [first, second]
    manifests = [edited_manifest(view) for view in views]
    here = [{manifest.ids[row]: row for row in manifest.rows(split)} for manifest in manifests]
    ids = [clip for clip in here[0] if clip in here[1]]
    if not ids:
        raise DataError(
            f"{first.run.folder}, {second.run.folder}: expected {split} clips that both have, got none; "
            "compare RUNs of one data set"
        )
    rows = [np.array([known[clip] for clip in ids], dtype=np.int64) for known in here]
    inputs = views[0].inputs[rows[0]], views[1].inputs[rows[1]]
    labels = [manifests[1].clips[row].label for row in rows[1]]
    return compare(views[0].model, views[1].model, inputs, ids=ids, labels=labels, top=top)
