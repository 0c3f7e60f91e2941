"""Two fake frozen networks: a video backbone, and a dual encoder of videos and phrases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.planted.rule import DISTRACTORS, SMALL, VISIBLE
from dance_xai.types import BoolArray, FloatArray, Kind, Phrases

_NAMED: tuple[Kind, ...] = ("object", "scene")


@dataclass(frozen=True)
class Encoders:
    """How well the fake networks see.

    Attributes:
        dimension: D of the backbone feature.
        space: E of the dual encoder's space; at least the number of phrases plus 16.
        gain: How strongly the backbone feature carries each kind; small things are hard to see.
        nuisance: Standard deviation of what has nothing to do with any concept.
        noise: Standard deviation of the noise in every coordinate of the backbone feature.
        dual_noise: Length of the noise in a video embedding, where a visible phrase has length near 1.
        small: How much weaker the small objects of the rule are seen, by both networks; it is what makes the scene
            that comes with one of them a tempting shortcut.
    """

    dimension: int = 96
    space: int = 96
    gain: tuple[tuple[Kind, float], ...] = (("motion", 1.0), ("object", 0.45), ("scene", 1.1))
    nuisance: float = 0.6
    noise: float = 0.28
    dual_noise: float = 0.45
    small: float = 0.3


def encode_backbone(
    presence: dict[Kind, BoolArray], views: FloatArray, encoders: Encoders, rng: np.random.Generator
) -> FloatArray:
    """A random linear mix of what is seen, how strongly, from where, and of noise.

    Args:
        presence: Per kind (N, C) what each clip shows.
        views: (N, V) standardised facts of the recording, such as the camera's azimuth.
        encoders: Sizes and strengths.
        rng: Source of all chance.

    Returns:
        (N, D) float32.
    """
    count = len(views)
    latents = [
        gain
        * presence[kind]
        * _size(kind, presence[kind].shape[1], encoders)
        * rng.uniform(0.7, 1.3, presence[kind].shape)
        for kind, gain in encoders.gain
    ]
    nuisance = encoders.nuisance * np.concatenate([views, rng.normal(size=(count, 12))], axis=1)
    hidden = np.concatenate([*latents, nuisance], axis=1)
    mix = rng.normal(size=(hidden.shape[1], encoders.dimension)) / np.sqrt(hidden.shape[1])
    noise = encoders.noise * rng.normal(size=(count, encoders.dimension))
    return np.asarray(hidden @ mix + noise, dtype=np.float32)


def embed_phrases(encoders: Encoders, rng: np.random.Generator) -> dict[Kind, Phrases]:
    """Object and scene phrases, those that are seen and then those that never are, in one space.

    Phrases share a part (the modality), so even unrelated ones have a cosine near 0.05.
    """
    texts = {kind: VISIBLE[kind] + DISTRACTORS[kind] for kind in _NAMED}
    total = sum(len(names) for names in texts.values())
    frame = np.linalg.qr(rng.normal(size=(encoders.space, total + 1)))[0].T  # orthonormal rows (total + 1, E)
    vectors = (frame[:total] + 0.22 * frame[total]) * rng.uniform(2.5, 3.5, (total, 1))
    split = np.split(vectors.astype(np.float32), [len(texts["object"])])
    return {kind: Phrases(kind, texts[kind], part) for kind, part in zip(_NAMED, split, strict=True)}


def embed_videos(
    presence: dict[Kind, BoolArray], phrases: dict[Kind, Phrases], encoders: Encoders, rng: np.random.Generator
) -> FloatArray:
    """Each clip lies toward the phrases of what it shows, with noise. -> (N, E) float32, not normalised."""
    count = len(presence["object"])
    total = rng.normal(size=(count, encoders.space)) * encoders.dual_noise / np.sqrt(encoders.space)
    for kind, phrase in phrases.items():
        unit = phrase.embeddings / np.linalg.norm(phrase.embeddings, axis=1, keepdims=True)
        shown = presence[kind] * _size(kind, presence[kind].shape[1], encoders)
        total += (shown * rng.uniform(0.6, 1.1, shown.shape)) @ unit[: shown.shape[1]]
    return np.asarray(total * rng.uniform(8, 12, (count, 1)), dtype=np.float32)


def _size(kind: Kind, count: int, encoders: Encoders) -> FloatArray:
    """(C,) how strongly each concept of a kind is seen."""
    size = np.ones(count)
    if kind == "object":
        size[[VISIBLE["object"].index(name) for name in SMALL]] = encoders.small
    return size
