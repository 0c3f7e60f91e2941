from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from dance_xai.artifacts.fingerprint import fingerprint
from dance_xai.artifacts.parts import pack, unpack
from dance_xai.errors import ArtifactError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import Drop, Features


class Settings(BaseModel):
    clusters: int = 79


class OtherSettings(BaseModel):
    clusters: int = 79


@dataclass(frozen=True)
class OtherDrop:
    stage: str
    item: str
    reason: str
    value: float | None = None


def features(values: np.ndarray) -> Features:
    return Features("videomae_b", ("1", "2"), values)


ZEROS = np.zeros((2, 3))


def test_equal_content_has_one_fingerprint() -> None:
    assert fingerprint(features(ZEROS)) == fingerprint(features(np.zeros((2, 6))[:, ::2]))
    assert fingerprint(Settings(), np.sum) == fingerprint(Settings(clusters=79), np.sum)


def test_whatever_differs_differs() -> None:
    flipped = ZEROS.copy()
    flipped[1, 2] = -0.0
    objects: list[tuple[Any, ...]] = [
        (ZEROS,),
        (flipped,),
        (ZEROS.T,),
        (ZEROS.astype(np.float32),),
        (ZEROS.astype(np.int64),),
        (ZEROS.reshape(6),),
        (ZEROS, ZEROS),
        ((ZEROS, ZEROS),),
        ([ZEROS, ZEROS],),
        (features(ZEROS),),
        (Drop("a", "b", "c"),),
        (OtherDrop("a", "b", "c"),),
        (Drop("a", "b", "c", 0.0),),
        (Drop("a", "b", "c", 0),),
        (Drop("ab", "", "c"),),
        ({"a": 1},),
        ({"b": 1},),
        (True,),
        (1,),
        ("1",),
        (None,),
        (float("nan"),),
        (float("inf"),),
        (Path("1"),),
        (Settings(),),
        (Settings(clusters=80),),
        (OtherSettings(),),
        (np.sum,),
        (np.mean,),
        (),
    ]
    assert len({fingerprint(*args) for args in objects}) == len(objects)


def test_a_stored_model_keeps_its_fingerprint(model: ConceptBottleneck) -> None:
    stored = unpack(ConceptBottleneck, *pack(model, "model"), "model")
    assert fingerprint(stored) == fingerprint(model) != fingerprint(replace(model, mean=model.mean + 1e-16 + 1e-9))


@pytest.mark.parametrize("value", [np.random.default_rng(0), lambda: 0, object(), {1}])
def test_what_has_no_content_is_refused(value: Any) -> None:
    with pytest.raises(ArtifactError, match="pass a seed instead of a generator"):
        fingerprint(ZEROS, value)
