"""Where a network runs: device, number format, batch size; and the loop that runs it batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from dance_xai.errors import ConfigError, DataError, require
from dance_xai.types import FloatArray

Torch: TypeAlias = Any
"""An object of torch, which is an extra and so without types here."""

DEVICES = ("cuda", "mps", "cpu")
DTYPES = ("float32", "float16", "bfloat16")
WORK = 64  # bytes at work per byte of input: 0.6 GB for a VideoMAE clip, several times what ViT-B needs
CPU_BUDGET = 2 << 30  # bytes; larger batches are no faster on a CPU
LARGEST = 64


def choose_device(device: str = "auto") -> Torch:
    """The ``torch.device`` to run on.

    Args:
        device: ``auto`` (the first of cuda, mps, cpu that is there), or one of these, ``cuda:1`` too.

    Raises:
        ConfigError: Unknown, or not available here.
        MissingExtraError: torch is not installed.
    """
    torch = require("torch", "hf")
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        return torch.device(next(kind for kind in DEVICES if there[kind]))
    kind, _, number = device.partition(":")
    if kind not in DEVICES or (number and not number.isdigit()):
        raise ConfigError(f"device: expected auto or one of {', '.join(DEVICES)}, got {device!r}; choose one of these")
    if not there[kind] or (kind == "cuda" and int(number or 0) >= torch.cuda.device_count()):
        raise ConfigError(f"device: expected one that is available, got {device!r}; use device auto or cpu")
    return torch.device(device)


def choose_dtype(dtype: str = "auto", device: Torch = None) -> Torch:
    """The ``torch.dtype`` of weights and activations.

    Args:
        dtype: ``auto`` (float32 on a CPU; float16 on a GPU, whose three digits more than bfloat16 keep features alike;
            an overflow is an error when it runs), or one of float32, float16, bfloat16.
        device: The ``torch.device``; None stands for ``choose_device()``.

    Raises:
        ConfigError: Unknown.
    """
    torch = require("torch", "hf")
    device = choose_device() if device is None else device
    if dtype == "auto":
        dtype = "float32" if device.type == "cpu" else "float16"
    if dtype not in DTYPES:
        raise ConfigError(f"dtype: expected auto or one of {', '.join(DTYPES)}, got {dtype!r}; choose one of these")
    return getattr(torch, dtype)


@dataclass(frozen=True)
class Runtime:
    """How networks are run. A plain setting; the device is looked for at first use.

    Attributes:
        device: As in ``choose_device``.
        dtype: As in ``choose_dtype``.
        batch_size: Items at once; None for what fits the memory of the device. Halved when it runs out of memory.
        threads: CPU threads of torch while a network runs; None leaves them alone. The number belongs to the whole
            process, so leave it None when several threads encode.
    """

    device: str = "auto"
    dtype: str = "auto"
    batch_size: int | None = None
    threads: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("batch_size", self.batch_size), ("threads", self.threads)):
            if value is not None and value < 1:
                raise ConfigError(f"{name}: expected 1 or more, got {value}; change it, or leave it out")

    @cached_property
    def torch_device(self) -> Torch:
        return choose_device(self.device)

    @cached_property
    def torch_dtype(self) -> Torch:
        return choose_dtype(self.dtype, self.torch_device)

    @property
    def dtype_name(self) -> str:
        """For example ``float32``."""
        return str(self.torch_dtype).removeprefix("torch.")

    def place(self, model: Torch) -> Torch:
        """Move a ``torch.nn.Module`` to the device, ready for inference."""
        return model.to(device=self.torch_device, dtype=self.torch_dtype).eval().requires_grad_(False)

    def run(self, function: Callable[..., Torch], *arrays: np.ndarray[Any, Any]) -> FloatArray:
        """Run a function of tensors over the rows of arrays, batch by batch.

        Args:
            function: Tensors of B rows each -> a tensor of B rows.
            arrays: At least one, all of N rows, N at least 1. Floats arrive in the chosen format, integers as they are.

        Returns:
            (N, ...) float32, finite.

        Raises:
            DataError: No rows, results that are not finite, or one row alone does not fit the memory.
        """
        rows = len(arrays[0])
        if rows == 0:
            raise DataError("batch: expected at least one clip or phrase, got none; leave the call out")
        size, start, done = self.batch_size or self._first_size(arrays), 0, []
        with self._threads(), require("torch", "hf").inference_mode():
            while start < rows:
                result = self._attempt(function, [array[start : start + size] for array in arrays])
                if result is None:
                    size = self._halved(min(size, rows - start))
                    continue
                done.append(result)
                start += size
        return self._finite(np.concatenate(done))

    def _first_size(self, arrays: tuple[np.ndarray[Any, Any], ...]) -> int:
        item = WORK * sum(array[:1].nbytes for array in arrays)
        free = CPU_BUDGET
        if self.torch_device.type == "cuda":
            free = require("torch", "hf").cuda.mem_get_info(self.torch_device)[0]
        return int(np.clip(free // max(item, 1), 1, LARGEST))

    def _attempt(self, function: Callable[..., Torch], batch: list[np.ndarray[Any, Any]]) -> FloatArray | None:
        """The result on one batch, None when memory ran out."""
        try:
            result: FloatArray = function(*map(self._tensor, batch)).float().cpu().numpy()
            return result
        except (RuntimeError, MemoryError, ValueError, IndexError) as error:
            if not _out_of_memory(error):
                shapes, reason = ", ".join(str(each.shape) for each in batch), " ".join(str(error).split())[:200]
                raise DataError(
                    f"network input: expected what the network takes, got {shapes}: {reason}; "
                    "check that the model's config.json and its processor settings fit together"
                ) from error
        return None

    def _tensor(self, array: np.ndarray[Any, Any]) -> Torch:
        tensor = require("torch", "hf").from_numpy(np.ascontiguousarray(array)).to(self.torch_device)
        return tensor.to(self.torch_dtype) if tensor.is_floating_point() else tensor

    def _halved(self, size: int) -> int:
        if size == 1:
            raise DataError(
                f"batch: expected one item to fit the memory of {self.torch_device}, got out of memory; "
                "use dtype float16, a smaller network or another device"
            )
        if self.torch_device.type == "cuda":
            require("torch", "hf").cuda.empty_cache()
        return size // 2

    def _finite(self, values: FloatArray) -> FloatArray:
        if not np.isfinite(values).all():
            cure = "check the weights" if self.dtype_name == "float32" else "use dtype bfloat16 or float32"
            raise DataError(
                f"network output: expected finite numbers in {self.dtype_name}, got NaN or infinity; {cure}"
            )
        return values

    @contextmanager
    def _threads(self) -> Iterator[None]:
        if self.threads is None:
            yield
            return
        torch = require("torch", "hf")
        before = torch.get_num_threads()
        torch.set_num_threads(self.threads)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def _out_of_memory(error: Exception) -> bool:
    """Whether torch ran out of memory; it says so by type on CUDA and by text elsewhere."""
    oom = require("torch", "hf").cuda.OutOfMemoryError
    text = str(error).lower()
    return isinstance(error, (oom, MemoryError)) or "out of memory" in text or "can't allocate memory" in text
