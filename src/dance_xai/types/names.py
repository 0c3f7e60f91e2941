"""The arrays and the few words that everything is said in."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.floating[Any]]
IntArray: TypeAlias = NDArray[np.integer[Any]]
BoolArray: TypeAlias = NDArray[np.bool_]
UInt8Array: TypeAlias = NDArray[np.uint8]

Kind = Literal["motion", "object", "scene"]
KINDS: tuple[Kind, ...] = ("motion", "object", "scene")
Split = Literal["train", "test"]
Activations = Literal["predicted", "grounded"]
