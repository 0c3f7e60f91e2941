"""How much of the accuracy lost on new clips ``dance shift`` brings back, on planted worlds.

The head, concepts and activations are those of a fit of each world. New clips are its test clips with one kind moved
(a constant added to each activation, the same for all clips), shuffled (exchanged between clips, so that it is as
frequent as before but tells nothing of the class) or noisy, its test clips as they are, and its shifted clips, in which
the planted shortcut is turned round. Labels of new clips are used to measure, and for ``with labels`` to choose on one
half of them; that column is measured on the other half.

The last lines say how sure it is, where nothing has moved, that each kind has: the p of its activations and of its
bonds in each world, and the mean spread of its activations beside that of held-out train clips.

Run: python benchmarks/shift.py [--seeds 5] [--clips 40] [--activations grounded predicted]
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from dance_xai.config import read_config
from dance_xai.edit.heldout import HeldOut
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.layer import LinearLayer
from dance_xai.planted.world import make_world
from dance_xai.planted.write import write_world
from dance_xai.shift import Comparison, choose_by_labels, find_shift
from dance_xai.types import Kind
from dance_xai.workflows.diagnosing import Case
from dance_xai.workflows.fitting import fit_run
from dance_xai.workflows.newcomers import read_newcomers
from dance_xai.workflows.runs import open_run

SETTINGS = Path(__file__).resolve().parents[1] / "src" / "dance_xai" / "planted" / "settings.toml"
Plant = Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray]


def moved(values: np.ndarray, at: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    values[..., at] += 2 * rng.normal(size=len(at))
    return values


def shuffled(values: np.ndarray, at: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    values[..., at] = values[rng.permutation(len(values))][..., at]
    return values


def noisy(values: np.ndarray, at: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    values[..., at] += 1.5 * rng.normal(size=(len(values), len(at)))[:, None]
    return values


def unchanged(values: np.ndarray, at: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return values


CASES: dict[str, tuple[str, Kind, Plant]] = {
    "nothing": ("clips.csv", "scene", unchanged),
    "shortcut turned": ("shifted.csv", "scene", unchanged),
    "scenes moved": ("clips.csv", "scene", moved),
    "scenes shuffled": ("clips.csv", "scene", shuffled),
    "objects shuffled": ("clips.csv", "object", shuffled),
    "motions noisy": ("clips.csv", "motion", noisy),
}


def reader_of(comparison: Comparison) -> Comparison:
    """The same comparison of clips that are their activations by the model, then by that of each fold.

    So they can be planted alike for all that read them.
    """
    held = comparison.held
    readers = [held.model, *held.fold_models.values()]

    def read(inputs: np.ndarray) -> np.ndarray:
        return np.concatenate([reader.concepts(inputs) for reader in readers], axis=1)

    model, *others = (_part(reader, at, len(readers)) for at, reader in enumerate(readers))
    clips, models = replace(held.clips, inputs=read(held.clips.inputs)), zip(held.fold_models, others, strict=True)
    return Comparison(HeldOut(model, clips, held.folds, dict(models)), read(comparison.new), comparison.seed)


def _part(model: ConceptBottleneck, at: int, count: int) -> ConceptBottleneck:
    """The model reading the activations that stand at one of several places."""
    width = len(model.bank)
    layer = LinearLayer(np.kron(np.arange(count) == at, np.eye(width)), np.zeros(width))
    return replace(model, layer=layer, mean=np.zeros(width), std=np.ones(width))


def comparisons(folder: Path, seed: int, clips: int, activations: str) -> dict[str, tuple[Comparison, np.ndarray]]:
    """Per list of clips the comparison of a fitted world, and the labels of its new clips."""
    if not (folder / "settings.toml").exists():
        write_world(make_world(clips_per_class=clips, seed=seed), folder)
        shutil.copy(SETTINGS, folder / "settings.toml")
    config = read_config(folder / "settings.toml", (f"activations={activations}",))
    fit_run(config, folder, folder / activations, cache=folder / "cache")
    view, found = open_run(folder / activations), {}
    held = Case(view).held_out
    for name in ("clips.csv", "shifted.csv"):
        place = folder / f"{Path(name).stem}.toml"
        place.write_text((folder / "settings.toml").read_text().replace('"clips.csv"', f'"{name}"'))
        new = read_newcomers(view, place)
        labels = np.array([view.model.classes.index(str(label)) for label in new.labels])
        found[name] = reader_of(Comparison(held, new.inputs)), labels
    return found


def row(comparison: Comparison, labels: np.ndarray, kind: Kind, plant: Plant, seed: int) -> list[float]:
    """Accuracies (%): now, expected by confidence, by threshold, by other kinds; after, expected; with labels."""
    rng = np.random.default_rng(seed)
    width = len(comparison.model.bank)
    new = plant(comparison.new.copy().reshape(len(comparison.new), -1, width), comparison.model.bank.columns(kind), rng)
    comparison = replace(comparison, new=new.reshape(len(new), -1))
    found = find_shift(comparison, rng)
    proposal = found.proposals[0] if found.proposals else None
    steps = () if proposal is None else proposal.steps
    now, after = (np.mean(comparison.logits(each).new.argmax(axis=1) == labels) for each in ((), steps))
    expected = (np.nan, np.nan) if proposal is None else proposal.expected
    chosen = choose_by_labels(comparison, labels, rng, (steps,) if steps else ())
    named = any(each.kind == kind and each.moved for each in found.kinds)
    other = any(each.kind != kind and each.moved for each in found.kinds)
    doubt = found.expected
    figures = (now, doubt.by_confidence, doubt.by_threshold, expected[0], after, expected[1], *chosen.measured)
    return [100 * float(figure) for figure in figures] + [named, other, proposal is not None]


def calm(worlds: list[dict[str, tuple[Comparison, np.ndarray]]]) -> None:
    """What is said of each kind where nothing has moved."""
    found = [find_shift(world["clips.csv"][0], np.random.default_rng(seed)) for seed, world in enumerate(worlds)]
    for kind in (each.kind for each in found[0].kinds):
        looks = [each for one in found for each in one.kinds if each.kind == kind]
        spread = np.mean([each.spread for one in found for each in one.moves if each.kind == kind])
        sure = (" ".join(f"{p:5.3f}" for p in ps) for ps in ([x.p_moved for x in looks], [x.p_bonds for x in looks]))
        print(f"{kind:8s}p moved, bonds  {'  '.join(sure)}  spread {spread:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--clips", type=int, default=40, help="clips per class of each world")
    parser.add_argument("--activations", nargs="+", default=["grounded", "predicted"])
    parser.add_argument("--folder", type=Path, help="where worlds and RUNs are kept")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp())
    heads = ("now", "DoC", "ATC", "kinds", "after", "expected", "half", "labels", "named", "other", "edits")
    for activations in options.activations:
        print(
            f"\n{activations}, means over {options.seeds} worlds\n{'':18s}" + "".join(f"{each:>9s}" for each in heads)
        )
        worlds = [comparisons(folder / str(seed), seed, options.clips, activations) for seed in range(options.seeds)]
        for name, (clips, kind, plant) in CASES.items():
            rows = np.array([row(*world[clips], kind, plant, seed) for seed, world in enumerate(worlds)])
            means = [each[~np.isnan(each)].mean() if (~np.isnan(each)).any() else np.nan for each in rows[:, :8].T]
            print(
                f"{name:18s}"
                + "".join(f"{each:9.1f}" for each in means)
                + "".join(f"{int(each):9d}" for each in rows[:, 8:].sum(axis=0)),
                flush=True,
            )
        calm(worlds)


if __name__ == "__main__":
    main()
