from __future__ import annotations

import av
import pytest
from av.video import reformatter

from dance_xai.data.scaling import scaler


@pytest.mark.parametrize(
    ("version", "options"), [("15.0.0", {}), ("16.1.0", {}), ("17.0.0", {"threads": 1}), ("20.0.0rc1", {"threads": 1})]
)
def test_threads_are_named_where_they_are_known(monkeypatch, version, options):
    class Old:
        def reformat(self, *given, **named):
            return given, named

    monkeypatch.setattr(reformatter, "VideoReformatter", Old)
    monkeypatch.setattr(av, "__version__", version)
    assert scaler()("frame", 4, 2, "rgb24") == (("frame", 4, 2, "rgb24"), options)


def test_frames_are_scaled():
    frame = scaler()(av.VideoFrame(64, 48, "yuv420p"), 32, 24, "rgb24")
    assert frame.to_ndarray().shape == (24, 32, 3)
