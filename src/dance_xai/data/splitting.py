"""Splits for data sets that come without one: whole subjects, or a share of each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt, Lt

from dance_xai.data.npz import some
from dance_xai.errors import ConfigError, DataError
from dance_xai.types import Clip

STRICT = {"extra": "forbid"}


@dataclass(frozen=True)
class SplitRule:
    """How clips are divided into train and test.

    Attributes:
        by: ``subject`` moves whole subjects to test; ``stratified`` moves a share of each class, and at least one
            video of every class stays in train.
        test: Share of the subjects, or of the videos of each class; a fifth is the common choice.
        test_subjects: The subjects to test on, in place of a share.
        seed: Of the choice.
    """

    __pydantic_config__ = STRICT
    by: Literal["subject", "stratified"]
    test: Annotated[float, Gt(0), Lt(1)] = 0.2
    test_subjects: tuple[str | int, ...] = ()
    seed: Annotated[int, Ge(0)] = 0


def split_clips(clips: Sequence[Clip], rule: SplitRule, where: str) -> tuple[Clip, ...]:
    """Give every clip a split.

    The order of the clips does not matter; the same rule and clips always give the same split. Clips cut from the same
    file stay together.

    Args:
        clips: N clips with unique ids and labels.
        rule: How to divide them.
        where: What an error calls the source.

    Raises:
        ConfigError: The rule contradicts itself.
        DataError: A clip has no subject, a subject is unknown, there are too few subjects, or nothing is left to test.

    Source: ours.
    """
    if rule.by == "stratified" and rule.test_subjects:
        raise ConfigError(f"{where}: expected test_subjects with by = 'subject' only, got 'stratified'; change one")
    unit = _subjects(clips, where) if rule.by == "subject" else _videos(clips)
    tested = _test_subjects(unit, rule, where) if rule.by == "subject" else _test_videos(clips, unit, rule)
    if not tested:
        raise DataError(
            f"{where}: expected a test clip at least, got none with test = {rule.test}; raise it or add clips"
        )
    return tuple(replace(clip, split="test" if unit[clip.id] in tested else "train") for clip in clips)


def _subjects(clips: Sequence[Clip], where: str) -> dict[str, str]:
    nobody = [clip.id for clip in clips if clip.subject is None]
    if nobody:
        raise DataError(
            f"{where}: expected the subject of every clip, got none of {some(nobody)}; add a column 'subject' "
            f"or split by = 'stratified'"
        )
    return {clip.id: str(clip.subject) for clip in clips}


def _test_subjects(unit: dict[str, str], rule: SplitRule, where: str) -> set[str]:
    known = sorted(set(unit.values()))
    wanted = {str(subject) for subject in rule.test_subjects}
    if unknown := sorted(wanted - set(known)):
        raise DataError(f"{where}: expected test_subjects among {some(known, 30)}, got {some(unknown)}; correct them")
    if len(known) < 2:
        raise DataError(
            f"{where}: expected two subjects at least, got {some(known) or 'none'}; split by = 'stratified'"
        )
    if wanted:
        return wanted
    count = min(max(round(rule.test * len(known)), 1), len(known) - 1)
    return set(np.random.default_rng(rule.seed).permutation(known)[:count].tolist())


def _videos(clips: Sequence[Clip]) -> dict[str, str]:
    """Name the file of each clip by the first id cut from it, so that the data root does not matter."""
    first: dict[Path | str, str] = {}
    for clip in sorted(clips, key=lambda clip: clip.id):
        first.setdefault(clip.path or clip.id, clip.id)
    return {clip.id: first[clip.path or clip.id] for clip in clips}


def _test_videos(clips: Sequence[Clip], unit: dict[str, str], rule: SplitRule) -> set[str]:
    tested: set[str] = set()
    seen: set[str] = set()
    for label in sorted({clip.label or "" for clip in clips}):
        videos = {unit[clip.id] for clip in clips if clip.label == label}
        wanted = min(round(rule.test * len(videos)), len(videos) - 1) - len(videos & tested)
        order = np.random.default_rng([rule.seed, *label.encode()]).permutation(sorted(videos - seen))
        tested |= set(order[: max(wanted, 0)].tolist())
        seen |= videos
    return tested
