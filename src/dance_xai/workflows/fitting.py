"""``fit`` with everything around it: nothing done twice, scored once, written whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dance_xai.artifacts import StageCache, check_place, read_run
from dance_xai.config import Config, refuse_faults
from dance_xai.data.dataset import Dataset
from dance_xai.edit import EditChain
from dance_xai.errors import ArtifactError
from dance_xai.extract.extractor import Extractor
from dance_xai.pipeline import Fitted, fit
from dance_xai.types import counted
from dance_xai.workflows.edits import EDITS
from dance_xai.workflows.runs import clip_cache
from dance_xai.workflows.scoring import score
from dance_xai.workflows.sealing import inputs_of, is_unchanged, write_fitted


def fit_run(
    config: Config,
    data_root: Path,
    out: Path,
    *,
    cache: Path | None = None,
    on_stage: Callable[[str, bool], None] | None = None,
    workers: int = 1,
    on_clip: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Fit, score and write a RUN; a RUN of the same settings and files is left as it is.

    Args:
        config: The settings.
        data_root: Where data paths start.
        out: The RUN folder.
        cache: Where finished stages are kept, None keeps none.
        on_stage: Told each finished stage and whether it was kept from before.
        workers: Videos looked at side by side; the result does not depend on it.
        on_clip: Told how many videos of how many have been looked at.

    Returns:
        The figures of ``dance evaluate``.

    Raises:
        DanceError: Settings, data or place are wrong, or a RUN with edits lies there; an earlier RUN at ``out`` is
            unchanged.
    """
    refuse_faults(config)
    check_place(out, "run")
    inputs = inputs_of(config, data_root, cache)
    if is_unchanged(out, config, inputs):
        if on_stage:
            on_stage("run", True)
        return dict(read_run(out).json("metrics"))
    _refuse_edited(out)
    stages = StageCache(cache, on_stage)
    extractor = Extractor(config.extract, data_root, cache=clip_cache(cache), workers=workers, progress=on_clip)

    def look(data: Dataset) -> Dataset:
        seen = extractor(data)
        if config.extract.computes:
            stages.on_result("videos", False)
        return seen

    fitted: Fitted = fit(config, data_root, stages.call, look)
    metrics = stages.call(
        "score",
        score,
        fitted.model,
        fitted.data.manifest,
        fitted.bank,
        fitted.evidence,
        fitted.data.features,
        config.seed,
    )
    write_fitted(out, fitted, config, inputs, metrics)
    return metrics


def _refuse_edited(out: Path) -> None:
    """Refuse to replace a RUN that was edited by hand: a fit cannot make that again."""
    edits = _edits_at(out)
    if edits:
        raise ArtifactError(
            f"{out}: expected nothing there, or a RUN without edits to replace, got one with {counted(edits, 'edit')} "
            f"(dance edit {out} log); choose another place, or undo them first"
        )


def _edits_at(out: Path) -> int:
    """How many edits are in force in the RUN at a place; none where nothing that can be read lies there."""
    try:
        run = read_run(out)
        return run.load(EDITS, EditChain).position if EDITS in run else 0
    except ArtifactError:
        return 0
