"""Exact FINCH against ``finch-clust``: seconds, peak memory and equality of the partitions.

Run ``python benchmarks/finch.py`` (5,000 and 20,000 points x 850) or add ``--large`` (100,000 points, ours only: the
peer needs all pairs at once when exact). Every run is a fresh process, after a warm-up on few points; peak memory is
that of the whole process with its input. The peer is forced to be exact: ``ann_threshold`` above the number of points.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

DIMENSION = 850


def make_points(n_points: int) -> np.ndarray:
    """(W, 850) float32 smooth curves around 200 centres, as pose windows are: about 40 directions matter."""
    rng = np.random.default_rng(0)
    basis = rng.standard_normal((40, DIMENSION), dtype=np.float32)
    centres = rng.standard_normal((200, 40), dtype=np.float32)
    points = np.empty((n_points, DIMENSION), dtype=np.float32)
    for start in range(0, n_points, 5000):
        rows = points[start : start + 5000]
        codes = centres[rng.integers(200, size=len(rows))] + 0.5 * rng.standard_normal(
            (len(rows), 40), dtype=np.float32
        )
        rows[:] = codes @ basis + 0.3 * rng.standard_normal(rows.shape, dtype=np.float32)
    return points


def cluster_ours(points: np.ndarray) -> list[np.ndarray]:
    from dance_xai.motion.finch import finch

    return finch(points)


def cluster_peer(points: np.ndarray) -> list[np.ndarray]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from finch import FINCH
    return list(FINCH(points, distance="cosine", verbose=False, ann_threshold=10**9)[0].T)


CLUSTER = {"ours": cluster_ours, "finch-clust": cluster_peer}


def work(name: str, n_points: int, out: Path) -> None:
    """One measured run, in this process."""
    CLUSTER[name](make_points(64))
    points = make_points(n_points)
    began = time.perf_counter()
    partitions = CLUSTER[name](points)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    np.save(out, np.array(partitions))
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "clusters": [len(np.unique(p)) for p in partitions]}))


def measure(name: str, n_points: int, out: Path) -> dict:
    """The same in a fresh process; ``-P`` keeps this file from hiding the peer's module of the same name."""
    command = [sys.executable, "-P", __file__, "--work", name, str(n_points), str(out)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{n_points:>7,} x {DIMENSION}  {name:<12}{result['seconds']:>8.2f} s {result['peak_mb']:>7.0f} MB"
        f"   clusters {result['clusters']}",
        flush=True,
    )
    return result


def compare(n_points: int, folder: Path) -> None:
    files = {name: folder / f"{name}-{n_points}.npy" for name in CLUSTER}
    ours, peer = (measure(name, n_points, path) for name, path in files.items())
    a, b = (np.load(path) for path in files.values())
    equal = sum(same(x, y) for x, y in zip(a, b, strict=False))
    print(
        f"{'':>15}ratio {peer['seconds'] / ours['seconds']:.1f}x faster, {peer['peak_mb'] / ours['peak_mb']:.1f}x less "
        f"memory, {equal} of {max(len(a), len(b))} partitions equal\n"
    )


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two labelings are one partition."""
    pairs = len(np.unique(np.stack([a, b]), axis=1).T)
    return pairs == len(np.unique(a)) == len(np.unique(b))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also 100,000 points, ours only")
    parser.add_argument("--work", nargs=3, metavar=("NAME", "POINTS", "OUT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work(arguments.work[0], int(arguments.work[1]), Path(arguments.work[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        for n_points in (5_000, 20_000):
            compare(n_points, Path(folder))
        if arguments.large:
            measure("ours", 100_000, Path(folder) / "large.npy")


if __name__ == "__main__":
    main()
