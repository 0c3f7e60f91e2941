"""A RUN: everything one fit made, in one sealed folder. A part is a noun or a plain JSON document.

Parts of a fitted RUN by convention: ``config``, ``metrics`` (documents), ``manifest``, ``bank``, ``model``,
``targets``, ``drops`` (nouns), and whatever else a stage wants to keep.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dance_xai.artifacts.items import Items
from dance_xai.artifacts.parts import pack, unpack
from dance_xai.artifacts.plain import dump_json, load_json, plain
from dance_xai.artifacts.sealed import SealedFolder, open_sealed
from dance_xai.artifacts.writing import FolderWriter
from dance_xai.errors import ArtifactError

T = TypeVar("T")
PART_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True)
class Run:
    """A RUN on disk; its parts are read, and checked against their hashes, when asked for."""

    sealed: SealedFolder

    @property
    def folder(self) -> Path:
        return self.sealed.folder

    @property
    def content(self) -> str:
        """Hash of everything in it."""
        return self.sealed.seal

    @property
    def names(self) -> tuple[str, ...]:
        """The parts, sorted."""
        return tuple(sorted(Path(name).stem for name in self.sealed.files if name.endswith(".json")))

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def load(self, name: str, hint: type[T]) -> T:
        """Read a noun.

        Args:
            name: The part, for example ``bank``.
            hint: Its type, for example ``ConceptBank`` or ``tuple[Drop, ...]``.

        Raises:
            ArtifactError: No such part, damaged, or another noun.
        """
        return unpack(hint, self._read(name), self._tensors(name), name)

    def items(self, name: str, hint: type[T], key: str) -> Items[T]:
        """The items of a noun that is a tuple, each read when it is asked for.

        Args:
            name: The part, for example ``tracks``.
            hint: Type of an item, for example ``PoseTrack``.
            key: The field that items are found by, for example ``clip``.

        Raises:
            ArtifactError: No such part, damaged, or another noun.
        """
        return Items(hint, self._read(name), self._tensors(name), name, key)

    def json(self, name: str) -> Any:
        """Read a plain document.

        Raises:
            ArtifactError: No such part, or damaged.
        """
        return load_json(self._read(name), name)

    def verify(self, spare: str | None = None) -> None:
        """Check every file against its hash, but for those of one part.

        Raises:
            ArtifactError: A file is damaged.
        """
        self.sealed.verify(_files_of(spare))

    def _read(self, name: str) -> bytes:
        if name not in self.names:
            raise ArtifactError(
                f"{self.folder}: expected the part {name!r}, got {', '.join(self.names)}; "
                "run the command that makes it, or check the path"
            )
        return self.sealed.read(f"{name}.json")

    def _tensors(self, name: str) -> bytes:
        file = f"{name}.safetensors"
        return self.sealed.read(file) if file in self.sealed.files else b""


class RunWriter(FolderWriter):
    """A context that collects the parts of a RUN and puts them in place together when it ends well.

    ::

        with RunWriter("R3") as run:
            run.add("bank", bank)
            run.add("metrics", {"accuracy": 0.98})
    """

    def __init__(self, folder: str | Path, kind: str = "run") -> None:
        super().__init__(folder, kind)

    def add(self, name: str, value: Any) -> None:
        """Add or replace a part: a dict or list is a plain document, anything else a noun.

        Raises:
            ArtifactError: A bad name, something that is not plain data, or a full disk.
        """
        if not PART_NAME.fullmatch(name) or name == "index":
            raise ArtifactError(f"part {name!r}: expected a name of a-z, 0-9, _ and -, but not 'index'; rename it")
        self.drop(*_files_of(name))
        if isinstance(value, dict | list):
            self.write(f"{name}.json", dump_json(plain(value, name), indent=1) + b"\n")
            return
        tree, tensors = pack(value, name)
        self.write(f"{name}.json", tree)
        if tensors:
            self.write(f"{name}.safetensors", tensors)


def write_run(folder: str | Path, parts: Mapping[str, Any], kind: str = "run") -> None:
    """Write a RUN, all or nothing; an earlier one there is replaced when the new one is complete.

    Raises:
        ArtifactError: The place holds something else, or cannot be written. What was there before is unchanged.
    """
    with RunWriter(folder, kind) as run:
        for name, value in parts.items():
            run.add(name, value)


def read_run(folder: str | Path, spare: str | None = None) -> Run:
    """Open a RUN or a model folder.

    Args:
        folder: Where it lies.
        spare: A part that may be lost or damaged.

    Raises:
        ArtifactError: Nothing there, not a RUN, damaged, or written by a newer version.
    """
    return Run(open_sealed(folder, _files_of(spare)))


def update_run(folder: str | Path, name: str, value: Any) -> None:
    """Add or replace one part of a RUN; the others stay as they are.

    Raises:
        ArtifactError: As ``read_run`` and ``write_run``. What was there before is unchanged.
    """
    update_parts(folder, {name: value})


def update_parts(
    folder: str | Path, parts: Mapping[str, Any], *, remove: Sequence[str] = (), out: str | Path | None = None
) -> None:
    """Add, replace and remove parts of a RUN together; the others stay as they are. What goes may be lost or damaged.

    Args:
        folder: The RUN.
        parts: Parts by name.
        remove: Parts that go, if they are there.
        out: Another place to write the RUN to; the first one then stays as it is.

    Raises:
        ArtifactError: As ``read_run`` and ``write_run``. What was there before is unchanged.
    """
    gone = [file for name in (*remove, *parts) for file in _files_of(name)]
    with RunWriter(folder if out is None else out, open_sealed(folder, gone).kind) as run:
        sealed = open_sealed(folder, gone)  # again: entering puts back what a killed writer left aside
        for kept in sealed.files:
            if kept not in gone:
                run.keep(sealed, kept)
        for name, value in parts.items():
            run.add(name, value)


def _files_of(part: str | None) -> tuple[str, ...]:
    return () if part is None else (f"{part}.json", f"{part}.safetensors")
