"""Shared fixtures. Real data is used where it lies and skipped, with the reason, where it does not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from dance_xai.config import Config, read_config
from dance_xai.data.dataset import Dataset, read_dataset
from dance_xai.planted.world import PlantedWorld, make_world
from dance_xai.planted.write import write_world
from dance_xai.workflows.fitting import fit_run

settings.register_profile("untimed", deadline=None)
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable" if os.environ.get("CI") else "untimed")

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / "src" / "dance_xai" / "planted" / "settings.toml"


SLOW_FILES = ("test_demonstration.py", "test_in_browser.py", "test_penn_action.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take longest come first, so that no worker ends alone with one of them."""
    items.sort(key=lambda item: item.path.name not in SLOW_FILES)


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


def _write_video(
    path: Path,
    frames: Iterable[np.ndarray],
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    fps: int | Fraction = 25,
    times: Sequence[float] | None = None,
    rotation: int | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """Encode (H, W, 3) uint8 frames; ``times`` in seconds make the frame rate variable."""
    import av

    with av.open(str(path), "w") as container:
        stream = None
        for number, picture in enumerate(frames):
            if stream is None:
                stream = container.add_stream(codec, rate=fps, options=options or {})
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = pix_fmt
                stream.thread_count = 1
                if times is not None:
                    stream.codec_context.time_base = Fraction(1, 1000)
                if rotation is not None:
                    stream.set_display_rotation(rotation)
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            if times is not None:
                frame.time_base, frame.pts = Fraction(1, 1000), round(1000 * times[number])
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode())
    return path


@pytest.fixture(scope="session")
def write_video() -> Callable[..., Path]:
    """``write_video(path, frames, codec=..., pix_fmt=..., fps=..., times=..., rotation=...)``."""
    return _write_video


def _numbered_frames(count: int, height: int = 48, width: int = 64) -> list[np.ndarray]:
    """Red above left, green below left, black on the right, with the frame's number as the grey of the last columns."""
    frames = []
    for number in range(count):
        picture = np.zeros((height, width, 3), dtype=np.uint8)
        picture[: height // 2, : width // 2, 0] = 250
        picture[height // 2 :, : width // 2, 1] = 250
        picture[:, -width // 4 :] = 8 * number
        frames.append(picture)
    return frames


@pytest.fixture(scope="session")
def numbered_frames() -> Callable[..., list[np.ndarray]]:
    """``numbered_frames(count, height, width)``, up to 31 frames that can be told apart after encoding."""
    return _numbered_frames


@pytest.fixture(scope="session")
def browser():
    """Chromium; tests of pages are skipped without it."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine: the pages are not opened")
    with playwright.sync_playwright() as tool:
        running = tool.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def serious_flaws():
    """``serious_flaws(page)``: what axe-core calls serious or critical in a page, and where first."""
    from axe_playwright_python.sync_playwright import Axe

    def look(page):
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        poor = [each for each in found if each["impact"] in ("serious", "critical")]
        return [(each["id"], each["nodes"][0]["html"][:200]) for each in poor]

    return look
