from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dance_xai.artifacts import cache as cache_module
from dance_xai.artifacts.cache import StageCache
from dance_xai.errors import ArtifactError, DataError
from dance_xai.types import Drop, Features, FloatArray

CALLS: list[str] = []


@pytest.fixture(autouse=True)
def fresh() -> None:
    CALLS.clear()


def scale(features: Features, factor: float, *, name: str = "scaled") -> tuple[Features, tuple[Drop, ...]]:
    CALLS.append(name)
    return Features(name, features.ids, features.values[::-1] * factor), (Drop("clips", "3", "absent"),)


def turn(values: FloatArray) -> FloatArray:
    CALLS.append("turn")
    return np.repeat(values, 2, axis=1).T[::2]


def wrongly_annotated(values: FloatArray) -> Features:
    return values  # type: ignore[return-value]


def unannotated(values):  # type: ignore[no-untyped-def]
    return values


def failing(values: FloatArray) -> FloatArray:
    raise DataError("values: expected more, got few; add some")


@dataclass(frozen=True)
class Scaler:
    factor: float

    def apply(self, values: FloatArray) -> FloatArray:
        CALLS.append("apply")
        return values * self.factor


FEATURES = Features("x", ("1", "2"), np.array([[1.0, np.nan], [-0.0, 4.0]]))


def test_the_same_call_is_made_once(tmp_path: Path) -> None:
    told: list[tuple[str, bool]] = []
    cache = StageCache(tmp_path, lambda name, kept: told.append((name, kept)))
    first, first_drops = cache.call("scale", scale, FEATURES, 2.0)
    again, drops = StageCache(tmp_path, cache.on_result).call("scale", scale, FEATURES, 2.0)
    assert CALLS == ["scaled"] and told == [("scale", False), ("scale", True)]
    assert again.values.tobytes() == first.values.tobytes() == (FEATURES.values[::-1] * 2.0).tobytes()
    assert drops == first_drops == (Drop("clips", "3", "absent"),)


def test_anything_else_is_another_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = StageCache(tmp_path)
    cache.call("scale", scale, FEATURES, 2.0)
    cache.call("scale", scale, FEATURES, 2.5)
    cache.call("scale", scale, FEATURES, 2.0, name="other")
    cache.call("scale", scale, Features("x", ("1", "3"), FEATURES.values), 2.0)
    cache.call("scale", Scaler(2.0).apply, FEATURES.values)
    cache.call("scale", Scaler(3.0).apply, FEATURES.values)
    monkeypatch.setattr(cache_module, "code_fingerprint", lambda: "other code")
    cache.call("scale", scale, FEATURES, 2.0)
    assert len(CALLS) == 7 == len(list(tmp_path.iterdir()))


def test_a_first_run_and_a_later_one_get_the_same_layout(tmp_path: Path) -> None:
    first, again = (StageCache(tmp_path).call("turn", turn, FEATURES.values) for _ in range(2))
    assert CALLS == ["turn"]
    assert (first.strides, first.tobytes()) == (again.strides, again.tobytes())


@pytest.mark.parametrize("cut", [0, 10, -1])
def test_a_damaged_entry_is_made_again(tmp_path: Path, cut: int) -> None:
    cache = StageCache(tmp_path)
    cache.call("turn", turn, FEATURES.values)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    cache.call("turn", turn, FEATURES.values)
    assert CALLS == ["turn", "turn"] and path.read_bytes() == whole


def test_no_folder_keeps_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        StageCache(None).call("turn", turn, FEATURES.values)
    assert CALLS == ["turn", "turn"]


@pytest.mark.parametrize(
    ("function", "argument", "message"),
    [
        (wrongly_annotated, FEATURES.values, "expected a Features, got dict"),
        (unannotated, FEATURES.values, "expected an annotated result"),
        (turn, np.random.default_rng(0), "pass a seed instead of a generator"),
    ],
)
def test_a_call_that_cannot_be_kept_says_so_at_once(tmp_path: Path, function: Any, argument: Any, message: str) -> None:
    with pytest.raises(ArtifactError, match=message):
        StageCache(tmp_path).call("stage", function, argument)


def test_errors_of_a_stage_pass_and_keep_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        StageCache(tmp_path).call("stage", failing, FEATURES.values)
    assert not list(tmp_path.iterdir())


def test_many_callers_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: StageCache(tmp_path).call("turn", turn, FEATURES.values), range(32)))
    assert len({result.tobytes() for result in results}) == 1 == len(list(tmp_path.iterdir()))
