"""The sparse head against ``glm-saga`` and scikit-learn's saga, in one run, on one machine.

Run ``python benchmarks/head.py``. The first table is the official problem: the released concept activations of Penn
Action (1256 x 147, 15 classes), lam = 7.0e-4 / 0.99, alpha = 0.99; it needs the data folder (``$DANCE_DATA``, or
``shared`` beside the project). Every solver runs to its own stop: ``glm-saga`` with the released step and batch size.
The second table is synthetic: 10,000 x 500, 101 classes, three strengths. ``gap`` is relative to the optimum, which
is itself proven by duality; ``kkt`` is measured by the same code for all.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from dance_xai.data.official import read_official
from dance_xai.model.head import SparseHead, fit_head, fit_head_path, heads_at_nec
from dance_xai.model.head.fit import certified, prepare

ALPHA = 0.99
LAM = 7.0e-4 / ALPHA
REFERENCE = 0.0395660872094
NECS = (1, 2, 3, 5, 10, 15, 20, 25, 30)
SYNTHETIC_LAMS = (4e-3, 1.3e-3, LAM)
ROW = "{:<34}{:>10}{:>12}{:>10}{:>9}{:>8}{:>10}"
Problem = tuple[np.ndarray, np.ndarray]
Fitted = tuple[np.ndarray, np.ndarray]


def ours(x: np.ndarray, labels: np.ndarray) -> Fitted:
    head = fit_head(x, labels, lam=LAM, alpha=ALPHA)
    return head.weight, head.bias


def glm_saga(x: np.ndarray, labels: np.ndarray) -> Fitted:
    """The call of the official code: one lam, step 0.05, batches of 128, at most 30,000 epochs, stop at 1e-4."""
    import torch
    from glm_saga import elasticnet

    torch.set_num_threads(1)  # several only wait for each other on batches of 128; on a busy machine for minutes
    torch.manual_seed(0)
    data = elasticnet.IndexedTensorDataset(torch.tensor(x, dtype=torch.float32), torch.tensor(labels))
    loader = torch.utils.data.DataLoader(data, batch_size=128, shuffle=True)
    linear = torch.nn.Linear(x.shape[1], labels.max() + 1)
    torch.nn.init.zeros_(linear.weight)
    torch.nn.init.zeros_(linear.bias)
    metadata = {"max_reg": {"nongrouped": LAM * ALPHA}}
    sizes = {"n_ex": len(x), "n_classes": int(labels.max()) + 1, "metadata": metadata | {"X": {}, "y": {}}}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        best = elasticnet.glm_saga(linear, loader, 0.05, 30_000, ALPHA, epsilon=1, k=1, do_zero=False, **sizes)["best"]
    return best["weight"].double().numpy(), best["bias"].double().numpy()


def sklearn_saga(x: np.ndarray, labels: np.ndarray) -> Fitted:
    from sklearn.linear_model import LogisticRegression

    peer = LogisticRegression(solver="saga", l1_ratio=ALPHA, C=1 / (LAM * len(x)), max_iter=1000, random_state=0)
    peer.fit(x, labels)
    return peer.coef_, peer.intercept_


PEERS: dict[str, Callable[[np.ndarray, np.ndarray], Fitted]] = {
    "glm-saga (own stop)": glm_saga,
    "scikit-learn saga (1000 epochs)": sklearn_saga,
}


def timed(call: Callable, repeats: int = 1) -> tuple[float, object]:
    """Best of ``repeats``, in seconds, and the last result."""
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - began)
    return min(seconds), result


def measured(problem: Problem, fitted: Fitted) -> SparseHead:
    """Objective and violation of any solver's answer."""
    return certified(prepare(*problem, None, "float64"), np.column_stack(fitted), LAM, ALPHA, None)


def dual_bound(x: np.ndarray, labels: np.ndarray, head: SparseHead) -> float:
    """An objective below which no head can come."""
    logits = x @ head.weight.T + head.bias
    probability = np.exp(logits - logits.max(axis=1, keepdims=True))
    probability /= probability.sum(axis=1, keepdims=True)
    residual = probability - np.eye(len(head.bias))[labels]
    excess = np.maximum(abs(residual.T @ x / len(x)) - head.lam * head.alpha, 0)
    entropy = (probability * np.log(np.maximum(probability, 1e-300))).sum() / len(x)
    return float(-entropy - (excess**2).sum() / (2 * head.lam * (1 - head.alpha)))


def first_call() -> float:
    """Seconds of the very first fit in a fresh process with an empty compile cache: import and compile included."""
    code = (
        "import time, numpy as np; began = time.perf_counter(); from dance_xai.model.head import fit_head; "
        "fit_head(np.eye(6), np.arange(6) % 2, lam=0.01); print(time.perf_counter() - began)"
    )
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        return float(
            subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True).stdout
        )


def row(name: str, seconds: float, head: SparseHead, best: float, correct: str, ratio: str) -> None:
    gap = max(head.objective / best - 1, 0)
    print(ROW.format(name, f"{seconds:.3f}", f"{gap:.1e}", f"{head.kkt:.0e}", head.nonzero, correct, ratio), flush=True)


def official_table(folder: Path) -> None:
    official = read_official(folder / "reference" / "penn_action")
    x, test = (official.activations(split.features.astype(float)) for split in (official.train, official.test))
    problem = x, official.train.labels
    optimum = fit_head(*problem, lam=LAM, alpha=ALPHA, tol=1e-12)
    proven = optimum.objective - dual_bound(*problem, optimum)
    print(f"official concept activations of Penn Action, {x.shape[0]} x {x.shape[1]}, 15 classes")
    print(f"optimum {optimum.objective:.13f}, proven to {max(proven, 0):.0e}; reference {REFERENCE}\n")
    print(ROW.format("", "seconds", "gap", "kkt", "nonzero", "test", "ratio"))

    def show(name: str, solver: Callable[[np.ndarray, np.ndarray], Fitted], repeats: int, base: float | None) -> float:
        seconds, fitted = timed(lambda: solver(*problem), repeats)
        correct = int(((test @ fitted[0].T + fitted[1]).argmax(axis=1) == official.test.labels).sum())
        ratio = f"{seconds / base:.0f}x" if base else "1x"
        row(name, seconds, measured(problem, fitted), optimum.objective, str(correct), ratio)
        return seconds

    base = show("ours", ours, 5, None)
    for name, solver in PEERS.items():
        try:
            show(name, solver, 1, base)
        except ModuleNotFoundError as error:
            print(f"{name:<34}skipped: no module {error.name!r}; run: pip install glm-saga torch tqdm")
    seconds, path = timed(lambda: fit_head_path(*problem), 3)
    print(f"\npath of 100 strengths          {seconds:.3f} s, largest kkt {max(h.kkt for h in path.heads):.0e}")
    for support, relax in (("path", (1.0,)), ("path", (1.0, 0.1)), ("pruned", (1.0, 0.1))):
        seconds, _ = timed(lambda s=support, r=relax: heads_at_nec(*problem, NECS, support=s, relax=r))
        print(f"heads at 9 NECs, {support:<7} x {len(relax)}    {seconds:.3f} s")
    print(f"first call, cold compile cache {first_call():.2f} s\n")


def synthetic() -> Problem:
    """10,000 x 500 correlated columns; 101 classes, each with 15 weights; one class may be rare."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(10_000, 40)) @ rng.normal(size=(40, 500)) / np.sqrt(40) + rng.normal(size=(10_000, 500))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    weight = rng.normal(size=(101, 500)) * (rng.random((101, 500)) < 0.03)
    return x, (x @ weight.T + rng.gumbel(size=(10_000, 101))).argmax(axis=1)


def synthetic_table() -> None:
    problem = synthetic()
    print("synthetic, 10000 x 500, 101 classes")
    print(ROW.format("", "seconds", "gap", "kkt", "nonzero", "", ""))
    for lam in SYNTHETIC_LAMS:
        best = fit_head(*problem, lam=lam, tol=1e-8).objective
        for tol in (2e-4, 1e-6):
            seconds, head = timed(lambda lam=lam, tol=tol: fit_head(*problem, lam=lam, tol=tol))
            row(f"lam {lam:.1e}, tol {tol:.0e}", seconds, head, best, "", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["official", "synthetic"])
    only = parser.parse_args().only
    warnings.simplefilter("ignore")
    fit_head(np.eye(6), np.arange(6) % 2, lam=0.01)
    folder = Path(os.environ.get("DANCE_DATA", Path(__file__).resolve().parents[2] / "shared"))
    if only != "synthetic" and folder.is_dir():
        official_table(folder)
    elif only != "synthetic":
        print("official problem skipped: no data folder; set DANCE_DATA")
    if only != "official":
        synthetic_table()


if __name__ == "__main__":
    main()
