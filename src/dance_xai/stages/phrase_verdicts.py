"""The verdict on every phrase: by its wording, by train clips, and, where asked, by the classes it was proposed for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dance_xai.data.dataset import Dataset
from dance_xai.stages.phrase_quality import Figures, phrase_figures
from dance_xai.stages.settings import TextConfig
from dance_xai.text.screening import screen
from dance_xai.text.seen import judge_by_clips
from dance_xai.types import FloatArray, Kind, PhraseEntry, PhraseSet

LOW_AUC = "does not tell the classes it was proposed for"


def judge_phrases(
    data: Dataset, train_affinity: Mapping[Kind, FloatArray], config: TextConfig
) -> tuple[PhraseSet, dict[Kind, tuple[Figures, ...]]]:
    """Judge the phrases of a data set.

    Args:
        data: Phrases with embeddings, and what is known of them besides.
        train_affinity: Per kind (N, C) similarities of train clips.
        config: Which filters are applied.

    Returns:
        The phrases of each kind with verdicts, in their order, and the figures of each, per kind.

    Raises:
        DataError: No phrase is left.

    Source: paper, section 3.2; LF-CBM, section 3.
    """
    phrases = known_phrases(data)
    screened = screen(phrases, options=config.screening) if config.wording else phrases
    judged = judge_by_clips(
        screened,
        train_affinity,
        {one.kind: one.embeddings for one in data.phrases},
        cutoff=config.cutoff,
        top_k=config.top_k,
        likeness=config.likeness,
        redundancy=config.redundancy,
    )
    labels = data.manifest.labels[data.manifest.rows("train")]
    figures = {
        kind: phrase_figures(entries_of(judged, kind), values, labels, data.manifest.classes, data.agreement.get(kind))
        for kind, values in train_affinity.items()
    }
    return judged if config.min_auc is None else drop_by_auc(judged, figures, config.min_auc), figures


def known_phrases(data: Dataset) -> PhraseSet:
    """The phrases that were embedded, each with what is known of it besides."""
    known = {} if data.proposed is None else {(entry.kind, entry.text): entry for entry in data.proposed.entries}
    named = [(one.kind, text) for one in data.phrases for text in one.texts]
    return PhraseSet(data.manifest.classes, tuple(known.get(name, PhraseEntry(*name)) for name in named))


def never_embedded(data: Dataset) -> PhraseSet:
    """The phrases that were left out before anything was embedded."""
    embedded = {(one.kind, text) for one in data.phrases for text in one.texts}
    entries = () if data.proposed is None else data.proposed.entries
    return PhraseSet(data.manifest.classes, tuple(e for e in entries if (e.kind, e.text) not in embedded))


def entries_of(phrases: PhraseSet, kind: Kind) -> tuple[PhraseEntry, ...]:
    """The phrases of one kind, kept and dropped, in their order."""
    return tuple(entry for entry in phrases.entries if entry.kind == kind)


def drop_by_auc(judged: PhraseSet, figures: Mapping[Kind, tuple[Figures, ...]], minimum: float) -> PhraseSet:
    """Drop the phrases that tell their own classes from the others no better than ``minimum``; a person's stay.

    Args:
        judged: Phrases with verdicts.
        figures: Per kind, of each of its phrases in order.
        minimum: Area under the ROC curve to be above, 0..1; a phrase without classes is not judged.

    Source: ours; it looks at the labels of train clips.
    """
    by_kind = {kind: iter(each) for kind, each in figures.items()}
    entries = []
    for entry in judged.entries:
        auc = next(by_kind[entry.kind]).get("auc", 1.0)
        lost = entry.kept and not entry.by_user and auc <= minimum
        entries.append(replace(entry, kept=False, reason=LOW_AUC, value=auc) if lost else entry)
    return replace(judged, entries=tuple(entries))
