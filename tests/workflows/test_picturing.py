"""A page with the clip's video where it is, and with a note where it is not."""

import pytest

from dance_xai.report.clip import picture
from dance_xai.types import Clip
from dance_xai.workflows import picturing
from dance_xai.workflows.explaining import explain_of, page_of
from dance_xai.workflows.picturing import picture_of
from dance_xai.workflows.runs import open_run
from dance_xai.workflows.subjects import known_clip


@pytest.fixture
def asked(small_run):
    view = open_run(small_run)
    clip = view.manifest.ids[int(view.manifest.rows("test")[0])]
    subject = known_clip(view, clip)
    return view, explain_of(view, subject), subject, clip


def test_without_a_video_the_page_has_the_skeleton_and_says_why(asked):
    view, explanation, subject, clip = asked
    found = picture_of(view, explanation, subject, clip)
    assert found.clip is None
    assert found.note == "the list of clips names no videos: the skeleton is shown on a plain ground"
    page = page_of(view, explanation, subject.track, found)
    assert "names no videos" in page and "<video" not in page and '<canvas id="clip"' in page


def test_with_a_video_the_page_plays_it(asked, write_video, numbered_frames, tmp_path, monkeypatch):
    view, explanation, subject, clip = asked
    path = write_video(tmp_path / "clip.mp4", numbered_frames(30, 96, 128))
    monkeypatch.setattr(picturing, "listed_clip", lambda view, name: Clip(name, path=path))
    found = picture_of(view, explanation, subject, clip)
    shown = {t.concept for t in explanation.prediction.contributions[:8] if t.match is not None}
    assert found.clip.frames == 30 and found.note is None
    assert set(found.strips) == shown
    assert all(1 <= tiles <= picture.TILES for _, tiles in found.strips.values())
    page = page_of(view, explanation, subject.track, found)
    assert "<video" in page and len(page.encode()) < 5_000_000


def test_a_damaged_video_is_said_on_the_page(asked, tmp_path, monkeypatch):
    view, explanation, subject, clip = asked
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"no video")
    monkeypatch.setattr(picturing, "listed_clip", lambda view, name: Clip(name, path=path))
    found = picture_of(view, explanation, subject, clip)
    assert found.clip is None and "broken.mp4" in found.note
