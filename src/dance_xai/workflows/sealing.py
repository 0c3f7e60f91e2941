"""How a fit becomes a RUN, and whether a folder holds it already."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from dance_xai.artifacts import code_fingerprint, plain, read_run, write_run
from dance_xai.config import Config, config_tree
from dance_xai.data.dataset import files_of
from dance_xai.data.manifest import clip_listing, read_clips
from dance_xai.errors import ArtifactError, DataError
from dance_xai.extract.keep import ClipKeep
from dance_xai.extract.loading import model_identities
from dance_xai.pipeline import Fitted
from dance_xai.text.prompting import words_of
from dance_xai.workflows.runs import clip_cache, drops_tree


def write_fitted(folder: Path, fitted: Fitted, config: Config, inputs: dict[str, Any], metrics: dict[str, Any]) -> None:
    """Write a RUN, all or nothing.

    Raises:
        ArtifactError: The place holds something else, or the disk is full; what was there before is unchanged.
    """
    parts: dict[str, Any] = {
        "config": config_tree(config),
        "inputs": inputs,
        "manifest": fitted.data.manifest,
        "bank": fitted.bank,
        "motion": fitted.motions,
        "evidence": fitted.evidence,
        "model": fitted.model,
        "metrics": metrics,
        "drops": drops_tree(fitted.drops),
        "quality": plain(
            {"motion": fitted.motions.report, "text": fitted.phrases.report, "layers": fitted.layers.report}
        ),
    }
    data = fitted.data
    optional = {
        "features": data.features,
        "blocks": data.blocks,
        "text": fitted.phrases if fitted.phrases.names else None,
        "phrases": data.proposed,
        "prompts": (words_of(data.proposed.sources) if data.proposed else {}) or None,
        "others": data.others or None,
    }
    parts |= {name: noun for name, noun in optional.items() if noun is not None}
    if data.own_tracks:
        parts["tracks"] = tuple(replace(track, xyz=None) for track in data.tracks)  # motions and pages are flat
    write_run(folder, parts)


def inputs_of(config: Config, data_root: Path, cache: Path | None = None) -> dict[str, Any]:
    """What a fit depends on: the content of data files, videos and models, the settings and the version."""
    files = {str(path): _hash(path) for path in files_of(config.data, data_root)}
    inputs: dict[str, Any] = {"data_root": str(data_root.resolve()), "files": files, "version": code_fingerprint()}
    if (listing := clip_listing(config.data.clips, data_root)) is not None:
        inputs["listing"] = hashlib.sha256(listing.encode()).hexdigest()
    if config.extract.computes:
        inputs["models"] = model_identities(config.extract, data_root)
    if config.extract.computes or (config.data.poses is not None and config.data.poses.fps is None):
        inputs["videos"] = videos_digest(config, data_root, cache)
    return inputs


def videos_digest(config: Config, data_root: Path, cache: Path | None) -> str:
    """One hash over the content of all videos of a data set; one that cannot be read counts as such."""
    keep, contents = ClipKeep(clip_cache(cache)), []
    for clip in read_clips(config.data.clips, data_root).clips:
        try:
            contents.append([clip.id, None if clip.path is None else keep.content(clip.path)])
        except DataError:
            contents.append([clip.id, "cannot be read"])
    keep.close()
    return hashlib.sha256(json.dumps(contents).encode()).hexdigest()


def is_unchanged(folder: Path, config: Config, inputs: dict[str, Any]) -> bool:
    """Whether a folder holds an undamaged RUN of the same settings, files and version."""
    try:
        run = read_run(folder)
        same = run.json("inputs") == inputs and run.json("config") == config_tree(config)
        if same:
            run.verify()
    except ArtifactError:
        return False
    return bool(same)


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(
            f"{path}: expected a readable file, got: {error.strerror}; check the path and --data-root"
        ) from error
