"""Clips a RUN has never seen, many at once, read and looked at by the same means as its own."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.config import Config, config_tree, parse_config
from dance_xai.data.arrays import align, read_features
from dance_xai.data.container import is_there
from dance_xai.data.dataset import Dataset, keep_clips
from dance_xai.data.layouts.entries import Entry, require_all, video_files
from dance_xai.data.layouts.known import layout_of
from dance_xai.data.layouts.naming import give_ids
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.layouts.tables import find_columns, read_csv, read_json_lines, row_entry
from dance_xai.data.npz import refuse_duplicates
from dance_xai.data.pose_source import read_tracks
from dance_xai.data.sources import ArraySource, DataConfig
from dance_xai.errors import ArtifactError, ConfigError, DataError
from dance_xai.extract.extractor import Extractor
from dance_xai.extract.loading import model_identities
from dance_xai.motion.matching import match_motions, similarity
from dance_xai.motion.tracking import main_rows
from dance_xai.types import Clip, Drop, Features, FloatArray, Manifest
from dance_xai.workflows.runs import RunView, clip_cache

MEASURED = ("features", "poses", "video")
"""Sections of [data] that say something of a clip; phrases are those of the RUN."""

LISTS = (".csv", ".jsonl")
"""Endings of lists of clips."""


@dataclass(frozen=True, eq=False)
class Newcomers:
    """New clips as the model of a RUN reads them.

    Attributes:
        ids: M clip ids.
        inputs: (M, D).
        labels: M class names, None where unknown.
        drops: Clips left out, with reasons.
    """

    ids: tuple[str, ...]
    inputs: FloatArray
    labels: tuple[str | None, ...]
    drops: tuple[Drop, ...]


@dataclass(frozen=True)
class Looking:
    """How to look at videos: results are kept in ``cache`` by content, ``workers`` videos side by side."""

    cache: Path | None = None
    workers: int = 1
    progress: Callable[[int, int], None] | None = None


def read_newcomers(
    view: RunView, place: Path, data_root: Path | None = None, looking: Looking | None = None
) -> Newcomers:
    """Read new clips.

    Args:
        view: The RUN.
        place: A TOML file whose section [data] says where they lie, as for a fit, or a list of videos (.csv, .jsonl),
            or a folder of videos. Clips need neither labels nor a split; where there is a split, test clips are read.
        data_root: Where the paths of a TOML file start; None: where those of the RUN do.
        looking: How to look at videos.

    Raises:
        ConfigError: The settings are wrong, or the clips do not come by the means of the RUN.
        DataError: Files are missing or damaged, or no clips are left.
    """
    root = data_root or view.root
    if data_root is not None and _holds_clips(place):
        raise ConfigError(f"--data-root: expected with a TOML file alone, got {place}, which needs none; leave it out")
    config = _config(view, place)
    _same_models(view, config)
    manifest = _manifest(place, config.data.clips, root)
    if not manifest.clips:
        raise DataError(f"{place}: expected clips to look at, got none listed; check the list")
    data = _read(place, config.data, root, manifest)
    looking = looking or Looking()
    look = Extractor(
        config.extract,
        view.root,
        cache=clip_cache(looking.cache),
        workers=looking.workers,
        progress=looking.progress,
    )
    data = look(data)
    inputs = _evidence(view, data) if view.model.activations == "grounded" else _features(view, data)
    labels = tuple(clip.label for clip in data.manifest.clips)
    return Newcomers(data.manifest.ids, inputs, labels, data.manifest.drops)


def _holds_clips(place: Path) -> bool:
    """Whether it is a list or a folder of clips, and no settings that say where they are."""
    return is_there(place) and (place.suffix.lower() in LISTS or place.is_dir())


def _config(view: RunView, place: Path) -> Config:
    """The settings of the RUN with the data of the new clips; both must name the same sources."""
    tree = config_tree(view.config)
    own = tree["data"]
    given = {"clips": {"path": str(place.resolve())}} if _holds_clips(place) else _data_section(place)
    for name in MEASURED:
        if (own.get(name) is None) != (given.get(name) is None):
            has, lacks = ("the RUN", str(place)) if own.get(name) is not None else (str(place), "the RUN")
            raise ConfigError(
                f"{place}: expected clips that come by the means of the RUN, got data.{name} of {has} but none of "
                f"{lacks}; give both or neither"
            )
    tree["data"] = {**own, "key_frames": None, "motion_labels": None, "clips": given["clips"]}
    tree["data"] |= {name: given.get(name) for name in MEASURED}
    config = parse_config(tree, str(place))
    for name in ("features", "video"):
        _same_array(place, name, getattr(view.config.data, name), getattr(config.data, name))
    return config


def _data_section(place: Path) -> dict[str, Any]:
    try:
        tree = tomllib.loads(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigError(
            f"{place}: expected a TOML file, a list of clips ({', '.join(LISTS)}) or a folder, "
            f"got: {reason}; check the path"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{place}: expected TOML, got: {error}; mend that line") from error
    data = tree.get("data")
    if not isinstance(data, dict) or "clips" not in data:
        raise ConfigError(f"{place}: expected a section [data.clips] with a path, got none; see the settings of a fit")
    return data


def _same_array(place: Path, name: str, own: ArraySource | None, given: ArraySource | None) -> None:
    if own is not None and given is not None and own.array != given.array:
        raise ConfigError(
            f"{place}: data.{name}: expected the array {own.array!r} of the RUN, got {given.array!r}; other networks "
            "see other things"
        )


def _same_models(view: RunView, config: Config) -> None:
    found = model_identities(config.extract, view.root) if config.extract.computes else {}
    made_with = view.run.json("inputs").get("models", {})
    for name, identity in found.items():
        if made_with.get(name) != identity:
            raise ArtifactError(
                f"{name}: expected the model the RUN was made with (SHA-256 {made_with.get(name, 'none')[:12]}...), "
                f"got another ({identity[:12]}...); put that file back, or fit again"
            )


def _manifest(place: Path, source: ClipsSource, root: Path) -> Manifest:
    """The clips without classes, as train clips of nothing, so that none is missing for want of a label."""
    entries = _videos_of(place) if place.is_dir() else _entries(source, root)
    require_all(entries)
    if any(entry.part == "test" for entry in entries):
        entries = [entry for entry in entries if entry.part == "test"]
    refuse_duplicates(str(place), [str(entry.id) for entry in entries], "clip ids")
    clips = [
        Clip(str(entry.id), entry.label or None, "train", entry.path, entry.subject, entry.start, entry.end)
        for entry in entries
    ]
    return Manifest(tuple(clips), ())


def _videos_of(folder: Path) -> list[Entry]:
    found = [Entry(str(folder / name), "", folder / name, name) for name in video_files(folder)]
    return give_ids(found, short=True)


def _entries(source: ClipsSource, root: Path) -> list[Entry]:
    """Clips of a list or a data set; in a list with a header, labels may be missing."""
    file = root / source.path
    header = source.layout in ("csv", "jsonl") or (source.layout == "auto" and file.suffix.lower() in LISTS)
    if not header or file.is_dir():
        return layout_of(source, root)[1].entries(source, root)
    table = read_json_lines(file) if file.suffix.lower() == ".jsonl" else read_csv(file)
    columns = find_columns(table, source, needed=())
    base = file.parent if source.videos is None else root / source.videos
    rows = []
    for row, (_, cells) in enumerate(table.rows):
        filled = {role: name for role, name in columns.items() if role != "label" or cells[name].strip()}
        rows.append(row_entry(table, row, filled, base, root, None))
    return give_ids(rows, short=True)


def _read(place: Path, config: DataConfig, root: Path, manifest: Manifest) -> Dataset:
    features, video = (_array(source, root) for source in (config.features, config.video))
    kept = keep_clips(manifest, {"backbone feature": features, "dual encoder embedding": video})
    return Dataset(
        manifest=kept,
        tracks=read_tracks(config.poses, root, kept.clips, main_rows),
        features=None if features is None else Features(features.name, kept.ids, align(features, kept.ids)),
        video=None if video is None else Features(video.name, kept.ids, align(video, kept.ids)),
    )


def _array(source: ArraySource | None, root: Path) -> Features | None:
    if source is None:
        return None
    ids = None if source.ids_path is None else root / source.ids_path
    return read_features(root / source.path, array=source.array, ids_path=ids)


def _features(view: RunView, data: Dataset) -> FloatArray:
    """(M, D) backbone features, blocks as large as in the RUN."""
    assert data.features is not None
    if data.blocks is None or view.blocks is None:
        return data.features.values
    ratio = np.divide(view.blocks.scales, data.blocks.scales)
    return np.asarray(data.features.values * np.repeat(ratio, data.blocks.widths))


def _evidence(view: RunView, data: Dataset) -> FloatArray:
    """(M, G) measured as in the RUN; what cannot be measured has the train mean."""
    usual = view.evidence.values[view.manifest.rows("train")].mean(axis=0)
    bank, ids = view.bank.keep(view.evidence.columns), data.manifest.ids
    motion, text = bank.bank.columns("motion"), bank.bank.columns("object", "scene")
    values = np.full((len(ids), len(bank.bank)), np.nan)
    if len(motion) and data.tracks and view.motion and view.motion.encoder and view.motion.motions:
        encoder, motions = view.motion.encoder, view.motion.motions
        body = encoder.body(data.tracks, ids)
        found = match_motions(encoder, body, motions.centres, stride=view.config.motion.stride)
        values[:, motion] = similarity(found.distance[:, bank.source[motion]], motions.scale)
    if len(text) and data.video is not None and view.text is not None:
        values[:, text] = view.text.measure(data.video)[:, bank.source[text]]
    return np.where(np.isfinite(values), values, usual)
