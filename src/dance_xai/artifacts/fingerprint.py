"""One hash for the content of any nouns: names, fields, dtypes, shapes and every byte of the arrays."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai._version import __version__
from dance_xai.artifacts.codec import encode
from dance_xai.artifacts.plain import dump_json
from dance_xai.errors import ArtifactError


def fingerprint(*objects: Any) -> str:
    """Hash the content of nouns, settings, arrays and plain values.

    Settings are objects with ``model_dump()`` (pydantic); functions and classes count by their qualified name.
    Two dicts that differ only in the order of their items differ, and so do two arrays in C and in Fortran order.

    Returns:
        64 hexadecimal digits (SHA-256).

    Raises:
        ArtifactError: An object without content that could be compared, such as a random generator or a lambda.
    """
    tree, arrays = encode(objects, "arguments", _content)
    header = [(name, array.dtype.str, array.shape) for name, array in arrays.items()]
    digest = hashlib.sha256(dump_json([tree, header]))
    for array in arrays.values():
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _content(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return {"settings": type(value).__qualname__, "values": value.model_dump(mode="json")}
    if callable(value) and "<" not in getattr(value, "__qualname__", "<"):
        return {"callable": f"{value.__module__}.{value.__qualname__}"}
    raise ArtifactError(
        f"fingerprint: expected nouns, settings, arrays or plain values, got {type(value).__name__}; "
        "pass a seed instead of a generator, and a frozen dataclass instead of an object with state"
    )


@cache
def code_fingerprint() -> str:
    """Version and content of this package's own source, so that results of other code are never taken for its own.

    Word lists, prompts, phrase sets and settings that come with it count too.
    """
    package = Path(__file__).resolve().parents[1]
    content = hashlib.sha256()
    for path in sorted(path for path in package.rglob("*") if path.suffix in (".py", ".txt", ".toml")):
        content.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{__version__}+{content.hexdigest()[:16]}"
