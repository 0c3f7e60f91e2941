"""Explanations as plain JSON values.

Schema ``dance-xai/explanation``, version 1. Numbers are float64 as computed, not rounded.

    {
      "schema": "dance-xai/explanation", "version": 1,
      "clip": str, "true_label": str | null, "predicted": str, "correct": bool | null,
      "activations": "predicted" | "grounded", "fps": number | null,
      "classes": [                                   most probable first
        {"label": str, "probability": number, "logit": number, "bias": number,
         "shares": {"motion": number, "object": number, "scene": number},
         "contributions": [                          largest absolute value first; bias + sum of values == logit
           {"concept": int, "kind": str, "name": str, "activation": number, "weight": number, "value": number,
            "match": {"start": int, "stop": int, "similarity": number, "mirrored": bool} | null}]}]
    }

``stop`` is one past the last frame. ``correct`` is null where the label is unknown. A reader should refuse a version
it does not know; keys may be added within a version, never renamed or removed.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dance_xai.types import Explanation

SCHEMA = "dance-xai/explanation"
VERSION = 1


def to_json(explanation: Explanation) -> dict[str, Any]:
    """Explanation -> plain dicts, lists, strings and numbers, as described at the top of this module."""
    label, predicted = explanation.true_label, explanation.prediction.label
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "clip": explanation.clip,
        "true_label": label,
        "predicted": predicted,
        "correct": None if label is None else label == predicted,
        "activations": explanation.activations,
        "fps": explanation.fps,
        "classes": [_plain(asdict(each)) for each in explanation.classes],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
