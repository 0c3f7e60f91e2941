"""Phrases in several wordings: what is averaged, and what the wording is worth."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy.stats import spearmanr

from dance_xai.data.dataset import Dataset
from dance_xai.extract.extractor import Extractor
from dance_xai.extract.parts import Parts
from dance_xai.extract.phrases import embed_phrases
from dance_xai.extract.settings import ExtractConfig
from dance_xai.features.affinity import affinities
from dance_xai.features.templates import TEMPLATES
from dance_xai.types import Clip, Features, Manifest, Phrases, Sampling

WORDS = ["rope", "ball", "bat", "racket", "bar", "bench"]


@dataclass
class MoodyEncoder:
    """A direction per phrase, and a mood of its own per wording that is as strong as asked."""

    mood: float = 0.0
    name: str = "moody"
    identity: str = "moody-1"
    sampling: Sampling = field(default_factory=lambda: Sampling(4))

    def encode_text(self, texts):
        found = [np.random.default_rng(WORDS.index(self._word(text))).normal(size=16) for text in texts]
        moods = [self.mood * np.random.default_rng(list(text.encode())).normal(size=16) for text in texts]
        return np.array(found) + np.array(moods)

    def _word(self, text):
        return next(word for word in WORDS if word in text.split())


def clips(n=60):
    return Features("moody", tuple(f"c{i}" for i in range(n)), np.random.default_rng(9).normal(size=(n, 16)))


@pytest.mark.parametrize("kind", ["object", "scene"])
def test_the_usual_wordings_are_averaged_and_compared(kind):
    found, encoder = embed_phrases(MoodyEncoder(0.5), kind, WORDS, clips(), None), MoodyEncoder(0.5)
    each = np.array([encoder.encode_text([t.format(word) for word in WORDS]) for t in TEMPLATES[kind]])
    unit = each / np.linalg.norm(each, axis=-1, keepdims=True)
    mean = unit.mean(axis=0)
    np.testing.assert_allclose(found.phrases.embeddings, mean / np.linalg.norm(mean, axis=-1, keepdims=True))
    likeness = [affinities(clips(), Phrases(kind, tuple(WORDS), one)) for one in each]
    others = [np.mean([b for b in likeness if b is not a], axis=0) for a in likeness]
    expected = [
        np.mean([spearmanr(a[:, c], b[:, c]).statistic for a, b in zip(likeness, others, strict=True)])
        for c in range(len(WORDS))
    ]
    np.testing.assert_allclose(found.agreement, expected)


def test_the_more_the_wording_matters_the_less_they_agree():
    calm, moody = (embed_phrases(MoodyEncoder(m), "object", WORDS, clips(), None).agreement.mean() for m in (0, 1.5))
    assert calm == pytest.approx(1) and moody < 0.7


@pytest.mark.parametrize(("templates", "n"), [(("A video of {}",), 60), (None, 1)])
def test_with_one_wording_or_one_clip_there_is_nothing_to_compare(templates, n):
    found = embed_phrases(MoodyEncoder(0.5), "object", WORDS, clips(n), templates)
    assert found.agreement is None and found.phrases.embeddings.shape == (len(WORDS), 16)


def test_agreement_is_measured_on_train_clips_only(tmp_path):
    """Other test clips, the same agreement."""
    train = clips(30)

    def look(test):
        names = (*train.ids, *(f"t{i}" for i in range(len(test))))
        videos = dict(zip(names, np.concatenate([train.values, test]), strict=True))
        manifest = Manifest(
            tuple(Clip(n, "ab"[i % 2], "test" if n[0] == "t" else "train") for i, n in enumerate(names)), ("a", "b")
        )
        parts = Parts(encoder=MoodyEncoder(0.8))
        seen = {n: type("Seen", (), {"vectors": {"moody-1": vector}}) for n, vector in videos.items()}
        extractor = Extractor(ExtractConfig(encoder="planted"), tmp_path)
        return extractor._with_encoder(Dataset(manifest, texts=(("object", tuple(WORDS)),)), parts, seen)

    one, other = look(np.ones((4, 16))), look(np.random.default_rng(3).normal(size=(7, 16)))
    assert one.texts == () and one.video.values.shape == (34, 16)
    np.testing.assert_array_equal(one.agreement["object"], other.agreement["object"])
