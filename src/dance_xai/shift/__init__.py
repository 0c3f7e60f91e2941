"""How new clips differ from those a model was made with, and which edit makes up for it, without labels or with few."""

from dance_xai.shift.comparison import Comparison
from dance_xai.shift.finding import Finding, find_shift
from dance_xai.shift.labelled import Labelled, choose_by_labels
from dance_xai.shift.proposing import Proposal

__all__ = ["Comparison", "Finding", "Labelled", "Proposal", "choose_by_labels", "find_shift"]
