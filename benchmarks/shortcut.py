"""Whether a diagnosis finds a planted shortcut and mends it, without a look at the clips where it is broken.

In the planted world 90 % of the train and test clips of one class are at one scene; in the shifted clips none are, and
the class it is confused with takes its place. For each seed: accuracy as the RUN was fitted and after the edit that the
diagnosis proposes first, on test clips (the shortcut holds) and on shifted clips (it is broken); what is brought back
of the accuracy lost from test to shifted; the same with the weaker penalty of that edit but nothing forbidden.

With predicted activations the layers of small objects learn the scene, and the edit must undo that too. It can only if
the backbone shows the objects. At the noise of other planted worlds (0.28) it does not: a ridge probe that is told the
truth of clips of both scenes, weighted to balance them, tells the two classes apart in 56 to 65 % of shifted clips
(seeds 0 to 2). At 0.14 these are 64 to 76 %, at 0.1 78 to 89 %, at 0.07 88 to 91 %, at 0.06 94 to 95 %; at 0.05 96 to
99 %, where one model of three hardly falls for the scene. At 0.07 the edit costs 1.5 points for one of seeds 0 to 4, so
0.06 is taken, chosen on these seeds (--noise changes it): evidence are seeds that were not looked at, from 5 on.

    python benchmarks/shortcut.py --seeds 5
    python benchmarks/shortcut.py --seeds 5 --activations predicted --first 5
"""

from __future__ import annotations

import argparse
import csv
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

import numpy as np

from dance_xai.config import read_config
from dance_xai.diagnose import Proposed
from dance_xai.diagnose.words import edit_words
from dance_xai.edit.operations import apply
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.planted.encoders import Encoders
from dance_xai.planted.rule import SHORTCUT_CLASS, SHORTCUT_SCENE
from dance_xai.planted.world import make_world
from dance_xai.planted.write import write_world
from dance_xai.workflows.diagnosing import diagnose_run
from dance_xai.workflows.editing import edit_clips
from dance_xai.workflows.fitting import fit_run
from dance_xai.workflows.runs import RunView, open_run

BACK, COST = 0.80, 0.01
DUAL_NOISE = 1.3
"""Small things are seen so dimly that the scene tempts, but not so dimly that nothing else would tell."""
NOISE = 0.06
"""Of the backbone, likewise; only predicted activations depend on it."""
SETTINGS = (
    'data.clips.path="all.csv"',
    "text.cutoff=0.0",  # keep what is seen dimly
    "layers.min_similarity=-1.0",
    "motion.clusters.n_clusters=[40]",
    "motion.per_clip=6",
    "motion.stride=6",
)


def make_run(seed: int, clips: int, activations: str, noise: float, folder: Path) -> RunView:
    """A RUN of the planted world whose test clips are the test clips and the shifted ones."""
    encoders = Encoders(noise=noise, dual_noise=DUAL_NOISE)
    world = make_world(clips_per_class=clips, shifted_per_class=clips // 2, seed=seed, encoders=encoders)
    write_world(world, folder)
    with (folder / "all.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["clip", "label", "split"])
        rows.writerows([clip.id, clip.label, clip.split] for clip in world.manifest.clips + world.shifted.clips)
    shutil.copy(str(files("dance_xai.planted").joinpath("settings.toml")), folder / "settings.toml")
    config = read_config(folder / "settings.toml", (*SETTINGS, f'activations="{activations}"'))
    fit_run(config, folder, folder / "run")
    return open_run(folder / "run")


def accuracies(view: RunView, model: ConceptBottleneck) -> tuple[float, float]:
    """On test clips and on shifted clips."""
    right = model.predict(view.inputs) == view.manifest.labels
    part = np.array([clip.partition("_")[0] for clip in view.manifest.ids])
    return float(right[part == "test"].mean()), float(right[part == "shifted"].mean())


def one_seed(seed: int, clips: int, activations: str, noise: float) -> tuple[bool, float, float]:
    with tempfile.TemporaryDirectory() as name:
        view = make_run(seed, clips, activations, noise, Path(name))
        return judge(seed, view)


def judge(seed: int, view: RunView) -> tuple[bool, float, float]:
    """Whether the planted shortcut comes first, the share of the lost accuracy brought back, and the cost."""
    found = diagnose_run(view.run.folder).shortcuts
    before = accuracies(view, view.model)
    lost = before[0] - before[1]
    print(f"seed {seed}: test {before[0]:.1%}, shifted {before[1]:.1%}; {len(found)} suspected shortcuts")
    if not found or found[0].edit is None:
        print("  nothing proposed")
        return False, 0.0, 0.0
    first, edit = found[0].suspicion, found[0].edit
    named = (first.label, first.concept) == (SHORTCUT_CLASS, SHORTCUT_SCENE)
    after = accuracies(view, edited(view, edit))
    back, cost = (after[1] - before[1]) / lost, before[0] - after[0]
    print(f"  first: '{first.label}' and '{first.concept}' ({'the planted one' if named else 'NOT the planted one'})")
    print(f"  {edit_words(edit)}\n  after it: test {after[0]:.1%}, shifted {after[1]:.1%}; {back:.0%} brought back")
    if "lam" in edit.arguments:
        plain = accuracies(view, edited(view, Proposed("resolve", {"lam": edit.arguments["lam"]})))
        share = (plain[1] - before[1]) / lost
        print(f"  weaker penalty alone: test {plain[0]:.1%}, shifted {plain[1]:.1%}; {share:.0%} brought back")
    return named, back, cost


def edited(view: RunView, edit: Proposed) -> ConceptBottleneck:
    return apply(view.model, edit_clips(view), edit.operation, dict(edit.arguments))[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--clips", type=int, default=80, help="train and test clips per class")
    parser.add_argument("--activations", default="grounded", choices=["grounded", "predicted"])
    parser.add_argument("--noise", type=float, default=NOISE, help="of the backbone, for predicted activations")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    results = [one_seed(seed, options.clips, options.activations, options.noise) for seed in seeds]
    named, back, cost = (np.array(column) for column in zip(*results, strict=True))
    print(f"\nnamed first: {named.sum()} of {len(named)} seeds")
    print(f"brought back: {back.min():.0%} at least, mean {back.mean():.0%}; bar {BACK:.0%}: {verdict(back >= BACK)}")
    print(f"cost: {100 * cost.max():.1f} points at most; bar {100 * COST:.0f} point: {verdict(cost <= COST)}")


def verdict(good: np.ndarray) -> str:
    return "met" if good.all() else f"missed for {np.count_nonzero(~good)} of {len(good)} seeds"


if __name__ == "__main__":
    main()
