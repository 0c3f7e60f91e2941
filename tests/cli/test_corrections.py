"""Corrections that are remembered: written by ``dance explain``, weighed by ``dance evaluate``."""

from __future__ import annotations

import json

import numpy as np

from dance_xai.workflows.remembering import read_memory
from dance_xai.workflows.runs import open_run


def test_corrections_are_remembered_recalled_and_weighed(dance, run, tmp_path):
    view, path = open_run(run), tmp_path / "corrections.json"
    row = int(view.manifest.rows("test")[0])
    clip, name = view.manifest.ids[row], view.model.bank.names[0]
    read = view.model.concepts(view.inputs)
    assert "expected a correction" in dance("explain", run, clip, "--remember", path).complaint
    for value in ("4", "2.5"):  # the second takes the place of the first
        told = dance("explain", run, clip, "--set", f"{name}={value}", "--remember", path, "--json")
        assert told.code == 0, told.err
    memory, clips = read_memory(view, path)
    assert clips == (clip,) and memory.values[0, 0] == 2.5 and np.isnan(memory.values[0, 1:]).all()
    again = dance("explain", run, clip, "--corrections", path, "--json")
    assert json.loads(again.out)["correction"] == json.loads(told.out)["correction"] is not None
    figures = json.loads(dance("evaluate", run, "--corrections", path, "--json").out)
    fixed, alike = memory.apply(read)
    rows = view.manifest.rows("test")
    said = (fixed[rows] @ view.model.head.weight.T + view.model.head.bias).argmax(axis=1)
    assert figures["accuracy"][1] == np.mean(said == view.manifest.labels[rows])
    assert figures["touched"] == alike[rows].sum() >= 1 and figures["own"] == 1 and figures["corrections"] == 1
    shown = dance("evaluate", run, "--corrections", path).out
    assert "1 remembered correction on" in shown and "1 of them remembered ones themselves" in shown
    far = int(np.argmin(read[:, 1:] @ read[row, 1:] / np.linalg.norm(read[:, 1:], axis=1)))
    assert "no clip of" in dance("explain", run, view.manifest.ids[far], "--corrections", path).out


def test_another_file_and_another_model_are_refused(dance, run, tmp_path):
    view, path = open_run(run), tmp_path / "corrections.json"
    clip, name = view.manifest.ids[0], view.model.bank.names[0]
    assert "check the path" in dance("evaluate", run, "--corrections", path).complaint
    for text in ("[]", "{", '{"schema": 1}', '{"schema": 1, "likeness": 2, "concepts": [], "corrections": []}'):
        path.write_text(text)
        assert str(path) in dance("evaluate", run, "--corrections", path).complaint
    path.unlink()
    assert dance("explain", run, clip, "--set", f"{name}=off", "--remember", path).code == 0
    assert dance("edit", run, "rename", name, "another").code == 0
    assert "those of another" in dance("explain", run, clip, "--corrections", path).complaint
