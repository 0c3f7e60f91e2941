"""Given poses that leave the frame rate to the videos: everything that reads a RUN works, also without the videos."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pytest
from starlette.testclient import TestClient
from tests.app.browsing import HOME, Browser

from dance_xai.app import make_app
from dance_xai.data.skeletons import COCO_17
from dance_xai.workflows.fitting import fit_run
from dance_xai.workflows.runs import open_run

FPS = 25


@pytest.fixture(scope="module")
def folder(small_folder, write_video, numbered_frames, tmp_path_factory):
    """The small world with a video per clip, and poses that state no rate."""
    folder = shutil.copytree(small_folder, tmp_path_factory.mktemp("unrated") / "data")
    with np.load(folder / "keypoints.npz") as archive:
        np.savez(folder / "keypoints.npz", **{name: archive[name] for name in archive.files if name != "fps"})
    video = write_video(folder / "video.mp4", numbered_frames(20), fps=FPS)
    with (folder / "clips.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    (folder / "videos").mkdir()
    for row in rows:
        row["path"] = f"videos/{row['clip']}.mp4"
        shutil.copy(video, folder / row["path"])
    with (folder / "clips.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def unrated(folder, small_config, small_cache, tmp_path_factory):
    """A RUN of it; not to be written to."""
    run = tmp_path_factory.mktemp("unrated") / "run"
    fit_run(small_config("activations=predicted"), folder, run, cache=small_cache)
    return run


@pytest.fixture(scope="module")
def bare(folder, tmp_path_factory):
    """The list of clips alone: no videos and no poses any more."""
    bare = tmp_path_factory.mktemp("bare")
    shutil.copy(folder / "clips.csv", bare)
    return bare


@pytest.fixture(params=["videos", "nothing"])
def root(request, folder, bare):
    return folder if request.param == "videos" else bare


def test_the_rates_are_those_of_the_videos(unrated):
    view = open_run(unrated)
    assert {track.fps for track in view.tracks(view.manifest.ids)} == {FPS}


@pytest.mark.parametrize("out", ["", "x.html", "x.json", "x.mp4"])
def test_a_clip_is_explained_in_every_form(dance, unrated, root, tmp_path, out):
    clip = open_run(unrated).manifest.ids[0]
    form = ("--json",) if not out else ("--out", tmp_path / out)
    told = dance("explain", unrated, clip, "--data-root", root, *form)
    assert told.code == 0, told.err
    if out in ("", "x.json"):
        tree = json.loads(told.out if not out else (tmp_path / out).read_text())
        assert tree["video"]["fps"] == FPS and tree["timelines"]
    else:
        assert (tmp_path / out).stat().st_size > 1000


def test_report_diagnosis_edits_and_app_need_no_data(dance, unrated, bare, tmp_path):
    run = shutil.copytree(unrated, tmp_path / "run")
    for command in (
        ("report", run, "--out", tmp_path / "r.html", "--no-diagnosis"),
        ("diagnose", run, "--json"),
        ("figures", run, "--out", tmp_path / "f", "--format", "svg"),
    ):
        told = dance(*command, "--data-root", bare)
        assert told.code == 0, told.err
    view = open_run(run, bare)
    counts = np.bincount(view.motion.windows[:, 3][view.motion.windows[:, 3] >= 0])
    motion = next(column for column, source in view.sources("motion").items() if source == counts.argmax())
    told = dance("edit", run, "split", f"motion:{view.model.bank.names[motion]}", "--data-root", bare)
    assert told.code == 0, told.err
    with TestClient(make_app(open_run(run, bare)), base_url=HOME) as client:
        browser = Browser(client)
        told = browser.get("reading", clip=view.manifest.ids[0]).json()
        page = browser.finish(browser.post("page", {"clip": view.manifest.ids[0]}).json())
        assert told["label"] and page["state"] == "done", page


def test_joints_never_seen_are_said_kept_and_not_drawn(fit, dance, small_folder, tmp_path):
    data = shutil.copytree(small_folder, tmp_path / "data")
    gone = ("nose", "left_ankle", "right_ankle")
    with np.load(data / "keypoints.npz") as archive:
        arrays = dict(archive)
    for name in ("confidence", "visible", "xy_px"):
        arrays[name][:, COCO_17.index(*gone)] = 0
    np.savez(data / "keypoints.npz", **arrays)
    run, reason = tmp_path / "run", f"not seen in any train clip: {', '.join(gone)}"
    told = fit(data, run)
    assert told.code == 0 and f"3  joints: {reason}" in told.out, told.err + told.out
    view = open_run(run)
    assert [drop.item for drop in view.drops if drop.reason == reason] == list(gone)
    assert not set(gone) & set(view.bank.bank.skeleton.joints)
    clip = view.manifest.ids[0]
    for command in (("report", run, "--no-diagnosis"), ("explain", run, clip)):
        told = dance(*command, "--out", tmp_path / "x.html")
        assert told.code == 0, told.err
    told = dance("report", run, "--no-diagnosis", "--json")
    assert reason in told.out
