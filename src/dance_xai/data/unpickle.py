"""Foreign pickles, read without running them: containers, numbers, strings and arrays; nothing else.

A pickle is a program that names functions to call. Here every name it may use stands in one table
(``rebuild.GLOBALS``) and leads to a function of ours that checks its arguments; any other name is refused before
anything is called. Tensors of torch become numpy arrays without torch.

Source: ours; the formats are those of ``pickle``, ``numpy.ndarray.__reduce__`` and ``torch.save`` (zip, since 1.6).
"""

from __future__ import annotations

import io
import pickle
import pickletools
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.data.rebuild import GLOBALS, Array, Storage, StorageType
from dance_xai.errors import ArtifactError, DanceError, UnsafePickleError


def load_pickle(path: Path | str) -> Any:
    """Read a pickle of plain containers, numbers, strings and numpy arrays.

    Raises:
        ArtifactError: The file is missing, truncated or damaged.
        UnsafePickleError: The pickle names anything else, such as a function; nothing of it was called.
    """
    path = Path(path)
    return _load(path, _read_bytes(path), {})


def read_tensor(path: Path | str) -> Array:
    """Read one tensor that was saved with ``torch.save``, without torch.

    Returns:
        A contiguous, writable array in native byte order; bfloat16 becomes float32.

    Raises:
        ArtifactError: The file is missing, truncated, damaged, of the format before torch 1.6, or holds no single
            tensor; or a tensor reaches outside its stored numbers.
        UnsafePickleError: The file names anything but tensors and containers; nothing of it was called.
    """
    path = Path(path)
    program, records = _open_torch_zip(path)
    tensor = _load(path, program, records)
    if not isinstance(tensor, np.ndarray):
        raise ArtifactError(f"{path}: expected one tensor, got {type(tensor).__name__}; save the tensor alone")
    return tensor


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"{path}: expected a readable file, got: {error.strerror}; check the path") from error


def _load(path: Path, program: bytes, records: Mapping[str, bytes]) -> Any:
    try:
        _check_program(program)
        return _Restricted(program, records).load()
    except DanceError as error:
        raise type(error)(f"{path}: {error}") from error
    except Exception as error:  # a damaged program can fail in any way
        first = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise ArtifactError(f"{path}: expected a whole pickle, got a damaged one ({first}); fetch it again") from error


def _check_program(program: bytes) -> None:
    """Read the program to its end without running it, and refuse memo slots that would only fill the memory."""
    for opcode, argument, _ in pickletools.genops(program):
        if "PUT" in opcode.name and isinstance(argument, int) and argument > len(program):
            raise UnsafePickleError(f"expected a plain pickle, got memo slot {argument}; do not use this file")


class _Restricted(pickle.Unpickler):
    """An unpickler that knows the names in ``GLOBALS`` and, for torch, the records of the zip."""

    def __init__(self, program: bytes, records: Mapping[str, bytes]) -> None:
        super().__init__(io.BytesIO(program))
        self._records = records

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if (module_name, global_name) in GLOBALS:
            return GLOBALS[module_name, global_name]
        raise UnsafePickleError(
            f"expected only numbers, strings, containers and arrays, got a pickle that asks for "
            f"{f'{module_name}.{global_name}'[:120]!r}; do not use this file"
        )

    def persistent_load(self, pid: Any) -> Storage:
        if not (isinstance(pid, tuple) and len(pid) == 5 and pid[0] == "storage" and isinstance(pid[1], StorageType)):
            raise ArtifactError("expected a tensor's storage, got another reference; fetch the file again")
        kind, key, count = pid[1], pid[2], pid[4]
        if not isinstance(key, str) or key not in self._records:
            raise ArtifactError(f"expected the record data/{key!s:.40}, which the file lacks; fetch it again")
        storage: Storage = kind.read(self._records[key], count)
        return storage


def _open_torch_zip(path: Path) -> tuple[bytes, dict[str, bytes]]:
    """The pickle and the records of a torch file.

    Torch stores its records without compression, so the sizes a zip declares can be held against its own size
    before anything is read.
    """
    content = _read_bytes(path)
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise ArtifactError(
            f"{path}: expected a tensor file of torch 1.6 or later (a zip), got another or a truncated file; "
            f"fetch it again or save it with torch.save"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            packed = any(member.compress_type != zipfile.ZIP_STORED for member in members)
            if packed or sum(member.file_size for member in members) > len(content):
                raise ArtifactError(
                    f"{path}: expected uncompressed records that fit the file, got others; do not use this file"
                )
            return _split_members(path, {member.filename: archive.read(member) for member in members})
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError) as error:
        raise ArtifactError(f"{path}: expected a readable zip, got {error!s:.120}; fetch it again") from error


def _split_members(path: Path, members: Mapping[str, bytes]) -> tuple[bytes, dict[str, bytes]]:
    roots = [name.removesuffix("data.pkl") for name in members if name.rpartition("/")[2] == "data.pkl"]
    if len(roots) != 1:
        raise ArtifactError(f"{path}: expected one data.pkl in the zip, got {len(roots)}; save it with torch.save")
    root = roots[0]
    order = members.get(f"{root}byteorder", b"little")
    if order != b"little":
        raise ArtifactError(f"{path}: expected little-endian numbers, got {order[:20]!r}; save it on another machine")
    start = f"{root}data/"
    return members[f"{root}data.pkl"], {
        name.removeprefix(start): content for name, content in members.items() if name.startswith(start)
    }
