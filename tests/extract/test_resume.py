"""A process killed while it looks at clips leaves nothing half done behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from dance_xai.extract.clips import see_clips
from dance_xai.extract.keep import ClipKeep
from dance_xai.extract.parts import Parts
from dance_xai.extract.settings import ExtractConfig
from dance_xai.planted.standins.pose import PlantedPose
from dance_xai.types import Clip

KILLED = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path
    from dance_xai.extract import clips as looking
    from dance_xai.extract.keep import ClipKeep
    from dance_xai.extract.parts import Parts
    from dance_xai.extract.settings import ExtractConfig
    from dance_xai.planted.standins.pose import PlantedPose
    from dance_xai.types import Clip

    folder, steps = Path(sys.argv[1]), int(sys.argv[2])

    def count(frame, event, argument):  # dies in the middle of whatever happens then
        global steps
        steps -= 1
        if steps == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    files = sorted(folder.glob("*.mp4"))
    parts, keep = Parts(PlantedPose()), ClipKeep(folder / "keep")
    sys.setprofile(count)
    for file in files:
        looking.see_clip(Clip(file.stem, path=file), parts, ExtractConfig(), keep)
    """
)


@pytest.fixture
def folder(tmp_path: Path, write_video, numbered_frames) -> Path:
    for number in range(3):
        write_video(tmp_path / f"v{number}.mp4", numbered_frames(8 + number))
    return tmp_path


@pytest.mark.parametrize("steps", [40, 700, 1500, 2300])
def test_a_killed_process_is_resumed_to_the_same_result(steps: int, folder: Path):
    command = [sys.executable, "-c", KILLED, str(folder), str(steps)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    clips = [Clip(file.stem, path=file) for file in sorted(folder.glob("*.mp4"))]
    parts, config = Parts(PlantedPose()), ExtractConfig()
    resumed, _ = see_clips(clips, parts, config, ClipKeep(folder / "keep"))
    fresh, _ = see_clips(clips, parts, config, ClipKeep(None))
    assert resumed.keys() == fresh.keys()
    for name, sight in fresh.items():
        other = resumed[name].people
        assert sight.people is not None and other is not None
        np.testing.assert_array_equal(sight.people.frame, other.frame)
        np.testing.assert_array_equal(sight.people.xy, other.xy)
    assert not [
        file for file in (folder / "keep").rglob("*") if file.is_file() and file.suffix not in (".noun", ".json")
    ]
