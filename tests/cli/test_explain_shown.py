"""What ``dance explain`` prints and writes."""

import json
import re
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from dance_xai.cli.app import app
from dance_xai.cli.explain import show_explanation
from dance_xai.report.sentences import flip_text, seen_best
from dance_xai.types import PhraseSeen
from dance_xai.workflows.explaining import explain_of
from dance_xai.workflows.runs import open_run
from dance_xai.workflows.subjects import known_clip


@pytest.fixture
def explained(small_run):
    view = open_run(small_run)
    clip = view.manifest.ids[int(view.manifest.rows("test")[0])]
    return explain_of(view, known_clip(view, clip))


def flat(text):
    return " ".join(text.split())


def test_the_flip_and_the_best_frames_are_printed(explained, capsys):
    term = explained.prediction.contributions[0]
    seen = PhraseSeen(term.concept, "object", "Punching bag", 12, 1.5, 0.25)
    other = replace(seen, concept=10_000, name="never shown")
    show_explanation(replace(explained, phrases_seen=(seen, other)))
    printed = flat(capsys.readouterr().out)
    assert flip_text(explained.flip) in printed
    assert f"best seen: {flat(seen_best(seen, explained.fps))}" in printed
    assert "never shown" not in printed


def test_train_clips_are_told_as_such(dance, run):
    view = open_run(run)
    for split, told in (("train", True), ("test", False)):
        out = dance("explain", run, view.manifest.ids[int(view.manifest.rows(split)[0])]).out
        assert ("(a train clip: the model was fitted on it)" in out) is told


def test_every_motion_of_the_sum_is_told_in_words(dance, run):
    view = open_run(run)
    rows = view.manifest.rows("train")
    motions = view.model.bank.columns("motion")
    weight = view.model.head.weight[view.model.predict(view.inputs[rows])][:, motions]
    clip = view.manifest.ids[int(rows[weight.any(axis=1).argmax()])]
    out = dance("explain", run, clip).out
    listed = re.findall(r"^(motion \d+) +motion", out, re.MULTILINE)
    assert listed == re.findall(r"^  (motion \d+) looks like: [a-z]", out, re.MULTILINE) != []


def test_what_could_not_be_told_is_printed(explained, capsys):
    show_explanation(replace(explained, notes=("motion: nobody found",)))
    assert "\n  note: motion: nobody found\n" in capsys.readouterr().out


def test_a_page_without_a_video_says_so(small_run, explained, tmp_path):
    page = tmp_path / "clip.html"
    result = CliRunner().invoke(app, ["explain", str(small_run), explained.clip, "--out", str(page)])
    assert result.exit_code == 0
    assert "names no videos" in result.output
    assert "names no videos" in page.read_text(encoding="utf-8")


def test_a_correction_is_told_beside_the_explanation(dance, run, tmp_path):
    view = open_run(run)
    clip, name = view.manifest.ids[int(view.manifest.rows("test")[0])], view.model.bank.names[0]
    plain = dance("explain", run, clip).out
    told = dance("explain", run, clip, "--set", f"{name}=3", "--out", tmp_path / "clip.html")
    assert told.code == 0 and told.out.startswith(plain.rstrip()) and f"{name}: +3.00 instead of" in told.out
    page = (tmp_path / "clip.html").read_text(encoding="utf-8")
    assert '<h2 id="correction">' in page and f"{name}: +3.00 instead of" in page
    tree = json.loads(dance("explain", run, clip, "--set", f"{name}=off", "--json").out)
    assert tree["correction"]["changes"][0]["after"] == 0 and tree["classes"] != tree["correction"]["classes"]
    assert "got no =" in dance("explain", run, clip, "--set", name).complaint
    assert "as it is" in dance("explain", run, clip, "--set", f"{name}=1", "--out", tmp_path / "clip.mp4").complaint
    assert '<h2 id="correction">' not in _page(dance, run, clip, tmp_path / "plain.html")


def _page(dance, run, clip, path):
    dance("explain", run, clip, "--out", path)
    return path.read_text(encoding="utf-8")
