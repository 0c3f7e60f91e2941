from __future__ import annotations

import math
import os
import pickle
import warnings
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dance_xai.data.unpickle import load_pickle, read_tensor
from dance_xai.errors import ArtifactError, DanceError, UnsafePickleError

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.binary(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3).map(OrderedDict)
        | st.sets(st.integers(), max_size=3)
        | st.frozensets(st.integers(), max_size=3)
    ),
    max_leaves=8,
)
ARRAYS = hnp.arrays(
    st.sampled_from(["<f4", "<f8", "<f2", "<i8", "<u2", "?", "<U3", "S2", "<c16", ">i4"]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "x.pkl"
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pickles")


@settings(max_examples=100, deadline=None)
@given(value=PLAIN, protocol=st.integers(0, 5))
def test_plain_values_come_back(folder: Path, value: Any, protocol: int) -> None:
    assert load_pickle(written(folder, pickle.dumps(value, protocol=protocol))) == value


@settings(max_examples=100, deadline=None)
@given(array=ARRAYS, fortran=st.booleans(), protocol=st.integers(0, 5))
def test_arrays_come_back(folder: Path, array: np.ndarray, fortran: bool, protocol: int) -> None:
    array = np.asfortranarray(array) if fortran else array
    back = load_pickle(written(folder, pickle.dumps([array], protocol=protocol)))[0]
    assert isinstance(back, np.ndarray)
    np.testing.assert_array_equal(back, array)
    assert back.dtype.newbyteorder("=") == array.dtype.newbyteorder("=")


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("scalar", [np.float32(1.5), np.int64(-3), np.bool_(True), np.str_("hé"), np.complex64(2j)])
def test_scalars_come_back(folder: Path, scalar: Any, protocol: int) -> None:
    back = load_pickle(written(folder, pickle.dumps(scalar, protocol=protocol)))
    assert (back, type(back)) == (scalar, type(scalar))


def test_both_spellings_of_numpy_are_known(folder: Path) -> None:
    content = pickle.dumps(np.arange(3), protocol=2)
    other = {b"numpy._core": b"numpy.core", b"numpy.core": b"numpy._core"}
    spelling = next(name for name in other if name in content)
    for program in (content, content.replace(spelling, other[spelling])):
        np.testing.assert_array_equal(load_pickle(written(folder, program)), [0, 1, 2])


class Call:
    """Calls a function when it is unpickled."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


def attacks(canary: str) -> dict[str, bytes]:
    """Programs that would make the file ``canary``, or reach where plain data never does."""
    touch = f"open({canary!r}, 'w')".encode()
    shell = f"touch {canary}".encode()
    inner = pickle.dumps(Call(os.system, f"touch {canary}"))
    made = {f"os.system {p}": pickle.dumps(Call(os.system, f"touch {canary}"), protocol=p) for p in range(6)}
    made |= {f"nested {p}": pickle.dumps({"a": [1, (Call(os.system, "x"),)]}, protocol=p) for p in (0, 2, 4)}
    return made | {
        "eval": pickle.dumps(Call(eval, touch.decode())),
        "exec": pickle.dumps(Call(exec, touch.decode())),
        "open": pickle.dumps(Call(open, canary, "w")),
        "getattr": pickle.dumps(Call(getattr, "abc", "__class__")),
        "import": b"c__builtin__\n__import__\n(S'os'\ntR.",
        "posix": b"cposix\nsystem\n(S'" + shell + b"'\ntR.",
        "inst": b"(S'" + shell + b"'\nios\nsystem\n.",
        "obj": b"(cos\nsystem\nS'" + shell + b"'\no.",
        "pickle.loads": pickle.dumps(Call(pickle.loads, inner)),
        "numpy.load": pickle.dumps(Call(np.load, canary)),
        "numpy.fromfile": b"cnumpy\nfromfile\n(S'" + canary.encode() + b"'\ntR.",
        "torch.load": b"ctorch\nload\n(S'x'\ntR.",
        "torch bytes": b"ctorch.storage\n_load_from_bytes\n(S'x'\ntR.",
        "dotted": b"\x80\x04\x8c\x05numpy\x8c\x0endarray.tofile\x93.",
        "dotted dunder": b"\x80\x04\x8c\x0bcollections\x8c\x14OrderedDict.__init__\x93.",
        "submodule": b"cnumpy\ncore.multiarray.os\n.",
        "our own names": b"cdance_xai.data.unpickle\nload_pickle\n(S'x'\ntR.",
        "class by build": b"ccollections\nOrderedDict\nN}S'__init__'\nI1\ns\x86b.",
        "function by build": b"cnumpy\ndtype\n}S'__defaults__'\nI1\nsb.",
        "storage by build": b"ctorch\nFloatStorage\nN}S'code'\nS'u1'\ns\x86b.",
        "object array": pickle.dumps(np.array([{}], dtype=object), protocol=2),
        "structured array": pickle.dumps(np.zeros(1, dtype=[("a", "f4")]), protocol=2),
        "void array": pickle.dumps(np.zeros(1, dtype="V8"), protocol=2),
        "memo": b"]r\xff\xff\xff\x7f.",
        "memo text": b"]p999999999\n.",
        "array filled twice": _twice(),
    }


def _twice() -> bytes:
    content = pickle.dumps(np.arange(3, dtype="i1"), protocol=2)
    start = content.rindex(b"(K\x01K\x03") if b"(K\x01K\x03" in content else content.rindex(b"(K\x01")
    return content[:-1] + content[start:-1] + b"."


@pytest.mark.parametrize("attack", attacks("x"))
def test_attacks_are_refused_and_nothing_runs(tmp_path: Path, attack: str) -> None:
    canary = tmp_path / "canary"
    with pytest.raises(UnsafePickleError, match=r"x\.pkl: expected .*; do not use this file") as caught:
        load_pickle(written(tmp_path, attacks(str(canary))[attack]))
    assert not canary.exists()
    assert "\n" not in str(caught.value)


def test_the_error_names_the_global(tmp_path: Path) -> None:
    with pytest.raises(UnsafePickleError, match=r"asks for '(posix|nt)\.system'"):
        load_pickle(written(tmp_path, pickle.dumps(Call(os.system, "x"))))


def test_a_refused_pickle_changes_nothing_for_the_next(tmp_path: Path) -> None:
    for program in attacks(str(tmp_path / "canary")).values():
        with pytest.raises(UnsafePickleError):
            load_pickle(written(tmp_path, program))
    test_both_spellings_of_numpy_are_known(tmp_path)


def _edit_array(change: Callable[[list[Any]], None]) -> bytes:
    """An array's pickle with another state (version, shape, dtype, order, content)."""
    state = [1, (3,), np.dtype("i1"), False, b"abc"]
    change(state)
    rebuild = np.arange(3).__reduce__()[0]

    class Shell:
        def __reduce__(self) -> tuple[Any, ...]:
            return rebuild, (np.ndarray, (0,), b"b"), tuple(state)

    return pickle.dumps(Shell(), protocol=2)


@pytest.mark.parametrize("shape", [(4,), (10**15,), (-3,), (-1, -3), (2, 2), ("a",), 3])
def test_array_shapes_that_do_not_fit_their_content_are_refused(tmp_path: Path, shape: Any) -> None:
    np.testing.assert_array_equal(
        load_pickle(written(tmp_path, _edit_array(lambda state: None))), np.frombuffer(b"abc", "i1")
    )
    with pytest.raises(ArtifactError):
        load_pickle(written(tmp_path, _edit_array(lambda state: state.__setitem__(1, shape))))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_damage_ends_in_anything_but_our_errors(folder: Path, data: st.DataObject) -> None:
    value = [{"video_name": "a.mp4", "labels": [0, 1, -1]}, np.arange(4.0), np.float32(2)]
    content = bytearray(pickle.dumps(value, protocol=data.draw(st.integers(0, 5))))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = written(folder, bytes(content[: data.draw(st.integers(1, len(content)))]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            load_pickle(path)
        except DanceError as error:
            assert str(path) in str(error)


def test_files_that_are_no_pickle(tmp_path: Path) -> None:
    whole = pickle.dumps(list(range(300)))
    for content in (b"", whole[:-5], whole[: len(whole) // 2], b"hello", b"\x80\xff."):
        with pytest.raises(ArtifactError, match=r"expected a whole pickle, got a damaged one"):
            load_pickle(written(tmp_path, content))
    for missing in (tmp_path / "none.pkl", tmp_path):
        with pytest.raises(ArtifactError, match=r"expected a readable file"):
            load_pickle(missing)


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "i8", "i4", "b1", "u1"])
def test_tensors_of_every_storage(tmp_path: Path, torch_writer: Any, dtype: str) -> None:
    array = np.random.default_rng(0).integers(0, 2, (3, 4)).astype(dtype)
    back = read_tensor(torch_writer.save(tmp_path / "t.pt", array))
    np.testing.assert_array_equal(back, array)
    assert (type(back), back.dtype, back.flags.c_contiguous, back.flags.writeable) == (
        np.ndarray,
        array.dtype,
        True,
        True,
    )


def test_bfloat16_becomes_float32(tmp_path: Path, torch_writer: Any) -> None:
    program = torch_writer.tensor_program("BFloat16Storage", "0", 3, 0, (3,), (1,))
    record = np.array([0x3F80, 0xC000, 0x7F80], "<u2").tobytes()
    back = read_tensor(torch_writer.zip(tmp_path / "t.pt", program, {"0": record}))
    assert (back.dtype, back.tolist()) == (np.float32, [1.0, -2.0, math.inf])


def test_a_parameter_is_its_tensor(tmp_path: Path, torch_writer: Any) -> None:
    tensor = torch_writer.tensor_program("FloatStorage", "0", 1, 0, (1,), (1,))[2:-1]
    program = b"\x80\x02" + torch_writer.name("torch._utils", "_rebuild_parameter") + b"(" + tensor + b"\x88NtR."
    record = {"0": np.ones(1, "<f4").tobytes()}
    assert read_tensor(torch_writer.zip(tmp_path / "t.pt", program, record)).tolist() == [1.0]


@settings(max_examples=300, deadline=None)
@given(
    stored=st.integers(0, 12),
    offset=st.integers(0, 6),
    dims=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=3),
)
def test_a_tensor_is_read_element_by_element_or_refused(
    folder: Path, torch_writer: Any, stored: int, offset: int, dims: list[tuple[int, int]]
) -> None:
    size, stride = tuple(n for n, _ in dims), tuple(step for _, step in dims)
    places = [offset + sum(i * s for i, s in zip(index, stride, strict=True)) for index in np.ndindex(*size)]
    program = torch_writer.tensor_program("IntStorage", "0", stored, offset, size, stride)
    path = torch_writer.zip(folder / "t.pt", program, {"0": np.arange(stored, dtype="<i4").tobytes()})
    if len(places) <= stored and all(place < stored for place in places):
        back = read_tensor(path)
        assert (back.shape, back.ravel().tolist()) == (size, places)
    else:
        with pytest.raises(ArtifactError, match=r"expected a tensor within its"):
            read_tensor(path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("FloatStorage", "0", 5, 0, (2, 2), (2, 1)), r"expected 5 numbers, got 16 bytes"),
        (("FloatStorage", "0", 3, 0, (3,), (1,)), r"expected 3 numbers, got 16 bytes"),
        (("DoubleStorage", "0", 4, 0, (4,), (1,)), r"expected 4 numbers, got 16 bytes"),
        (("FloatStorage", "0", "4", 0, (4,), (1,)), r"expected 4 numbers"),
        (("FloatStorage", "1", 4, 0, (4,), (1,)), r"expected the record data/1"),
        (("FloatStorage", "../version", 4, 0, (4,), (1,)), r"expected the record data/../version"),
        (("FloatStorage", 0, 4, 0, (4,), (1,)), r"expected the record data/0"),
        (("FloatStorage", "0", 4, 0, (5,), (1,)), r"within its 4 stored numbers, got size \(5,\)"),
        (("FloatStorage", "0", 4, 1, (4,), (1,)), r"within its 4 stored numbers"),
        (("FloatStorage", "0", 4, 0, (2, 2), (3, 1)), r"within its 4 stored numbers"),
        (("FloatStorage", "0", 4, 0, (10**12,), (0,)), r"within its 4 stored numbers"),
        (("FloatStorage", "0", 4, 0, (10**12, 0), (1, 1)), r""),
        (("FloatStorage", "0", 4, -1, (4,), (1,)), r"storage, offset, size and stride"),
        (("FloatStorage", "0", 4, 3, (4,), (-1,)), r"storage, offset, size and stride"),
        (("FloatStorage", "0", 4, 0, (-4, -1), (1, 1)), r"storage, offset, size and stride"),
        (("FloatStorage", "0", 4, 0, (True,), (1,)), r"storage, offset, size and stride"),
        (("FloatStorage", "0", 4, 0, (2.0,), (1,)), r"storage, offset, size and stride"),
        (("FloatStorage", "0", 4, 0, (2, 2), (1,)), r"expected a whole pickle"),
        (("FloatStorage", "0", 4, 0, 4, 1), r"expected a whole pickle"),
        (("FloatStorage", "0", 4, 0, (1,) * 99, (1,) * 99), r"expected a whole pickle"),
        (("QInt8Storage", "0", 4, 0, (4,), (1,)), r"asks for 'torch.QInt8Storage'"),
    ],
)
def test_tampered_tensors(tmp_path: Path, torch_writer: Any, arguments: Any, message: str) -> None:
    path = torch_writer.zip(tmp_path / "t.pt", torch_writer.tensor_program(*arguments), {"0": b"\0" * 16})
    if not message:
        assert read_tensor(path).size == 0
        return
    with pytest.raises(ArtifactError, match=message) as caught:
        read_tensor(path)
    assert "\n" not in str(caught.value)


def test_torch_files_that_hold_something_else(tmp_path: Path, torch_writer: Any) -> None:
    path = tmp_path / "t.pt"
    canary = tmp_path / "canary"
    with pytest.raises(ArtifactError, match=r"expected one tensor, got dict; save the tensor alone"):
        read_tensor(torch_writer.zip(path, pickle.dumps({}), {}))
    with pytest.raises(UnsafePickleError, match=r"asks for"):
        read_tensor(torch_writer.zip(path, pickle.dumps(Call(os.system, f"touch {canary}")), {}))
    assert not canary.exists()
    with pytest.raises(ArtifactError, match=r"expected a tensor's storage"):
        read_tensor(torch_writer.zip(path, b"\x80\x02K\x01Q.", {}))
    with pytest.raises(ArtifactError, match=r"little-endian numbers, got b'big'"):
        read_tensor(torch_writer.zip(path, pickle.dumps({}), {}, byteorder="big"))


def test_files_that_are_no_torch_zip(tmp_path: Path, torch_writer: Any) -> None:
    path = torch_writer.save(tmp_path / "t.pt", np.ones((50, 50)))
    whole = path.read_bytes()
    for content in (b"", b"hello", pickle.dumps(1), whole[:-60], whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(ArtifactError, match=r"tensor file of torch 1.6 or later \(a zip\)"):
            read_tensor(path)
    path.write_bytes(whole[:2000] + b"\xff" + whole[2001:])
    with pytest.raises(ArtifactError, match=r"expected a readable zip"):
        read_tensor(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/other", b"")
    with pytest.raises(ArtifactError, match=r"expected one data.pkl in the zip, got 0"):
        read_tensor(path)


def test_zip_bombs_are_refused_before_they_are_unpacked(tmp_path: Path, torch_writer: Any) -> None:
    program = torch_writer.tensor_program("ByteStorage", "0", 10**7, 0, (10**7,), (1,))
    packed = torch_writer.zip(tmp_path / "t.pt", program, {"0": b"\0" * 10**7}, compression=zipfile.ZIP_DEFLATED)
    assert packed.stat().st_size < 20_000
    with pytest.raises(ArtifactError, match=r"uncompressed records that fit the file"):
        read_tensor(packed)
    noise = np.random.default_rng(0).bytes(10**4)
    program = torch_writer.tensor_program("ByteStorage", "0", 10**4, 0, (10**4,), (1,))
    packed = torch_writer.zip(tmp_path / "n.pt", program, {"0": noise}, compression=zipfile.ZIP_LZMA)
    with pytest.raises(ArtifactError, match=r"uncompressed records that fit the file"):
        read_tensor(packed)
    stored = torch_writer.save(tmp_path / "s.pt", np.ones(4, "f4"))
    content = bytearray(stored.read_bytes())
    entry = content.rindex(b"PK\x01\x02", 0, content.index(b"data/0", content.index(b"PK\x01\x02")))
    content[entry + 20 : entry + 28] = (2**31).to_bytes(4, "little") * 2
    stored.write_bytes(bytes(content))
    with pytest.raises(ArtifactError, match=r"uncompressed records that fit the file"):
        read_tensor(stored)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_damage_to_a_torch_file_ends_in_anything_but_our_errors(
    folder: Path, torch_writer: Any, data: st.DataObject
) -> None:
    content = bytearray(torch_writer.save(folder / "d.pt", np.arange(6, dtype="f4")).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = folder / "d.pt"
    path.write_bytes(bytes(content))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read_tensor(path)
        except DanceError as error:
            assert str(path) in str(error)


def test_the_released_motion_labels_are_plain(shared: Path) -> None:
    folder = shared / "reference" / "penn_action" / "Penn_Action_motion_label"
    if not folder.is_dir():
        pytest.skip("the official artefacts are not in the data folder")
    rows = load_pickle(folder / "hard_label_train.pkl")
    assert len(rows) == 1256
    assert set(rows[0]) == {"video_name", "attribute_label"}
