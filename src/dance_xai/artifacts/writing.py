"""Write a sealed folder all or nothing: into a hidden sibling first, then into place by renaming.

A writer that is killed leaves the earlier folder as it was: at worst it lies aside under a hidden name for the moment
between two renames, where readers find it and the next writer puts it back.
"""

from __future__ import annotations

import errno
import os
import platform
import re
import shutil
import time
import uuid
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dance_xai.artifacts.plain import load_json
from dance_xai.artifacts.sealed import INDEX, SealedFolder, entry_of, explained, index_bytes, kind_at, siblings
from dance_xai.errors import ArtifactError

RENAME_TRIES = 20


class FolderWriter:
    """A context that collects files and puts them in place together when it ends well.

    Files in an earlier folder that are not its own (a report written into it, notes) are carried over.

    Args:
        folder: Where; an earlier folder of the same kind is replaced.
        kind: ``run`` or ``model``.

    Raises:
        ArtifactError: On entering: the place holds something else or cannot be written. On writing: the disk is full.
            What was there before is unchanged.
    """

    def __init__(self, folder: str | Path, kind: str) -> None:
        self.folder = Path(folder)
        self.kind = kind
        self.place = self.folder.resolve()
        self._new = _sibling(self.place, "new")
        self._files: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        check_place(self.folder, self.kind)
        with explained(self.folder):
            self.place.parent.mkdir(parents=True, exist_ok=True)
            _tidy(self.place)
            self._new.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            shutil.rmtree(self._new, ignore_errors=True)

    def write(self, name: str, data: bytes) -> None:
        """Add a file."""
        self._put(name, data)
        self._files[name] = entry_of(data)

    def drop(self, *names: str) -> None:
        """Take files back that were added."""
        for name in names:
            if self._files.pop(name, None):
                (self._new / name).unlink()

    def keep(self, source: SealedFolder, name: str) -> None:
        """Add a file of an earlier folder as it is, without copying where the disk allows."""
        with explained(self.folder, need=source.files[name]["bytes"]):
            _link(source.place / name, self._new / name)
        self._files[name] = source.files[name]

    def _put(self, name: str, data: bytes) -> None:
        need = sum(entry["bytes"] for entry in self._files.values()) + len(data)
        with explained(self.folder, need=need):
            try:
                _write_synced(self._new / name, data)
            except OSError:
                shutil.rmtree(self._new, ignore_errors=True)
                raise

    def _finish(self) -> None:
        self._put(INDEX, index_bytes(self.kind, self._files))
        check_place(self.folder, self.kind)
        with explained(self.folder, need=sum(entry["bytes"] for entry in self._files.values())):
            _carry_over(self.place, self._new)
            _sync_folder(self._new)
            _swap(self._new, self.place)
            _sync_folder(self.place.parent)


def check_place(folder: str | Path, kind: str) -> None:
    """Refuse a place whose content must not be replaced.

    Raises:
        ArtifactError: A file, a folder without an index of ours, or a folder of another kind.
    """
    place = Path(folder)
    found: str | None = None
    for _ in range(RENAME_TRIES):  # another writer may have the folder aside for a moment
        if _is_free(place):
            return
        found = kind_at(place)
        if found == kind:
            return
        time.sleep(0.001)
    got = f"a {found} folder" if found else "other files" if place.is_dir() else "a file"
    raise ArtifactError(
        f"{folder}: expected nothing, an empty folder or an earlier {kind} there, got {got}; choose another place"
    )


def _is_free(place: Path) -> bool:
    with explained(place):
        try:
            return not place.exists() or (place.is_dir() and not any(place.iterdir()))
        except FileNotFoundError:
            return True


def write_file(path: Path, data: bytes) -> None:
    """Write one file all or nothing.

    Raises:
        ArtifactError: It cannot be written; what was there before is unchanged.
    """
    new = _sibling(path, "new")
    with explained(path, need=len(data)):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            new.write_bytes(data)
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)


def _host() -> str:
    return re.sub(r"\W", "_", platform.node())


def _sibling(place: Path, role: str) -> Path:
    """A fresh hidden name beside ``place`` that tells which process made it."""
    return place.with_name(f".{place.name}.{role}-{_host()}-{os.getpid()}-{uuid.uuid4().hex[:8]}")


def _tidy(place: Path) -> None:
    """Put back what a killed writer left aside, and remove what it left unfinished."""
    for path in siblings(place, "old"):
        if _is_abandoned(path) and not place.exists():
            path.rename(place)
    for path in siblings(place, "new") + siblings(place, "old"):
        if _is_abandoned(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_abandoned(path: Path) -> bool:
    """Whether the process that made a sibling is known to be gone; on another machine nobody knows."""
    host, pid, _ = path.name.rsplit("-", 3)[1:]
    if os.name != "posix" or host != _host():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _carry_over(place: Path, new: Path) -> None:
    """Bring the files along that an earlier folder holds beside its own."""
    with suppress(FileNotFoundError):  # another writer has just put the folder aside, and carries them over itself
        own = {INDEX, *load_json((place / INDEX).read_bytes(), INDEX).get("files", ())}
        for path in place.iterdir():
            if path.name not in own and not (new / path.name).exists():
                _link(path, new / path.name)


def _link(source: Path, target: Path) -> None:
    """Make ``target`` the same as ``source``, without copying where the disk allows."""
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
        return
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copy2(source, target)


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _swap(new: Path, place: Path) -> None:
    """Rename ``new`` to ``place``; of several writers at once the last one wins."""
    for _ in range(RENAME_TRIES):
        aside = _sibling(place, "old")
        with suppress(FileNotFoundError):
            place.rename(aside)
        if _rename_into(new, place, aside):
            shutil.rmtree(aside, ignore_errors=True)
            return
    raise OSError(errno.EBUSY, "other writers kept the folder busy", str(place))


def _rename_into(new: Path, place: Path, aside: Path) -> bool:
    """Rename, or say False when another writer was quicker and ``place`` is filled again."""
    try:
        new.rename(place)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            shutil.rmtree(aside, ignore_errors=True)
            return False
        if aside.exists():
            aside.rename(place)
        raise
    return True
