from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dance_xai.artifacts.parts import load_noun, pack, save_noun, unpack
from dance_xai.errors import ArtifactError
from dance_xai.types import Drop, Features

FEATURES = Features("videomae_b", ("1\n", "2"), np.arange(6, dtype=np.float32).reshape(2, 3))


def test_a_noun_in_one_file(tmp_path: Path) -> None:
    save_noun(FEATURES, tmp_path / "deep" / "x.noun")
    back = load_noun(Features, tmp_path / "deep" / "x.noun")
    assert (back.ids, back.values.tobytes(), back.values.dtype) == (FEATURES.ids, FEATURES.values.tobytes(), np.float32)
    save_noun((Drop("a", "b", "c"),), tmp_path / "x.noun")
    assert load_noun(tuple[Drop, ...], tmp_path / "x.noun") == (Drop("a", "b", "c"),)


def test_every_damage_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "x.noun"
    save_noun(FEATURES, path)
    data = path.read_bytes()
    for cut in range(0, len(data), 7):
        for damaged in (data[:cut], data[:cut] + bytes([data[cut] ^ 1]) + data[cut + 1 :]):
            path.write_bytes(damaged)
            with pytest.raises(ArtifactError, match=r"x\.noun: expected a noun with its hash, got \d+ damaged bytes"):
                load_noun(Features, path)


def test_missing_and_other_nouns_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="no such file"):
        load_noun(Features, tmp_path / "x.noun")
    save_noun(Drop("a", "b", "c"), tmp_path / "x.noun")
    with pytest.raises(ArtifactError, match="expected a Features, got dict"):
        load_noun(Features, tmp_path / "x.noun")


def test_broken_safetensors_are_one_line() -> None:
    tree, tensors = pack(FEATURES, "features")
    for broken in (b"\0", tensors[:-1], b"\xff" * 64):
        with pytest.raises(ArtifactError, match=r"^features: expected safetensors, got [^\n]*; make it again$"):
            unpack(Features, tree, broken, "features")
