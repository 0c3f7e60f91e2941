"""A RUN as a diagnosis looks at it: its train clips held out once each, by models made without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dance_xai.diagnose import Facts, HeldOut, Lessons
from dance_xai.edit import EditClips
from dance_xai.edit.heldout import concepts_by_fold
from dance_xai.edit.replaying import Past
from dance_xai.errors import ConfigError, DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.layer import ConceptLayerFit, LinearLayer
from dance_xai.motion.matching import similarity
from dance_xai.stages.folds import train_folds
from dance_xai.stages.layers import MOTION_FITS, TEXT_FITS
from dance_xai.types import BoolArray, Clip, Edit, FloatArray, IntArray, Kind, Manifest
from dance_xai.workflows.editing import edit_clips, edited_manifest
from dance_xai.workflows.runs import RunView

FOLDS = 5
SEEN = "the activations of train clips are those of layers that have seen them: {}"
SEEN_KINDS = "the activations ({}) of most train clips are those of layers that have seen them: few folds are held out"
OTHERS = "its clips are too few, or not the ones it was fitted on"
SEEN_HALVES = "too few clips tell the halves of {} apart to leave any out: their activations have seen all of them"


@dataclass(frozen=True, eq=False)
class Case:
    """A RUN as a diagnosis looks at it."""

    view: RunView

    @cached_property
    def manifest(self) -> Manifest:
        """The clips of the RUN as the model with its edits sees them."""
        return edited_manifest(self.view)

    @cached_property
    def clips(self) -> EditClips:
        """The clips as they stand with the edits in force: those of the manifest, then those that came with edits."""
        return self.view.edits.clips(edit_clips(self.view))

    @cached_property
    def rows(self) -> dict[str, IntArray]:
        """Rows of train clips, and of test clips of the classes of the model."""
        return {"train": self._training[0], "test": self.manifest.rows("test")}

    @cached_property
    def held_out(self) -> HeldOut:
        """Train clips in folds that share no source.

        Raises:
            DataError: A class has too few clips to hold one out.
        """
        rows, labels = self._training
        names = tuple(self.view.model.classes[label] for label in labels)
        ids = tuple(self.clips.ids[row] for row in rows)
        clips = EditClips(ids, self._inputs, names, np.ones(len(rows), dtype=bool))
        return HeldOut(self.view.model, clips, self._folds, self._models)

    @cached_property
    def lessons(self) -> Lessons | None:
        """What the layers have learnt of other concepts; None where that cannot be told."""
        targets = self.facts("train").targets
        if not self._layers or targets is None:
            return None
        return Lessons(self._activations, targets, self._training[1])

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be told."""
        return tuple(self._doubts())

    @property
    def attributes(self) -> dict[str, Sequence[str | None]]:
        """What the RUN knows of the subgroups of its train clips."""
        clips = [self._clip(row) for row in self.rows["train"]]
        source = [None if clip.path is None else clip.path.parent.name for clip in clips]
        known: dict[str, Sequence[str | None]] = {"subject": [clip.subject for clip in clips], "source": source}
        return {name: values for name, values in known.items() if len({value for value in values if value}) > 1}

    def facts(self, split: str) -> Facts:
        """What is known of the clips of one split; activations of train clips are held out."""
        rows = self.rows[split]
        train = split == "train"
        targets = self._of_all(self.view.model_bank.targets.values, np.nan)
        return Facts(
            tuple(self.clips.ids[row] for row in rows),
            self._activations if train else self.view.model.concepts(self.clips.inputs[rows]),
            self._training[1] if train else self.manifest.labels[rows],
            targets=targets[rows] if np.isfinite(targets).any() else None,
            posed=None if self._posed is None else self._of_all(self._posed, True)[rows],
            missed=None if self._missed is None else self._of_all(self._missed, False)[rows],
        )

    @cached_property
    def _training(self) -> tuple[IntArray, IntArray]:
        return self.clips.training(self.view.model)

    @cached_property
    def _folds(self) -> IntArray:
        """(N,) fold of each train clip; a clip that came with an edit is a source of its own."""
        classes = self.view.model.classes
        rows, labels = self._training
        clips = [
            replace(self._clip(row), label=classes[label], split="train")
            for row, label in zip(rows, labels, strict=True)
        ]
        return train_folds(Manifest(tuple(clips), classes), FOLDS)

    def _clip(self, row: int) -> Clip:
        known, clip = self.view.manifest.clips, self.clips.ids[row]
        return known[row] if row < len(known) else Clip(clip, subject=clip)

    def _of_all(self, values: np.ndarray, unknown: float | bool) -> np.ndarray:
        """What is known of the clips of the RUN, with what to take for clips that came with an edit."""
        more = len(self.clips.ids) - len(values)
        return np.concatenate([values, np.full((more, *values.shape[1:]), unknown, dtype=values.dtype)])

    @cached_property
    def _bases(self) -> dict[int, ConceptBottleneck]:
        """Per fold the base model, with layers that have not seen it where they are known."""
        base = self.view.base_model
        return {
            fold: replace(base, layer=self._layers.get(fold, base.layer)) for fold in np.unique(self._folds).tolist()
        }

    @cached_property
    def _models(self) -> dict[int, ConceptBottleneck]:
        """Per fold the model with its edits made without it."""
        clips, rows, edits = edit_clips(self.view), self._training[0], self.view.edits.active
        return {
            fold: Past(base, clips, edits, self._seen).without(rows[self._folds == fold])
            for fold, base in self._bases.items()
        }

    @cached_property
    def _seen(self) -> dict[int, Edit]:
        return {}

    @cached_property
    def _activations(self) -> FloatArray:
        """(N, C) of train clips, of layers that have not seen them where that is known."""
        edited = bool(self.view.edits.position)
        if not edited and not self._layers:
            return self.view.base_model.concepts(self._inputs)
        return concepts_by_fold(self._models if edited else self._bases, self._folds, self._inputs)

    @cached_property
    def _inputs(self) -> FloatArray:
        """(N, D) what the layers of train clips read."""
        return self.clips.inputs[self._training[0]].astype(np.float64)

    @property
    def _layers(self) -> Mapping[int, LinearLayer]:
        return self._held_out_layers[0]

    def _doubts(self) -> Iterator[str]:
        if (why := self._held_out_layers[1]) is not None:
            yield why
        _ = self._models
        if halves := [edit.arguments["concept"] for edit in self._seen.values()]:
            yield SEEN_HALVES.format(", ".join(map(repr, halves)))

    @cached_property
    def _held_out_layers(self) -> tuple[dict[int, LinearLayer], str | None]:
        """Layers of the base model without each fold, and what to know of them.

        None where activations are measured, which nothing has to be held out for.
        """
        view = self.view
        if view.base_model.activations == "grounded":
            return {}, None
        try:
            method = view.config.layers
        except ConfigError:
            return {}, SEEN.format("the settings do not say how they were fitted")
        folds = np.full(len(self.clips.ids), FOLDS)  # a clip of a class that was dropped is in none of those before
        folds[self._training[0]] = self._folds
        return _held_out_layers(view, folds[view.manifest.rows("train")], method.motion, method.text)

    @cached_property
    def _posed(self) -> BoolArray | None:
        """(N,) clips with a pose window; None without poses."""
        motion = self.view.motion
        if motion is None or motion.windows is None:
            return None
        return np.isin(np.arange(len(self.manifest.clips)), motion.windows[:, 0])

    @cached_property
    def _missed(self) -> BoolArray | None:
        """(N, C) motions that no window at a key frame shows, though some window of the clip does: it is as near to the
        motion as that of the median train clip that has it.
        """
        motion, bank = self.view.motion, self.view.model_bank
        if motion is None or motion.matches is None or motion.motions is None:
            return None
        missed, train = np.zeros(bank.targets.values.shape, dtype=bool), self.manifest.rows("train")
        for column, source in self.view.sources("motion").items():
            near = similarity(motion.matches.distance[:, [source]], motion.motions.scale)[:, 0]
            target = bank.targets.values[:, column]
            usual = near[train][target[train] == 1]
            if np.isfinite(usual).any():
                missed[:, column] = (target == 0) & (near >= np.nanmedian(usual))
        return missed


def _held_out_layers(
    view: RunView, folds: IntArray, motion: str, text: str
) -> tuple[dict[int, LinearLayer], str | None]:
    """Layers of the base model without each fold of its train clips, and what to know of them."""
    base, bank = view.base_model, view.bank
    if view.features is None:
        return {}, SEEN.format(OTHERS)
    rows = view.manifest.rows("train")
    x, targets = view.features.values[rows].astype(np.float64), bank.targets.values[rows]
    names: list[int] = np.unique(folds[folds < FOLDS]).tolist()
    missing: list[Kind] = []
    found = {fold: LinearLayer(base.layer.weight.copy(), base.layer.bias.copy()) for fold in names}
    methods: dict[tuple[Kind, ...], ConceptLayerFit] = {
        ("motion",): MOTION_FITS[motion],
        ("object", "scene"): TEXT_FITS[text],
    }
    for kinds, method in methods.items():
        columns = bank.bank.columns(*kinds)
        if not len(columns):
            continue
        try:
            layers = method.fit(x, targets[:, columns], folds, np.random.default_rng(0)).fold_layers
        except DataError:
            return {}, SEEN.format(OTHERS)
        for fold in set(names) & set(layers):
            found[fold].weight[columns], found[fold].bias[columns] = layers[fold].weight, layers[fold].bias
        missing += [] if set(names) <= set(layers) else [kind for kind in kinds if len(bank.bank.columns(kind))]
    return found, SEEN_KINDS.format(" and ".join(missing)) if missing else None
