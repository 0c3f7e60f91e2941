"""How large a report page is and how long Chromium takes to show it, beside an empty page.

Run: python benchmarks/pages.py [CONCEPTS [CLIPS]]     (default 150 concepts, 1000 clips, a third of them confused)
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from dance_xai.data.skeletons import PENN_13
from dance_xai.report import Predictions, ReportData, report_page
from dance_xai.report.duplicates import near_duplicates
from dance_xai.types import Concept, ConceptBank, Prototype

CLASSES, ROWS, WEIGHTS, REPEATS = 15, 12, 5, 5
BROWSER = ["--headless", "--no-sandbox", "--disable-gpu"]
EMPTY = "<!doctype html><html lang='en'><title>empty</title><p>empty</p></html>"


def window(rng: np.random.Generator, clip: int) -> Prototype:
    """A wandering body: random joints that move smoothly."""
    poses = rng.normal(0, 0.25, (1, 13, 2)) + 0.05 * rng.normal(size=(ROWS, 13, 2)).cumsum(axis=0)
    return Prototype(f"{clip:04d}", 0, 24, poses, rng.random((ROWS, 13)) > 0.05)


def synthetic(concepts: int, clips: int) -> ReportData:
    """A report as large as asked for, of random numbers."""
    rng = np.random.default_rng(0)
    motions = round(concepts * 0.54)
    phrases = [("object" if i % 2 else "scene", f"phrase number {i}") for i in range(concepts - motions)]
    bank = ConceptBank(
        tuple(Concept("motion", f"motion {i:03d}", 90, 40, 1.2, window(rng, i)) for i in range(motions))
        + tuple(Concept(kind, name) for kind, name in sorted(phrases)),
        PENN_13,
    )
    weight = rng.normal(size=(CLASSES, concepts))
    weight[np.argsort(np.argsort(-np.abs(weight), axis=1), axis=1) >= WEIGHTS] = 0
    true = rng.integers(0, CLASSES, clips)
    predicted = np.where(rng.random(clips) < 2 / 3, true, rng.integers(0, CLASSES, clips))
    values = rng.normal(size=(clips, concepts))
    ids = tuple(f"clip {i:05d}" for i in range(clips))
    return ReportData(
        title="Synthetic",
        classes=tuple(f"class number {k}" for k in range(CLASSES)),
        bank=bank,
        weight=weight,
        bias=np.zeros(CLASSES),
        predictions=Predictions(ids, tuple(true.tolist()), tuple(predicted.tolist()), values),
        members={j: tuple(window(rng, j) for _ in range(3)) for j in range(motions)},
        duplicates=near_duplicates([each.kind for each in bank.concepts], values, {}),
    )


def seconds(browser: Browser, address: str) -> float:
    """From the request to the first frame after everything has run."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    start = time.perf_counter()
    page.goto(address)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    taken = time.perf_counter() - start
    page.close()
    return taken


def main(concepts: int = 150, clips: int = 1000) -> None:
    data = synthetic(concepts, clips)
    start = time.perf_counter()
    page = report_page(data)
    written = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as tool:
        pages = {"report": page, "empty": EMPTY}
        for name, text in pages.items():
            (Path(folder) / f"{name}.html").write_text(text, encoding="utf-8")
        browser = tool.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        taken = {name: [seconds(browser, f"file://{folder}/{name}.html") for _ in range(REPEATS)] for name in pages}
        browser.close()
    report, empty = (float(np.median(taken[name])) for name in ("report", "empty"))
    print(f"{concepts} concepts, {clips} clips: {len(page.encode()) / 1e6:.2f} MB, written in {written:.2f} s")
    print(f"shown in {report:.2f} s (median of {REPEATS}, slowest {max(taken['report']):.2f} s)")
    print(f"an empty page {empty:.2f} s: {report / empty:.1f} times")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
