from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from dance_xai.data.npz import read_ids, read_npz, refuse_duplicates, some
from dance_xai.errors import DataError


def test_optional_arrays_are_read_only_if_there(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(3), y=np.ones(2), z=np.array([{}], dtype=object))
    assert set(read_npz(path, ["x"], ["y", "no"])) == {"x", "y"}


def test_missing_arrays_list_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(3), y=np.ones(2))
    with pytest.raises(DataError, match=r"expected the array q, got x, y; name one of these"):
        read_npz(path, ["x", "q"])


def test_objects_are_refused_and_not_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=np.array([Canary(str(tmp_path / "canary"))], dtype=object))
    with pytest.raises(DataError, match=r"expected 'x' to be a plain array, got Python objects"):
        read_npz(path, ["x"])
    assert not (tmp_path / "canary").exists()


class Canary:
    """Makes a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return open, (self.path, "w")


def test_files_that_are_no_npz(tmp_path: Path) -> None:
    good = tmp_path / "good.npz"
    np.savez(good, x=np.arange(1000))
    for name, content in {"empty": b"", "text": b"hello", "cut": good.read_bytes()[:-40]}.items():
        path = tmp_path / f"{name}.npz"
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"expected an .npz file \(a zip\), got another or a truncated file"):
            read_npz(path, ["x"])
    with pytest.raises(DataError, match=r"expected an .npz file, found nothing there"):
        read_npz(tmp_path / "none.npz", ["x"])


def test_a_damaged_member_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(1000))
    content = bytearray(path.read_bytes())
    content[400] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match=r"expected 'x' to be a plain array, got BadZipFile"):
        read_npz(path, ["x"])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", "no array")
        archive.writestr("y.npy", "no array either")
    for name in ("x", "y"):
        with pytest.raises(DataError, match=rf"'{name}'"):
            read_npz(path, [name])


def test_a_header_that_asks_for_all_memory_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000,), }\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(DataError, match=r"'x'"):
        read_npz(path, ["x"])


def test_ids_must_be_unique_strings() -> None:
    assert read_ids("f", np.array(["01", "1"])) == ("01", "1")
    with pytest.raises(DataError, match=r"list of strings, got shape \(2,\) of int64.*leading zero"):
        read_ids("f", np.array([1, 2]))
    with pytest.raises(DataError, match=r"f: expected unique ids, got 1 of them repeated \(a\)"):
        read_ids("f", np.array(["a", "b", "a"]))


def test_lists_in_messages_are_short() -> None:
    assert some("ab") == "a, b"
    assert some(range(9)) == "0, 1, 2 and 6 more"
    refuse_duplicates("f", [])
