"""Download of one model file: under a hidden name first, its content checked, then put in place by renaming."""

from __future__ import annotations

import os
import ssl
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from dance_xai.adapters.onnx_session import content_hash
from dance_xai.adapters.registry import Model
from dance_xai.errors import ArtifactError

CHUNK = 1 << 20
TIMEOUT = 30
"""Seconds without a byte."""

ROOM = 2
"""What is downloaded or unpacked may be so many times as large as registered before it is stopped."""

Percent = Callable[[int], None]


def download(model: Model, folder: Path, progress: Percent) -> Path:
    """Fetch a model file into a folder; what was there before stays until the new file is complete and checked.

    Args:
        model: With a URL.
        folder: Made if need be.
        progress: Told the percentage done, at every tenth.

    Returns:
        The file.

    Raises:
        ArtifactError: No network, the server says no, the content is another one, or the folder cannot be written.
    """
    place = folder / model.file
    with _written(place), _scratch(folder) as packed, _scratch(folder) as plain:
        _fetch(model, packed, progress)
        new = packed if model.member is None else _unpacked(model, packed, plain)
        if (got := content_hash(new)) not in model.contents:
            raise ArtifactError(
                f"{model.url}: expected sha256 {model.contents[-1]}, got {got}; nothing was kept; "
                "try again, or get the file yourself and give the path of the file instead of its name"
            )
        new.chmod(0o644)
        new.replace(place)
    return place


def _fetch(model: Model, target: Path, progress: Percent) -> None:
    with _reached(model), urlopen(str(model.url), timeout=TIMEOUT) as response, target.open("wb") as file:
        total = int(response.headers.get("Content-Length") or 0)
        done = _copy(model, response, file, _tenths(total, progress))
    if total and done != total:
        raise ArtifactError(f"{model.url}: expected {total} bytes, got {done} before the connection ended; try again")


def _unpacked(model: Model, packed: Path, target: Path) -> Path:
    try:
        with zipfile.ZipFile(packed) as archive:
            inside = [name for name in archive.namelist() if name.rpartition("/")[2] == model.member]
            if len(inside) != 1:
                raise zipfile.BadZipFile(f"{len(inside)} files {model.member} in it")
            with archive.open(inside[0]) as source, target.open("wb") as file:
                _copy(model, source, file, _tenths(0, lambda percent: None))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ArtifactError(
            f"{model.url}: expected a zip with {model.member}, got: {error}; get the file yourself and give its path"
        ) from error
    return target


def _copy(model: Model, source: IO[bytes], target: IO[bytes], told: Callable[[int], None]) -> int:
    """Copy to the end, or to ``ROOM`` times the registered size; ``told`` hears how many bytes are done."""
    done = 0
    while chunk := source.read(CHUNK):
        done += target.write(chunk)
        if done > ROOM * (model.megabytes + 1) * 1_000_000:
            raise ArtifactError(
                f"{model.url}: expected about {model.megabytes} MB, got more than {done // 1_000_000} MB; "
                "get the file yourself and give its path"
            )
        told(done)
    return done


def _tenths(total: int, progress: Percent) -> Callable[[int], None]:
    last = 0

    def told(done: int) -> None:
        nonlocal last
        percent = 10 * (10 * done // total) if total else 0
        if percent > last:
            last = percent
            progress(percent)

    return told


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A hidden file in the folder, gone afterwards unless it was renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".download-", dir=folder)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def _reached(model: Model) -> Iterator[None]:
    try:
        yield
    except (URLError, HTTPException, TimeoutError, ConnectionError, ssl.SSLError) as error:
        reason = " ".join(str(getattr(error, "reason", None) or error).split())[:120] or type(error).__name__
        if isinstance(error, HTTPError):
            error.close()  # it holds the connection
        raise ArtifactError(
            f"{model.url}: expected to download {model.file}, got: {reason}; try again, or get the file yourself "
            "and put it into a folder of DANCE_MODELS"
        ) from error


@contextmanager
def _written(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArtifactError(
            f"{place}: expected to write this file, got: {error.strerror or error}; "
            "make room or rights, or set DANCE_CACHE to another folder"
        ) from error
