"""Single items of a long tuple are the same as in the whole."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dance_xai.artifacts import read_run, write_run
from dance_xai.artifacts.items import Items
from dance_xai.artifacts.parts import pack
from dance_xai.data.skeletons import COCO_17
from dance_xai.errors import ArtifactError
from dance_xai.types import Drop, PoseTrack


def track(clip: str, frames: int, *, depth: bool) -> PoseTrack:
    rng = np.random.default_rng(frames)
    xyz = rng.normal(size=(frames, 17, 3)) if depth else None
    xy = np.asfortranarray(rng.normal(size=(frames, 17, 2)).astype(np.float32))
    return PoseTrack(clip, COCO_17, xy, rng.random((frames, 17)), rng.random(frames) > 0.2, 25.0, (4, 6), xyz)


TRACKS = (track("a", 3, depth=False), track("é", 1, depth=True), track("c", 7, depth=False))


def content(one: PoseTrack) -> list[object]:
    arrays = [one.xy, one.confidence, one.present, one.xyz]
    told = [None if a is None else (a.dtype, a.shape, a.flags.f_contiguous, a.tobytes()) for a in arrays]
    return [one.clip, one.skeleton, one.fps, one.height_width, *told]


def test_each_item_is_that_of_the_whole(tmp_path: Path) -> None:
    write_run(tmp_path / "R", {"tracks": TRACKS})
    run = read_run(tmp_path / "R")
    found = run.items("tracks", PoseTrack, "clip")
    assert list(found) == ["a", "é", "c"] and len(found) == 3
    for whole in run.load("tracks", tuple[PoseTrack, ...]):
        assert content(found[whole.clip]) == content(whole)
    assert found.get("b") is None
    found["c"].xy[0] = 0  # an item is the caller's own
    assert content(found["c"]) == content(TRACKS[2])


def test_items_without_arrays_and_none_at_all() -> None:
    drops = (Drop("a", "one", "x"), Drop("a", "two", "y"))
    assert Items(Drop, *pack(drops, "drops"), "drops", "item")["two"] == drops[1]
    assert not Items(Drop, *pack((), "drops"), "drops", "item")


def test_another_noun_is_one_line() -> None:
    tree, tensors = pack(TRACKS, "tracks")
    for data in (b"7", b"[1]", b'[{"clop": "a"}]', b"{}"[:1]):
        with pytest.raises(ArtifactError, match=r"^tracks: expected [^\n]*; [^\n]*make it again$"):
            Items(PoseTrack, data, tensors, "tracks", "clip")
    wrong = json.dumps([{**json.loads(tree)[0], "fps": "fast"}]).encode()
    with pytest.raises(ArtifactError, match=r"tracks\[0\]\.fps: expected"):
        Items(PoseTrack, wrong, tensors, "tracks", "clip")["a"]
    with pytest.raises(ArtifactError, match="expected an array of the file"):
        Items(PoseTrack, tree, b"", "tracks", "clip")["a"]
