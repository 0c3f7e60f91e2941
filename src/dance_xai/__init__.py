"""Explainable video action recognition through motion, object and scene concepts (DANCE).

The names below are loaded when first used, so that importing the package stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dance_xai._version import __version__

if TYPE_CHECKING:
    from dance_xai.artifacts.pretrained import ConceptBottleneck
    from dance_xai.config import read_config
    from dance_xai.evaluate import evaluate_model as evaluate
    from dance_xai.explain import explain_clip as explain
    from dance_xai.model.head import SparseHead, fit_head, fit_head_path
    from dance_xai.motion.finch import finch
    from dance_xai.stages.motion import discover_motions
    from dance_xai.workflows.fitting import fit_run as fit
    from dance_xai.workflows.runs import open_run

_HOMES = {
    "ConceptBottleneck": ("dance_xai.artifacts.pretrained", "ConceptBottleneck"),
    "SparseHead": ("dance_xai.model.head", "SparseHead"),
    "discover_motions": ("dance_xai.stages.motion", "discover_motions"),
    "finch": ("dance_xai.motion.finch", "finch"),
    "fit": ("dance_xai.workflows.fitting", "fit_run"),
    "fit_head": ("dance_xai.model.head", "fit_head"),
    "fit_head_path": ("dance_xai.model.head", "fit_head_path"),
    "open_run": ("dance_xai.workflows.runs", "open_run"),
    "read_config": ("dance_xai.config", "read_config"),
}

__all__ = [
    "ConceptBottleneck",
    "SparseHead",
    "__version__",
    "discover_motions",
    "evaluate",
    "explain",
    "finch",
    "fit",
    "fit_head",
    "fit_head_path",
    "open_run",
    "read_config",
]


def __getattr__(name: str) -> Any:
    if name in ("evaluate", "explain"):  # packages that can be called
        return import_module(f"dance_xai.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__
