"""From a data set to an explained classifier, left to right; each line is a stage in the paper's words.

Caching and progress wrap the stages from outside (``run``) and never enter them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from dance_xai.config import Config, refuse_faults
from dance_xai.data.dataset import Dataset, read_dataset
from dance_xai.extract.extractor import Extractor
from dance_xai.extract.phrase_sources import name_phrases
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.motion.tracking import main_rows
from dance_xai.stages.bank import BankResult, build_bank
from dance_xai.stages.bottleneck import fit_bottleneck
from dance_xai.stages.grounded import Evidence, measure_evidence
from dance_xai.stages.layers import LayersResult, fit_layers
from dance_xai.stages.motion import MotionEvidence, find_motions
from dance_xai.stages.text import TextEvidence, find_phrases
from dance_xai.types import Drop


class Runner(Protocol):
    """Calls a stage, perhaps from a cache, and tells somebody."""

    def __call__(self, name: str, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """``function(*args, **kwargs)``."""
        ...


Look: TypeAlias = Callable[[Dataset], Dataset]
"""Completes a data set with what is computed from its videos and poses."""


def call_directly(name: str, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """A runner that keeps nothing."""
    return function(*args, **kwargs)


@dataclass(frozen=True, eq=False)
class Fitted:
    """A fitted model and everything that was measured on the way.

    Attributes:
        data: The data set as read.
        motions: Motion concepts and where they were found.
        phrases: Object and scene concepts and their affinities.
        bank: The concept bank and the targets.
        layers: Concept layers, None when activations are grounded and there are no features.
        evidence: Grounded measurements of the concepts of the model.
        model: The concept bottleneck.
    """

    data: Dataset
    motions: MotionEvidence
    phrases: TextEvidence
    bank: BankResult
    layers: LayersResult
    evidence: Evidence
    model: ConceptBottleneck

    @property
    def drops(self) -> tuple[Drop, ...]:
        """Everything left out, with reasons, in the order of the stages."""
        return (*self.data.manifest.drops, *self.motions.drops, *self.phrases.drops, *self.layers.drops)


def fit(config: Config, data_root: Path, run: Runner = call_directly, look: Look | None = None) -> Fitted:
    """Fit a model as configured.

    Args:
        config: The settings.
        data_root: Where data paths start.
        run: Calls the stages.
        look: Looks at the videos, for example from a cache; an ``Extractor`` without cache by default.

    Raises:
        DanceError: Data or settings that cannot be learnt from.

    Source: paper, section 3 and figure 2.
    """
    look = look or Extractor(config.extract, data_root)
    read = read_dataset(config.data, data_root, main_rows)
    refuse_faults(config, read)
    data = look(name_phrases(read, config.data, data_root))
    motions = run("motion", find_motions, data, config.motion, config.seed)
    phrases = run("text", find_phrases, data, config.text)
    full = run("bank", build_bank, data.manifest, motions, phrases)
    layers = run("layers", fit_layers, data, full, config.layers, config.seed)
    bank = full.keep(layers.kept, layers.quality)
    evidence = run("evidence", measure_evidence, data.manifest, bank, motions, phrases)
    model = run("head", fit_bottleneck, data, bank, layers, evidence, config.activations, config.head, config.seed)
    return Fitted(data, motions, phrases, bank, layers, evidence, model)
