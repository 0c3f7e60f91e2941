"""ONNX models through onnxruntime (extra ``onnx``), opened so that results do not depend on who else computes."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.errors import ArtifactError, require

CUDA = "cuda"
CUDA_PROVIDER, CPU_PROVIDER = "CUDAExecutionProvider", "CPUExecutionProvider"

IDENTITY = (
    b'\x08\x08:7\n\x10\n\x01x\x12\x01y"\x08Identity\x12\x01gZ\x0f\n\x01x\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01'
    b"b\x0f\n\x01y\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01B\x04\n\x00\x10\r"
)
"""A model that gives back its input x, (1,) float32."""


def open_session(path: Path, device: str = "auto") -> Any:
    """Load an ONNX model. Each call of ``run`` uses one thread of its own, so that calls may run side by side.

    Args:
        path: The file.
        device: ``cpu``, ``cuda``, or ``auto`` for the GPU where onnxruntime can use one.

    Raises:
        MissingExtraError: onnxruntime is not installed.
        ArtifactError: The file is missing, no ONNX model or one with several inputs, or the device is not there; with
            ``auto`` too where there is an NVIDIA GPU and onnxruntime is made for it, but cannot use it.
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
    if (taken := provider_of(session)) != providers[0] and (device == CUDA or nvidia()):
        raise ArtifactError(
            f"device: expected the NVIDIA GPU for {device!r}, got {taken}, as onnxruntime-gpu cannot load its CUDA "
            "libraries; install CUDA and cuDNN for it, or set extract.device = 'cpu'"
        )
    if (inputs := len(session.get_inputs())) != 1:
        raise ArtifactError(f"{path}: expected a model with one input, got {inputs}; check which model this is")
    return session


def provider_of(session: Any) -> str:
    """Who computes in a session, for example ``CPUExecutionProvider``."""
    return str(session.get_providers()[0])


def try_session(device: str = "auto") -> str:
    """Who computes in a session with that device, found out by running a tiny model.

    Raises:
        MissingExtraError: onnxruntime is not installed.
        ArtifactError: As for ``open_session``, or the result is wrong.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "identity.onnx"
        path.write_bytes(IDENTITY)
        session = open_session(path, device)
        given = np.array([7.0], dtype=np.float32)
        (result,) = session.run(None, {"x": given})
    if not np.array_equal(result, given):
        raise ArtifactError(f"{provider_of(session)}: expected {given}, got {result}; reinstall onnxruntime")
    return provider_of(session)


def nvidia() -> bool:
    """Whether there is an NVIDIA GPU with a driver."""
    return Path("/dev/nvidiactl").exists() or shutil.which("nvidia-smi") is not None


def _providers(runtime: Any, device: str) -> list[str]:
    there = runtime.get_available_providers()
    if device not in ("auto", "cpu", CUDA):
        raise ArtifactError(f"device: expected auto, cpu or cuda for ONNX, got {device!r}; change extract.device")
    if device == "cpu" or (device == "auto" and CUDA_PROVIDER not in there):
        return [CPU_PROVIDER]
    if CUDA_PROVIDER not in there:
        raise ArtifactError(
            f"device: expected cpu or auto, got {device!r}, but onnxruntime offers {', '.join(there)} only; "
            "install onnxruntime-gpu or use cpu"
        )
    return [CUDA_PROVIDER, CPU_PROVIDER]


def layout(session: Any) -> tuple[tuple[Any, ...], str, tuple[str, ...]]:
    """Shape and type of the only input, and names of the outputs."""
    (given,) = session.get_inputs()
    return tuple(given.shape), given.type, tuple(output.name for output in session.get_outputs())


def content_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
