"""Any noun <-> a JSON tree and named arrays. Nothing is executed on reading: only the types asked for are built.

In the tree a tuple is a JSON list, and everything JSON cannot say is an object with one ``$`` key:
``$list``, ``$dict`` (pairs), ``$float`` (nan, inf), ``$path``, ``$array`` (the name of an array); a dataclass is an
object with ``$type`` and its fields.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np

from dance_xai.artifacts.plain import unknown_type
from dance_xai.errors import ArtifactError

T = TypeVar("T")
Array: TypeAlias = np.ndarray[Any, Any]
Arrays: TypeAlias = dict[str, Array]
Fallback: TypeAlias = Callable[[Any], Any]
PLAIN = (str, int, float, bool)
"""Types whose values stand in the tree as they are."""


def encode(value: Any, name: str, fallback: Fallback | None = None) -> tuple[Any, Arrays]:
    """Take a noun apart.

    Args:
        value: Frozen dataclasses, tuples, lists, dicts, arrays, paths and plain values, nested at will.
        name: What errors and arrays are called after.
        fallback: Turns a value of any other type into one of these.

    Returns:
        The JSON tree, and its arrays: native byte order, C order (``$array`` remembers Fortran order, because the
        order decides the last bit of a matrix product).

    Raises:
        ArtifactError: A value of another type; the message says where.
    """
    arrays: Arrays = {}
    return _encode(value, name, arrays, fallback), arrays


def decode(hint: type[T], tree: Any, arrays: Mapping[str, Array], name: str) -> T:
    """Put a noun together again.

    Args:
        hint: Its type; fields are read by their own type hints.
        tree: The JSON tree.
        arrays: Its arrays.
        name: What errors call it.

    Raises:
        ArtifactError: Unknown or missing fields, or values of another type; the message says where.
    """
    return cast(T, _decode(hint, tree, arrays, name))


def _encode(value: Any, name: str, arrays: Arrays, fallback: Fallback | None) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$float": str(float(value))}
    if isinstance(value, np.ndarray):
        return _encode_array(value, name, arrays)
    if isinstance(value, np.generic) and not isinstance(value.item(), np.generic):
        return _encode(value.item(), name, arrays, fallback)
    if isinstance(value, Path):
        return {"$path": value.as_posix()}
    if is_dataclass(value) and not isinstance(value, type):
        return _encode_dataclass(value, name, arrays, fallback)
    if isinstance(value, Mapping):
        return _encode_mapping(value, name, arrays, fallback)
    if type(value) in (tuple, list):
        items = [_encode(item, f"{name}[{index}]", arrays, fallback) for index, item in enumerate(value)]
        return items if isinstance(value, tuple) else {"$list": items}
    if fallback is None:
        raise unknown_type(value, name)
    return _encode(fallback(value), name, arrays, None)


def _encode_array(array: Array, name: str, arrays: Arrays) -> Any:
    if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
        raise ArtifactError(f"{name}: expected an array of numbers, got dtype {array.dtype}; convert it first")
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    arrays[name] = np.asarray(array.T if fortran else array, dtype=array.dtype.newbyteorder("="), order="C")
    return {"$array": name, "order": "F"} if fortran else {"$array": name}


def _encode_dataclass(value: Any, name: str, arrays: Arrays, fallback: Fallback | None) -> Any:
    cls: Any = type(value)
    tree = {"$type": cls.__name__}
    for key in _layout(cls):
        tree[key] = _encode(getattr(value, key), f"{name}.{key}", arrays, fallback)
    return tree


def _encode_mapping(value: Mapping[Any, Any], name: str, arrays: Arrays, fallback: Fallback | None) -> Any:
    items = [_encode(item, f"{name}[{index}]", arrays, fallback) for index, item in enumerate(value.values())]
    if all(type(key) is str and not key.startswith("$") for key in value):
        return dict(zip(value, items, strict=True))
    keys = [_encode(key, f"{name} key {index}", arrays, fallback) for index, key in enumerate(value)]
    return {"$dict": list(zip(keys, items, strict=True))}


@cache
def _layout(cls: Any) -> dict[str, Any]:
    """The fields of a dataclass with their type hints."""
    hints = get_type_hints(cls)
    return {item.name: hints[item.name] for item in fields(cls) if item.init}


@cache
def _plan(cls: Any) -> dict[str, tuple[Any, frozenset[Any]]]:
    """The fields of a dataclass with their type hints and the types that are read as they are."""
    return {key: (hint, _as_they_are(hint)) for key, hint in _layout(cls).items()}


def _as_they_are(hint: Any) -> frozenset[Any]:
    """Types of values that stand in the tree as they are where ``hint`` is asked for."""
    origin, inner = _taken_apart(hint)
    if origin in (Union, UnionType):
        return frozenset().union(*map(_as_they_are, inner))
    return frozenset({hint} if hint in (*PLAIN, NoneType) else ())


@cache
def _taken_apart(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """``tuple[int, ...]`` -> ``tuple``, ``(int, ...)``."""
    return get_origin(hint) or hint, get_args(hint)


def _decode(hint: Any, tree: Any, arrays: Mapping[str, Array], name: str) -> Any:
    if type(tree) is hint and not isinstance(tree, list | dict):
        return tree
    origin, inner = _taken_apart(hint)
    if origin in (Union, UnionType):
        return _decode_union(inner, tree, arrays, name)
    if origin is Literal:
        return _expect(tree in inner, tree, f"one of {inner}", name)
    if origin in (tuple, list, Sequence):
        return _decode_items(origin, inner, tree, arrays, name)
    if origin in (dict, Mapping):
        return _decode_mapping(inner, tree, arrays, name)
    if isinstance(origin, type) and is_dataclass(origin):
        return _decode_dataclass(origin, tree, arrays, name)
    value = _decode_any(tree, arrays, name)
    if origin is Any:
        return value
    _expect(isinstance(origin, type), str(origin), "a type hint of plain data", name)
    allowed = (int, float) if origin is float else origin
    fits = isinstance(value, allowed) and (origin is bool or not isinstance(value, bool))
    return _expect(fits, value, getattr(origin, "__name__", str(origin)), name)


def _expect(fits: bool, value: Any, wanted: str, name: str) -> Any:
    if fits:
        return value
    got = repr(value) if isinstance(value, str | int | float | NoneType) else type(value).__name__
    raise ArtifactError(f"{name}: expected {wanted}, got {got:.80}; restore the file or make it again")


def _decode_union(hints: tuple[Any, ...], tree: Any, arrays: Mapping[str, Array], name: str) -> Any:
    if tree is None and NoneType in hints:
        return None
    candidates = [hint for hint in hints if hint is not NoneType]
    for hint in candidates[:-1]:
        try:
            return _decode(hint, tree, arrays, name)
        except ArtifactError:
            continue
    return _decode(candidates[-1], tree, arrays, name)


def _decode_items(origin: Any, hints: tuple[Any, ...], tree: Any, arrays: Mapping[str, Array], name: str) -> Any:
    tagged = isinstance(tree, dict) and set(tree) == {"$list"}
    items = tree["$list"] if tagged else tree
    wanted = {tuple: not tagged, list: tagged}.get(origin, True)
    _expect(isinstance(items, list) and wanted, tree, "a list of values", name)
    if origin is not tuple or hints[1:] == (...,):
        hints = (hints[:1] or (Any,)) * len(items)
    elif origin is tuple and not hints:
        hints = (Any,) * len(items)
    _expect(len(hints) == len(items), len(items), f"{len(hints)} values", name)
    if all(type(item) is hint and hint in PLAIN for hint, item in zip(hints, items, strict=True)):
        return list(items) if tagged else tuple(items)
    pairs = enumerate(zip(hints, items, strict=True))
    values = [_decode(hint, item, arrays, f"{name}[{index}]") for index, (hint, item) in pairs]
    return values if tagged else tuple(values)


def _decode_mapping(hints: tuple[Any, ...], tree: Any, arrays: Mapping[str, Array], name: str) -> Any:
    tagged = isinstance(tree, dict) and set(tree) == {"$dict"}
    fits = isinstance(tree, dict) and (tagged or not any(key.startswith("$") for key in tree))
    _expect(fits, tree, "keys and values", name)
    key_hint, item_hint = hints or (Any, Any)
    pairs = tree["$dict"] if tagged else tree.items()
    return {
        _decode(key_hint, key, arrays, f"{name} key {index}"): _decode(item_hint, item, arrays, f"{name}[{index}]")
        for index, (key, item) in enumerate(pairs)
    }


def _decode_dataclass(cls: type, tree: Any, arrays: Mapping[str, Array], name: str) -> Any:
    _expect(isinstance(tree, dict) and tree.get("$type") == cls.__name__, tree, f"a {cls.__name__}", name)
    layout = _plan(cls)
    unknown, missing = sorted(tree.keys() - layout.keys() - {"$type"}), sorted(layout.keys() - tree.keys())
    if unknown or missing:
        raise ArtifactError(
            f"{name}: expected the fields of {cls.__name__}, got unknown {unknown} and missing {missing}; "
            "read it with the version that wrote it, or make it again"
        )
    values = {}
    for key, (hint, plain) in layout.items():
        value = tree[key]
        values[key] = value if type(value) in plain else _decode(hint, value, arrays, f"{name}.{key}")
    return cls(**values)


def _decode_any(tree: Any, arrays: Mapping[str, Array], name: str) -> Any:
    if isinstance(tree, list):
        return _decode_items(tuple, (Any, ...), tree, arrays, name)
    if not isinstance(tree, dict):
        return tree
    match tree:
        case {"$array": key}:
            array = arrays[_expect(key in arrays, key, "an array of the file", name)]
            return array.T if tree.get("order") == "F" else array
        case {"$float": text}:
            return float(_expect(text in ("nan", "inf", "-inf"), text, "nan, inf or -inf", name))
        case {"$path": text}:
            return Path(text)
        case {"$list": _}:
            return _decode_items(list, (Any,), tree, arrays, name)
        case {"$type": kind}:
            raise ArtifactError(f"{name}: expected plain values, got a {kind}; make the file again")
    return _decode_mapping((Any, Any), tree, arrays, name)
