"""Explanations as plain JSON values.

Schema ``dance-xai/explanation``, version 2; ``explanation.schema.json`` beside this file is the same for machines
(JSON Schema 2020-12). Numbers are float64 as computed, but for the curves of ``timelines``: these are rounded to four
digits and have at most some hundred points, each the best of its neighbourhood.

    {
      "schema": "dance-xai/explanation", "version": 2,
      "clip": str, "true_label": str | null, "predicted": str, "correct": bool | null,
      "activations": "predicted" | "grounded", "fps": number | null,
      "video": {"frames": int, "fps": number | null, "width": int | null, "height": int | null} | null,
      "classes": [                                   most probable first
        {"label": str, "probability": number, "logit": number, "bias": number,
         "shares": {"motion": number, "object": number, "scene": number},
         "contributions": [                          largest absolute value first; bias + sum of values == logit
           {"concept": int, "kind": str, "name": str, "activation": number, "weight": number, "value": number,
            "match": {"start": int, "stop": int, "similarity": number, "mirrored": bool} | null}]}],
      "timelines": [                                 one per motion concept that a class uses, in bank order
        {"concept": int, "name": str, "threshold": number,
         "centres": [number], "similarity": [number], "mirrored": [bool],
         "spans": [{"start": int, "stop": int, "similarity": number}]}],
      "phrases_seen": [                              null where nobody looked at single frames
        {"concept": int, "kind": str, "name": str, "frame": int, "score": number, "mean": number}] | null,
      "flip": {"label": str, "rival": str, "margin": number, "margin_after": number,
               "changes": [{"concept": int, "kind": str, "name": str,
                            "before": number, "after": number, "gain": number}]} | null,
      "notes": [str],                                what could not be told, and why
      "correction": {                                null where no activation was set by hand
        "changes": [{"concept": int, "kind": str, "name": str, "before": number, "after": number}],
        "predicted": str, "correct": bool | null,
        "classes": [...]} | null                     as above, with the changes
      "fixed": [int]                                 concepts whose activation is the same for every clip
    }

Frames count from 0 on the clip's grid in time; ``stop`` is one past the last frame. ``correct`` is null where the label
is unknown. A reader should refuse a version it does not know; keys may be added within a version, never renamed or
removed. Version 1 had no ``video``, ``timelines``, ``phrases_seen``, ``flip`` and ``notes``.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files
from typing import Any

import numpy as np

from dance_xai.types import Correction, Explanation, MotionTimeline

SCHEMA = "dance-xai/explanation"
VERSION = 2
DIGITS = 4


def to_json(explanation: Explanation) -> dict[str, Any]:
    """Explanation -> plain dicts, lists, strings and numbers, as described at the top of this module."""
    predicted, changed = explanation.prediction.label, explanation.correction
    seen, flip, video = explanation.phrases_seen, explanation.flip, explanation.video
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "clip": explanation.clip,
        "true_label": explanation.true_label,
        "predicted": predicted,
        "correct": _is_right(explanation, predicted),
        "activations": explanation.activations,
        "fps": explanation.fps,
        "video": None if video is None else asdict(video),
        "classes": [_plain(asdict(each)) for each in explanation.classes],
        "timelines": [_timeline(each) for each in explanation.timelines],
        "phrases_seen": None if seen is None else [asdict(each) for each in seen],
        "flip": None if flip is None else _plain(asdict(flip)),
        "notes": list(explanation.notes),
        "correction": None if changed is None else _correction(explanation, changed),
        "fixed": list(explanation.fixed),
    }


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that ``to_json`` keeps."""
    text = files("dance_xai.explain").joinpath("explanation.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _is_right(explanation: Explanation, predicted: str) -> bool | None:
    return None if explanation.true_label is None else explanation.true_label == predicted


def _correction(explanation: Explanation, changed: Correction) -> dict[str, Any]:
    predicted = changed.prediction.label
    return {
        "changes": [asdict(each) for each in changed.changes],
        "predicted": predicted,
        "correct": _is_right(explanation, predicted),
        "classes": [_plain(asdict(each)) for each in changed.classes],
    }


def _timeline(timeline: MotionTimeline) -> dict[str, Any]:
    return {
        "concept": timeline.concept,
        "name": timeline.name,
        "threshold": timeline.threshold,
        "centres": timeline.centres.tolist(),
        "similarity": np.round(timeline.similarity.astype(np.float64), DIGITS).tolist(),
        "mirrored": timeline.mirrored.tolist(),
        "spans": [asdict(span) for span in timeline.spans],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
