"""Edits of a Penn Action RUN: kinds off and alone, constraints, classes added back, and what each edit takes.

Run: dance fit configs/penn_action.toml --data-root ../shared --out RUN; python benchmarks/editing.py RUN
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from dance_xai import edit
from dance_xai.edit import EditClips
from dance_xai.edit.lookup import short_name
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head import fit_head
from dance_xai.types import KINDS
from dance_xai.workflows.editing import edit_clips
from dance_xai.workflows.runs import RunView, open_run

BAR = 0.2


def accuracy(model: ConceptBottleneck, clips: EditClips, rows: np.ndarray) -> float:
    said = model.predict(clips.inputs[rows])
    return 100 * float(np.mean([model.classes[at] == clips.labels[row] for at, row in zip(said, rows, strict=True)]))


def timed(work: Callable[[], tuple[ConceptBottleneck, object]], repeats: int) -> tuple[float, float]:
    """Seconds by the clock and of the processor, each the least of some repeats."""
    clock, processor = np.inf, np.inf
    for _ in range(repeats):
        start = time.perf_counter(), time.process_time()
        work()
        clock, processor = min(clock, time.perf_counter() - start[0]), min(processor, time.process_time() - start[1])
    return clock, processor


def kinds_table(model: ConceptBottleneck, clips: EditClips, test: np.ndarray) -> None:
    print("\nTest accuracy (%) and non-zero weights per class with kinds switched off, without and with solving again")
    print(f"{'':26s}{'as it is':>14s}{'solved again':>16s}{'same NEC':>16s}")
    sets = {f"{kind} off": [kind] for kind in KINDS} | {
        f"{kind} alone": [other for other in KINDS if other != kind] for kind in KINDS
    }
    line("all", model, model, edit.resolve(model, clips, nec=model.head.nec)[0], clips, test)
    for name, off in sets.items():
        ablated, _ = edit.ablate(model, kinds=off)
        solved = edit.resolve(ablated, clips)[0]
        line(name, ablated, solved, edit.resolve(ablated, clips, nec=model.head.nec)[0], clips, test)


def line(name: str, *rest: object) -> None:
    *models, clips, test = rest
    cells = [f"{accuracy(model, clips, test):8.2f} ({model.head.nec:4.1f})" for model in models]
    print(f"{name:26s}" + "  ".join(cells))


def constraints_table(model: ConceptBottleneck, clips: EditClips, test: np.ndarray) -> None:
    print("\nHeads solved again under constraints")
    every = [["*", short_name(model.bank, at)] for at in range(len(model.bank))]
    cases = {
        "no scene": {"only": ["motion", "object"]},
        "only motion": {"only": ["motion"]},
        "no negative weight": {"positive": every},
        "no concept of any class twice": {"forbid": _second_uses(model)},
    }
    for name, given in cases.items():
        solved, _ = edit.resolve(model, clips, **given)
        print(
            f"{name:32s}{accuracy(solved, clips, test):7.2f} %  {solved.head.nec:5.1f} weights per class, "
            f"optimality {solved.head.kkt:.0e}"
        )


def _second_uses(model: ConceptBottleneck) -> list[list[str]]:
    """Every use of a concept but by the class that weighs it most."""
    size = np.abs(model.head.weight)
    first = size.argmax(axis=0)
    return [
        [model.classes[row], short_name(model.bank, int(at))]
        for row, at in np.argwhere(np.ones(size.shape, dtype=bool))
        if row != first[at]
    ]


def classes_table(
    model: ConceptBottleneck, clips: EditClips, test: np.ndarray, counts: tuple[int, ...], draws: int
) -> None:
    """Each class left out of head and standardisation, then added back from clips drawn at random.

    Backbone, concepts and concept layers have seen its train clips; the backbone also their labels.
    """
    print("\nEach class left out and added back from a few train clips: test accuracy (%) on it / on all the others")
    print(f"{'':20s}{'full training':>16s}" + "".join(f"{f'{count} clips':>16s}" for count in counts))
    labels = np.array(clips.labels)
    sums = np.zeros((len(counts) + 1, 2))
    for label in model.classes:
        without = without_class(model, clips, label)
        own = test[labels[test] == label], test[labels[test] != label]
        shown = [[accuracy(model, clips, rows) for rows in own]]
        train = np.flatnonzero(clips.train & (labels == label))
        for count in counts:
            found = []
            for draw in range(draws):
                chosen = np.random.default_rng(draw).permutation(train)[:count]
                added, _ = edit.add_class(without, clips, label=label, ids=[clips.ids[row] for row in chosen])
                assert added.head.weight[:-1].tobytes() == without.head.weight.tobytes()
                found.append([accuracy(added, clips, rows) for rows in own])
            shown.append(np.mean(found, axis=0).tolist())
        sums += shown
        print(f"{label:20s}" + "".join(f"{new:9.1f} /{old:5.1f}" for new, old in shown))
    print(f"{'mean':20s}" + "".join(f"{new:9.1f} /{old:5.1f}" for new, old in sums / len(model.classes)))


def without_class(model: ConceptBottleneck, clips: EditClips, label: str) -> ConceptBottleneck:
    """The model fitted again, standardisation and head, on train clips of all other classes."""
    dropped, _ = edit.drop_class(model, label=label)
    rows, classes = clips.training(dropped)
    raw = dropped.layer(clips.inputs[rows])
    blind = replace(dropped, mean=raw.mean(axis=0), std=raw.std(axis=0))
    head = fit_head(blind.concepts(clips.inputs[rows]), classes, lam=model.head.lam, alpha=model.head.alpha)
    return blind.with_head(head)


def times_table(model: ConceptBottleneck, clips: EditClips, repeats: int) -> None:
    print(f"\nSeconds of one edit on one thread, the fastest of {repeats} (bar {BAR} of the processor)")
    names, label = [short_name(model.bank, at) for at in range(len(model.bank))], model.classes[0]
    new = [clips.ids[row] for row in np.flatnonzero(clips.train)[:20]]
    halves = np.array_split(np.array(rows_of_motion(model, clips)), 2)
    split_by = [[clips.ids[row] for row in half] for half in halves]
    without = without_class(model, clips, label)
    own = [
        clip
        for clip, known, train in zip(clips.ids, clips.labels, clips.train, strict=True)
        if known == label and train
    ]
    cases: dict[str, Callable[[], tuple[ConceptBottleneck, object]]] = {
        "ablate a kind": lambda: edit.ablate(model, kinds=["scene"]),
        "set an activation": lambda: edit.set_activation(model, concept=names[0], value=1.0),
        "swap activations": lambda: edit.swap_activations(model, first=names[0], second=names[1]),
        "change a weight": lambda: edit.change_weight(model, label=label, concept=names[0], change="add", value=1.0),
        "remove a concept": lambda: edit.remove(model, concepts=names[:1]),
        "rename a concept": lambda: edit.rename(model, old=names[0], new="another"),
        "merge two concepts": lambda: edit.merge(model, clips, first=names[0], second=names[1], name="both"),
        "split a concept": lambda: edit.split(model, clips, concept=names[0], halves=split_by),
        "solve again": lambda: edit.resolve(model, clips),
        "solve again, 10 weights per class": lambda: edit.resolve(model, clips, nec=10),
        "solve again, no scene": lambda: edit.resolve(model, clips, only=["motion", "object"]),
        "solve again, only motion": lambda: edit.resolve(model, clips, only=["motion"]),
        "solve again, no negative weight": lambda: edit.resolve(model, clips, positive=[["*", name] for name in names]),
        "add a class from 5 clips": lambda: edit.add_class(without, clips, label=label, ids=own[:5]),
        "add a class from 20 clips": lambda: edit.add_class(without, clips, label=label, ids=own[:20]),
        "add a class beside the others": lambda: edit.add_class(model, clips, label="another", ids=new),
        "drop a class": lambda: edit.drop_class(model, label=label),
    }
    for name, work in cases.items():
        clock, processor = timed(work, repeats)
        print(f"{name:34s}{clock:8.4f} s   processor {processor:.4f} s{'' if processor <= BAR else '   OVER THE BAR'}")


def rows_of_motion(model: ConceptBottleneck, clips: EditClips) -> np.ndarray:
    """The 60 train clips that have the first motion concept most, in the order of the direction they vary most in."""
    rows = np.flatnonzero(clips.train)
    strongest = rows[np.argsort(-model.concepts(clips.inputs[rows])[:, 0], kind="stable")[:60]]
    x = clips.inputs[strongest].astype(float)
    return strongest[np.argsort(np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[0][:, 0])]


def wrong_class(model: ConceptBottleneck, clips: EditClips, test: np.ndarray) -> None:
    """The cases of the official notebook: weights of a class, a clip that is wrong, a weight turned up and down."""
    said = model.predict(clips.inputs[test])
    truth = np.array([model.classes.index(clips.labels[row]) for row in test])
    logits = model.logits(clips.inputs[test])
    every = np.arange(len(test))
    short = np.where(said != truth, logits[every, said] - logits[every, truth], np.inf)
    at = int(short.argmin())
    label, rival = model.classes[truth[at]], model.classes[said[at]]
    print(f"\nClip {clips.ids[test[at]]}, a {label}, is taken for a {rival} by {short[at]:.3f}")
    difference = model.head.weight[truth[at]] - model.head.weight[said[at]]
    terms = difference * model.concepts(clips.inputs[test[at : at + 1]])[0]
    for name, order in (("speak for it", np.argsort(-terms)), ("against it", np.argsort(terms))):
        print(f"  {name}: " + ", ".join(f"{model.bank.names[j]} {terms[j]:+.2f}" for j in order[:4]))
    print(f"  largest weights of {label}: " + top_weights(model, int(truth[at])))
    column = int(np.abs(terms).argmax() if terms.max() <= 0 else terms.argmax())
    concept = short_name(model.bank, column)
    activation = float(model.concepts(clips.inputs[test[at : at + 1]])[0, column])
    need = (short[at] + 0.05) / activation
    for change in (need, -need):
        edited, _ = edit.change_weight(model, label=label, concept=concept, change="add", value=change)
        now = edited.classes[int(edited.predict(clips.inputs[test[at : at + 1]])[0])]
        print(
            f"  weight of {concept} for {label} {change:+.3f}: the clip is a {now}; "
            f"test accuracy {accuracy(model, clips, test):.2f} -> {accuracy(edited, clips, test):.2f} %"
        )


def top_weights(model: ConceptBottleneck, row: int) -> str:
    order = np.argsort(-np.abs(model.head.weight[row]))[:5]
    return ", ".join(f"{model.bank.names[j]} {model.head.weight[row, j]:+.2f}" for j in order)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--draws", type=int, default=3, help="random choices of the clips of an added class")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    view: RunView = open_run(options.run)
    model, clips = view.base_model, edit_clips(view)
    test = view.manifest.rows("test")
    kinds_table(model, clips, test)
    constraints_table(model, clips, test)
    wrong_class(model, clips, test)
    times_table(model, clips, options.repeats)
    classes_table(model, clips, test, (5, 10, 20), options.draws)


if __name__ == "__main__":
    main()
