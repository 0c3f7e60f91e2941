"""A planted model with poses, names that try to break the page, and a browser."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from dance_xai.data.skeletons import PENN_13
from dance_xai.diagnose import (
    Diagnosis,
    Effect,
    Failure,
    Fault,
    GroupEffect,
    Proposed,
    Shortcut,
    Suspicion,
    UnevenConcept,
)
from dance_xai.explain import explain_clip
from dance_xai.report import Predictions, ReportData, Table
from dance_xai.report.duplicates import Duplicate
from dance_xai.types import Concept, ConceptBank, Drop, PoseTrack, Prototype, WindowMatch

NASTY = "<script>alert('x')</script> & \"quotes\" </style>"
LONG = "a" + "very" * 30 + "longname"
HALF = np.array([(0.12, 0.2), (0.2, 0.36), (0.22, 0.5), (0.08, 0.5), (0.09, 0.74), (0.1, 0.98)])
STANDING = np.concatenate([[(0, 0.06)], np.stack([HALF * (-1, 1), HALF], axis=1).reshape(-1, 2)])


def wave_poses(rows, side, phase=0.0):
    """A standing body that waves one wrist up and down."""
    poses = np.repeat(STANDING[None] - (0, 0.5), rows, axis=0)
    lift = 0.5 - 0.5 * np.cos(np.linspace(0, 2 * np.pi, rows) + phase)
    wrist, elbow = PENN_13.joints.index(f"{side}_wrist"), PENN_13.joints.index(f"{side}_elbow")
    poses[:, wrist, 1] -= 0.6 * lift
    poses[:, elbow, 1] -= 0.2 * lift
    return poses, np.ones((rows, 13), dtype=bool)


def make_bank(motions=3, phrases=2):
    concepts = []
    for i in range(motions):
        poses, seen = wave_poses(12, "left" if i % 2 else "right", 0.3 * i)
        prototype = Prototype(f"{i:04d}", 5 * i, 5 * i + 24, poses, seen)
        concepts.append(Concept("motion", f"motion {i:02d}", 40 + i, 3 + i, 1.25, prototype, quality={"auc": 0.9}))
    concepts += [Concept("object", NASTY if i == 0 else f"object {i}") for i in range(phrases)]
    concepts += [Concept("scene", LONG if i == 0 else f"scene {i}") for i in range(phrases)]
    return ConceptBank(tuple(concepts), PENN_13)


def make_head(bank, classes, seed=0, density=0.7):
    rng = np.random.default_rng(seed)
    weight = rng.normal(size=(classes, len(bank))) * (rng.random((classes, len(bank))) < density)
    bias = rng.normal(size=classes)
    return weight, bias - bias.mean()


def make_track(frames=60):
    poses, seen = wave_poses(frames, "left")
    confidence = seen.astype(float)
    confidence[10:20, 6] = 0
    present = np.ones(frames, dtype=bool)
    present[-3:] = False
    return PoseTrack("0007", PENN_13, 100 * poses + 150, confidence, present, 30.0, (300, 400))


def make_explanation(bank, *, classes=("wave_left", "wave_right", NASTY), label="wave_left", fps=30.0, seed=0):
    weight, bias = make_head(bank, len(classes), seed)
    model = SimpleNamespace(
        bank=bank,
        classes=classes,
        head=SimpleNamespace(weight=weight, bias=bias),
        activations="predicted",
        concepts=lambda x: x,
        logits=lambda x: x @ weight.T + bias,
    )
    matches = {int(j): WindowMatch(4 * int(j), 4 * int(j) + 24, 0.7, bool(j == 1)) for j in bank.columns("motion")}
    x = np.random.default_rng(seed + 1).normal(size=len(bank))
    return explain_clip(model, x, clip="0007", true_label=label, matches=matches, fps=fps)


def make_members(bank, column):
    """The prototype of a motion, and two more windows."""
    windows = [wave_poses(12, "left", phase) for phase in (0.5, 1.0)]
    others = (Prototype(NASTY, 7 * i, 7 * i + 24, *window) for i, window in enumerate(windows, start=1))
    return (bank.concepts[column].prototype, *others)


def make_diagnosis(bank, classes, predictions):
    """Every mistake with a cause, two shortcuts, one without an edit, and a concept that is uneven."""
    faults = (Fault("motion", "motion 01", 1.25, -0.5, 2.0), Fault("object", NASTY, 0.5, 1.5, 0.5))
    wrong = [row for row in predictions.scored if row[1] != row[2]]
    failures = tuple(
        Failure(clip, classes[true], classes[said], -1.0, "concept wrong", faults)
        if at % 3
        else Failure(clip, classes[true], classes[said], -1.0, "same concepts")
        for at, (clip, true, said) in enumerate(wrong)
    )
    name = bank.names[bank.columns("object")[0]]
    doubt = Suspicion(classes[0], "object", name, 0.5, 0.9, 0.1, 0.3, 1.0, 0.5, 4, 1, 9, 0.1, 0.6, 0.02)
    effect = Effect((0.9, 0.895), (0.8, 0.85), (0.5, 1.0), 0.04, 0.01)
    edit = Proposed("resolve", {"forbid": [[classes[0], name]]})
    weak = replace(doubt, label=classes[-1], kind="scene", concept=bank.names[bank.columns("scene")[0]], by_noise=9.0)
    shortcuts = (Shortcut(doubt, 0.03, edit, effect, None, 5), Shortcut(weak, 0.01, None, None, None, 5))
    groups = (GroupEffect(NASTY, 9, 0.5), GroupEffect("b", 8, 0.25))
    uneven = (UnevenConcept("view", classes[0], "motion", "motion 01", groups, 0.001),)
    return Diagnosis(len(predictions.scored), failures, (), shortcuts, uneven, None, ("a note",))


def make_report(bank=None, classes=("wave_left", "wave_right", NASTY), clips=40, seed=0):
    bank = bank or make_bank()
    weight, bias = make_head(bank, len(classes), seed, 0.4)
    weight[:, :3] = 0
    weight[0, 1], weight[1, 2] = 1.5, -0.75
    rng = np.random.default_rng(seed)
    true = np.arange(clips) % len(classes)
    predicted = np.where(rng.random(clips) < 0.8, true, rng.integers(0, len(classes), clips))
    correct = int((true == predicted).sum())
    curve = {"1": 0.7, "3": 0.9, "5": 0.95, "30": 1.0}
    predictions = Predictions(
        tuple(f"{i:04d}" for i in range(clips)),
        tuple(true.tolist()),
        tuple(predicted.tolist()),
        rng.normal(size=(clips, len(bank))),
    )
    return ReportData(
        title=NASTY,
        classes=classes,
        bank=bank,
        weight=weight,
        bias=bias,
        metrics={
            "n": clips,
            "correct": correct,
            "accuracy_ci": [0.71, 0.93],
            "accuracy_at_nec": {"all": curve, "random": {"1": 0.4, "3": 0.85, "5": None, "30": 0.99}, "scene": None},
            "concept_map": {"motion": 0.5, "object": None, "scene": 0.25},
        },
        drops=(Drop("windows", "0001:5", "pose jumps", 0.25), Drop("object", NASTY, "too rare")),
        config={"motion": {"rows": 12, "note": NASTY}, "lam": None},
        predictions=predictions,
        tables=(Table("Clusters", ("name", "value"), (("NMI", 0.4375), ("none", None), ("n", 3)), "A note."),),
        members={1: make_members(bank, 1)},
        duplicates=(Duplicate(3, 5, "activations", 0.975), Duplicate(1, 2, "centres", 0.9625)),
        train_counts=tuple(30 - 12 * k for k in range(len(classes))) if len(classes) == 3 else (),
        diagnosis=make_diagnosis(bank, classes, predictions),
    )


@pytest.fixture(scope="session")
def planted():
    """The makers of planted data."""
    return SimpleNamespace(
        bank=make_bank,
        head=make_head,
        track=make_track,
        explanation=make_explanation,
        report=make_report,
        wave=wave_poses,
        nasty=NASTY,
        long=LONG,
    )
