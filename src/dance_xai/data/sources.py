"""The settings that say where the parts of a data set lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.pose_source import STRICT, PosesSource

TEXT_SUFFIX = ".txt"


@dataclass(frozen=True)
class ArraySource:
    """One array with one row per clip.

    Attributes:
        path: An .npz, .safetensors or .pt file.
        array: Name of the array in it.
        ids_path: For a .pt file, which has no ids itself: a list of its clips, in the order of its rows.
    """

    __pydantic_config__ = STRICT
    path: Path
    array: str
    ids_path: Path | None = None


@dataclass(frozen=True)
class PhrasesSource:
    """Phrases of one kind: an .npz file with their embeddings, or a text file with one phrase a line.

    Attributes:
        path: The file; the phrases of a .txt are embedded by the dual encoder of ``extract.encoder``.
        texts: Name of the array of phrases (.npz).
        embeddings: Name of the array of their embeddings (.npz).
    """

    __pydantic_config__ = STRICT
    path: Path
    texts: str = "texts"
    embeddings: str = "embeddings"


@dataclass(frozen=True)
class DataConfig:
    """Where a data set lies; relative paths start at the data root.

    Attributes:
        clips: Ids, labels and splits.
        features: Backbone features, for predicted activations and the controls.
        poses: Poses of the clips, for motion concepts.
        video: Clip embeddings of the dual encoder, for object and scene concepts.
        objects: Object phrases with embeddings of the same dual encoder.
        scenes: Scene phrases with embeddings of the same dual encoder.
        phrases: Phrases of both kinds with their classes: a file of ``dance concepts``, a ``.toml`` or ``.csv`` file,
            or ``bundled:NAME``. With ``objects`` and ``scenes`` it says which of these are used.
        motion_labels: Given motion labels of the clips, in place of discovery.
        key_frames: Given key frames (JSON: clip id to list of frames).
    """

    __pydantic_config__ = STRICT
    clips: ClipsSource
    features: ArraySource | None = None
    poses: PosesSource | None = None
    video: ArraySource | None = None
    objects: PhrasesSource | None = None
    scenes: PhrasesSource | None = None
    phrases: str | None = None
    motion_labels: Path | None = None
    key_frames: Path | None = None
