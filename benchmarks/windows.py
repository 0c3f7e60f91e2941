"""Time for all pose windows of a pose file, step by step.

Run: python benchmarks/windows.py DATA/penn_action/keypoints.npz
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from dance_xai.data.poses import read_pose_npz
from dance_xai.data.skeletons import skeleton
from dance_xai.motion.encoder import WindowSpec, fit_imputer_on, normalised, pose_windows
from dance_xai.motion.keyframes import motion_key_frames


def main(path: Path, name: str = "penn_13") -> None:
    spec, clock = WindowSpec(), [("start", time.perf_counter())]

    def tick(step: str) -> None:
        clock.append((step, time.perf_counter()))

    tracks = read_pose_npz(path, skeleton=skeleton(name))
    tick("read")
    ids = [track.clip for track in tracks]
    partial = normalised(tracks, ids, spec)
    tick("fill, body units")
    imputer = fit_imputer_on(partial, np.arange(len(ids)))
    tick("fit imputer")
    body = replace(partial, xy=imputer(partial.xy, partial.seen))
    tick("impute")
    windows = pose_windows(body, motion_key_frames(partial, 10), spec)
    tick("key frames, windows")
    for (_, before), (step, after) in pairwise(clock):
        print(f"{step:<22}{after - before:7.2f} s")
    print(f"{'together':<22}{clock[-1][1] - clock[0][1]:7.2f} s")
    print(f"{len(ids)} clips, {len(partial.xy)} frames, {len(windows)} windows, {len(windows.drops)} left out")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
