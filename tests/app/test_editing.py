"""Edits through the routes: all of them, those from clips as jobs, classes from videos, proposals of a diagnosis."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from dance_xai.app.editing import solving
from dance_xai.app.jobs import Cancelled, Job
from dance_xai.cli import main
from dance_xai.workflows.editing import edit_run
from dance_xai.workflows.runs import open_run


def names(model):
    """Names of concepts, those with the largest weights first."""
    strength = np.zeros(len(model["concepts"]))
    for row in model["weights"]:
        for column, weight in row:
            strength[column] = max(strength[column], abs(weight))
    return [model["concepts"][column]["name"] for column in np.argsort(-strength)]


def made(browser, operation, arguments, **more):
    """Make an edit and wait for it: its job or answer, and the state after it."""
    told = browser.post("edit", {"operation": operation, "arguments": arguments, **more})
    assert told.status_code == 200, told.text
    job = told.json()
    done = browser.finish(job) if "job" in job else job
    assert done.get("state", "done") == "done", done["error"]
    return done, browser.get("state").json()


def arguments_of(model):
    """Of each edit, something that is possible."""
    first, second, third = names(model)[:3]
    label, other = model["classes"][:2]
    return {
        "ablate": {"concepts": [first], "kinds": []},
        "change_weight": {"label": label, "concept": first, "change": "scale", "value": 0.5},
        "remove": {"concepts": [third]},
        "rename": {"old": first, "new": "another"},
        "set_activation": {"concept": first, "value": 1.5},
        "swap_activations": {"first": first, "second": second},
        "merge": {"first": first, "second": second, "name": "both"},
        "resolve": {"only": ["motion"], "forbid": [["*", first], [label, second]], "nec": 3},
        "drop_class": {"label": other},
    }


@pytest.mark.parametrize(
    "operation", arguments_of({"concepts": [{"name": n} for n in "abc"], "weights": [], "classes": "xy"})
)
def test_every_edit_works_as_on_the_command_line_and_is_undone(started, run, suits, tmp_path, operation):
    browser = started(run, root=suits)()
    model = browser.state["model"]
    arguments = arguments_of(model)[operation]
    _, state = made(browser, operation, arguments)
    assert state["log"]["position"] == 1 and state["model"]["content"] != model["content"]
    assert state["model"]["content"] == edit_run(run, operation, arguments, out=tmp_path / "out").chain.content
    undone = browser.post("undo").json()["model"]
    assert (undone["weights"], undone["concepts"]) == (model["weights"], model["concepts"])


@pytest.mark.parametrize("small_run", ["predicted"], indirect=True)
def test_a_split_is_that_of_the_command_line(started, small_run, tmp_path, monkeypatch):
    browser = started(small_run)()
    model = browser.state["model"]
    motions = {each["name"] for each in model["concepts"] if each["kind"] == "motion"}
    for concept in (name for name in names(model) if name in motions):  # not every one has two halves
        job = browser.finish(browser.post("edit", {"operation": "split", "arguments": {"concept": concept}}).json())
        if job["state"] == "done":
            break
    assert job["state"] == "done", job["error"]
    state = browser.get("state").json()
    monkeypatch.setattr("sys.argv", ["dance", "edit", str(small_run), "split", concept, "--out", str(tmp_path / "x")])
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code and open_run(tmp_path / "x").edits.content == state["model"]["content"]


def test_impossible_edits_are_the_line_of_the_command_line_and_change_nothing(started, run, suits, monkeypatch, capsys):
    browser = started(run, root=suits)()
    first, label = names(browser.state["model"])[0], browser.state["model"]["classes"][0]
    cases = [
        ("resolve", {"only": ["scene"]}, ["resolve", "--only", "scene"]),
        ("resolve", {"nec": 0}, ["resolve", "--nec", "0"]),
        ("merge", {"first": first, "second": first, "name": "x"}, ["merge", first, first, "--name", "x"]),
        ("split", {"concept": "none such"}, ["split", "none such"]),
        ("add_class", {"label": label, "ids": []}, ["add-class", label, "--clips", ""]),
        ("drop_class", {"label": "none such"}, ["drop-class", "none such"]),
        ("swap_activations", {"first": first, "second": first}, ["swap", first, first]),
    ]
    for operation, arguments, line in cases:
        told = browser.post("edit", {"operation": operation, "arguments": arguments}).json()
        told = browser.finish(told) if "job" in told else told
        monkeypatch.setattr("sys.argv", ["dance", "edit", str(run), *line])
        with pytest.raises(SystemExit):
            main()
        assert f"dance: {told['error']}\n" == capsys.readouterr().err, operation
    assert browser.get("state").json()["log"] == {"position": 0, "edits": []}


def test_an_edit_that_waits_can_be_cancelled(started, run):
    make = started(run)
    browser, desk, gate = make(), make.app.state.desk, threading.Event()
    desk.worker.submit(Job("somebody", "long", lambda job: {"waited": gate.wait(30)}))
    job = browser.post("edit", {"operation": "resolve", "arguments": {"nec": 2}}).json()
    told = browser.client.delete(f"/api/jobs/{job['job']}", headers=browser.headers).json()
    gate.set()
    assert told["state"] == "cancelled" and browser.get("state").json()["log"]["position"] == 0


def test_an_edit_that_is_cancelled_while_it_is_made_changes_nothing(started, run):
    make = started(run)
    browser = make()
    session = make.app.state.desk.sessions.find(browser.client.cookies[make.app.state.cookie])
    job = solving(session, "resolve", {"nec": 2})
    step = job.step

    def cancelled_in_the_middle(name):
        step(name)
        job.state = "cancelled"

    job.step = cancelled_in_the_middle
    with pytest.raises(Cancelled):
        job.work(job)
    assert browser.get("state").json()["log"]["position"] == 0


def test_a_class_is_added_from_videos_and_clips_and_kept(started, run, suits, new_video):
    browser = started(run, root=suits)()
    model, known = browser.state["model"], browser.get("clips", only="train").json()["clips"][0]["clip"]
    sent = [browser.finish(browser.send(new_video.read_bytes(), "dip.mp4").json())["video"] for _ in range(2)]
    done, state = made(browser, "add_class", {"label": "dip <b>", "ids": [known]}, videos=sent)
    assert state["model"]["classes"] == [*model["classes"], "dip <b>"]
    assert state["model"]["weights"][: len(model["classes"])] == model["weights"]
    assert "dip, dip 2" in state["log"]["edits"][0] and done["outcome"]["train"]["clips"] == 14
    assert browser.get("state").json()["model"]["figures"]["train"]["clips"] == 12

    browser.post("undo")
    again = browser.post("redo").json()
    assert again["model"]["content"] == state["model"]["content"]
    browser.post("undo")
    _, state = made(browser, "add_class", {"label": "other", "ids": []}, videos=sent[:1])  # under the same name
    assert "dip, most" in state["log"]["edits"][0]
    _, state = made(browser, "rename", {"old": names(model)[0], "new": "after it"})
    assert browser.post("save", {"name": "kept"}).status_code == 200
    kept = open_run(run.parent / "kept")
    assert kept.model.classes[-1] == "other" and kept.edits.content == state["model"]["content"]
    reopened = started(run.parent / "kept", root=suits)()
    assert reopened.post("undo").status_code == 200 and reopened.post("undo").status_code == 200


def test_a_video_that_is_forgotten_is_told(started, run):
    told = started(run)().post("edit", {"operation": "add_class", "arguments": {"label": "x"}, "videos": ["none"]})
    assert told.status_code == 404 and "expected one that is remembered" in told.json()["error"]


@pytest.mark.parametrize("small_run", ["grounded"], indirect=True)
def test_a_diagnosis_is_kept_and_its_edit_tried_and_undone(started, small_run, doubted):
    browser = started(small_run)()
    assert browser.get("diagnosis").json() == {"diagnosis": None}
    assert browser.post("propose", {"number": 1}).status_code == 404
    assert browser.finish(browser.post("diagnose").json())["state"] == "done"
    found = browser.get("diagnosis").json()["diagnosis"]
    assert found["content"] == browser.state["model"]["content"] and found["curves"]["series"]
    for number in (0, len(found["shortcuts"]) + 1, "1", None, 1e9):
        assert browser.post("propose", {"number": number}).status_code == 400
    proposed = [each for each in found["shortcuts"] if each["command"]]
    done = browser.finish(browser.post("propose", {"number": proposed[0]["number"]}).json())
    assert done["state"] == "done" and done["outcome"]["test"]["clips"] == found["clips"]
    state = browser.get("state").json()
    assert state["log"]["position"] >= 1 and state["model"]["content"] != found["content"]
    assert browser.get("diagnosis").json()["diagnosis"] == found  # still the one of the model before
    for _ in range(state["log"]["position"]):
        browser.post("undo")
    assert browser.get("state").json()["model"]["content"] == found["content"]
    page = browser.finish(browser.post("page").json())
    text = browser.client.get(f"/pages/{page['page']}").text
    assert 'id="diagnosis"' in text and "What correcting concepts brings" in text


def test_videos_are_for_added_classes_alone(started, run):
    browser = started(run)()
    for operation, arguments in (("ablate", {"kinds": ["motion"]}), ("resolve", {"only": ["motion"]})):
        told = browser.post("edit", {"operation": operation, "arguments": arguments, "videos": ["a"]})
        assert told.status_code == 400 and "expected videos for add_class alone" in told.json()["error"]
