"""Every error a user can cause, in one tree, and the two helpers that raise most of them.

DanceError                  base: one line that says expected, got, what to do (exit code 2)
+-- ConfigError             a config file or a ``--set`` value
+-- DataError               clips, labels, poses, features or phrases on disk or in memory
|   +-- ShapeError          an array of the wrong shape, type or content
+-- ArtifactError           a RUN or model folder: missing, damaged, newer than this version
|   +-- UnsafePickleError   a foreign pickle that asks for more than plain arrays
+-- MissingExtraError       an optional library that is not installed
+-- ProposalError           a language model that cannot be reached or asked, or does not answer as it should
+-- SolverError             an optimiser that did not reach what it promised
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import numpy as np


class DanceError(Exception):
    """Base of every error the user can act on. The message is one line."""


class ConfigError(DanceError):
    """A config file or ``--set`` value is wrong."""


class DataError(DanceError):
    """Clips, labels, poses, features or phrases are missing or inconsistent."""


class ShapeError(DataError):
    """An array has the wrong shape, dtype or content."""


class ArtifactError(DanceError):
    """A RUN or model folder is missing, damaged, or newer than this version."""


class UnsafePickleError(ArtifactError):
    """A foreign pickle asks for something other than plain arrays and containers."""


class MissingExtraError(DanceError):
    """An optional library is not installed."""


class ProposalError(DanceError):
    """A language model cannot be reached or asked, or does not answer as it should."""


class SolverError(DanceError):
    """An optimiser did not reach the accuracy it promises."""


def require(module: str, extra: str) -> ModuleType:
    """Import an optional library, or say which extra brings it.

    Args:
        module: Dotted module name, for example ``"torch"``.
        extra: The extra of this package that installs it, for example ``"hf"``.

    Raises:
        MissingExtraError: The module is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"expected the library {module!r}, which is not installed; run: pip install 'dance-xai[{extra}]'"
        ) from error


def check_shape(
    name: str, array: np.ndarray[Any, Any], shape: tuple[int | str | None, ...], *, finite: bool = True
) -> None:
    """Check an array against a shape such as ``("N", 768)``.

    Args:
        name: What the user calls the array.
        array: The array.
        shape: An int must match; a string or None stands for any length. A string that appears
            twice must have the same length both times.
        finite: Refuse NaN and infinite values in floating arrays.

    Raises:
        ShapeError: One line with expected, got and what to do.
    """
    wanted = "(" + ", ".join("*" if axis is None else str(axis) for axis in shape) + ")"
    bound: dict[str, int] = {}
    fits = array.ndim == len(shape)
    for length, axis in zip(array.shape, shape, strict=False):
        if isinstance(axis, int):
            fits = fits and length == axis
        elif isinstance(axis, str):
            fits = fits and bound.setdefault(axis, length) == length
    if not fits:
        raise ShapeError(f"{name}: expected shape {wanted}, got {array.shape}; check which array is passed")
    if finite and np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
        bad = int(array.size - np.isfinite(array).sum())
        raise ShapeError(
            f"{name}: expected finite numbers, got {bad} NaN or infinite values of {array.size}; "
            f"remove or recompute those rows"
        )
