"""``ConceptBottleneck`` to and from a folder or the Hugging Face hub."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from dance_xai.artifacts.run import read_run, write_run
from dance_xai.artifacts.sealed import INDEX
from dance_xai.errors import ArtifactError, MissingExtraError, require
from dance_xai.model.bottleneck import ConceptBottleneck

__all__ = ["ConceptBottleneck", "load_model", "push_model", "save_model"]

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
PART = "model"
EDITED = "edited_model"
FILES = (INDEX, f"{PART}.json", f"{PART}.safetensors")


def save_model(model: ConceptBottleneck, folder: str | Path) -> None:
    """Write a model into a folder, all or nothing; an earlier model there is replaced.

    Raises:
        ArtifactError: The folder holds something else (a RUN too), or cannot be written.
    """
    write_run(folder, {PART: model}, kind="model")


def load_model(source: str | Path) -> ConceptBottleneck:
    """Read a model from a model folder, a RUN, or a hub id; it predicts bit for bit as the one written.

    Of a RUN it is the model with the edits in force.

    Only a text of the form ``owner/name`` is looked up on the hub, and only when neither it nor ``owner`` exists here.

    Raises:
        ArtifactError: Nothing there, damaged, or newer than this version.
        MissingExtraError: A hub id without the extra ``hf``.
    """
    folder = _download(source) if _is_hub_id(source) else source
    run = read_run(folder)
    return run.load(EDITED if EDITED in run else PART, ConceptBottleneck)


def push_model(model: ConceptBottleneck, repo: str, *, private: bool = False) -> str:
    """Upload a model to the hub and return its address; the repository is made when it does not exist.

    Raises:
        ArtifactError: The upload failed.
        MissingExtraError: The extra ``hf`` is not installed.
    """
    hub = require("huggingface_hub", "hf")
    with tempfile.TemporaryDirectory() as folder, _hub_errors(repo):
        save_model(model, Path(folder) / PART)
        api = hub.HfApi()
        address = api.create_repo(repo_id=repo, private=private, exist_ok=True)
        api.upload_folder(repo_id=repo, folder_path=str(Path(folder) / PART))
    return str(address)


def _is_hub_id(source: str | Path) -> bool:
    if not isinstance(source, str) or not HUB_ID.fullmatch(source):
        return False
    return not Path(source).exists() and not Path(source.split("/")[0]).exists()


def _download(repo: str | Path) -> str:
    with _hub_errors(str(repo)):
        return str(_hub(repo).snapshot_download(repo_id=str(repo), allow_patterns=list(FILES)))


def _hub(repo: str | Path) -> ModuleType:
    try:
        return require("huggingface_hub", "hf")
    except MissingExtraError as error:
        raise MissingExtraError(f"no folder {repo}, so it is taken for a hub id: {error}") from error


@contextmanager
def _hub_errors(repo: str) -> Iterator[None]:
    try:
        yield
    except (ArtifactError, MissingExtraError):
        raise
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ArtifactError(
            f"{repo}: expected a hub repository that can be reached, got {reason:.200}; check its name and your login"
        ) from error


class _FolderStore:
    """What ``ConceptBottleneck.save_pretrained`` and its companions call."""

    def save(self, model: ConceptBottleneck, folder: str | Path) -> None:
        save_model(model, folder)

    def load(self, source: str | Path) -> ConceptBottleneck:
        return load_model(source)

    def push(self, model: ConceptBottleneck, repo: str, *, private: bool) -> str:
        return push_model(model, repo, private=private)


ConceptBottleneck.store = _FolderStore()
