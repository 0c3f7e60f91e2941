"""Remove and rename concepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dance_xai.edit.lookup import find_concept, free_name, short_name
from dance_xai.edit.parts import columns_of, record, with_columns
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import Edit


def remove(model: ConceptBottleneck, *, concepts: Sequence[str]) -> tuple[ConceptBottleneck, Edit]:
    """Take concepts out of the model for good: bank, layer and head.

    Raises:
        DataError: No such concept, nothing named, or nothing would remain.

    Source: ours.
    """
    if not concepts:
        raise DataError("remove: expected a concept, got none; name one")
    gone = list(dict.fromkeys(find_concept(model.bank, name) for name in concepts))
    kept = [one for at, one in enumerate(columns_of(model)) if at not in gone]
    names = [short_name(model.bank, at) for at in gone]
    return with_columns(model, kept), record(model, "remove", concepts=names)


def rename(model: ConceptBottleneck, *, old: str, new: str) -> tuple[ConceptBottleneck, Edit]:
    """Give a concept another name; every number stays.

    Raises:
        DataError: No such concept, or a name that cannot be used.

    Source: ours.
    """
    at = find_concept(model.bank, old)
    concepts = list(model.bank.concepts)
    same_kind = [one.name for one in concepts if one.kind == concepts[at].kind]
    concepts[at] = replace(concepts[at], name=free_name(same_kind, new, "concept"))
    edit = record(model, "rename", old=short_name(model.bank, at), new=new)
    return replace(model, bank=replace(model.bank, concepts=tuple(concepts))), edit
