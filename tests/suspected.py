"""A shortcut that a diagnosis could have found, for tests of what is done with one."""

from dance_xai.diagnose.proposals import Effect, Shortcut
from dance_xai.diagnose.suspicion import Suspicion
from dance_xai.edit.heldout import Proposed
from dance_xai.workflows.runs import RunView


def suspected(view: RunView) -> Shortcut:
    """The first class leans on the first scene, and switching that off is proposed."""
    bank = view.model.bank
    scene = bank.names[bank.columns("scene")[0]]
    doubt = Suspicion(view.model.classes[0], "scene", scene, 0.5, 0.9, 0.1, 0.3, 1.0, 0.5, 4, 1, 9, 0.1, 0.6, 0.02)
    effect = Effect((0.9, 0.9), (0.8, 0.85), (0.5, 1.0), 0.04, 0.01)
    return Shortcut(doubt, 0.03, Proposed("ablate", {"concepts": [scene]}), effect, None, 5)
