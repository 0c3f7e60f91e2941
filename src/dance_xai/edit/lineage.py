"""Where the concepts of an edited model come from, and with that what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dance_xai.edit.lookup import find_concept
from dance_xai.types import Concept, ConceptBank, Edit, FloatArray


@dataclass(frozen=True)
class Origin:
    """Of a concept.

    Attributes:
        columns: Concepts of the base model it was made of.
        clips: For a half of a split concept, the clips that are known to show it; None for whole concepts.
    """

    columns: tuple[int, ...]
    clips: tuple[str, ...] | None = None


def origins(bank: ConceptBank, edits: Sequence[Edit]) -> tuple[Origin, ...]:
    """Origin of each concept after the edits, in bank order.

    Args:
        bank: Of the base model.
        edits: Those in force.
    """
    found = [Origin((column,)) for column in range(len(bank))]
    for edit in edits:
        concepts, given = list(bank.concepts), edit.arguments
        if edit.operation == "remove":
            gone = [find_concept(bank, name) for name in given["concepts"]]
            found = [one for at, one in enumerate(found) if at not in gone]
            concepts = [one for at, one in enumerate(concepts) if at not in gone]
        elif edit.operation == "rename":
            at = find_concept(bank, given["old"])
            concepts[at] = replace(concepts[at], name=given["new"])
        elif edit.operation == "merge":
            a, b = (find_concept(bank, given[key]) for key in ("first", "second"))
            concepts[a], found[a] = replace(concepts[a], name=given["name"]), _together(found[a], found[b])
            del concepts[b], found[b]
        elif edit.operation == "split":
            at = find_concept(bank, given["concept"])
            whole = found[at].columns
            concepts[at : at + 1] = [Concept("motion", name) for name in given["names"]]
            found[at : at + 1] = [Origin(whole, tuple(half)) for half in given["halves"]]
        bank = replace(bank, concepts=tuple(concepts))
    return tuple(found)


def inherited(targets: FloatArray, motion: int, ids: Sequence[str], found: Sequence[Origin]) -> FloatArray:
    """What the concepts after the edits must predict, from what those of the base model must.

    Args:
        targets: (N, C) of the base model, motion concepts first; NaN where unknown.
        motion: How many of them are motion concepts.
        ids: N clip ids.
        found: Origins of C' concepts.

    Returns:
        (N, C'). A merged motion is there where one of its parts is, a merged phrase is as similar as its parts in the
        mean, and of a half it is only known where the clips were named or the whole concept is absent.
    """
    columns = [_column(targets, motion, ids, origin) for origin in found]
    return np.stack(columns, axis=1) if columns else np.zeros((len(ids), 0))


def _column(targets: FloatArray, motion: int, ids: Sequence[str], origin: Origin) -> FloatArray:
    parts = targets[:, list(origin.columns)]
    whole = parts.max(axis=1) if origin.columns[0] < motion else parts.mean(axis=1)
    if origin.clips is None:
        return np.asarray(whole)
    named = np.isin(ids, origin.clips)
    return np.where(named, 1.0, np.where(whole > 0, np.nan, whole))


def _together(one: Origin, two: Origin) -> Origin:
    clips = None if one.clips is None or two.clips is None else (*one.clips, *two.clips)
    return Origin(tuple(dict.fromkeys([*one.columns, *two.columns])), clips)
