"""New clips are read with whatever labels they have, and put on the scale of the RUN."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from dance_xai.data.layouts.source import ClipsSource
from dance_xai.errors import DataError
from dance_xai.types import FeatureBlocks, Features
from dance_xai.workflows.newcomers import _features, _manifest


def test_labels_may_be_missing_here_and_there_and_train_clips_are_left(tmp_path):
    place = tmp_path / "clips.csv"
    place.write_text("clip,label,split\na,squats,train\nb,,test\nc,squats,test\n")
    manifest = _manifest(place, ClipsSource(path=place), tmp_path)
    assert [(clip.id, clip.label) for clip in manifest.clips] == [("b", None), ("c", "squats")]
    place.write_text("clip\nd\ne\n")
    assert _manifest(place, ClipsSource(path=place), tmp_path).ids == ("d", "e")
    place.write_text("clip\nd\nd\n")
    with pytest.raises(DataError, match="clip ids"):
        _manifest(place, ClipsSource(path=place), tmp_path)


def test_the_videos_of_a_folder_are_clips_without_labels(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("b.mp4", "sub/a.avi", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    clips = _manifest(tmp_path, ClipsSource(path=tmp_path), tmp_path).clips
    assert [(clip.id, clip.label, clip.path) for clip in clips] == [
        ("b", None, tmp_path / "b.mp4"),
        ("a", None, tmp_path / "sub" / "a.avi"),
    ]


def test_blocks_are_as_large_as_in_the_run():
    blocks = [FeatureBlocks(("one", "two"), (2, 1), scales) for scales in ((1.0, 3.0), (2.0, 6.0))]
    raw = np.array([[1.0, 2.0, 3.0]])
    new = SimpleNamespace(blocks=blocks[1], features=Features("one+two", ("a",), raw * [2, 2, 6]))
    view = SimpleNamespace(blocks=blocks[0])
    np.testing.assert_allclose(_features(view, new), raw * [1, 1, 3])
