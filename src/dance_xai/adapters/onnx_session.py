"""ONNX models through onnxruntime (extra ``onnx``), opened so that results do not depend on who else computes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from dance_xai.errors import ArtifactError, require


def open_session(path: Path, device: str = "auto") -> Any:
    """Load an ONNX model. Each call of ``run`` uses one thread of its own, so that calls may run side by side.

    Args:
        path: The file.
        device: ``cpu``, ``cuda``, or ``auto`` for the GPU where onnxruntime can use one.

    Raises:
        MissingExtraError: onnxruntime is not installed.
        ArtifactError: The file is missing, no ONNX model or one with several inputs, or the device is not there.
    """
    runtime = require("onnxruntime", "onnx")
    if not path.is_file():
        raise ArtifactError(f"{path}: expected an ONNX model, found nothing there; check the path")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    providers = _providers(runtime, device)
    try:
        session = runtime.InferenceSession(str(path), options, providers=providers)
    except Exception as error:  # onnxruntime raises many kinds of its own
        first = str(error).splitlines()[0][:120]
        raise ArtifactError(f"{path}: expected an ONNX model, got: {first}; fetch it again") from error
    if device == "cuda" and session.get_providers()[0] != "CUDAExecutionProvider":
        raise ArtifactError(f"device: expected 'cuda', got {session.get_providers()[0]}; check the CUDA libraries")
    if (inputs := len(session.get_inputs())) != 1:
        raise ArtifactError(f"{path}: expected a model with one input, got {inputs}; check which model this is")
    return session


def _providers(runtime: Any, device: str) -> list[str]:
    there = runtime.get_available_providers()
    if device not in ("auto", "cpu", "cuda"):
        raise ArtifactError(f"device: expected auto, cpu or cuda for ONNX, got {device!r}; change extract.device")
    if device == "cpu" or (device == "auto" and "CUDAExecutionProvider" not in there):
        return ["CPUExecutionProvider"]
    if "CUDAExecutionProvider" not in there:
        raise ArtifactError(
            f"device: expected cpu or auto, got {device!r}, but onnxruntime offers {', '.join(there)} only; "
            "install onnxruntime-gpu or use cpu"
        )
    return ["CUDAExecutionProvider", "CPUExecutionProvider"]


def layout(session: Any) -> tuple[tuple[Any, ...], str, tuple[str, ...]]:
    """Shape and type of the only input, and names of the outputs."""
    (given,) = session.get_inputs()
    return tuple(given.shape), given.type, tuple(output.name for output in session.get_outputs())


def content_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
