"""Edits of a model: each returns a new model and an ``Edit`` record; the old model predicts bit for bit as before."""

from dance_xai.edit.ablation import ablate
from dance_xai.edit.activations import set_activation, swap_activations
from dance_xai.edit.chain import EditChain
from dance_xai.edit.classes import add_class, drop_class
from dance_xai.edit.clips import EditClips
from dance_xai.edit.concepts import remove, rename
from dance_xai.edit.content import content_hash
from dance_xai.edit.detaching import detach
from dance_xai.edit.diff import Difference, compare
from dance_xai.edit.merging import merge
from dance_xai.edit.resolve import resolve
from dance_xai.edit.splitting import split
from dance_xai.edit.weights import change_weight

__all__ = [
    "Difference",
    "EditChain",
    "EditClips",
    "ablate",
    "add_class",
    "change_weight",
    "compare",
    "content_hash",
    "detach",
    "drop_class",
    "merge",
    "remove",
    "rename",
    "resolve",
    "set_activation",
    "split",
    "swap_activations",
]
