"""Single items of a noun that is a long tuple: one is built when it is asked for, the others are not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from dance_xai.artifacts.codec import decode
from dance_xai.artifacts.parts import load_arrays
from dance_xai.artifacts.plain import load_json
from dance_xai.errors import ArtifactError

T = TypeVar("T")
LENGTH = 8
"""Bytes of a safetensors file that say how long its header is."""


class Items(Mapping[str, T]):
    """The items of a tuple by the value of one field; an item is built anew each time it is asked for.

    Args:
        hint: Type of an item.
        data: JSON of the tuple.
        tensors: Its safetensors, empty without arrays.
        name: What errors call it.
        key: Name of the field; its values are strings and differ.

    Raises:
        ArtifactError: Not a tuple of such items.
    """

    def __init__(self, hint: type[T], data: bytes, tensors: bytes, name: str, key: str) -> None:
        self._hint, self._tensors, self._name = hint, tensors, name
        try:
            self._trees = {str(tree[key]): (row, tree) for row, tree in enumerate(load_json(data, name))}
            self._header: dict[str, Any] = json.loads(tensors[LENGTH : _end_of_header(tensors)] or b"{}")
        except (TypeError, KeyError, ValueError) as error:
            raise ArtifactError(f"{name}: expected items with {key!r}, got {error!r}; make it again") from error

    def __getitem__(self, key: str) -> T:
        row, tree = self._trees[key]
        arrays = load_arrays(self._part(_arrays_in(tree)), self._name)
        return decode(self._hint, tree, arrays, f"{self._name}[{row}]")

    def __iter__(self) -> Iterator[str]:
        return iter(self._trees)

    def __len__(self) -> int:
        return len(self._trees)

    def _part(self, names: Iterable[str]) -> bytes:
        """The safetensors of some arrays."""
        header, pieces, size, base = {}, [], 0, _end_of_header(self._tensors)
        for name in names:
            if name in self._header:
                start, stop = self._header[name]["data_offsets"]
                header[name] = self._header[name] | {"data_offsets": [size, size + stop - start]}
                pieces.append(self._tensors[base + start : base + stop])
                size += stop - start
        told = json.dumps(header).encode()
        return b"".join([len(told).to_bytes(LENGTH, "little"), told, *pieces]) if header else b""


def _end_of_header(tensors: bytes) -> int:
    return LENGTH + int.from_bytes(tensors[:LENGTH], "little")


def _arrays_in(tree: Any) -> list[str]:
    """Names of the arrays of a tree."""
    if isinstance(tree, dict):
        return [tree["$array"]] if "$array" in tree else [name for each in tree.values() for name in _arrays_in(each)]
    return [name for each in tree for name in _arrays_in(each)] if isinstance(tree, list) else []
