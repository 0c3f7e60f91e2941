"""What the contracts share: tiny networks, and clips to show them."""

from __future__ import annotations

import numpy as np
import pytest
from tests.adapters.conftest import (
    clip_model,
    clip_tokenizer,
    rtdetr,
    save,
    siglip2,
    small_frames,
    transformers,
    videomae,
    vitpose,
    vjepa2,
    vjepa2_config,
    xclip,
)
from tests.suited import performance

__all__ = [
    "clip_model",
    "clip_tokenizer",
    "rtdetr",
    "save",
    "siglip2",
    "small_frames",
    "transformers",
    "videomae",
    "vitpose",
    "vjepa2",
    "vjepa2_config",
    "xclip",
]

ANY_SIZE = {"odd": (53, 75), "portrait": (160, 90), "wide": (40, 200), "small": (17, 19), "large": (360, 641)}


@pytest.fixture(scope="session")
def clips():
    """Three clips of 8 frames that are unlike: two people in a room, and one in the street."""
    wave, kick = performance("wave", 8, seed=1), performance("kick", 8, seed=2)
    street = np.indices(wave[0].shape[:2]).sum(axis=0)[..., None] % 64 * np.array([1, 2, 3])
    return [wave, kick, [np.where(frame == 120, street.astype(np.uint8), frame) for frame in kick]]


@pytest.fixture(scope="session")
def pictures():
    """Frames of many sizes, one of them grey, none of them writable."""
    rng = np.random.default_rng(0)
    frames = {name: rng.integers(0, 256, (*size, 3), dtype=np.uint8) for name, size in ANY_SIZE.items()}
    frames["grey"] = np.repeat(rng.integers(0, 256, (48, 64, 1), dtype=np.uint8), 3, axis=2)
    frames["turned"] = np.rot90(frames["odd"])
    for frame in frames.values():
        frame.setflags(write=False)
    return frames
