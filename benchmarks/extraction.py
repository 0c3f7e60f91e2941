"""What looking at videos costs: the whole extraction against decoding and bare model calls, and memory against length.

Run: python benchmarks/extraction.py DATA [--clips 12] [--memory] [--explain RUN]

DATA holds utd_mhad/videos and models/. Times are medians of rounds in which both ways take turns, on one thread; memory
is the peak of a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import av
import numpy as np

from dance_xai.adapters.frame_cnn import FrameCNN
from dance_xai.adapters.movenet import MoveNet
from dance_xai.data.skeletons import COCO_17
from dance_xai.extract.clips import see_clips
from dance_xai.extract.keep import ClipKeep
from dance_xai.extract.parts import Parts
from dance_xai.extract.settings import ExtractConfig
from dance_xai.types import Clip


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--clips", type=int, default=12)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--memory", action="store_true", help="measure memory instead of time")
    arguments.add_argument("--explain", type=Path, help="a RUN of configs/utd_mhad_video.toml: time dance explain")
    arguments.add_argument("--peak-of", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.peak_of:
        print(json.dumps(peak_of(given.data, given.peak_of)))
    elif given.memory:
        memory(given.data)
    elif given.explain:
        explaining(given.data, given.explain, given.rounds)
    else:
        throughput(given.data, given.clips, given.rounds)


def load(data: Path) -> Parts:
    models = data / "models"
    return Parts(
        MoveNet(models / "movenet-lightning.onnx", COCO_17),
        (FrameCNN(models / "efficientnet-lite0.onnx"),),
    )


def throughput(data: Path, count: int, rounds: int) -> None:
    files = sorted((data / "utd_mhad" / "videos").glob("*.mp4"))[:: max(1, 861 // count)][:count]
    parts = load(data)
    whole, decoding, models = [], [], []
    for _ in range(rounds):
        start = time.perf_counter()
        seen, drops = see_clips([Clip(file.stem, path=file) for file in files], parts, ExtractConfig(), ClipKeep(None))
        whole.append(time.perf_counter() - start)
        frames, seconds = bare_decoding(files)
        decoding.append(seconds)
        models.append(bare_models(parts, frames))
    total = sum(sight.length for sight in seen.values())
    ratios = [a / (b + c) for a, b, c in zip(whole, decoding, models, strict=True)]
    print(f"{len(files)} clips, {total} frames, {len(drops)} left out, one thread")
    print(f"whole extraction  {statistics.median(whole):7.2f} s  ({total / statistics.median(whole):.0f} frames/s)")
    print(f"bare decoding     {statistics.median(decoding):7.2f} s")
    print(f"bare model calls  {statistics.median(models):7.2f} s")
    print(f"ratio             {statistics.median(ratios):7.3f}    ({min(ratios):.3f} to {max(ratios):.3f})")


def bare_decoding(files: list[Path]) -> tuple[list[list[np.ndarray]], float]:
    start = time.perf_counter()
    frames = []
    for file in files:
        with av.open(str(file)) as container:
            container.streams.video[0].thread_count = 1
            frames.append([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])
    return frames, time.perf_counter() - start


def bare_models(parts: Parts, clips: list[list[np.ndarray]]) -> float:
    """Nothing but the calls of onnxruntime, on inputs that lie ready: two looks of MoveNet a frame, 16 of the CNN."""
    pose, network = parts.poses._session, parts.backbones[0]._session
    small = np.zeros((1, 192, 192, 3), dtype=np.int32)
    picture = np.zeros((1, 3, 224, 224), dtype=np.float32)
    pose_name, name = pose.get_inputs()[0].name, network.get_inputs()[0].name
    start = time.perf_counter()
    for frames in clips:
        for _ in range(2 * len(frames)):
            pose.run(None, {pose_name: small})
        for _ in range(16):
            network.run(["feat"], {name: picture})
    return time.perf_counter() - start


def explaining(data: Path, run: Path, rounds: int) -> None:
    """The command ``dance explain`` as a whole process, against decoding and bare model calls, for two lengths."""
    files = sorted((data / "utd_mhad" / "videos").glob("*_s2_*.mp4"))
    parts = load(data)
    with tempfile.TemporaryDirectory() as folder:
        long = Path(folder) / "long.mp4"
        join(files[:14], long)
        for file in (files[0], long):
            whole, bare = [], []
            for _ in range(rounds):
                command = ["-c", "from dance_xai.cli import main; main()", "explain", str(run), str(file)]
                command += ["--out", str(Path(folder) / "page.html"), "--workers", "1"]
                start = time.perf_counter()
                subprocess.run([sys.executable, *command], check=True, capture_output=True)
                whole.append(time.perf_counter() - start)
                frames, seconds = bare_decoding([file])
                bare.append(seconds + bare_models(parts, frames))
            ratios = [a / b for a, b in zip(whole, bare, strict=True)]
            print(
                f"{len(frames[0]):4d} frames: dance explain {statistics.median(whole):.2f} s, decoding and models "
                f"{statistics.median(bare):.2f} s, ratio {statistics.median(ratios):.2f}"
            )


def join(files: list[Path], out: Path) -> None:
    """One video of several, one after the other."""
    with av.open(str(out), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for frame in (frame for clip in bare_decoding(files)[0] for frame in clip):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode())


def memory(data: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        peaks = {}
        for minutes in (1, 10):
            file = Path(folder) / f"{minutes}.mp4"
            write(file, minutes)
            command = [sys.executable, __file__, str(data), "--peak-of", str(file)]
            peaks[minutes] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    for minutes, peak in peaks.items():
        print(f"{minutes:2d} min: peak {peak['mib']:.1f} MiB, {peak['frames']} frames decoded, {peak['seconds']:.1f} s")
    print(f"ratio {peaks[10]['mib'] / peaks[1]['mib']:.3f}")


def write(file: Path, minutes: int) -> None:
    """A video of 640 x 360, 25 frames a second, with a person-sized block that moves."""
    with av.open(str(file), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        picture = np.random.default_rng(0).integers(0, 80, (360, 640, 3), dtype=np.uint8)
        for number in range(minutes * 60 * 25):
            shown = picture.copy()
            left = 20 + number % 500
            shown[100:300, left : left + 80] = 200
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, "rgb24")))
        container.mux(stream.encode())


def peak_of(data: Path, file: Path) -> dict[str, float]:
    """Peak memory of this process after looking at one video; every frame is decoded, two a second are looked at."""
    start = time.perf_counter()
    seen, drops = see_clips([Clip("v", path=file)], load(data), ExtractConfig(fps=2), ClipKeep(None))
    assert not drops
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"mib": usage / 1024, "frames": seen["v"].length, "seconds": time.perf_counter() - start}


if __name__ == "__main__":
    main()
