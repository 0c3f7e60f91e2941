"""When motions happen against the planted truth, and how long a timeline takes.

python benchmarks/timeline.py DEMO      DEMO: the folder of a finished `dance demo --out DEMO`
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from dance_xai.explain import motion_timelines
from dance_xai.explain import timeline as rule
from dance_xai.motion.matching import motion_curves
from dance_xai.motion.stack import PoseStack
from dance_xai.planted.stage import Span
from dance_xai.workflows.runs import RunView, open_run
from dance_xai.workflows.timing import time_motions


def overlaps(view: RunView, truth: dict[str, list[Span]]) -> None:
    print("reach  core   train   mean overlap of spans and truth, 0 where a motion has no concept")
    chosen = rule.REACH, rule.CORE
    for reach, core in ((1.25, 0.5), (1.5, 0.25), (1.5, 0.5), (1.5, 1.0), (1.75, 0.5)):
        rule.REACH, rule.CORE = reach, core
        print(f"{reach:5}  {core:4}  {time_motions(view, truth, split='train').mean_iou:6.3f}")
    rule.REACH, rule.CORE = chosen
    score = time_motions(view, truth)
    print(f"as shipped ({chosen[0]}, {chosen[1]}) on {score.clips} test clips: {score.mean_iou:.3f}")
    for motion, value in score.per_motion.items():
        print(f"  {motion:16} {value:.3f}")


def speed(view: RunView, *, stride: int, minutes: float = 10, concepts: int = 150) -> None:
    motion = view.motion
    body = motion.encoder.body([view.track(view.manifest.ids[0])], [view.manifest.ids[0]])
    frames = round(minutes * 60 * 25)
    rows = np.resize(np.concatenate([np.arange(len(body.xy)), np.arange(len(body.xy))[::-1]]), frames)
    long = PoseStack(body.skeleton, body.clips, np.array([0, frames]), body.xy[rows], body.seen[rows], body.fps)
    places = np.resize(np.arange(len(motion.motions.centres)), concepts)
    bank = {column: (column, motion.motions.concepts[place]) for column, place in enumerate(places)}
    began = time.process_time()
    curves = motion_curves(motion.encoder, long, motion.motions.centres[places], stride=stride)
    between = time.process_time()
    motion_timelines(curves, bank, scale=motion.motions.scale)
    ended = time.process_time()
    print(
        f"{minutes} minutes, {concepts} concepts, every {stride} frames: {between - began:.2f} s of CPU for curves, ",
        end="",
    )
    print(f"{ended - between:.2f} s for spans")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    opened = open_run(folder / "run")
    clips = json.loads((folder / "data" / "truth.json").read_text(encoding="utf-8"))["clips"]
    overlaps(opened, {clip: [Span(*span) for span in each["spans"]] for clip, each in clips.items()})
    for step in (1, 3):  # a clip of ten minutes is gone through in steps of a quarter of a window
        speed(opened, stride=step)
