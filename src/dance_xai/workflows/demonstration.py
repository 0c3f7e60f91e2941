"""The planted world through the ordinary pipeline: what was planted, what was found, and where the model cheats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.artifacts import write_file
from dance_xai.artifacts.sealed import explained
from dance_xai.config import read_config
from dance_xai.evaluate.timing import TimingScore
from dance_xai.planted.rule import SMALL
from dance_xai.planted.truth import DiscoveryScore, Shortcut, score_discovery, shortcut
from dance_xai.planted.video_world import VideoWorld, make_video_world
from dance_xai.planted.videos import write_video_world
from dance_xai.report.report import report_page
from dance_xai.types import Explanation
from dance_xai.workflows.explaining import explain_of, page_of
from dance_xai.workflows.fitting import fit_run
from dance_xai.workflows.picturing import picture_of
from dance_xai.workflows.reporting import diagnosed_report
from dance_xai.workflows.runs import RunView, open_run
from dance_xai.workflows.subjects import known_clip
from dance_xai.workflows.timing import time_motions


@dataclass(frozen=True, eq=False)
class Demonstration:
    """What the demo made and measured.

    Attributes:
        folder: Where everything lies.
        discovery: Discovered motion concepts against the planted motions.
        timing: When they happen in test clips, against the true time of the planted motions.
        shortcut: The planted shortcut.
        metrics: Figures on the test clips.
        shifted: Figures on the shifted clips, where the shortcut is broken.
        unseen: Objects of the rule that were left out because they are too small to be seen.
        fooled: Explanation of a shifted clip that the shortcut misled, None if it misled none.
        pages: The pages written.
    """

    folder: Path
    discovery: DiscoveryScore
    timing: TimingScore
    shortcut: Shortcut
    metrics: dict[str, Any]
    shifted: dict[str, Any]
    unseen: tuple[str, ...]
    fooled: Explanation | None
    pages: tuple[Path, ...]


def demonstrate(
    folder: Path,
    *,
    seed: int = 0,
    workers: int = 1,
    on_stage: Callable[[str, bool], None] | None = None,
) -> Demonstration:
    """Film the planted world, fit it from its videos, check it against its truth, and write the pages.

    Args:
        folder: Where everything goes.
        seed: Of the world.
        workers: Videos drawn, and looked at, side by side.
        on_stage: Told each finished stage and whether it was kept from before.

    Raises:
        ArtifactError: The folder cannot be written.
    """
    data, settings = folder / "data", folder / "settings.toml"
    world = make_video_world(seed=seed)
    with explained(data):
        write_video_world(world, data, workers=workers)
    if on_stage:
        on_stage("filming", False)
    write_file(settings, files("dance_xai.planted").joinpath("video.toml").read_bytes())
    metrics, view = _fit(folder, data, settings, "run", "clips.csv", workers, on_stage)
    shifted, shifted_view = _fit(folder, data, settings, "run-shifted", "shifted.csv", workers, on_stage)
    planted = shortcut(world)
    fooled = _fooled(shifted_view, planted)
    return Demonstration(
        folder=folder,
        discovery=_score(world, view),
        timing=time_motions(view, world.spans),
        shortcut=planted,
        metrics=metrics,
        shifted=shifted,
        unseen=tuple(drop.item for drop in view.drops if drop.item in SMALL),
        fooled=fooled,
        pages=_write_pages(folder, view, shifted_view, fooled),
    )


def _fit(
    folder: Path,
    data: Path,
    settings: Path,
    name: str,
    clips: str,
    workers: int,
    on_stage: Callable[[str, bool], None] | None,
) -> tuple[dict[str, Any], RunView]:
    config = read_config(settings, [f'data.clips.path="{clips}"'])
    metrics = fit_run(config, data, folder / name, cache=folder / ".dance-cache", on_stage=on_stage, workers=workers)
    return metrics, open_run(folder / name)


def _score(world: VideoWorld, view: RunView) -> DiscoveryScore:
    assert view.motion is not None and view.motion.windows is not None
    clip, start, stop, label = view.motion.windows.T
    spans = [world.spans[name] for name in view.manifest.ids]
    return score_discovery(label, clip, start, int(np.median(stop - start)), spans)


def _fooled(view: RunView, planted: Shortcut) -> Explanation | None:
    """The shifted clip of the rival class that the scene misled most."""
    rows = view.manifest.rows("test")
    label, rival = (view.model.classes.index(name) for name in (planted.label, planted.rival))
    rows = rows[(view.manifest.labels[rows] == rival) & (view.model.predict(view.inputs[rows]) == label)]
    if not len(rows):
        return None
    scene = [row for row in view.model.bank.columns("scene") if view.model.bank.names[row] == planted.scene]
    pull = view.model.concepts(view.inputs[rows])[:, scene] @ view.model.head.weight[label, scene]
    clip = view.manifest.ids[rows[pull.argmax()]]
    return explain_of(view, known_clip(view, clip))


def _write_pages(folder: Path, view: RunView, shifted: RunView, fooled: Explanation | None) -> tuple[Path, ...]:
    pages = {folder / "report.html": report_page(diagnosed_report(view))}
    rows = view.manifest.rows("test")
    right = rows[view.model.predict(view.inputs[rows]) == view.manifest.labels[rows]]
    pages[folder / "clip.html"] = _page(view, view.manifest.ids[right[0]])
    if fooled is not None:
        pages[folder / "fooled.html"] = _page(shifted, fooled.clip)
    for path, page in pages.items():
        write_file(path, page.encode())
    return tuple(pages)


def _page(view: RunView, clip: str) -> str:
    subject = known_clip(view, clip)
    explanation = explain_of(view, subject)
    return page_of(view, explanation, subject.track, picture_of(view, explanation, subject, clip))
