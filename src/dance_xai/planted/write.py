"""Write a planted world as files, so that the demo reads it as it reads any data set."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from dance_xai.planted.truth import shortcut
from dance_xai.planted.world import Planted, PlantedWorld
from dance_xai.types import Clip, PoseTrack

_Arrays: TypeAlias = dict[str, Any]


def write_world(world: PlantedWorld, folder: Path) -> dict[str, Path]:
    """Write the files of a data set and what is true about it.

    ``shifted.csv`` lists the same train clips as ``clips.csv``, with the shifted clips as its test clips.

    Args:
        world: The planted world.
        folder: Made when missing; files of the same names are replaced.

    Returns:
        The files: ``clips`` and ``shifted`` (csv: clip,label,split), ``keypoints``, ``features`` and ``phrases`` (npz)
        and ``truth`` (json).
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {
        "clips": folder / "clips.csv",
        "shifted": folder / "shifted.csv",
        "keypoints": folder / "keypoints.npz",
        "features": folder / "features.npz",
        "phrases": folder / "text_concepts.npz",
        "truth": folder / "truth.json",
    }
    train = tuple(clip for clip in world.manifest.clips if clip.split == "train")
    _write_clips(world.manifest.clips, paths["clips"])
    _write_clips(train + world.shifted.clips, paths["shifted"])
    np.savez(paths["keypoints"], **pose_arrays(world.tracks))
    np.savez(paths["features"], **_features(world))
    np.savez(paths["phrases"], **_phrases(world))
    paths["truth"].write_text(json.dumps(truth_record(world), indent=1) + "\n", encoding="utf-8")
    return paths


def _write_clips(clips: tuple[Clip, ...], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["clip", "label", "split"])
        rows.writerows([clip.id, clip.label, clip.split] for clip in clips)


def _features(world: PlantedWorld) -> _Arrays:
    spaces = {item.name: np.asarray(item.values) for item in (world.features, world.video)}
    return {"ids": np.array(world.ids), **spaces}


def pose_arrays(tracks: tuple[PoseTrack, ...]) -> _Arrays:
    """Pose tracks as the arrays of a pose file: the frames of all clips behind one another."""
    confidence = np.concatenate([track.confidence for track in tracks])
    return {
        "ids": np.array([track.clip for track in tracks]),
        "lengths": np.array([len(track.xy) for track in tracks], dtype=np.int32),
        "xy_px": np.concatenate([track.xy for track in tracks]),
        "visible": (confidence > 0).astype(np.uint8),
        "confidence": confidence,
        "height_width": np.array([track.height_width for track in tracks], dtype=np.int32),
        "fps": np.array([track.fps for track in tracks], dtype=np.float32),
    }


def _phrases(world: PlantedWorld) -> _Arrays:
    arrays: _Arrays = {}
    for kind, phrases in world.phrases.items():
        arrays[f"{kind}_texts"] = np.array(phrases.texts)
        arrays[f"{kind}_{world.video.name}"] = np.asarray(phrases.embeddings)
    return arrays


def truth_record(world: Planted) -> dict[str, Any]:
    """What is true about a world, as plain data: rules, shortcut, and per clip what it shows and when."""
    found = shortcut(world)
    return {
        "rules": [
            {"label": rule.label, "motions": list(rule.motions), "object": rule.object, "scene": rule.scene}
            for rule in world.rules
        ],
        "shortcut": {**vars(found), "words": found.words},
        "concepts": {kind: list(names) for kind, names in world.names.items()},
        "clips": {
            clip: {
                **{kind: sorted(world.shown(kind, row)) for kind in world.names},
                "spans": [[span.motion, span.start, span.stop] for span in world.spans[clip]],
            }
            for row, clip in enumerate(world.ids)
        },
    }
