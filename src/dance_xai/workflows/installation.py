"""What is installed, what works and what to do about the rest: the findings of ``dance doctor``.

Needs the base install only. Large libraries are asked for their version, not loaded; torch is loaded only where a GPU
could be there.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dance_xai._version import __version__
from dance_xai.adapters.hf_loading import OFFLINE, is_offline
from dance_xai.adapters.onnx_session import CUDA_PROVIDER, nvidia, try_session
from dance_xai.adapters.registry import MODELS
from dance_xai.adapters.weights import cache_folder, find, model_folders
from dance_xai.errors import DanceError
from dance_xai.workflows.codecs import CODECS, State, try_codec, try_writing

BASE = {
    "numpy": "numpy",
    "scipy": "scipy",
    "numba": "numba",
    "scikit-learn": "sklearn",
    "threadpoolctl": "threadpoolctl",
    "av": "av",
    "pydantic": "pydantic",
    "annotated-types": "annotated_types",
    "typer": "typer",
    "rich": "rich",
    "safetensors": "safetensors",
    "jinja2": "jinja2",
    "pillow": "PIL",
}
"""Distribution and module of every library of the base install."""

EXTRAS = {
    "onnx": {"onnxruntime": "onnxruntime"},
    "hf": {"torch": "torch", "transformers": "transformers", "huggingface-hub": "huggingface_hub"},
    "rtmpose": {"rtmlib": "rtmlib", "onnxruntime": "onnxruntime"},
    "llm": {"openai": "openai"},
    "app": {"starlette": "starlette", "uvicorn": "uvicorn"},
}
"""The same for every extra."""

ALIASES = {"onnxruntime": ("onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-silicon")}
"""Other distributions that bring the same module."""

LOADED = ("onnxruntime", "rtmlib")
"""Modules that are quick to load and may lack a library of the system; they are tried."""

REINSTALL = "reinstall it: pip install --force-reinstall {}"


@dataclass(frozen=True)
class Finding:
    """One line of the diagnosis.

    Attributes:
        group: What it belongs to, for example ``extras``.
        name: What was looked at.
        state: ``ok``; ``missing`` for what is optional and not there; ``broken`` for what should work and does not.
        detail: What was found.
        action: What to do, empty when there is nothing to do.
    """

    group: str
    name: str
    state: State
    detail: str
    action: str = ""


def inspect_installation() -> tuple[Finding, ...]:
    """Look at the installation. Nothing is downloaded, and nothing that is written stays.

    Source: ours.
    """
    parts = (_base, _extras, _devices, _videos, _models, _places)
    return tuple(finding for part in parts for finding in part())


def _base() -> Iterator[Finding]:
    system = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Finding("base", "dance-xai", "ok", f"{__version__}, {system}")
    yield _libraries("base", "libraries", BASE, "broken", "pip install --upgrade dance-xai")


def _extras() -> Iterator[Finding]:
    for extra, modules in EXTRAS.items():
        yield _libraries("extras", extra, modules, "missing", f"pip install 'dance-xai[{extra}]'")


def _libraries(group: str, name: str, modules: dict[str, str], absent: State, install: str) -> Finding:
    versions = {library: _version(library, module) for library, module in modules.items()}
    there = ", ".join(f"{library} {version}" for library, version in versions.items() if version)
    lacking = ", ".join(library for library, version in versions.items() if not version)
    if lacking:
        return Finding(group, name, absent, f"{there}; not installed: {lacking}".removeprefix("; "), install)
    for library, module in modules.items():
        if module in LOADED and (reason := _why_not(module)):
            return Finding(group, name, "broken", f"{library} cannot be loaded: {reason}", REINSTALL.format(library))
    return Finding(group, name, "ok", there)


def _version(library: str, module: str) -> str | None:
    """The version of a library, None when it is not installed."""
    if importlib.util.find_spec(module) is None:
        return None
    for name in (library, *ALIASES.get(library, ())):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "(version unknown)"


def _why_not(module: str) -> str:
    """Why a module cannot be loaded, empty when it can."""
    try:
        importlib.import_module(module)
    except Exception as error:  # a library may fail in any way while it is loaded
        return " ".join(str(error).split())[:100] or type(error).__name__
    return ""


def _devices() -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding("devices", "cpu", "ok", f"{cores} cores")
    yield _torch_device()
    yield _onnx_device()


def _torch_device() -> Finding:
    version = _version("torch", "torch")
    if version is None:
        return Finding("devices", "torch", "missing", "not installed", "pip install 'dance-xai[hf]'")
    if not (nvidia() or sys.platform == "darwin"):
        return Finding("devices", "torch", "ok", "cpu, dtype float32 recommended")
    if version.endswith("+cpu"):
        wish = "install a build of torch for your GPU, see pytorch.org/get-started"
        return Finding("devices", "torch", "missing", "cpu only, though there is an NVIDIA GPU", wish)
    from dance_xai.adapters.torch_device import Runtime

    try:
        runtime = Runtime()
        return Finding("devices", "torch", "ok", f"{runtime.torch_device}, dtype {runtime.dtype_name} recommended")
    except Exception as error:  # a driver and torch that do not fit each other
        reason = " ".join(str(error).split())[:100]
        return Finding("devices", "torch", "broken", reason, "install torch again, or use device cpu")


def _onnx_device() -> Finding:
    """Who computes ONNX models, found out by running one."""
    if _version("onnxruntime", "onnxruntime") is None:
        return Finding("devices", "onnxruntime", "missing", "not installed", "pip install 'dance-xai[onnx]'")
    try:
        taken = try_session()
    except DanceError as error:
        detail, _, cure = str(error).partition("; ")
        return Finding("devices", "onnxruntime", "broken", detail, cure)
    except Exception as error:  # it may fail in any way while it is loaded
        reason = " ".join(str(error).split())[:100]
        return Finding("devices", "onnxruntime", "broken", reason, REINSTALL.format("onnxruntime"))
    detail = f"{taken}, a model was run"
    if nvidia() and taken != CUDA_PROVIDER:
        cure = "pip install onnxruntime-gpu in place of onnxruntime"
        return Finding("devices", "onnxruntime", "missing", f"{detail}; not the NVIDIA GPU", cure)
    return Finding("devices", "onnxruntime", "ok", detail)


def _videos() -> Iterator[Finding]:
    if reason := _why_not("av"):
        yield Finding("videos", "PyAV", "broken", f"cannot be loaded: {reason}", REINSTALL.format("av"))
        return
    cure = "for such files use a PyAV wheel: pip install --force-reinstall --only-binary av av"
    for codec in CODECS:
        state, detail = try_codec(codec)
        yield Finding("videos", f"read {codec.name}", state, detail, "" if state == "ok" else cure)
    state, detail = try_writing()
    yield Finding("videos", "write h264", state, detail, "" if state == "ok" else cure)


def _models() -> Iterator[Finding]:
    for folder in model_folders():
        if not folder.is_dir():
            cure = "make it, or change DANCE_MODELS"
            yield Finding("models", "DANCE_MODELS", "broken", f"{folder}: expected a folder, found none", cure)
    for name, model in MODELS.items():
        get = f"downloaded at first use ({model.megabytes} MB)"
        if model.url is None:
            get = f"put {model.file} into {cache_folder()}, {model.instead}"
        elif is_offline():
            get = f"put {model.file} into {cache_folder()}, from {model.url}"
        try:
            path = find(name)
        except DanceError as error:
            detail, _, cure = str(error).partition("; ")
            yield Finding("models", name, "broken", detail, cure)
        else:
            found = Finding("models", name, "ok", f"{path}, checksum ok")
            yield found if path else Finding("models", name, "missing", model.what, get)


def _places() -> Iterator[Finding]:
    flags = [f"{name}={os.environ[name]}" for name in OFFLINE if os.environ.get(name)]
    rule = "nothing is downloaded" if is_offline() else "downloads are allowed"
    yield Finding("places", "network", "ok", f"{rule} ({', '.join(flags) or 'no offline flag is set'})")
    yield _cache(cache_folder())


def _cache(folder: Path) -> Finding:
    place = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not (place.is_dir() and os.access(place, os.W_OK)):
        return Finding("places", "cache", "broken", f"{folder}: cannot be written", "set DANCE_CACHE to another folder")
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Finding("places", "cache", "ok", f"{folder}, writable, {size / 1e6:.0f} MB")
