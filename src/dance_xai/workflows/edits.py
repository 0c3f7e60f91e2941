"""The edits a RUN keeps beside its untouched model: ``edits`` (the chain) and ``edited_model`` (what it leads to)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dance_xai.artifacts import Run
from dance_xai.artifacts.pretrained import EDITED
from dance_xai.edit import EditChain, content_hash
from dance_xai.edit.lineage import inherited, origins
from dance_xai.errors import ArtifactError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.stages.bank import BankResult
from dance_xai.types import ConceptBank, Edit

EDITS = "edits"
NEW_CLIPS = "edit_clips"


def read_chain(run: Run, base: ConceptBottleneck) -> EditChain:
    """The edits of a RUN; an empty chain when there are none.

    Raises:
        ArtifactError: They were made for another model.
    """
    if EDITS not in run:
        return EditChain.start(base)
    chain = run.load(EDITS, EditChain)
    if content_hash(base) != chain.base:
        raise ArtifactError(f"{run.folder}: expected edits of its own model, got those of another; fit again")
    return chain


def read_model(run: Run, base: ConceptBottleneck, chain: EditChain) -> ConceptBottleneck:
    """The model of a RUN with its edits in force, checked against their records.

    Raises:
        ArtifactError: It is missing, damaged, or not what the edits lead to.
    """
    if not chain.position:
        return base
    model = run.load(EDITED, ConceptBottleneck)
    if content_hash(model) != chain.content:
        raise ArtifactError(
            f"{run.folder}: expected the model that its edits ({chain.position} in force) lead to, got another; "
            "undo and redo the last edit"
        )
    return model


def edited_bank(base: BankResult, bank: ConceptBank, edits: Sequence[Edit]) -> BankResult:
    """Concepts of an edited model with their targets and sources; a merged concept is looked for as its first part.

    Args:
        base: Of the model before any edit.
        bank: Of the model with the edits in force.
        edits: Those in force.
    """
    found = origins(base.bank, edits)
    motion = len(base.bank.columns("motion"))
    values = inherited(base.targets.values, motion, base.targets.ids, found)
    source = np.array([base.source[origin.columns[0]] for origin in found], dtype=np.int64)
    return BankResult(bank, replace(base.targets, values=values), source)
