"""What goes wrong in a model and why: failures by cause, suspected shortcuts with edits, interventions on concepts."""

from dance_xai.diagnose.causes import CAUSES, Cause, Examiner, Facts, Failure, Fault, count_causes, held_out_failures
from dance_xai.diagnose.correction import Corrector, fit_corrector
from dance_xai.diagnose.diagnosis import Diagnosis
from dance_xai.diagnose.intervene import InterventionCurve, correct, falling_words, intervention_curves
from dance_xai.diagnose.learnt import Learnt, Lessons
from dance_xai.diagnose.memory import CorrectionMemory
from dance_xai.diagnose.proposals import Effect, Shortcut, find_shortcuts, find_unjudged
from dance_xai.diagnose.subgroups import GroupEffect, UnevenConcept, uneven_concepts
from dance_xai.diagnose.suspicion import Suspicion, Unjudged
from dance_xai.edit.heldout import HeldOut, Proposed

__all__ = [
    "CAUSES",
    "Cause",
    "CorrectionMemory",
    "Corrector",
    "Diagnosis",
    "Effect",
    "Examiner",
    "Facts",
    "Failure",
    "Fault",
    "GroupEffect",
    "HeldOut",
    "InterventionCurve",
    "Learnt",
    "Lessons",
    "Proposed",
    "Shortcut",
    "Suspicion",
    "UnevenConcept",
    "Unjudged",
    "correct",
    "count_causes",
    "falling_words",
    "find_shortcuts",
    "find_unjudged",
    "fit_corrector",
    "held_out_failures",
    "intervention_curves",
    "uneven_concepts",
]
