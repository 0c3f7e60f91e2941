"""A damaged, foreign or newer RUN, and a place that cannot be written, end in one line; nothing is damaged further."""

from __future__ import annotations

import errno
import os
import re
import shutil
from pathlib import Path

import pytest

from dance_xai.artifacts import sealed, update_run, write_run

CLIP = "test_00_000"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def shorten(name):
    return lambda run: os.truncate(run / name, (run / name).stat().st_size // 2)


def flip(name):
    def mutate(run):
        data = bytearray((run / name).read_bytes())
        data[len(data) // 2] ^= 1
        (run / name).write_bytes(bytes(data))

    return mutate


def newer(run):
    """As a later version would write it: sealed, with a higher format."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed, "FORMAT", sealed.FORMAT + 1)
        update_run(run, "drops", {"counts": {}, "items": []})


def another_kind(run):
    shutil.rmtree(run)
    write_run(run, {"metrics": {"accuracy": 1}})


def empty(run):
    shutil.rmtree(run)
    run.mkdir()


def a_file(run):
    shutil.rmtree(run)
    run.write_text("hello")


def foreign(run):
    empty(run)
    (run / "index.json").write_text('{"program": "another"}')


DAMAGE = {
    "missing": (shutil.rmtree, "nothing there"),
    "empty": (empty, "an empty folder"),
    "a file": (a_file, "a file"),
    "foreign": (foreign, "another file"),
    "newer": (newer, "pip install -U"),
    "without a model": (another_kind, "expected the part"),
    "model cut short": (shorten("model.safetensors"), "model.safetensors"),
    "model tampered": (flip("model.safetensors"), "model.safetensors.*damaged"),
    "concepts tampered": (flip("bank.json"), "bank.json.*damaged"),
    "index tampered": (flip("index.json"), "index.json"),
    "index cut short": (shorten("index.json"), "index.json"),
    "model missing": (lambda run: (run / "model.safetensors").unlink(), "model.safetensors.*no such file"),
}


@pytest.mark.parametrize("command", ["evaluate", "explain", "report"])
@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_run_is_refused(name, command, dance, run, tmp_path):
    mutate, clue = DAMAGE[name]
    mutate(run)
    before = contents(tmp_path)
    more = {"evaluate": (), "explain": (CLIP, "--out", tmp_path / "x.html"), "report": ("--out", tmp_path / "x.html")}
    complaint = dance(command, run, *more[command]).complaint
    assert re.search(clue, complaint), complaint
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["model tampered", "model cut short", "index tampered", "newer"])
def test_a_fit_never_takes_a_damaged_run_for_done(name, fit, earlier, run, small_folder):
    """It is made again from the kept stages; a RUN of a newer version is replaced only by being asked to."""
    DAMAGE[name][0](run)
    outcome = fit(small_folder, run, settings=("activations=grounded",))
    if outcome.code:
        assert outcome.complaint
        return
    assert (run / "model.safetensors").read_bytes() == (earlier / "model.safetensors").read_bytes()


def test_an_unknown_clip_is_named(dance, run):
    complaint = dance("explain", run, "nobody").complaint
    assert re.search(r"nobody: expected a video file, or one of the \d+ clips", complaint)


@pytest.mark.parametrize("name", ["report.txt", "report", "a.html/b.txt"])
def test_another_ending_is_refused_before_any_work(name, dance, run, tmp_path):
    for command in (("report", run), ("explain", run, CLIP)):
        assert "expected a file ending in .html" in dance(*command, "--out", tmp_path / name).complaint
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_page_cannot_replace_a_folder_or_lie_in_a_file(dance, run, tmp_path):
    (tmp_path / "x.html").mkdir()
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path / "x.html", tmp_path / "file" / "x.html"):
        assert str(out) in dance("report", run, "--out", out).complaint
        assert str(out) in dance("explain", run, CLIP, "--out", out).complaint
    assert (tmp_path / "file").read_text() == "mine"


def test_moved_data_is_asked_for(dance, fit, small_folder, small_cache, tmp_path):
    data = shutil.copytree(small_folder, tmp_path / "data")
    assert fit(data, tmp_path / "run").code == 0
    data.rename(tmp_path / "elsewhere")
    assert "pass --data-root if the data has moved" in dance("explain", tmp_path / "run", CLIP).complaint
    assert dance("explain", tmp_path / "run", CLIP, "--data-root", tmp_path / "elsewhere").code == 0
    assert dance("report", tmp_path / "run", "--out", tmp_path / "x.html").code == 0


def test_a_wrong_data_root_is_named(fit, dance, small_folder, run, tmp_path):
    before = contents(run)
    settings = small_folder / "settings.toml"
    complaint = dance("fit", settings, "--data-root", tmp_path / "nowhere", "--out", run).complaint
    assert "nowhere" in complaint and "--data-root" in complaint
    assert contents(run) == before


def a_file_there(out):
    out.write_text("mine")


def other_files_there(out):
    out.mkdir()
    (out / "thesis.tex").write_text("mine")


def a_model_there(out):
    write_run(out, {"metrics": {}}, kind="model")


@pytest.mark.parametrize("occupy", [a_file_there, other_files_there, a_model_there])
def test_fit_replaces_nothing_but_a_run(occupy, fit, small_folder, tmp_path):
    occupy(tmp_path / "out")
    before = contents(tmp_path)
    assert str(tmp_path / "out") in fit(small_folder, tmp_path / "out").complaint
    assert contents(tmp_path) == before


def test_out_inside_a_file(fit, small_folder, tmp_path):
    (tmp_path / "file").write_text("mine")
    assert str(tmp_path / "file") in fit(small_folder, tmp_path / "file" / "run").complaint


def test_a_file_as_cache(fit, small_folder, tmp_path):
    (tmp_path / "file").write_text("mine")
    assert str(tmp_path / "file") in fit(small_folder, tmp_path / "run", "--cache", tmp_path / "file").complaint
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("occupy", [a_file_there, other_files_there])
def test_demo_replaces_nothing_of_others(occupy, dance, tmp_path):
    occupy(tmp_path / "demo")
    (tmp_path / "demo" / "data").write_text("mine") if (tmp_path / "demo").is_dir() else None
    before = contents(tmp_path)
    assert "demo" in dance("demo", "--out", tmp_path / "demo").complaint
    assert contents(tmp_path) == before


@pytest.mark.parametrize("folder", ["missing", "empty", "file"])
def test_import_official_of_nothing(folder, dance, tmp_path):
    place = tmp_path / folder
    if folder == "empty":
        place.mkdir()
    if folder == "file":
        place.write_text("mine")
    assert folder in dance("import-official", place, "--out", tmp_path / "R1").complaint
    assert not (tmp_path / "R1").exists()


@pytest.mark.parametrize("last", [0, 1, 5])
def test_a_disk_that_fills_up_half_way_through_a_fit(last, fit, small_folder, run, monkeypatch):
    before = contents(run)
    fill_disk_after(last, monkeypatch)
    complaint = fit(small_folder, run, settings=("head.nec=2",)).complaint
    assert "bytes free" in complaint and "make room" in complaint
    monkeypatch.undo()
    assert contents(run) == before
    assert [path.name for path in run.parent.iterdir()] == ["run"]


def test_a_full_disk_while_figures_or_pages_are_stored(dance, run, monkeypatch, tmp_path):
    before = contents(tmp_path)
    for command in (("evaluate", run), ("report", run, "--out", tmp_path / "x.html")):
        fill_disk_after(0, monkeypatch)
        assert "make room" in dance(*command).complaint
        monkeypatch.undo()
        assert contents(tmp_path) == before


def test_a_full_disk_while_stages_are_kept(fit, small_folder, tmp_path, monkeypatch):
    fill_disk_after(2, monkeypatch)
    assert "make room" in fit(small_folder, tmp_path / "run", "--cache", tmp_path / "cache").complaint
    monkeypatch.undo()
    assert not (tmp_path / "run").exists()


def fill_disk_after(writes, monkeypatch):
    """Writes beyond the first few meet a full disk, after half of their bytes."""
    left = [writes]
    write_bytes, fsync = Path.write_bytes, os.fsync

    def full(path):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))

    def write(path, data):
        write_bytes(path, data[: len(data) // 2])
        full(path)
        return write_bytes(path, data)

    def sync(handle):
        full(handle)
        return fsync(handle)

    monkeypatch.setattr(Path, "write_bytes", write)
    monkeypatch.setattr(os, "fsync", sync)
