"""A dual encoder for planted videos: it knows what some words look like, and looks for that in the pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

import numpy as np

from dance_xai.planted.standins.looking import small_picture
from dance_xai.planted.standins.signatures import scene_strengths, thing_strengths
from dance_xai.types import FloatArray, Sampling, UInt8Array

VERSION = 1
"""Raise when the same frames or phrases give another result."""

SPACE = 256
_FILLERS = frozenset("a an the of in on at with video photo picture clip person someone".split())
_COMMON = 0.15  # share of what every phrase and every video has in common
_NOISE = 0.25  # length of the part of a video that no word explains
_COARSE = 16  # side of the blocks of the picture that this part depends on


class PlantedDual:
    """Clips and phrases into one space of 256 dimensions.

    A phrase is the sum of directions of its words, words without meaning left out. A clip lies toward the known
    phrases by how much it looks like them. Of a phrase that it does not know it sees nothing. Small things are hard to
    see. Safe to call from several threads.

    Source: ours.
    """

    name = "planted"
    identity = f"planted_dual:{VERSION}"
    sampling = Sampling(frames=8)

    def prepare(self, frame: UInt8Array) -> UInt8Array:
        """(H, W, 3) uint8 RGB -> (96, 128, 3) uint8."""
        return small_picture(frame)

    def encode_video(self, clips: np.ndarray) -> FloatArray:
        """(B, T, 96, 128, 3) uint8 -> (B, 256) float32."""
        return np.array([_embed(clip) for clip in clips], dtype=np.float32).reshape(-1, SPACE)

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        """n phrases -> (n, 256) float32; case and words such as "a video of" do not matter."""
        return np.array([_phrase(text) for text in texts], dtype=np.float32).reshape(-1, SPACE)


def _embed(clip: UInt8Array) -> FloatArray:
    seen = scene_strengths(clip) | thing_strengths(clip)
    known = np.array([_phrase(text) for text in seen])
    blocks = clip.mean(axis=0)[::_COARSE, ::_COARSE].ravel()
    rest = (blocks - blocks.mean()) @ _mix(len(blocks))
    return np.asarray(np.array(list(seen.values())) @ known + _NOISE * rest / max(np.linalg.norm(rest), 1e-9))


@cache
def _phrase(text: str) -> FloatArray:
    """(256,) unit direction of a phrase."""
    words = [word for word in text.casefold().split() if word not in _FILLERS] or [text.casefold()]
    total = np.sum([_word(word) for word in words], axis=0)
    total = total / np.linalg.norm(total) + _COMMON * _word("")
    return np.asarray(total / np.linalg.norm(total))


@cache
def _word(word: str) -> FloatArray:
    """(256,) unit direction by chance, always the same for a word."""
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    direction = np.random.default_rng(seed).normal(size=SPACE)
    return np.asarray(direction / np.linalg.norm(direction))


@cache
def _mix(size: int) -> FloatArray:
    return np.random.default_rng(1).normal(size=(size, SPACE))
