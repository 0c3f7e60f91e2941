"""A sealed folder: ``index.json`` names every file with its hash, and a seal over the index itself.

Reading never trusts a byte that the index does not vouch for. Writing is in ``writing.py``.
"""

from __future__ import annotations

import errno
import hashlib
import re
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dance_xai._version import __version__
from dance_xai.artifacts.plain import dump_json, load_json
from dance_xai.errors import ArtifactError

INDEX = "index.json"
PROGRAM = "dance-xai"
FORMAT = 1
AGAIN = "restore it, or run the command that made this folder again"
AFRESH = "restore it, or remove the folder and run the command that made it again"

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class SealedFolder:
    """A folder that was checked against its index.

    Attributes:
        folder: As the user names it.
        place: Where its files lie now (beside ``folder`` when a killed writer left it aside).
        kind: ``run`` or ``model``.
        package: Version of the package that wrote it.
        files: Per file name ``{"sha256": .., "bytes": ..}``.
        seal: Hash of all of the above but the places: the content of the folder in one string.
    """

    folder: Path
    place: Path
    kind: str
    package: str
    files: dict[str, dict[str, Any]]
    seal: str

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            ArtifactError: The file is missing, cut short or changed.
        """
        entry = self.files[name]
        with explained(self.folder / name):
            data = (self.place / name).read_bytes()
        found = hashlib.sha256(data).hexdigest()
        if found != entry["sha256"]:
            raise ArtifactError(
                f"{self.folder / name}: expected {entry['bytes']} bytes with sha256 {entry['sha256'][:12]}.., "
                f"got {len(data)} with {found[:12]}..; the file is damaged: {AGAIN}"
            )
        return data

    def verify(self, spare: Sequence[str] = ()) -> None:
        """Read every file once, but for some; two at a time, as hashing does not hold up Python.

        Raises:
            ArtifactError: As ``read``.
        """
        with ThreadPoolExecutor(2) as pool:
            for _ in pool.map(lambda name: len(self.read(name)), [name for name in self.files if name not in spare]):
                pass


def entry_of(data: bytes) -> dict[str, Any]:
    """The index entry of a file."""
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def index_bytes(kind: str, files: dict[str, dict[str, Any]]) -> bytes:
    """The index file of a folder."""
    index = {"program": PROGRAM, "format": FORMAT, "kind": kind, "package": __version__}
    index |= {"files": dict(sorted(files.items()))}
    return dump_json(index | {"seal": _seal(index)}, indent=1)


def open_sealed(folder: str | Path, spare: Sequence[str] = ()) -> SealedFolder:
    """Check a folder against its index: the seal, and that every file is there in full length, but for some.

    Raises:
        ArtifactError: Nothing there, not such a folder, damaged, or written by a newer version.
    """
    folder = Path(folder)
    place = _find(folder)
    index = _read_index(folder, place)
    for name, entry in index["files"].items():
        path = place / name
        size = path.stat().st_size if SAFE_NAME.fullmatch(name) and path.is_file() else None
        if size != entry["bytes"] and name not in spare:
            got = "no such file" if size is None else f"{size}"
            raise ArtifactError(f"{folder / name}: expected {entry['bytes']} bytes, got {got}; {AGAIN}")
    return SealedFolder(folder, place, index["kind"], index["package"], index["files"], index["seal"])


def kind_at(place: Path) -> str | None:
    """The kind an index claims, None when there is no index of ours."""
    try:
        index = load_json((place / INDEX).read_bytes(), INDEX)
    except (OSError, ArtifactError):
        return None
    return str(index.get("kind")) if isinstance(index, dict) and index.get("program") == PROGRAM else None


def siblings(place: Path, role: str) -> list[Path]:
    """The hidden folders that writers of ``place`` made beside it, in the given role (``new`` or ``old``)."""
    if not place.parent.is_dir():
        return []
    made = re.compile(rf"\.{re.escape(place.name)}\.{role}-\w*-\d+-[0-9a-f]{{8}}")
    return sorted(path for path in place.parent.iterdir() if made.fullmatch(path.name))


@contextmanager
def explained(path: Path, need: int = 1) -> Iterator[None]:
    """Turn what the operating system says into one line.

    Args:
        path: What is being read or written.
        need: Bytes that must fit beside what is there.

    Raises:
        ArtifactError: Instead of an OSError.
    """
    try:
        yield
    except OSError as error:
        raise ArtifactError(f"{path}: {_reason(path, error, need)}") from error


def _reason(path: Path, error: OSError, need: int) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        parent = next(parent for parent in path.absolute().parents if parent.is_dir())
        free = shutil.disk_usage(parent).free
        return f"expected {need} bytes free, got {free}; make room and run again (what was there before is unchanged)"
    what = (error.strerror or str(error)).lower()
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return f"expected permission to read and write, got {what!r}; change the rights or choose another folder"
    return f"expected a path that can be read and written, got {what!r}; check the path"


def _find(folder: Path) -> Path:
    with explained(folder):
        if folder.is_dir():
            return folder.resolve()
        aside = [path for path in siblings(folder.resolve(), "old") if kind_at(path)]
    if aside and not folder.exists():
        return max(aside, key=lambda path: path.stat().st_mtime)
    got = "a file" if folder.exists() else "nothing there"
    raise ArtifactError(f"{folder}: expected a RUN or model folder, got {got}; check the path or run: dance fit")


def _read_index(folder: Path, place: Path) -> dict[str, Any]:
    if not (place / INDEX).is_file():
        got = f"{sum(1 for _ in place.iterdir())} other files" if any(place.iterdir()) else "an empty folder"
        raise ArtifactError(f"{folder}: expected a RUN or model folder with {INDEX}, got {got}; check the path")
    with explained(folder / INDEX):
        data = (place / INDEX).read_bytes()
    index = load_json(data, str(folder / INDEX), AFRESH)
    if not isinstance(index, dict) or index.get("program") != PROGRAM or not isinstance(index.get("format"), int):
        raise ArtifactError(f"{folder / INDEX}: expected an index of {PROGRAM}, got another file; {AFRESH}")
    if index["format"] > FORMAT:
        raise ArtifactError(
            f"{folder}: expected format {FORMAT} or older, got {index['format']}, written by {PROGRAM} "
            f"{index.get('package')}; run: pip install -U {PROGRAM}"
        )
    seal = index.pop("seal", None)
    if seal != _seal(index):
        raise ArtifactError(f"{folder / INDEX}: expected the seal {seal}, got {_seal(index)}; it was edited: {AGAIN}")
    return index | {"seal": seal}


def _seal(index: dict[str, Any]) -> str:
    return hashlib.sha256(dump_json(index)).hexdigest()
