"""The nouns. Small frozen dataclasses, arrays inside, no behaviour beyond looking things up.

Axis letters: N clips, T frames, K joints, L window length, W windows, D feature, E text space,
C concepts, Y classes.
"""

from __future__ import annotations

from dance_xai.types.clips import Clip, Drop, Manifest, count_reasons
from dance_xai.types.concepts import Concept, ConceptBank, ConceptTargets
from dance_xai.types.counting import counted
from dance_xai.types.edits import Edit
from dance_xai.types.explanation import (
    ClassExplanation,
    ConceptSpan,
    Contribution,
    Correction,
    Explanation,
    Flip,
    FlipChange,
    MotionTimeline,
    PhraseSeen,
    SetConcept,
    VideoFacts,
    WindowMatch,
)
from dance_xai.types.features import FeatureBlocks, Features, Sampling
from dance_xai.types.names import KINDS, Activations, BoolArray, FloatArray, IntArray, Kind, Split, UInt8Array
from dance_xai.types.phrases import PhraseEntry, Phrases, PhraseSet, PhraseSource, Proposal
from dance_xai.types.poses import People, PoseTrack, PoseWindows, Prototype, Skeleton

__all__ = [
    "KINDS",
    "Activations",
    "BoolArray",
    "ClassExplanation",
    "Clip",
    "Concept",
    "ConceptBank",
    "ConceptSpan",
    "ConceptTargets",
    "Contribution",
    "Correction",
    "Drop",
    "Edit",
    "Explanation",
    "FeatureBlocks",
    "Features",
    "Flip",
    "FlipChange",
    "FloatArray",
    "IntArray",
    "Kind",
    "Manifest",
    "MotionTimeline",
    "People",
    "PhraseEntry",
    "PhraseSeen",
    "PhraseSet",
    "PhraseSource",
    "Phrases",
    "PoseTrack",
    "PoseWindows",
    "Proposal",
    "Prototype",
    "Sampling",
    "SetConcept",
    "Skeleton",
    "Split",
    "UInt8Array",
    "VideoFacts",
    "WindowMatch",
    "count_reasons",
    "counted",
]
