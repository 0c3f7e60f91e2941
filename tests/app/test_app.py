"""The app through its routes: sent, explained, edited, undone, saved; limits and strangers."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from starlette.testclient import TestClient
from tests.app.browsing import HOME, LABELS, NASTY

from dance_xai.app import Limits
from dance_xai.app.jobs import Job
from dance_xai.workflows.runs import open_run


def logits(model, activation):
    """As the browser does it."""
    return [
        sum(weight * activation[j] for j, weight in row) + bias
        for row, bias in zip(model["weights"], model["bias"], strict=True)
    ]


def used(model):
    """Full name of a concept with a weight."""
    column = next(row[0][0] for row in model["weights"] if row)
    return column, f"{model['concepts'][column]['kind']}:{model['concepts'][column]['name']}"


def test_the_browser_gets_all_it_takes_for_the_exact_sum(started, run, suits):
    browser, view = started(run)(), open_run(run)
    model = browser.state["model"]
    for clip in view.manifest.ids:
        told = browser.get("reading", clip=clip).json()
        expected = view.model.logits(view.inputs[[view.row(clip)]])[0]
        np.testing.assert_allclose(logits(model, told["main"]), expected, atol=1e-9)
        assert told["label"] in LABELS.values()


def test_a_video_is_explained_and_deleted(started, run, new_video):
    make = started(run)
    browser, folder = make(), make.app.state.desk.folder
    job = browser.send(new_video.read_bytes())
    assert job.status_code == 202
    done = browser.finish(job.json())
    assert done["state"] == "done", done
    told = browser.get("reading", video=done["video"]).json()
    model = browser.state["model"]
    assert model["classes"][int(np.argmax(logits(model, told["main"])))] == "squat_down"
    assert list(folder.iterdir()) == []
    page = browser.finish(browser.post("page", {"video": done["video"]}).json())
    shown = browser.client.get(f"/pages/{page['page']}")
    assert "squat down" in shown.text and "new.mp4" in shown.text and str(folder) not in shown.text
    assert "sandbox allow-scripts" in shown.headers["content-security-policy"]
    assert browser.get("state").json()["videos"] == [{"video": done["video"], "name": "new.mp4"}]


def test_a_name_is_text_and_never_a_path(started, run, new_video):
    make = started(run)
    browser, folder = make(), make.app.state.desk.folder
    for name in ("../../etc/passwd", "..\\..\\up.mp4", "/abs/x.mp4", f"{NASTY}.mp4", "a\nb\x00.mp4", "", "n" * 999):
        job = browser.finish(browser.send(new_video.read_bytes(), name).json())
        assert job["state"] == "done", job
        assert not re.search(r"[/\\\n\x00]", job["what"]) and 0 < len(job["what"]) <= 120
        page = browser.finish(browser.post("page", {"video": job["video"]}).json())
        text = browser.client.get(f"/pages/{page['page']}").text
        assert NASTY not in text and "<script>alert" not in text
    assert list(folder.iterdir()) == [] and not (folder.parent / "up.mp4").exists()


def test_a_file_of_200_megabytes_is_refused(started, run):
    make = started(run)
    browser, folder = make(), make.app.state.desk.folder
    assert make.app.state.desk.limits == Limits()
    told = browser.send(b"", "big.mp4", **{"content-length": "200000000"})
    assert told.status_code == 413 and told.json()["error"].startswith("big.mp4: expected a file of at most 100 MB")
    told = browser.send((bytes(1_000_000) for _ in range(200)), "big.mp4")
    assert told.status_code == 413 and list(folder.iterdir()) == []


def stream_of(path, frames):
    """A video at 10 frames a second that does not state its length, as a live stream does not."""
    with av.open(str(path), "w", format="matroska", options={"live": "1"}) as container:
        stream = container.add_stream("libx264", rate=10)
        stream.height, stream.width, stream.pix_fmt = 48, 64, "yuv420p"
        for _ in range(frames):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 9, dtype=np.uint8), "rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def test_what_is_no_video_or_too_long_gets_one_clear_line(started, run, limits, write_video, tmp_path):
    long = write_video(tmp_path / "long.mp4", [np.full((48, 64, 3), 9, dtype=np.uint8)] * 60, fps=10)
    silent = stream_of(tmp_path / "silent.mkv", 60)
    fast = write_video(tmp_path / "fast.mp4", [np.full((48, 64, 3), 9, dtype=np.uint8)] * 60, fps=500)
    wide = write_video(tmp_path / "wide.mp4", [np.full((480, 640, 3), 9, dtype=np.uint8)] * 3)
    limits = replace(limits, megapixels=0.1)
    make = started(run, limits=limits)
    browser, folder = make(), make.app.state.desk.folder
    empty = write_video(tmp_path / "empty.mp4", [np.full((96, 128, 3), 120, dtype=np.uint8)] * 20)
    cases = {
        "notes.mp4": (b"just some words\n" * 50, "expected a video that can be read"),
        "page.mp4": (b"<html><script>alert(1)</script></html>", "expected a video that can be read"),
        "list.mp4": (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/x.ts\n", "expected a video"),
        "none.mp4": (b"", "expected a video, got an empty file"),
        "long.mp4": (long.read_bytes(), "expected a video of at most 5 s, got 6 s"),
        "silent.mkv": (silent.read_bytes(), "expected a video of at most 5 s, got 6 s"),
        "fast.mp4": (fast.read_bytes(), "at most 240 frames per second, got 500"),
        "wide.mp4": (wide.read_bytes(), "expected frames of at most 0.1 megapixels, got 0.307"),
        "empty.mp4": (empty.read_bytes(), "expected somebody to look at"),
    }
    for name, (content, wanted) in cases.items():
        job = browser.finish(browser.send(content, name).json())
        assert job["state"] == "failed" and job["error"].startswith(f"{name}: ") and wanted in job["error"], job
        assert "\n" not in job["error"] and str(folder) not in job["error"]
    assert list(folder.iterdir()) == []


def test_edit_undo_redo_save_and_open_again(started, run):
    browser, view = started(run)(), open_run(run)
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    column, name = used(browser.state["model"])
    clip = view.manifest.ids[0]
    first = browser.get("reading", clip=clip).json()["main"]
    told = browser.post("edit", {"operation": "ablate", "arguments": {"concepts": [name]}}).json()
    assert told["log"] == {"position": 1, "edits": [f"ablate: concepts {name.partition(':')[2]}"]}
    assert browser.get("reading", clip=clip).json()["main"][column] == 0.0
    assert told["outcome"]["test"]["clips"] == 6
    undone = browser.post("undo").json()
    assert undone["log"]["position"] == 0 and undone["model"]["weights"] == browser.state["model"]["weights"]
    assert browser.get("reading", clip=clip).json()["main"] == first
    assert browser.post("redo").json()["model"]["weights"] == told["model"]["weights"]
    saved = browser.post("save", {"name": "kept"})
    assert saved.status_code == 200, saved.text
    other = open_run(run.parent / "kept")
    assert other.edits.position == 1 and not other.model.head.weight[:, column].any()
    assert before == {path.name: path.read_bytes() for path in run.iterdir()}
    again = started(run.parent / "kept")()
    assert again.state["log"]["position"] == 1 and again.state["model"]["weights"] == told["model"]["weights"]


@pytest.mark.parametrize("name", ["", "..", "../out", "/x", "a/b", "a\\b", ".hidden", "end.", "x" * 81, "a\nb", None])
def test_save_takes_plain_names_only(started, run, name):
    told = started(run)().post("save", {"name": name})
    assert told.status_code == 400 and told.json()["error"].startswith("name: expected letters")
    assert [path.name for path in run.parent.iterdir()] == ["suits"]


def test_save_never_overwrites(started, run):
    browser = started(run)()
    (run.parent / "taken").mkdir()
    (run.parent / "link").symlink_to(run.parent / "nowhere")
    for name in ("suits", "taken", "link"):
        told = browser.post("save", {"name": name})
        assert told.status_code == 400 and "got one that is taken" in told.json()["error"]
    assert not (run.parent / "nowhere").exists()


def test_a_waiting_video_is_cancelled_and_deleted(started, run, new_video):
    make = started(run)
    browser, desk, gate = make(), make.app.state.desk, threading.Event()
    desk.worker.submit(Job("somebody", "long", lambda job: {"waited": gate.wait(30)}))
    sent = browser.send(new_video.read_bytes()).json()
    assert sent["state"] == "waiting"
    assert len(list(desk.folder.iterdir())) == 1
    told = browser.client.delete(f"/api/jobs/{sent['job']}", headers=browser.headers).json()
    gate.set()
    assert told["state"] == "cancelled" and list(desk.folder.iterdir()) == []


def test_a_full_queue_is_told_and_nothing_is_kept(started, run, new_video):
    make = started(run, limits=Limits(waiting=1))
    browser, desk, gate = make(), make.app.state.desk, threading.Event()
    first = desk.worker.submit(Job("somebody", "long", lambda job: {"waited": gate.wait(30)}))
    while first.state == "waiting":
        time.sleep(0.002)
    desk.worker.submit(Job("somebody", "next", lambda job: {}))
    told = browser.send(new_video.read_bytes())
    assert told.status_code == 503 and "full queue" in told.json()["error"] and list(desk.folder.iterdir()) == []
    gate.set()


def test_a_run_made_from_files_says_so_at_once(started, small_run):
    told = started(small_run)().state["blind"]
    assert told.startswith("This RUN was made with data.poses and") and "cannot look at new videos" in told


def test_kinds_are_switched_off_as_a_whole(started, small_run):
    browser = started(small_run)()
    told = browser.post("edit", {"operation": "ablate", "arguments": {"kinds": ["scene"], "concepts": []}}).json()
    scenes = {j for j, each in enumerate(told["model"]["concepts"]) if each["kind"] == "scene"}
    assert scenes and not {j for row in told["model"]["weights"] for j, _ in row} & scenes


def test_two_users_have_their_own_edits_videos_and_pages(started, run, new_video):
    make = started(run)
    one, two = make(), make()
    _, name = used(one.state["model"])
    one.post("edit", {"operation": "remove", "arguments": {"concepts": [name]}})
    two.post("edit", {"operation": "rename", "arguments": {"old": name, "new": "mine"}})
    mine, yours = one.get("state").json(), two.get("state").json()
    assert len(mine["model"]["concepts"]) + 1 == len(yours["model"]["concepts"])
    assert mine["log"]["edits"] != yours["log"]["edits"]
    sent = [browser.send(new_video.read_bytes(), f"{i}.mp4").json() for i, browser in enumerate((one, two))]
    assert one.get(f"jobs/{sent[1]['job']}").status_code == 404
    done = [browser.finish(job) for browser, job in zip((one, two), sent, strict=True)]
    assert one.get("reading", video=done[1]["video"]).status_code == 404
    page = two.finish(two.post("page", {"video": done[1]["video"]}).json())
    assert one.client.get(f"/pages/{page['page']}").status_code == 404
    assert two.client.get(f"/pages/{page['page']}").status_code == 200
    assert one.client.delete(f"/api/jobs/{page['job']}", headers=one.headers).status_code == 404


def test_a_video_outlives_edits_that_move_columns(started, run, new_video):
    browser = started(run)()
    done = browser.finish(browser.send(new_video.read_bytes()).json())
    column, name = used(browser.state["model"])
    first = browser.get("reading", video=done["video"]).json()["main"]
    browser.post("edit", {"operation": "remove", "arguments": {"concepts": [name]}})
    now = browser.get("reading", video=done["video"]).json()["main"]
    np.testing.assert_allclose(now, np.delete(first, column), atol=1e-9)
    page = browser.finish(browser.post("page", {"video": done["video"]}).json())
    assert page["state"] == "done", page


def test_bad_edits_are_one_line_and_change_nothing(started, run):
    browser = started(run)()
    cases = [
        {"operation": "ablate", "arguments": {"concepts": ["no such thing"]}},
        {"operation": "ablate", "arguments": {"nonsense": 1}},
        {"operation": "change_weight", "arguments": {"label": "x", "concept": "y", "change": "scale", "value": "z"}},
        {"operation": "add_class", "arguments": {"label": "x", "ids": [1]}},
        {"operation": "resolve", "arguments": {"forbid": ["ab"]}},
        {"operation": "resolve", "arguments": {}, "videos": "x"},
        {"operation": "no such edit", "arguments": {}},
        {"operation": "ablate", "arguments": {"concepts": [["nested"]]}},
        {"operation": "ablate", "arguments": []},
        {},
    ]
    for body in cases:
        told = browser.post("edit", body)
        assert told.status_code == 400 and "expected" in told.json()["error"], (body, told.text)
    assert browser.post("undo").status_code == 400
    assert browser.get("state").json()["log"] == {"position": 0, "edits": []}


def test_strangers_change_nothing(started, run, new_video):
    browser = started(run)()
    client, body = browser.client, {"operation": "ablate", "arguments": {"kinds": ["motion"]}}
    for headers in ({}, {"x-dance-token": "guess"}, browser.headers | {"origin": "http://evil.example"}):
        assert client.post("/api/edit", json=body, headers=headers).status_code == 403
        assert client.post("/api/uploads", content=b"x", headers=headers).status_code == 403
    assert client.get("/api/state", headers={"host": "evil.example"}).status_code == 403
    fresh = TestClient(client.app, base_url=HOME)
    assert fresh.get("/api/state").status_code == 403
    assert fresh.post("/api/edit", json=body, headers=browser.headers).status_code == 403
    assert browser.get("state").json()["log"]["position"] == 0


def test_every_answer_has_its_security_headers(started, run):
    client = started(run)().client
    for path in (
        "/",
        "/static/app.js",
        "/static/nothing.js",
        "/api/state",
        "/no/such/page",
        "/static/",
        "/static/..%2fserver.py",
    ):
        headers = client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert client.get("/static/").status_code == 404 and client.get("/static/..%2fserver.py").status_code == 404
    cookie = TestClient(client.app, base_url=HOME).get("/").headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie


def test_requests_that_are_no_short_json_object_are_refused(started, run):
    browser = started(run)()
    for content, status in ((b"[1]", 400), (b"{", 400), (b"[" * 60_000, 400), (b'"' + b"x" * 70_000 + b'"', 413)):
        assert browser.client.post("/api/edit", content=content, headers=browser.headers).status_code == status


def test_clips_are_searched_and_mistakes_come_first(started, run):
    browser = started(run)()
    tree = browser.get("clips").json()
    assert tree["total"] == 18
    assert {each["split"] for each in tree["clips"][:6]} == {"test"}
    assert browser.get("clips", words="SQUAT", only="train").json()["total"] == 4
    wrong = browser.get("clips", only="wrong").json()["clips"]
    assert {each["clip"] for each in wrong} == {each["clip"] for each in browser.get("failures").json()["failures"]}
    _, name = used(browser.state["model"])
    browser.post("edit", {"operation": "set_activation", "arguments": {"concept": name, "value": 1.0}})
    everything_waves = {"label": NASTY, "concept": name, "change": "set", "value": 1000.0}
    browser.post("edit", {"operation": "change_weight", "arguments": everything_waves})
    wrong = browser.get("clips", only="wrong").json()["clips"]
    failures = browser.get("failures").json()["failures"]
    assert len(wrong) == 4 and {each["clip"] for each in wrong} == {each["clip"] for each in failures}
    assert [each["clip"] for each in browser.get("clips").json()["clips"][:4]] == [each["clip"] for each in wrong]


def test_the_catalogue_has_every_concept_with_its_figure(started, run):
    tree = started(run)().get("catalogue").json()
    assert len(tree["figures"]) == len(tree["concepts"]) > 3 and tree["skeleton"]["bones"]
    assert all(each["looks"] and each["kind"] == "motion" for each in tree["concepts"])


def test_two_models_side_by_side(started, run, suits, new_video):
    browser = started(run)()
    assert browser.state["other"] is None and browser.get("comparison").status_code == 404
    column, _ = used(browser.state["model"])
    browser.post("edit", {"operation": "ablate", "arguments": {"kinds": ["motion"]}})
    browser.post("save", {"name": "blind"})
    both = started(run, compare=run.parent / "blind")()
    found = both.get("comparison").json()
    assert found["clips"] == 6 and found["correct"][1] == 2
    told = both.get("reading", clip=open_run(run).manifest.ids[0]).json()
    assert told["main"][column] != 0.0 and set(told["other"]) == {0.0}
    done = both.finish(both.send(new_video.read_bytes()).json())
    told = both.get("reading", video=done["video"]).json()
    assert told["trouble"] == "" and set(told["other"]) == {0.0}


def test_models_without_common_test_clips_are_told_apart_only_on_clips(started, run, small_run):
    told = started(run, compare=small_run)().get("comparison")
    assert told.status_code == 200 and "expected test clips that both have, got none" in told.json()["trouble"]


def test_the_report_is_written_with_the_edits(started, run):
    browser = started(run)()
    _, name = used(browser.state["model"])
    browser.post("edit", {"operation": "rename", "arguments": {"old": name, "new": f"new {NASTY}"}})
    done = browser.finish(browser.post("page").json())
    text = browser.client.get(f"/pages/{done['page']}").text
    assert "new &lt;img src=x onerror=alert(1)&gt;" in text and NASTY not in text


def test_everything_sent_is_gone_when_the_app_ends(run, new_video):
    from dance_xai.app import make_app

    app = make_app(open_run(run))
    with TestClient(app, base_url=HOME):
        folder: Path = app.state.desk.folder
        (folder / "left").write_bytes(b"x")
    assert not folder.exists()
