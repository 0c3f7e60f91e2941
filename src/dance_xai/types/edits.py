"""Changes made to a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Edit:
    """A change made to a model, enough to replay it.

    Attributes:
        operation: For example ``ablate``.
        arguments: Its plain arguments.
        parent: Content hash of the model it was applied to.
    """

    operation: str
    arguments: dict[str, Any]
    parent: str
