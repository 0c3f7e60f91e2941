from __future__ import annotations

import pytest

from dance_xai.planted.video_world import make_video_world
from dance_xai.workflows import demonstration
from dance_xai.workflows.demonstration import demonstrate


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """The demo on fewer clips."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demonstration, "make_video_world", lambda seed: make_video_world(clips_per_class=12, seed=seed))
        stages = []
        found = demonstrate(tmp_path_factory.mktemp("demo") / "run", on_stage=lambda name, kept: stages.append(name))
        assert stages.count("motion") == 2
        return found


def test_planted_motions_are_found(result):
    assert sum(item.f1 > 0.4 for item in result.discovery.found) >= len(result.discovery.found) // 2
    assert result.metrics["accuracy"] > 0.8


def test_the_shortcut_shows_where_it_is_broken(result):
    def of(metrics):
        return next(row["accuracy"] for row in metrics["per_class"] if row["label"] == result.shortcut.label)

    assert of(result.shifted) < of(result.metrics)
    assert result.fooled is not None and result.fooled.prediction.label == result.shortcut.label
    assert result.fooled.true_label == result.shortcut.rival
    scene = [term for term in result.fooled.prediction.contributions if term.name == result.shortcut.scene]
    assert scene and scene[0].value > 0


def test_pages_are_written(result):
    assert [page.name for page in result.pages] == ["report.html", "clip.html", "fooled.html"]
    assert all(page.read_text(encoding="utf-8").lstrip().startswith("<!") for page in result.pages)
