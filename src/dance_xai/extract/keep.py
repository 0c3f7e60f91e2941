"""Results of looking at clips, kept by the content of the clip and everything that changes them."""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dance_xai.artifacts import fingerprint, load_noun, save_noun, write_file
from dance_xai.data.container import require_content
from dance_xai.data.image_folder import is_folder, list_images
from dance_xai.data.video import decoder_version
from dance_xai.errors import ArtifactError, DataError
from dance_xai.extract.settings import ExtractConfig
from dance_xai.types import Clip, FloatArray

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Vector:
    """One vector (D,) of a clip."""

    values: FloatArray


class ClipKeep:
    """Nouns per clip and part in one folder; damaged entries count as missing. Safe for threads and processes.

    Args:
        folder: Where; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._index = HashIndex(None if folder is None else folder / "contents.json")

    def key(self, clip: Clip, config: ExtractConfig, identity: str) -> str:
        """Same clip, same way of decoding, same part: same key.

        Raises:
            DataError: The file cannot be read.
        """
        assert clip.path is not None
        content, version = self.content(clip.path), decoder_version(clip.path)
        return fingerprint(content, clip.start, clip.end, config.fps, config.max_side, version, identity)

    def content(self, path: Path) -> str:
        """SHA-256 of a video file, or of a folder of images.

        Raises:
            DataError: It cannot be read.
        """
        return self._index.of(path)

    def load(self, hint: type[T], key: str) -> T | None:
        """The noun, or None when it is missing or damaged."""
        if self.folder is not None:
            with suppress(ArtifactError):
                return load_noun(hint, self._place(key))
        return None

    def save(self, noun: Any, key: str) -> None:
        """Keep a noun, all or nothing."""
        if self.folder is not None:
            save_noun(noun, self._place(key))

    def close(self) -> None:
        """Remember the hashes of the files."""
        self._index.write()

    def _place(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / key[:2] / f"{key[2:34]}.noun"


class HashIndex:
    """SHA-256 of files, remembered by path, size and time of change, so that videos are not read again to know them.

    Args:
        path: JSON file; None remembers nothing between runs.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._changed = False
        self._known: dict[str, list[Any]] = {}
        if path is not None:
            with suppress(OSError, ValueError):
                loaded = json.loads(path.read_text(encoding="utf-8"))
                self._known = loaded if isinstance(loaded, dict) else {}

    def of(self, path: Path) -> str:
        """SHA-256 of a file, or of the names and content of a folder's images.

        Raises:
            DataError: It cannot be read.
        """
        folder = is_folder(path)
        if not folder:
            require_content(path)
        try:
            files = list_images(path) if folder else (path,)
            hashes = [self._of_file(file) for file in files]
        except OSError as error:
            raise DataError(f"{path}: expected a readable video, got: {error.strerror}; check the path") from error
        if not folder:
            return hashes[0]
        named = [[file.name, digest] for file, digest in zip(files, hashes, strict=True)]
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()

    def write(self) -> None:
        """Write the index, if anything is new."""
        if self._path is not None and self._changed:
            write_file(self._path, json.dumps(self._known, sort_keys=True).encode())

    def _of_file(self, file: Path) -> str:
        stat = file.stat()
        name, stamp = str(file.resolve()), [stat.st_size, stat.st_mtime_ns]
        known = self._known.get(name)
        if isinstance(known, list) and known[:2] == stamp:
            return str(known[2])
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        with self._lock:
            self._known[name] = [*stamp, digest]
            self._changed = True
        return digest
