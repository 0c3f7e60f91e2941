"""Writers of files as torch would save them, for readers that must not need torch."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

_CODES = {"f8": "Double", "f4": "Float", "f2": "Half", "i8": "Long", "i4": "Int", "b1": "Bool", "u1": "Byte"}


def literal(value: Any) -> bytes:
    """Opcodes that push a plain value."""
    return pickle.dumps(value, protocol=2)[2:-1]


def name(module: str, attribute: str) -> bytes:
    """The opcode that asks for a global."""
    return b"c" + module.encode() + b"\n" + attribute.encode() + b"\n"


def tensor_program(storage: str, key: Any, count: Any, offset: Any, size: Any, stride: Any) -> bytes:
    pid = b"(" + literal("storage") + name("torch", storage) + literal(key) + literal("cpu") + literal(count) + b"tQ"
    hooks = name("collections", "OrderedDict") + b")R"
    arguments = b"(" + pid + literal(offset) + literal(size) + literal(stride) + literal(False) + hooks + b"t"
    return b"\x80\x02" + name("torch._utils", "_rebuild_tensor_v2") + arguments + b"R."


class TorchWriter:
    """Saves tensors in the zip format of torch."""

    literal = staticmethod(literal)
    name = staticmethod(name)
    tensor_program = staticmethod(tensor_program)

    def zip(self, path: Path, program: bytes, records: dict[str, bytes], **extra: Any) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w", extra.get("compression", zipfile.ZIP_STORED)) as archive:
            archive.writestr(f"{path.stem}/data.pkl", program)
            archive.writestr(f"{path.stem}/byteorder", extra.get("byteorder", "little"))
            for key, content in records.items():
                archive.writestr(f"{path.stem}/data/{key}", content)
            archive.writestr(f"{path.stem}/version", "3\n")
        return path

    def save(self, path: Path, array: np.ndarray) -> Path:
        flat = np.ascontiguousarray(array)
        stride = tuple(step // flat.itemsize for step in flat.strides)
        storage = _CODES[flat.dtype.str[1:]] + "Storage"
        program = tensor_program(storage, "0", flat.size, 0, flat.shape, stride)
        return self.zip(path, program, {"0": flat.tobytes()})


@pytest.fixture(scope="session")
def torch_writer() -> TorchWriter:
    return TorchWriter()
