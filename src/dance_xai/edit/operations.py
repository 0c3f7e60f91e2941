"""Every edit by the name in its record, so that a record can be replayed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from dance_xai.edit.ablation import ablate
from dance_xai.edit.activations import set_activation, swap_activations
from dance_xai.edit.classes import add_class, drop_class
from dance_xai.edit.clips import EditClips
from dance_xai.edit.concepts import remove, rename
from dance_xai.edit.detaching import detach
from dance_xai.edit.merging import merge
from dance_xai.edit.resolve import resolve
from dance_xai.edit.splitting import split
from dance_xai.edit.weights import change_weight
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import Edit

Edited = tuple[ConceptBottleneck, Edit]
BY_HAND: dict[str, Callable[..., Edited]] = {
    "ablate": ablate,
    "set_activation": set_activation,
    "swap_activations": swap_activations,
    "change_weight": change_weight,
    "remove": remove,
    "rename": rename,
    "drop_class": drop_class,
}
FROM_CLIPS: dict[str, Callable[..., Edited]] = {
    "merge": merge,
    "split": split,
    "resolve": resolve,
    "detach": detach,
    "add_class": add_class,
}


def apply(model: ConceptBottleneck, clips: EditClips, operation: str, arguments: dict[str, Any]) -> Edited:
    """Make an edit by its name.

    Args:
        model: The model, unchanged.
        clips: Clips to learn from, for the edits that do.
        operation: For example ``ablate``.
        arguments: Its plain arguments.

    Raises:
        DataError: No such edit, arguments it does not know, or whatever the edit refuses.
    """
    function = BY_HAND.get(operation) or FROM_CLIPS.get(operation)
    if function is None:
        known = ", ".join(sorted([*BY_HAND, *FROM_CLIPS]))
        raise DataError(f"edit {operation!r}: expected one of {known}, got another; check the record")
    given = (model,) if operation in BY_HAND else (model, clips)
    try:
        inspect.signature(function).bind(*given, **arguments)
    except TypeError as error:
        raise DataError(f"edit {operation!r}: expected its own arguments, got {error}; check the record") from None
    return function(*given, **arguments)
