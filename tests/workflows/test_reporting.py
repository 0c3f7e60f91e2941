from __future__ import annotations

import shutil

import numpy as np
import pytest

from dance_xai.report.report import report_page
from dance_xai.workflows.reporting import report_of, report_tree
from dance_xai.workflows.runs import open_run


@pytest.fixture
def view(small_run):
    return open_run(small_run)


def test_a_report_holds_what_the_run_holds(view):
    data, rows = report_of(view), view.manifest.rows("test")
    assert data.classes == view.model.classes and data.drops == view.drops
    assert list(data.predictions.ids) == [view.manifest.ids[row] for row in rows]
    right = np.array(data.predictions.predicted) == np.array(data.predictions.true)
    assert right.sum() == data.metrics["correct"]
    figures = {row[0]: row[1] for table in data.tables for row in table.rows}
    assert figures["pose windows"] == len(view.motion.windows)


def test_the_page_stands_alone(view):
    page = report_page(report_of(view))
    assert all(name in page for name in view.model.classes)
    assert 'src="http' not in page and 'href="http' not in page


def test_a_report_needs_no_data_files(small_run, small_folder, tmp_path):
    moved = shutil.copytree(small_run, tmp_path / "run")
    assert report_page(report_of(open_run(moved, tmp_path / "nowhere")))


def test_the_data_of_a_report_is_the_model(view):
    tree = report_tree(report_of(view))
    weight = np.zeros(view.model.head.weight.shape)
    names = [(concept.kind, concept.name) for concept in view.model.bank.concepts]
    for row, each in enumerate(tree["classes"]):
        for term in each["weights"]:
            weight[row, names.index((term["kind"], term["concept"]))] = term["weight"]
    np.testing.assert_array_equal(weight, np.where(np.abs(view.model.head.weight) > 1e-5, view.model.head.weight, 0))
    assert sum(tree["left_out"]["counts"].values()) == len(view.drops)
