"""The ``dance`` command from its arguments to what it prints and writes."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from dance_xai.artifacts import read_run
from dance_xai.cli.fit import summarise

KEYS = {
    *("n", "correct", "accuracy", "accuracy_ci", "mean_class_accuracy", "nonzero", "nec", "accuracy_at_nec"),
    *("concept_map", "kkt", "seconds"),
}
SETS = {"all", "motion", "object", "scene", "context", "random", "features", "grounded"}
BUDGETS = {"1", "2", "3", "5", "10", "15", "20", "25", "30"}


@pytest.fixture
def run(small_run, tmp_path):
    return shutil.copytree(small_run, tmp_path / "run")


def test_evaluate_prints_one_json_object(dance, run):
    said = dance("evaluate", run, "--json")
    assert (said.code, said.err) == (0, "") and said.out.count("\n") == 1
    figures = json.loads(said.out)
    assert set(figures) >= KEYS
    assert set(figures["accuracy_at_nec"]) == SETS
    assert all(set(curve) == BUDGETS for curve in figures["accuracy_at_nec"].values())
    assert set(figures["concept_map"]) == {"motion", "object", "scene"}
    assert figures["accuracy"] == figures["correct"] / figures["n"]
    low, high = figures["accuracy_ci"]
    assert low <= figures["accuracy"] <= high
    assert json.loads((run / "metrics.json").read_text()) == figures


def test_evaluate_says_whether_concepts_beat_random_directions(dance, run):
    pruned = json.loads(dance("evaluate", run, "--json").out)["accuracy_pruned"]
    gap = 100 * (pruned["all"]["3"] - pruned["random"]["3"])
    said = re.search(r"Better than random directions\? ([^\d]?[\d.]+) points at 3 weights", dance("evaluate", run).out)
    assert said is not None and float(said[1].replace("−", "-")) == pytest.approx(gap, abs=0.051)


def test_a_fit_says_that_more_weights_would_serve_better(run, capsys):
    metrics = read_run(run).json("metrics")
    summarise(run, metrics | {"notes": {"nec": "9.0 weights do better"}})
    assert "\n  few weights  9.0 weights do better\n" in capsys.readouterr().out
    summarise(run, metrics | {"notes": {}})
    assert "few weights" not in capsys.readouterr().out


def test_evaluate_for_people(dance, run):
    said = dance("evaluate", run)
    assert said.code == 0 and said.err == ""
    assert all(word in said.out for word in ("planted world", "random (control)", "raw features (control)", "mAP"))


def test_fit_tells_its_stages_and_what_to_do_next(fit, small_folder, tmp_path):
    first = fit(small_folder, tmp_path / "R")
    assert first.code == 0 and "test clips right" in first.out and f"dance report {tmp_path / 'R'}" in first.out
    again = fit(small_folder, tmp_path / "R", "--json")
    assert again.err.split() == ["run", "unchanged"]
    assert json.loads(again.out) == json.loads((tmp_path / "R" / "metrics.json").read_text())


def test_the_cache_lies_beside_the_run_by_default(dance, fit, small_folder, tmp_path):
    settings = ("head.nec=2", "motion.clusters.n_clusters=[12]", "motion.per_clip=3", "motion.stride=16")
    flags = [part for setting in settings for part in ("--set", setting)]
    said = dance(
        "fit", small_folder / "settings.toml", "--data-root", small_folder, "--out", tmp_path / "R", "--json", *flags
    )
    assert said.code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".dance-cache", "R"]


def test_explain_prints_the_sum_and_writes_page_and_data(dance, run, tmp_path):
    said = dance("explain", run, "test_00_000", "--out", tmp_path / "clip.html")
    assert said.code == 0 and "contribution" in said.out and "bias" in said.out and "score" in said.out
    assert "test_00_000" in (tmp_path / "clip.html").read_text(encoding="utf-8")
    data = dance("explain", run, "test_00_000", "--json", "--out", tmp_path / "clip.json")
    assert json.loads(data.out) == json.loads((tmp_path / "clip.json").read_text())
    for each in json.loads(data.out)["classes"]:
        total = each["bias"] + sum(term["value"] for term in each["contributions"])
        assert total == pytest.approx(each["logit"], abs=1e-9)


def test_report_writes_one_page(dance, run, tmp_path):
    said = dance("report", run, "--out", tmp_path / "report.html")
    assert said.code == 0 and said.out == f"wrote {tmp_path / 'report.html'}\n"
    assert (tmp_path / "report.html").stat().st_size > 10_000
    assert (
        said.err.startswith("  looking for causes")
        and '<section id="diagnosis"' in (tmp_path / "report.html").read_text()
    )
    said = dance("report", run, "--no-diagnosis", "--json", "--out", tmp_path / "report.html")
    assert said.err == "" and json.loads(said.out)["diagnosis"] is None
    assert '<section id="diagnosis"' not in (tmp_path / "report.html").read_text()
    tree = json.loads(dance("report", run, "--json").out)
    assert tree["diagnosis"]["schema"] == 1 and "--json, got neither" in dance("report", run).complaint


def test_names_are_printed_letter_by_letter(dance, fit, small_folder, tmp_path):
    """Square brackets are markup to the printer, and part of a name to its owner."""
    data = shutil.copytree(small_folder, tmp_path / "[/data]")
    with (data / "clips.csv").open(newline="") as file:
        rows = [{**row, "label": f"[/{row['label']}]"} for row in csv.DictReader(file)]
    with (data / "clips.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    out = tmp_path / "[bold]"
    assert f"dance evaluate {out}" in fit(data, out, settings=("name=[/name]",)).out
    assert "[/name]" in dance("evaluate", out).out
    assert "labelled [/greeting]" in dance("explain", out, "test_00_000").out


def test_version_and_help(dance):
    assert dance("--version").out.startswith("dance-xai ")
    said = dance("--help").out
    assert all(name in said for name in ("demo", "fit", "evaluate", "explain", "report", "import-official"))


MISUSED = {
    "no folder": (("evaluate",), "missing argument 'run'; see dance evaluate --help"),
    "no clip": (("explain", "x"), "missing argument 'CLIP_OR_VIDEO'; see dance explain --help"),
    "another command": (("nothing",), "no such command 'nothing'; see dance --help"),
    "a command mistyped": (("fitt",), "no such command 'fitt'. Did you mean 'fit'?; see dance --help"),
    "no edit": (("edit", "x"), "missing command; see dance edit --help"),
    "no clips": (("edit", "x", "add-class", "y"), "missing option '--clips'; see dance edit RUN add-class --help"),
    "an unknown option": (("report", "x", "--nope"), "no such option: --nope; see dance report --help"),
    "an option without a value": (("fit", "x", "--out"), "option '--out' requires an argument; see dance --help"),
}


@pytest.mark.parametrize("name", MISUSED)
def test_a_wrong_call_is_one_line(name, dance):
    arguments, line = MISUSED[name]
    assert dance(*arguments).complaint == f"dance: {line}"


def test_a_value_out_of_range_names_the_option(dance):
    assert "'--seed'" in dance("evaluate", "x", "--seed", "-1").complaint


@pytest.mark.parametrize("command", [(), ("edit",), ("concepts",)])
def test_a_call_of_nothing_shows_help(command, dance):
    said = dance(*command)
    assert "Usage: dance" in said.out + said.err and "dance: " not in said.err


def test_a_question_left_unanswered_is_a_stop(dance, run, monkeypatch):
    def leave(*_):
        raise typer.Abort

    monkeypatch.setattr("dance_xai.workflows.runs.open_run", leave)
    assert dance("evaluate", run).code == 130


@pytest.mark.parametrize("arguments", [("settings", "--json"), ("settings", "--markdown"), ("doctor",)])
def test_nobody_reads_on(arguments):
    command = (sys.executable, "-c", "from dance_xai.cli import main; main()", *arguments)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 1)


@pytest.mark.parametrize(
    ("place", "code", "said"),
    [
        ("&-", 0, ""),
        pytest.param(
            *("/dev/full", 2, "dance: output: expected room to write it"),
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full"),
        ),
    ],
)
@pytest.mark.parametrize("command", ["doctor", "settings --json"])
def test_an_output_that_takes_nothing_is_no_traceback(place, code, said, command):
    line = f"exec {sys.executable} -c 'from dance_xai.cli import main; main()' {command} >{place}"
    done = subprocess.run(["/bin/sh", "-c", line], stderr=subprocess.PIPE, text=True)
    assert done.returncode == code
    assert done.stderr.startswith(said) and done.stderr.count("\n") == bool(said)


def test_a_stop_by_the_user_is_no_traceback(dance, run, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dance_xai.workflows.runs.open_run", stop)
    said = dance("evaluate", run)
    assert said.code == 130 and said.err == "\ndance: stopped\n"


def test_a_stopped_fit_says_that_it_can_go_on(fit, small_folder, tmp_path, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("dance_xai.workflows.fitting.fit_run", stop)
    said = fit(small_folder, tmp_path / "R")
    assert said.code == 130 and said.err.endswith("the same command goes on from here\n\ndance: stopped\n")
