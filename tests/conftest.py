"""Shared fixtures. Real data is used where it lies and skipped, with the reason, where it does not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from dance_xai.config import Config, read_config
from dance_xai.data.dataset import Dataset, read_dataset
from dance_xai.planted.world import PlantedWorld, make_world
from dance_xai.planted.write import write_world
from dance_xai.workflows.fitting import fit_run

settings.register_profile("repeatable", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("repeatable")

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / "src" / "dance_xai" / "planted" / "settings.toml"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real data: ``$DANCE_DATA``, or ``shared`` beside the project."""
    folder = Path(os.environ.get("DANCE_DATA", ROOT.parent / "shared"))
    if not (folder / "penn_action" / "clips.csv").is_file():
        pytest.skip(f"real data not found in {folder.name!r}; set DANCE_DATA to the folder that holds penn_action/")
    return folder


SMALL_SETTINGS = (
    "motion.clusters.n_clusters=[12]",
    "motion.clusters.refine=5",
    "motion.per_clip=6",
    "motion.min_clips=4",
    "motion.stride=8",
    "layers.folds=3",
    "head.folds=3",
)


@pytest.fixture(scope="session")
def small_settings() -> tuple[str, ...]:
    """Overrides that make a fit of the small world quick."""
    return SMALL_SETTINGS


@pytest.fixture(scope="session")
def small_world() -> PlantedWorld:
    """A planted world of 8 clips per class, large enough to fit and small enough to fit often."""
    return make_world(clips_per_class=8)


@pytest.fixture(scope="session")
def small_folder(small_world: PlantedWorld, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its files, and ``settings.toml`` with few clusters; not to be written to."""
    folder = tmp_path_factory.mktemp("small") / "data"
    write_world(small_world, folder)
    shutil.copy(SETTINGS, folder / "settings.toml")
    return folder


@pytest.fixture(scope="session")
def small_config(small_folder: Path) -> Callable[..., Config]:
    """Settings of the small world, with further overrides."""
    return lambda *overrides: read_config(small_folder / "settings.toml", (*SMALL_SETTINGS, *overrides))


@pytest.fixture(scope="session")
def small_data(small_folder: Path, small_config: Callable[..., Config]) -> Dataset:
    """The small world as the reader gives it."""
    return read_dataset(small_config().data, small_folder)


@pytest.fixture(scope="session")
def small_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Finished stages, shared by all fits of the small world that do not test the cache."""
    return tmp_path_factory.mktemp("stages")


@pytest.fixture(scope="session", params=["grounded", "predicted"])
def small_run(
    request: pytest.FixtureRequest,
    small_folder: Path,
    small_config: Callable[..., Config],
    small_cache: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A RUN of the small world, one per way of activation; not to be written to."""
    run = tmp_path_factory.mktemp(request.param) / "run"
    fit_run(small_config(f"activations={request.param}"), small_folder, run, cache=small_cache)
    return run
