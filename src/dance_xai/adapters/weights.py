"""From the name of a model to its file: a path, a short name of the registry, or a hub id.

Environment: ``DANCE_MODELS`` lists folders with model files, ``DANCE_CACHE`` is where downloads are kept, and
``DANCE_OFFLINE``, ``HF_HUB_OFFLINE`` or ``TRANSFORMERS_OFFLINE`` forbid the network.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from dance_xai.adapters.hf_loading import is_offline, model_files
from dance_xai.adapters.hf_loading import locate as locate_folder
from dance_xai.adapters.onnx_session import content_hash
from dance_xai.adapters.registry import MODELS, Model
from dance_xai.errors import ArtifactError, require

Tell = Callable[[str], None]

HUB = "hf:"
HUB_ID = re.compile(r"(?:hf:)?(?P<repo>\w[\w.-]*/\w[\w.-]*)(?:/(?P<file>[^@]+))?(?:@(?P<revision>[\w./-]+))?")
FILE_SUFFIXES = (".onnx", ".pt", ".pth", ".bin", ".safetensors", ".zip")

_hashes: dict[tuple[str, int, int], str] = {}


def locate(
    name: str,
    *,
    root: Path | None = None,
    offline: bool | None = None,
    cache: Path | None = None,
    progress: Tell | None = None,
) -> Path:
    """The file or folder of a model, downloaded at first use where that is possible.

    Looked for in this order: an existing path (absolute, below ``root``, below the working folder); a short name, in
    the folders of ``DANCE_MODELS``, then in the cache, then by download; a hub id, through the cache of the hub.

    Args:
        name: A path, a short name such as ``rtmpose-s``, or a hub id: ``org/name`` (a folder in the format of
            transformers) or ``hf:org/name[/file.onnx][@revision]``.
        root: The data root.
        offline: Never use the network; None asks the environment.
        cache: Folder of downloads; ``cache_folder()`` by default.
        progress: Told, line by line, what is downloaded from where and how far it is; standard error by default.

    Returns:
        An existing file or folder; a file found or downloaded under a short name has the registered content.

    Raises:
        ArtifactError: Nothing of that name, a file of other content, no network, or a folder that cannot be written.
        MissingExtraError: A hub id, but the extra ``hf`` is not installed.

    Source: ours.
    """
    if (path := _existing(name, root)) is not None:
        return path
    forbidden = is_offline() if offline is None else offline
    if name in MODELS:
        return find(name, cache=cache) or _fetch(name, forbidden, cache or cache_folder(), progress or _to_stderr)
    hub = HUB_ID.fullmatch(name)
    if hub and (name.startswith(HUB) or not (hub["file"] or name.endswith(FILE_SUFFIXES))):
        return _from_hub(hub["repo"], hub["file"], hub["revision"], forbidden)
    raise ArtifactError(f"{name}: expected the path of a model, a hub id or a known name, got neither; {_hint(name)}")


def find(name: str, *, cache: Path | None = None) -> Path | None:
    """The file of a registered model where it lies already, its content checked; None where it is not there.

    Raises:
        ArtifactError: A file of that name has another content.
    """
    for folder in (*model_folders(), cache or cache_folder()):
        path = folder / MODELS[name].file
        if path.is_file():
            return verified(path, MODELS[name])
    return None


def verified(path: Path, model: Model) -> Path:
    """The path of a file that has the registered content.

    Raises:
        ArtifactError: It has another one.
    """
    if (got := identity(path)) not in model.contents:
        raise ArtifactError(
            f"{path}: expected sha256 {model.sha256}, got {got}; "
            "remove it or fetch it again; to use it all the same, give the path of the file instead of its name"
        )
    return path


def identity(path: Path) -> str:
    """SHA-256 of a file; of a folder: of the names and contents of the files that a model is loaded from.

    A file is read once per process as long as its size and time of change stay.

    Raises:
        ArtifactError: There is nothing, it cannot be read, or the folder has no weights.
    """
    if not path.is_dir():
        return _file_hash(path)
    digest = hashlib.sha256()
    for each in model_files(path):
        digest.update(f"{each.name}\0{_file_hash(each)}\n".encode())
    return digest.hexdigest()


def model_folders() -> tuple[Path, ...]:
    """The folders of ``DANCE_MODELS``, in order."""
    return tuple(Path(part).expanduser() for part in os.environ.get("DANCE_MODELS", "").split(os.pathsep) if part)


def cache_folder() -> Path:
    """Where downloads are kept: ``DANCE_CACHE``, or ``dance-xai/models`` in the user's cache folder."""
    if given := os.environ.get("DANCE_CACHE"):
        return Path(given).expanduser()
    return _user_cache() / "dance-xai" / "models"


def _user_cache() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    variable, default = ("LOCALAPPDATA", "AppData/Local") if sys.platform == "win32" else ("XDG_CACHE_HOME", ".cache")
    return Path(os.environ.get(variable) or Path.home() / default)


def _existing(name: str, root: Path | None) -> Path | None:
    path = Path(name).expanduser()
    places = (path,) if path.is_absolute() or root is None else (root / path, path)
    return next((place for place in places if name and place.exists()), None)


def _fetch(name: str, offline: bool, cache: Path, tell: Tell) -> Path:
    from dance_xai.adapters.download import download

    model = MODELS[name]
    missing = f"{name}: expected the file {model.file} in {cache} or in a folder of DANCE_MODELS, got none"
    if model.url is None:
        raise ArtifactError(f"{missing}, and there is no download with this content; put it there, {model.instead}")
    if offline:
        raise ArtifactError(f"{missing}, and the network is not allowed (offline); put it there, from {model.url}")
    tell(f"downloading {name} ({model.megabytes} MB, {model.licence}) from {model.url} to {cache}")
    return download(model, cache, lambda percent: tell(f"  {name} {percent} %"))


def _from_hub(repo: str, file: str | None, revision: str | None, offline: bool) -> Path:
    if file is None:
        return locate_folder(repo, revision=revision, offline=offline)
    hub = require("huggingface_hub", "hf")
    try:
        return Path(hub.hf_hub_download(repo, file, revision=revision, local_files_only=offline))
    except Exception as error:  # of the hub, of its HTTP library, and of the disk
        where = "in the hub's cache (offline)" if offline else "on the hub"
        first = " ".join(str(error).split())[:120] or type(error).__name__
        raise ArtifactError(
            f"{HUB}{repo}/{file}: expected this file {where}, got: {first}; "
            "check the id, or download it yourself and give its path"
        ) from error


def _hint(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), MODELS, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"known names: {', '.join(MODELS)}"


def _file_hash(path: Path) -> str:
    try:
        state = path.stat()
        key = (str(path.resolve()), state.st_size, state.st_mtime_ns)
        if key not in _hashes:
            _hashes[key] = content_hash(path)
    except OSError as error:
        raise ArtifactError(
            f"{path}: expected a readable model file, got: {error.strerror}; check the path and its rights"
        ) from error
    return _hashes[key]


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")
