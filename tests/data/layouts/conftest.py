"""Empty files by name, for layouts that are known by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.manifest import ROWS, read_clips
from dance_xai.types import Clip


@pytest.fixture
def touch(tmp_path: Path) -> Callable[..., Path]:
    """Make empty files below a fresh folder and return it."""

    def make(names: Iterable[str]) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path

    return make


@pytest.fixture
def clips_of() -> Callable[..., dict[str, Clip]]:
    """The clips of a data set by id."""

    def read(root: Path, path: str = ".", **settings: object) -> dict[str, Clip]:
        manifest = read_clips(ClipsSource(Path(path), **settings), root)  # type: ignore[arg-type]
        return {clip.id: clip for clip in manifest.clips}

    return read


@pytest.fixture
def left_out() -> Callable[..., list[str]]:
    """What is said about the rows and files of a data set that cannot be used; there are others."""

    def read(root: Path, path: str = ".", **settings: object) -> list[str]:
        manifest = read_clips(ClipsSource(Path(path), **settings), root)  # type: ignore[arg-type]
        assert manifest.clips and all("\n" not in drop.item + drop.reason for drop in manifest.drops)
        return [f"{drop.item}: {drop.reason}" for drop in manifest.drops if drop.stage == ROWS]

    return read
