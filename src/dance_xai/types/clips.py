"""Clips of a data set, and what was left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from dance_xai.types.names import IntArray, Split


@dataclass(frozen=True)
class Drop:
    """Something left out, and why.

    Attributes:
        stage: Where it happened: ``rows``, ``clips``, ``frames``, ``joints``, ``windows``, ``clusters``, ``motion``,
            ``object``, ``scene``.
        item: What was dropped: a line of a list, a clip id, ``clip:frame`` of a frame or window, a joint, a number of
            clusters, a concept name.
        reason: A short reason that is the same for all items dropped alike.
        value: The measured figure behind the reason, or None.
    """

    stage: str
    item: str
    reason: str
    value: float | None = None


def count_reasons(drops: tuple[Drop, ...]) -> dict[str, int]:
    """Count drops per ``stage: reason``, most frequent first."""
    return dict(Counter(f"{drop.stage}: {drop.reason}" for drop in drops).most_common())


@dataclass(frozen=True)
class Clip:
    """One video clip of a data set; ``label`` and ``split`` are None where unknown.

    Attributes:
        id: Unique in the data set.
        label: Class name.
        split: train or test.
        path: The video file.
        subject: The person seen.
        start: Seconds into the file where the clip begins, None for its beginning.
        end: Seconds into the file where it ends, None for its end.
    """

    id: str
    label: str | None = None
    split: Split | None = None
    path: Path | None = None
    subject: str | None = None
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, eq=False)
class Manifest:
    """The clips of a data set, in file order, and its classes, sorted.

    Attributes:
        clips: N clips with unique ids.
        classes: Y class names.
        drops: Clips left out, with reasons.
    """

    clips: tuple[Clip, ...]
    classes: tuple[str, ...]
    drops: tuple[Drop, ...] = ()

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(clip.id for clip in self.clips)

    @cached_property
    def labels(self) -> IntArray:
        """(N,) class indices, -1 where unknown."""
        index = {name: position for position, name in enumerate(self.classes)}
        return np.array([index.get(clip.label or "", -1) for clip in self.clips], dtype=np.int64)

    def rows(self, split: Split) -> IntArray:
        """Row indices of the clips in one split."""
        return np.flatnonzero([clip.split == split for clip in self.clips])
