from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dance_xai.artifacts import writing
from dance_xai.artifacts.run import RunWriter, read_run, update_run, write_run
from dance_xai.errors import ArtifactError
from dance_xai.types import Features

posix = pytest.mark.skipif(os.name != "posix", reason="signals and mounts of POSIX")


def features(n: int = 4) -> Features:
    return Features("x", tuple(map(str, range(n))), np.ones((n, 8)))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def old(tmp_path: Path) -> Path:
    write_run(tmp_path / "R", {"metrics": {"run": "old"}, "features": features()})
    return tmp_path / "R"


def assert_old(folder: Path) -> None:
    run = read_run(folder)
    run.verify()
    assert run.json("metrics") == {"run": "old"}
    assert run.load("features", Features).values.shape == (4, 8)


def test_a_new_run_replaces_the_old_one_and_leaves_nothing_else(old: Path) -> None:
    write_run(old, {"metrics": {"run": "new"}})
    assert read_run(old).json("metrics") == {"run": "new"}
    assert names(old) == ["index.json", "metrics.json"] and names(old.parent) == ["R"]


def test_nothing_changes_before_the_end(old: Path) -> None:
    with RunWriter(old) as run:
        run.add("metrics", {"run": "new"})
        assert_old(old)
    assert read_run(old).json("metrics") == {"run": "new"}


@pytest.mark.parametrize("error", [ValueError("a stage failed"), KeyboardInterrupt()])
def test_a_failing_stage_leaves_the_old_run(old: Path, error: BaseException) -> None:
    with pytest.raises(type(error)), RunWriter(old) as run:
        run.add("metrics", {"run": "new"})
        raise error
    assert_old(old)
    assert names(old.parent) == ["R"]


@pytest.mark.parametrize("failing", ["write_synced", "sync_folder", "rename", "link"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_any_failing_system_call_leaves_the_old_run(
    old: Path, monkeypatch: pytest.MonkeyPatch, failing: str, code: int
) -> None:
    (old / "notes.txt").write_text("mine")

    def fail(*_: Any) -> None:
        raise OSError(code, os.strerror(code))

    rename = Path.rename
    patches: dict[str, tuple[Any, str, Any]] = {
        "write_synced": (writing, "_write_synced", fail),
        "sync_folder": (writing, "_sync_folder", fail),
        "link": (writing, "_link", fail),
        "rename": (Path, "rename", lambda path, to: fail() if ".new-" in path.name else rename(path, to)),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*patches[failing])
        with pytest.raises(ArtifactError, match=r"^[^\n]*R: expected [^\n]+, got [^\n]+; [^\n]+$"):
            write_run(old, {"metrics": {"run": "new"}})
    assert_old(old)
    assert names(old.parent) == ["R"] and (old / "notes.txt").read_text() == "mine"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=False).returncode:
        pytest.skip("a small disk cannot be mounted without the right to do so")
    yield place
    subprocess.run(["umount", place], check=True)


@posix
def test_a_full_disk_says_how_much_is_needed_and_leaves_the_old_run(tiny_disk: Path) -> None:
    folder = tiny_disk / "R"
    write_run(folder, {"metrics": {"run": "old"}, "features": features()})
    need = features(20_000).values.nbytes
    with pytest.raises(ArtifactError, match=r"R: expected \d+ bytes free, got \d+; make room and run again") as caught:
        write_run(folder, {"metrics": {"run": "new"}, "big": features(20_000)})
    wanted, free = (int(figure) for figure in re.findall(r"\d{5,}", str(caught.value)))
    assert wanted > need > free > 900_000
    assert_old(folder)
    assert names(tiny_disk) == ["R"]


def test_other_peoples_files_are_never_replaced(tmp_path: Path, old: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("x")
    (tmp_path / "file").write_text("x")
    write_run(tmp_path / "M", {"model": {}}, kind="model")
    for name, got in [("thesis", "got other files"), ("file", "got a file"), ("M", "got a model folder")]:
        with pytest.raises(ArtifactError, match=rf"{name}: expected nothing, an empty folder or an earlier run.*{got}"):
            write_run(tmp_path / name, {"metrics": {}})
    with pytest.raises(ArtifactError, match="got a run folder"):
        write_run(old, {"model": {}}, kind="model")
    with pytest.raises(
        ArtifactError, match=r"expected a path that can be read and written, got .(file exists|not a directory)"
    ):
        write_run(tmp_path / "file" / "R", {"metrics": {}})
    assert names(tmp_path) == ["M", "R", "file", "thesis"]


def test_an_empty_folder_and_missing_parents_are_fine(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "a/b/R"):
        write_run(tmp_path / name, {"metrics": {}})
        assert read_run(tmp_path / name).json("metrics") == {}


def test_files_of_the_user_in_a_run_are_carried_over(old: Path) -> None:
    (old / "report.html").write_text("mine")
    (old / "figures").mkdir()
    (old / "figures" / "a.svg").write_text("mine too")
    write_run(old, {"metrics": {"run": "new"}})
    update_run(old, "metrics", {"run": "newer"})
    assert names(old) == ["figures", "index.json", "metrics.json", "report.html"]
    assert (old / "report.html").read_text() == "mine" and (old / "figures" / "a.svg").read_text() == "mine too"


def test_a_link_to_a_run_stays_a_link(old: Path, tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(old)
    write_run(tmp_path / "latest", {"metrics": {"run": "new"}})
    assert (tmp_path / "latest").is_symlink() and read_run(old).json("metrics") == {"run": "new"}


def test_a_folder_without_rights_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(
        ArtifactError, match=r"R: expected permission to read and write, got 'permission denied'; change"
    ):
        write_run(tmp_path / "R", {})


KILLED = """
import os, signal, sys
from pathlib import Path
from dance_xai.artifacts import writing
from dance_xai.artifacts.run import RunWriter

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

moment, folder = sys.argv[1:]
rename = Path.rename
if moment == "index":
    writing._carry_over = die
if moment == "between the renames":
    Path.rename = lambda path, to: die() if ".new-" in path.name else rename(path, to)
if moment == "before tidying":
    writing.shutil.rmtree = die
with RunWriter(folder) as run:
    run.add("metrics", {"run": "new"})
    if moment == "part":
        die()
"""


@posix
@pytest.mark.parametrize("moment", ["part", "index", "between the renames", "before tidying"])
def test_a_killed_writer_leaves_a_whole_run(old: Path, moment: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, moment, str(old)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(names(old.parent)) == 2
    if moment == "before tidying":
        assert read_run(old).json("metrics") == {"run": "new"}
    else:
        assert_old(old)
    update_run(old, "metrics", {"run": "next"})
    assert names(old.parent) == ["R"]
    assert read_run(old).json("metrics") == {"run": "next"}
    assert ("features" in read_run(old)) == (moment != "before tidying")


def test_unfinished_folders_of_others_are_left_alone(old: Path) -> None:
    others = [
        f".R.new-elsewhere-{os.getpid()}-0123abcd",
        f".R.new-{writing._host()}-{os.getpid()}-0123abcd",
        ".R.new-x",
    ]
    for name in others:
        (old.parent / name).mkdir()
    write_run(old, {"metrics": {"run": "new"}})
    assert names(old.parent) == sorted([*others, "R"])


def test_writers_at_the_same_time_leave_one_whole_run(tmp_path: Path) -> None:
    def write(number: int) -> None:
        write_run(tmp_path / "R", {"metrics": {"run": number}, "features": features(number + 1)})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))
    run = read_run(tmp_path / "R")
    run.verify()
    assert len(run.load("features", Features).ids) == run.json("metrics")["run"] + 1
    assert names(tmp_path) == ["R"]
