"""Phrases -> embeddings of a dual encoder, averaged over wordings, and how much the wording matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dance_xai.features.affinity import affinities
from dance_xai.features.label_quality import template_agreement
from dance_xai.features.templates import TEMPLATES, embed_wordings, ensemble
from dance_xai.protocols import VideoTextEncoder
from dance_xai.types import Features, FloatArray, Kind, Phrases


@dataclass(frozen=True, eq=False)
class WordedPhrases:
    """Phrases of one kind as embedded.

    Attributes:
        phrases: C phrases, the mean over wordings.
        agreement: (C,) how alike the wordings rank train clips, -1..1; None with a single wording or train clip.
    """

    phrases: Phrases
    agreement: FloatArray | None


def embed_phrases(
    encoder: VideoTextEncoder, kind: Kind, texts: Sequence[str], train: Features, templates: Sequence[str] | None
) -> WordedPhrases:
    """Embed the phrases of one kind.

    Args:
        encoder: The dual encoder.
        kind: object or scene.
        texts: C phrases.
        train: (N, E) train clips, embedded by the same encoder.
        templates: How to word them; None takes the ``TEMPLATES`` of the kind.

    Raises:
        DataError: Embeddings that are zero, or similarities that tell nothing apart.

    Source: CLIP (Radford et al. 2021), section 3.1.4; the agreement is ours.
    """
    wordings = embed_wordings(encoder.encode_text, texts, templates or TEMPLATES[kind])
    phrases = Phrases(kind, tuple(texts), ensemble(wordings, texts))
    if min(len(wordings), len(train.ids)) < 2:
        return WordedPhrases(phrases, None)
    similarities = [affinities(train, replace(phrases, embeddings=wording)) for wording in wordings]
    return WordedPhrases(phrases, template_agreement(np.stack(similarities)))
