"""Networks of transformers from a folder or a hub id: complete weights only, no pickle, no foreign code."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dance_xai.adapters.onnx_session import content_hash
from dance_xai.adapters.torch_device import Runtime, Torch
from dance_xai.errors import ArtifactError, DanceError, require

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
FILES = ("*.json", "*.safetensors", "*.txt", "*.model")
OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "DANCE_OFFLINE")
WEIGHTS = "model.safetensors"
WEIGHTS_INDEX = "model.safetensors.index.json"
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt")
SHARE = 0.9  # tables are padded to a round size and tokenizers gain marks, seldom by more than a hundredth
BOOKKEEPING = (
    "position_ids",
    "num_batches_tracked",
)  # buffers that older files hold and newer networks make themselves


def locate(source: str | Path, *, revision: str | None = None, offline: bool | None = None) -> Path:
    """The local folder of a model, downloaded from the hub when it is given by id and not yet in the hub's cache.

    Args:
        source: A folder, or a hub id ``owner/name`` (a folder of that name comes first).
        revision: Branch, tag or commit on the hub.
        offline: Look in the cache only; None asks HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE and DANCE_OFFLINE.

    Raises:
        ArtifactError: No such folder or id, no network, or not in the cache.
        MissingExtraError: The extra ``hf`` is not installed.
    """
    if Path(source).is_dir():
        return Path(source)
    if isinstance(source, Path) or not HUB_ID.fullmatch(source):
        raise ArtifactError(f"{source}: expected a model folder or a hub id owner/name, got neither; check the path")
    return _download(source, revision, is_offline() if offline is None else offline)


def model_name(folder: Path) -> str:
    """What a model is called: its folder, or its name on the hub for a folder in the hub's cache."""
    path = folder.resolve()
    is_cached = path.parent.name == "snapshots"  # .../models--owner--name/snapshots/commit
    return path.parents[1].name.rpartition("--")[2] if is_cached else path.name


def is_offline() -> bool:
    """Whether the environment asks for no network."""
    return any(os.environ.get(name, "").strip().lower() in ("1", "true", "yes", "on") for name in OFFLINE)


def read_json(path: Path) -> dict[str, Any]:
    """One settings file of a model.

    Raises:
        ArtifactError: Missing or not a JSON object.
    """
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no JSON"
        raise ArtifactError(
            f"{path}: expected a settings file of transformers, got: {reason}; download the model again"
        ) from error
    if not isinstance(tree, dict):
        raise ArtifactError(f"{path}: expected a JSON object, got {type(tree).__name__}; download the model again")
    return tree


def load_network(folder: Path, auto_class: str, runtime: Runtime) -> Torch:
    """A network with all of its weights, on the device, ready for inference.

    Args:
        folder: With ``config.json`` and weights as safetensors.
        auto_class: For example ``AutoModel``; the concrete class follows from ``config.json``.
        runtime: Device and number format.

    Raises:
        ArtifactError: A file is missing or damaged, weights are pickled, some weights are missing or of another shape,
            or the weights are of another architecture than ``config.json`` says.
    """
    check_weights(folder)
    with one_line(folder), quiet():
        cls = getattr(require("transformers", "hf"), auto_class)
        model, info = cls.from_pretrained(
            str(folder),
            dtype=runtime.torch_dtype,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # so that they are reported and refused here, by name
        )
    _refuse_incomplete(folder, model, info)
    return runtime.place(model)


def load_tokenizer(folder: Path, vocabulary: int) -> Any:
    """The tokenizer of a model.

    Args:
        folder: Of the model.
        vocabulary: Tokens that the text tower knows. Without its files a tokenizer is made empty, silently, and every
            phrase would be the same; its size shows that.

    Raises:
        ArtifactError: Missing or damaged, of another model, or it needs a library that is not installed.
    """
    with one_line(folder), quiet():
        auto = require("transformers", "hf").AutoTokenizer
        tokenizer = auto.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    if not SHARE * vocabulary <= len(tokenizer) <= vocabulary / SHARE:
        raise ArtifactError(
            f"{folder}: expected a tokenizer of {vocabulary} tokens, as the text tower knows, got one of "
            f"{len(tokenizer)}; download its tokenizer files (tokenizer.json, ...) again"
        )
    return tokenizer


def check_weights(folder: Path) -> list[Path]:
    """The weight files of a model.

    Raises:
        ArtifactError: None as safetensors, or one that the index lists is missing.
    """
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    if (folder / WEIGHTS_INDEX).is_file():
        names = sorted(set(read_json(folder / WEIGHTS_INDEX).get("weight_map", {}).values()))
        for name in names:
            if not (folder / name).is_file():
                raise ArtifactError(
                    f"{folder / name}: expected the file that {WEIGHTS_INDEX} lists, got none; download the model again"
                )
        return [folder / name for name in names]
    pickles = [path.name for pattern in PICKLES for path in sorted(folder.glob(pattern))]
    got = f"{pickles[0]} (a pickle, which can run code and is not read)" if pickles else "none"
    raise ArtifactError(
        f"{folder}: expected weights in {WEIGHTS}, got {got}; choose a revision or repository with safetensors "
        "(on the hub: a pull request 'refs/pr/N' of its conversion bot), or save the model again with save_pretrained"
    )


def model_files(folder: Path) -> list[Path]:
    """What a model is loaded from: its weights, settings and vocabulary, and nothing else that lies there.

    Raises:
        ArtifactError: It has no weights as safetensors.
    """
    settings = {path for pattern in ("*.json", "*.txt", "*.model") for path in folder.glob(pattern)}
    return sorted({*settings, *check_weights(folder)})


def model_identity(name: str, folders: Iterable[Path], settings: dict[str, Any]) -> str:
    """Name a loaded model by content: its weights, every settings and vocabulary file, and our settings.

    Returns:
        ``name:`` and 64 hexadecimal digits (SHA-256).
    """
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for folder in folders:
        for path in model_files(folder):
            digest.update(f"\n{path.name}\0{content_hash(path)}".encode())
    return f"{name}:{digest.hexdigest()}"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers from writing to the terminal; its verbosity is put back afterwards."""
    logging = require("transformers.utils.logging", "hf")
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


@contextmanager
def one_line(folder: Path) -> Iterator[None]:
    """Turn what a library raises while it reads a folder into one line that names the folder."""
    try:
        yield
    except DanceError:
        raise
    except Exception as error:
        raise ArtifactError(
            f"{folder}: expected a complete model of transformers, got: {_short(error)}; "
            "download it again, or check which model this is"
        ) from error


def _download(repo: str, revision: str | None, offline: bool) -> Path:
    hub = require("huggingface_hub", "hf")
    known = f"{repo} at {revision}" if revision else repo
    try:
        return Path(
            hub.snapshot_download(
                repo, revision=revision, allow_patterns=list(FILES), ignore_patterns=["*/*"], local_files_only=offline
            )
        )
    except hub.errors.GatedRepoError as error:
        cure = "accept its conditions on the hub and log in with: hf auth login"
        raise ArtifactError(f"{known}: expected a model you may read, got a gated one; {cure}") from error
    except (hub.errors.RepositoryNotFoundError, hub.errors.RevisionNotFoundError) as error:
        raise ArtifactError(
            f"{known}: expected a model on the hub, got none of that name; check it and your login"
        ) from error
    except hub.errors.LocalEntryNotFoundError as error:
        where = "the local cache (offline)" if offline else "the local cache, and the hub could not be reached"
        cure = "download it once with a network, or give the path of a local folder"
        raise ArtifactError(
            f"{known}: expected the model on the hub or in the cache, got nothing in {where}; {cure}"
        ) from error
    except Exception as error:
        raise ArtifactError(
            f"{known}: expected a model on the hub, got: {_short(error)}; try again, or give a local folder"
        ) from error


def _refuse_incomplete(folder: Path, model: Torch, info: dict[str, Any]) -> None:
    """Missing weights would be random numbers; leftover ones of a part that is there show another architecture."""
    missing = sorted(info["missing_keys"])
    mismatched = sorted(key for key, *_ in info["mismatched_keys"])
    surplus = sorted(key for key in info["unexpected_keys"] if _contradicts(model, key))
    for what, keys in (("missing", missing), ("of another shape", mismatched), ("too many", surplus)):
        if keys:
            names = ", ".join(keys[:3]) + (", ..." if len(keys) > 3 else "")
            raise ArtifactError(
                f"{folder}: expected the weights of a {type(model).__name__}, got {len(keys)} {what} ({names}); "
                "download them again, or choose a checkpoint whose config.json fits its weights"
            )


def _contradicts(model: Torch, key: str) -> bool:
    """Whether a leftover weight belongs inside a part that the network has: a further layer, or a further tensor."""
    parts = key.split(".")
    if parts[0] == model.base_model_prefix and not hasattr(model, parts[0]):
        parts = parts[1:]
    module = model
    while len(parts) > 1 and parts[0] in module._modules and module._modules[parts[0]] is not None:
        module, parts = module._modules[parts[0]], parts[1:]
    if parts[-1] in BOOKKEEPING:
        return False
    return parts[0].isdigit() or (len(parts) == 1 and not module._modules)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
