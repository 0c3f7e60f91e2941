"""The functions a foreign pickle may reach: arrays and tensors, rebuilt with checks in numpy only."""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from dance_xai.errors import ArtifactError, UnsafePickleError

Array = np.ndarray[Any, Any]

_PLAIN_DTYPE = re.compile(r"[<>=|]?(b1|[iu][1248]|f[248]|c8|c16|[SU]\d{1,6})")
_STORAGES = {
    "DoubleStorage": "f8",
    "FloatStorage": "f4",
    "HalfStorage": "f2",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "i8",
    "IntStorage": "i4",
    "BoolStorage": "b1",
    "ByteStorage": "u1",
}


class Sealed:
    """What a pickle may hold but not change: no class to make objects of, and setting its state is refused."""

    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        raise UnsafePickleError("expected plain data, got a pickle that changes a function; do not use this file")


class Allowed(Sealed):
    """A function a pickle may call."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        return self._function(*arguments)


class Storage(Sealed):
    """The flat numbers behind tensors of torch."""

    __slots__ = ("values",)

    def __init__(self, values: Array) -> None:
        self.values = values


class StorageType(Sealed):
    """One of torch's storages, by the dtype of its numbers."""

    __slots__ = ("code",)

    def __init__(self, code: str) -> None:
        self.code = code

    def read(self, record: bytes, count: object) -> Storage:
        """The numbers of one record.

        Raises:
            ArtifactError: The record does not hold ``count`` numbers.
        """
        dtype = np.dtype("<u2" if self.code == "bfloat16" else self.code).newbyteorder("<")
        if type(count) is not int or count * dtype.itemsize != len(record):
            raise ArtifactError(f"expected {count!s:.20} numbers, got {len(record)} bytes; fetch the file again")
        values = np.frombuffer(record, dtype)
        if self.code == "bfloat16":
            return Storage((values.astype(np.uint32) << 16).view(np.float32))
        return Storage(values)


def _rebuild_tensor(storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> Array:
    numbers = [offset, *size, *stride]
    if not isinstance(storage, Storage) or not all(type(n) is int and n >= 0 for n in numbers):
        raise ArtifactError("expected a tensor's storage, offset, size and stride, got others; fetch the file again")
    stored = len(storage.values)
    count = math.prod(size)
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if count > stored or (count and last >= stored):
        raise ArtifactError(
            f"expected a tensor within its {stored} stored numbers, got size {tuple(size)!s:.60}, "
            f"stride {tuple(stride)!s:.60}, offset {offset!s:.20}; save it again with .contiguous().clone()"
        )
    native = storage.values.dtype.newbyteorder("=")
    if not count:
        return np.empty(size, native)
    start = storage.values[offset:]
    view = np.lib.stride_tricks.as_strided(start, size, [step * start.itemsize for step in stride], writeable=False)
    return np.array(view, dtype=native, order="C")


def _rebuild_parameter(tensor: Any, *_: Any) -> Any:
    return tensor


class _Dtype:
    """A plain numpy dtype while it is being unpickled: the byte order comes after the code."""

    __slots__ = ("value",)

    def __init__(self, code: Any, *_: Any) -> None:
        if not isinstance(code, str) or not _PLAIN_DTYPE.fullmatch(code):
            raise UnsafePickleError(
                f"expected arrays of numbers or strings, got dtype {code!r:.40}; do not use this file"
            )
        self.value: np.dtype[Any] = np.dtype(code)

    def __setstate__(self, state: Any) -> None:
        if not isinstance(state, tuple) or len(state) < 2 or state[1] not in ("<", ">", "=", "|"):
            raise ArtifactError("expected the byte order of a dtype, got another state; fetch the file again")
        self.value = self.value.newbyteorder(state[1])


class _PickledArray(np.ndarray[Any, Any]):
    """An array whose content is checked before numpy takes it, once."""

    def __setstate__(self, state: Any, /) -> None:
        if self.base is not None or self.size:
            raise UnsafePickleError("expected plain arrays, got one that is filled twice; do not use this file")
        _, shape, dtype, fortran, content = state
        checked = _array(content, dtype, shape, "F" if fortran else "C")
        plain: Any = (checked.shape, checked.dtype, bool(fortran), checked.tobytes("A"))
        super().__setstate__(plain)


def _array(content: Any, dtype: Any, shape: Any, order: Any) -> Array:
    if not isinstance(dtype, _Dtype) or not isinstance(content, bytes | bytearray):
        raise UnsafePickleError(
            "expected an array of numbers or strings, got an array of objects; do not use this file"
        )
    if math.prod(shape) * dtype.value.itemsize != len(content):
        raise ArtifactError(
            f"expected the content of an array of shape {shape!s:.60}, got {len(content)} bytes; fetch the file again"
        )
    return np.frombuffer(content, dtype.value).reshape(shape, order="F" if order == "F" else "C")


def _reconstruct(*_: Any) -> Array:
    return _PickledArray((0,), np.int8)


def _scalar(dtype: Any, content: Any) -> Any:
    return _array(content, dtype, (), "C")[()]


def _encode(text: Any, encoding: Any) -> bytes:
    """Bytes in the pickles of protocol 0 to 2 are spelled as latin-1 text."""
    if not isinstance(text, str) or encoding != "latin1":
        raise ArtifactError(f"expected bytes spelled in latin1, got {encoding!s:.20}; fetch the file again")
    return text.encode("latin1")


def _empty_bytes() -> bytes:
    return b""


def _globals() -> dict[tuple[str, str], Sealed]:
    table: dict[tuple[str, str], Sealed] = {
        ("collections", "OrderedDict"): Allowed(OrderedDict),
        ("_codecs", "encode"): Allowed(_encode),
        ("numpy", "ndarray"): Allowed(_reconstruct),
        ("numpy", "dtype"): Allowed(_Dtype),
        ("torch._utils", "_rebuild_tensor_v2"): Allowed(_rebuild_tensor),
        ("torch._utils", "_rebuild_parameter"): Allowed(_rebuild_parameter),
    }
    for builtins in ("builtins", "__builtin__"):
        table[builtins, "set"] = Allowed(set)
        table[builtins, "frozenset"] = Allowed(frozenset)
        table[builtins, "bytes"] = Allowed(_empty_bytes)
    for core in ("numpy.core", "numpy._core"):
        table[f"{core}.multiarray", "_reconstruct"] = Allowed(_reconstruct)
        table[f"{core}.multiarray", "scalar"] = Allowed(_scalar)
        table[f"{core}.numeric", "_frombuffer"] = Allowed(_array)
    return table | {("torch", name): StorageType(code) for name, code in _STORAGES.items()}


GLOBALS = _globals()
"""Every (module, name) a pickle may use, and what it gets instead."""
