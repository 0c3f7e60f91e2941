"""A tiny RUN that looks at videos itself, with names that try to break the page, and the app on it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.app.browsing import HOME, LABELS, Browser
from tests.suited import ACTIONS, SETTINGS, performance
from tests.suspected import suspected

from dance_xai.app import Limits, make_app
from dance_xai.config import read_config
from dance_xai.diagnose import Diagnosis
from dance_xai.workflows.diagnosing import diagnose_view
from dance_xai.workflows.fitting import fit_run
from dance_xai.workflows.runs import RunView, open_run

SUITS = SETTINGS.replace('"suits"', '"suits <b>bold</b>"') + "nec = 4\n"


@pytest.fixture(scope="session")
def suits(tmp_path_factory: pytest.TempPathFactory, write_video: Callable[..., Path]) -> Path:
    """Eighteen clips of three actions, a RUN of them in ``runs/suits``; not to be written to."""
    folder = tmp_path_factory.mktemp("suits")
    rows = []
    for action in ACTIONS:
        for number in range(6):
            name = f"{action}{number}.mp4"
            write_video(folder / name, performance(action, seed=number))
            rows.append([name, name, LABELS[action], "train" if number < 4 else "test"])
    with (folder / "clips.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["clip", "path", "label", "split"], *rows])
    (folder / "settings.toml").write_text(SUITS)
    fit_run(read_config(folder / "settings.toml"), folder, folder / "runs" / "suits", cache=folder / "cache")
    return folder


@pytest.fixture
def run(suits: Path, tmp_path: Path) -> Path:
    """A copy of the RUN."""
    return shutil.copytree(suits / "runs" / "suits", tmp_path / "runs" / "suits")


@pytest.fixture(scope="session")
def new_video(suits: Path, write_video: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of somebody who squats, which the RUN has never seen."""
    return write_video(tmp_path_factory.mktemp("new") / "new.mp4", performance("squat", seed=77))


@pytest.fixture
def started() -> Iterator[Callable[..., Callable[[], Browser]]]:
    """``started(run, compare=..., limits=..., host=...)`` -> a maker of browsers of one app."""

    @contextmanager
    def serving(app):
        with TestClient(app, base_url=HOME) as client:
            yield client

    running = []

    def start(run: Path, *, compare: Path | None = None, root: Path | None = None, **options):
        other = None if compare is None else open_run(compare, root)
        app = make_app(open_run(run, root), other=other, **options)
        context = serving(app)
        context.__enter__()
        running.append(context)

        def browser() -> Browser:
            return Browser(TestClient(app, base_url=HOME))

        browser.app = app
        return browser

    yield start
    for context in reversed(running):
        context.__exit__(None, None, None)


@pytest.fixture
def limits() -> Limits:
    return Limits(megabytes=1.0, seconds=5.0)


@pytest.fixture
def doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every diagnosis in the app finds, beside what it finds, a shortcut with an edit against it."""

    def with_shortcut(view: RunView) -> Diagnosis:
        return replace(diagnose_view(view), shortcuts=(suspected(view),))

    monkeypatch.setattr("dance_xai.app.diagnosis.diagnose_view", with_shortcut)
