"""Plain JSON: exact bytes for our own trees, and the form other programs read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.errors import ArtifactError


def dump_json(tree: Any, indent: int | None = None) -> bytes:
    """JSON bytes; floats are exact, strings are kept as they are."""
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(tree, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)
    return text.encode("utf-8", "surrogatepass")


def load_json(data: bytes, name: str, remedy: str = "restore the file or make it again") -> Any:
    """The tree in JSON bytes.

    Raises:
        ArtifactError: It is not JSON.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ArtifactError(f"{name}: expected JSON, got {str(error)!r}; {remedy}") from error


def plain(value: Any, name: str = "value") -> Any:
    """JSON that other programs read: arrays and tuples become lists, keys strings, nan and inf null.

    Raises:
        ArtifactError: A value that has no such form.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item, f"{name}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{name}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist(), name)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Path):
        return value.as_posix()
    raise unknown_type(value, name)


def unknown_type(value: Any, name: str) -> ArtifactError:
    """The error for a value that cannot be written."""
    return ArtifactError(
        f"{name}: expected a frozen dataclass, array or plain value, got {type(value).__name__}; convert it first"
    )
