"""Kill a fit at random moments, let it resume, and compare what comes out with an undisturbed fit.

Run: python benchmarks/resume.py configs/utd_mhad.toml DATA [--kills 10] [--set key=value ...]
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dance_xai.artifacts import read_run

PARTS = ("manifest", "bank", "motion", "evidence", "features", "model", "drops")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("config", type=Path)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--kills", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--set", action="append", default=[], dest="settings")
    given = arguments.parse_args()
    rng = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = time.perf_counter()
        fit(given, folder / "whole").wait()
        full = time.perf_counter() - start
        expected = contents(folder / "whole")
        print(f"undisturbed fit: {full:.1f} s")
        same = 0
        for number in range(given.kills):
            moment = rng.uniform(0.05, 0.95) * full
            same += killed(given, folder / f"killed{number}", moment) == expected
            print(f"killed after {moment:6.1f} s: {same} of {number + 1} resumed to the same content", flush=True)


def fit(given: argparse.Namespace, folder: Path) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    command = [
        sys.executable,
        "-c",
        "from dance_xai.cli import main; main()",
        "fit",
        str(given.config),
        "--data-root",
        str(given.data),
    ]
    command += ["--out", str(folder / "RUN"), "--cache", str(folder / "cache")]
    command += [part for setting in given.settings for part in ("--set", setting)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def killed(given: argparse.Namespace, folder: Path, moment: float) -> dict[str, str]:
    """Content of a RUN whose fit was killed and started again."""
    process = fit(given, folder)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert fit(given, folder).wait() == 0
    result = contents(folder / "RUN")
    shutil.rmtree(folder)
    return result


def contents(folder: Path) -> dict[str, str]:
    """Hashes of the parts of a RUN that do not state times."""
    run = read_run(folder if (folder / "index.json").is_file() else folder / "RUN")
    files = run.sealed.files
    return {name: entry["sha256"] for name, entry in files.items() if name.partition(".")[0] in PARTS}


if __name__ == "__main__":
    main()
