"""The ``dance`` command as a user calls it, in this process."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dance_xai.cli import main
from dance_xai.config import Config
from dance_xai.workflows.fitting import fit_run


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line that says what is wrong; progress lines may stand before it."""
        lines = self.err.splitlines()
        complaints = [line for line in lines if line.startswith("dance: ")]
        assert self.code == 2, f"exit code {self.code}: {self.err}"
        assert len(complaints) == 1 and lines[-1] == complaints[0], self.err
        assert all(line.startswith("  ") for line in lines[:-1]), self.err
        assert "Traceback" not in self.err + self.out
        return complaints[0]


@pytest.fixture
def dance(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """``dance(*arguments)`` -> exit code, standard output, standard error."""

    def run(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["dance", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "120")
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        said = capsys.readouterr()
        return Outcome(int(stop.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def fit(dance: Callable[..., Outcome], small_cache: Path, small_settings: tuple[str, ...]) -> Callable[..., Outcome]:
    """``fit(data, out, *more)``: ``dance fit`` on a data folder with the small settings."""

    def run(data: Path, out: Path, *more: str | Path, settings: tuple[str, ...] = ()) -> Outcome:
        chosen = [part for setting in (*small_settings, *settings) for part in ("--set", setting)]
        cache = () if "--cache" in more else ("--cache", small_cache)
        return dance("fit", data / "settings.toml", "--data-root", data, "--out", out, *cache, *chosen, *more)

    return run


@pytest.fixture(scope="session")
def earlier(
    small_folder: Path,
    small_config: Callable[..., Config],
    small_cache: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A RUN with grounded activations, not to be written to."""
    run = tmp_path_factory.mktemp("earlier") / "run"
    fit_run(small_config(), small_folder, run, cache=small_cache)
    return run


@pytest.fixture
def run(earlier: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(earlier, tmp_path / "run")
