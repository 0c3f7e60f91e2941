from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dance_xai.artifacts.codec import decode, encode
from dance_xai.artifacts.parts import pack, unpack
from dance_xai.errors import ArtifactError
from dance_xai.types import BoolArray, Clip, ConceptBank, Drop, Edit, FloatArray, Kind, Manifest, WindowMatch

DTYPES = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?", ">f8", ">i4"]


@dataclass(frozen=True, eq=False)
class Leaf:
    name: str
    values: FloatArray
    seen: BoolArray | None = None


@dataclass(frozen=True, eq=False)
class Tree:
    leaves: tuple[Leaf, ...]
    pair: tuple[str, int]
    score: float
    path: Path | None
    kind: Kind
    counts: dict[int, Leaf]
    names: Sequence[str]
    by_kind: Mapping[Kind, float]
    extra: dict[str, Any] = field(default_factory=dict)
    mixed: int | str | Drop = 0


def same(a: Any, b: Any) -> bool:
    """Equal down to the last bit, with the same types."""
    if isinstance(a, np.ndarray):
        native = a.dtype.newbyteorder("=")
        return (b.dtype, b.shape, b.tobytes()) == (native, a.shape, a.astype(native).tobytes())
    if is_dataclass(a):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and repr(a) == repr(b)


def copy(value: Any, hint: Any = None) -> Any:
    return unpack(hint or type(value), *pack(value, "x"), "x")


def strided(array: np.ndarray, way: str) -> np.ndarray:
    if array.ndim == 0 or way == "C":
        return array
    if way == "F":
        return np.asfortranarray(array)
    return np.repeat(array, 2, axis=0)[::2] if way == "step" else array[::-1]


arrays = st.builds(
    strided,
    st.sampled_from(DTYPES).flatmap(lambda t: hnp.arrays(t, hnp.array_shapes(min_dims=0, min_side=0, max_side=4))),
    st.sampled_from(["C", "F", "step", "back"]),
)
text = st.text(st.characters(codec=None), max_size=5)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | text | st.builds(Path, st.sampled_from(["a/b", "."]))
)
anything = st.recursive(
    scalars | arrays,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(text | st.integers() | st.sampled_from(["$type", "$array"]), inner, max_size=3)
    ),
    max_leaves=8,
)
leaves = st.builds(Leaf, text, arrays, st.none() | arrays)
trees = st.builds(
    Tree,
    st.lists(leaves, max_size=2).map(tuple),
    st.tuples(text, st.integers()),
    st.floats() | st.integers(),
    st.none() | st.just(Path("a")),
    st.sampled_from(["motion", "object", "scene"]),
    st.dictionaries(st.integers(), leaves, max_size=2),
    st.lists(text, max_size=2) | st.lists(text, max_size=2).map(tuple),
    st.dictionaries(st.sampled_from(["motion", "scene"]), st.floats()),
    st.dictionaries(text, anything, max_size=2),
    st.integers() | text | st.just(Drop("clips", "7", "no poses", 0.5)),
)


@settings(max_examples=150, deadline=None)
@given(trees)
def test_any_noun_survives_bit_for_bit(tree: Tree) -> None:
    assert same(tree, copy(tree))


@settings(max_examples=150, deadline=None)
@given(anything)
def test_any_plain_value_survives_bit_for_bit(value: Any) -> None:
    assert same(value, copy(value, Any))


def test_payloads_of_nan_and_negative_zero_survive() -> None:
    bits = np.array([0x7FF8000000000001, 0xFFF00000DEADBEEF, 0x8000000000000000], dtype=np.uint64)
    values = bits.view(np.float64)
    assert copy(Leaf("x", values)).values.view(np.uint64).tolist() == bits.tolist()


def test_loaded_arrays_are_own_and_keep_their_order() -> None:
    values = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    loaded = copy(Leaf("x", values)).values
    assert loaded.flags.f_contiguous and loaded.flags.writeable and loaded.flags.aligned


def test_the_nouns_of_the_package_survive(bank: ConceptBank) -> None:
    manifest = Manifest((Clip("1", "a", "train", Path("v.mp4"), "s1"), Clip("2")), ("a",), (Drop("clips", "3", "x"),))
    for noun in (bank, manifest, Edit("ablate", {"concepts": (1, 2), "by": [0.5, None]}, "ab")):
        assert same(noun, copy(noun))
    assert same({3: WindowMatch(0, 4, 0.5)}, copy({3: WindowMatch(0, 4, 0.5)}, dict[int, WindowMatch]))


def test_numpy_scalars_become_plain_numbers() -> None:
    drop = Drop("clips", "3", "x", np.float32(0.1))
    assert copy(drop).value == float(np.float32(0.1))


@pytest.mark.parametrize("value", [{1, 2}, object(), 1j, np.array(["a"]), np.array([None]), np.zeros(1, "c16"), Leaf])
def test_what_is_not_data_is_refused_by_name(value: Any) -> None:
    with pytest.raises(ArtifactError, match=r"edit\.arguments\[0\]\[1\]: expected .*; convert it first"):
        encode(Edit("set", {"a": (0, value)}, ""), "edit")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": "high"}, r"drop\.value: expected float, got 'high'"),
        ({"value": True}, r"drop\.value: expected float, got True"),
        ({"stage": 3}, r"drop\.stage: expected str, got 3"),
        ({"stage": None}, r"drop\.stage: expected str, got None"),
        ({"stage": {"$type": "Drop"}}, r"drop\.stage: expected plain values, got a Drop"),
        ({"stage": {"$array": "x"}}, r"drop\.stage: expected an array of the file, got 'x'"),
        ({"value": {"$float": "1.5"}}, r"drop\.value: expected nan, inf or -inf"),
        ({"colour": 1}, r"drop: expected the fields of Drop, got unknown \['colour'\] and missing \[\]"),
        ({"$type": "Clip"}, r"drop: expected a Drop, got dict"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], message: str) -> None:
    tree, arrays = encode(Drop("clips", "3", "x", 0.5), "drop")
    with pytest.raises(ArtifactError, match=message):
        decode(Drop, tree | change, arrays, "drop")


def test_a_missing_field_is_named() -> None:
    tree, _ = encode(Drop("clips", "3", "x"), "drop")
    del tree["reason"]
    with pytest.raises(ArtifactError, match=r"got unknown \[\] and missing \['reason'\]"):
        decode(Drop, tree, {}, "drop")


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (tuple[str, int], ("a",)),
        (tuple[str, ...], ["a"]),
        (list[int], (1,)),
        (Kind, "smell"),
        (dict[str, int], (1,)),
        (Leaf | None, Drop("a", "b", "c")),
        (np.ndarray, 3),
        (range, 3),
    ],
)
def test_a_value_of_another_type_is_refused(hint: Any, value: Any) -> None:
    tree, arrays = encode(value, "x")
    with pytest.raises(ArtifactError, match=r"^x: expected .*, got"):
        decode(hint, tree, arrays, "x")


def test_only_asked_for_types_are_built() -> None:
    tree, arrays = encode(Clip("1"), "clip")
    for hint in (Any, Drop, dict[str, Any], tuple[Any, ...]):
        with pytest.raises(ArtifactError):
            decode(hint, tree, arrays, "clip")
