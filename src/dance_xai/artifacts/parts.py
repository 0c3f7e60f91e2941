"""A noun as bytes: JSON for the tree, safetensors for its arrays; in a folder as two files, alone as one."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from dance_xai.artifacts.codec import Arrays, decode, encode
from dance_xai.artifacts.plain import dump_json, load_json
from dance_xai.artifacts.sealed import explained
from dance_xai.artifacts.writing import write_file
from dance_xai.errors import ArtifactError

T = TypeVar("T")


def pack(noun: Any, name: str) -> tuple[bytes, bytes]:
    """A noun -> its JSON and its safetensors (empty without arrays).

    Raises:
        ArtifactError: It holds something that is not plain data.
    """
    tree, arrays = encode(noun, name)
    return dump_json(tree), save(arrays) if arrays else b""


def unpack(hint: type[T], data: bytes, tensors: bytes, name: str) -> T:
    """The noun in its JSON and safetensors; its arrays are its own and can be written to.

    Raises:
        ArtifactError: Not such a noun.
    """
    return decode(hint, load_json(data, name), load_arrays(tensors, name), name)


def save_noun(noun: Any, path: str | Path) -> None:
    """Write a noun into one file: its hash, its JSON on one line, then its safetensors.

    Raises:
        ArtifactError: It holds something that is not plain data, or the file cannot be written.
    """
    path = Path(path)
    tree, tensors = pack(noun, path.name)
    body = tree + b"\n" + tensors
    write_file(path, _digest(body) + b"\n" + body)


def load_noun(hint: type[T], path: str | Path) -> T:
    """Read a noun that ``save_noun`` wrote.

    Raises:
        ArtifactError: No such file, damaged, or another noun.
    """
    path = Path(path)
    with explained(path):
        data = path.read_bytes()
    digest, _, body = data.partition(b"\n")
    if digest != _digest(body):
        raise ArtifactError(f"{path}: expected a noun with its hash, got {len(data)} damaged bytes; make it again")
    tree, _, tensors = body.partition(b"\n")
    return unpack(hint, tree, tensors, path.name)


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def load_arrays(tensors: bytes, name: str) -> Arrays:
    """The arrays of safetensors, to be written to; none of no bytes.

    Raises:
        ArtifactError: Not safetensors.
    """
    if not tensors:
        return {}
    try:
        return {key: np.require(array, requirements=["A", "W"]) for key, array in load(tensors).items()}
    except (SafetensorError, KeyError, ValueError) as error:
        raise ArtifactError(f"{name}: expected safetensors, got {str(error)!r}; make it again") from error
