from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from tests.schema_validation import problems

from dance_xai.data.video import read_frames, scan_video
from dance_xai.errors import ArtifactError, DataError
from dance_xai.explain import json_schema, to_json
from dance_xai.extract import loading, watch
from dance_xai.planted.video_world import make_video_world
from dance_xai.workflows import demonstration, subjects
from dance_xai.workflows.demonstration import demonstrate
from dance_xai.workflows.explaining import explain_of
from dance_xai.workflows.newcomers import Looking, read_newcomers
from dance_xai.workflows.runs import RunView, open_run
from dance_xai.workflows.shifting import shift_run
from dance_xai.workflows.subjects import find_subject, known_clip


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """The demo on fewer clips."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demonstration, "make_video_world", lambda seed: make_video_world(clips_per_class=10, seed=seed))
        stages = []
        found = demonstrate(tmp_path_factory.mktemp("demo") / "run", on_stage=lambda name, kept: stages.append(name))
        assert stages.count("motion") == 2
        return found


def test_planted_motions_are_found(result):
    assert sum(item.f1 > 0.4 for item in result.discovery.found) >= len(result.discovery.found) // 2
    assert result.metrics["accuracy"] > 0.8


def test_motions_light_up_when_they_happen(result):
    assert result.timing.mean_iou >= 0.6, result.timing.per_motion


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


@pytest.fixture(scope="module")
def shifted(result, tmp_path_factory):
    """A folder of the videos that the first RUN has never seen, and one of them that cannot be read."""
    folder = tmp_path_factory.mktemp("new")
    for path in (result.folder / "data" / "videos").glob("shifted_*.mp4"):
        shutil.copy(path, folder)
    (folder / "broken.mp4").write_bytes(b"nothing")
    return folder


def test_new_videos_are_compared_as_a_fit_would_see_them(result, shifted, tmp_path):
    view, other = open_run(result.folder / "run"), open_run(result.folder / "run-shifted")
    looking = Looking(tmp_path / "cache", workers=2)
    new = read_newcomers(view, shifted, looking=looking)
    assert len(new.ids) > 10 and [(drop.item, drop.reason[:16]) for drop in new.drops] == [
        ("broken", "expected a video")
    ]
    for clip, row in list(zip(new.ids, new.inputs, strict=True))[::4]:
        np.testing.assert_allclose(row, known_clip(other, clip).inputs, atol=1e-5)
    listed = tmp_path / "some.csv"
    listed.write_text("path\n" + "".join(f"{shifted / clip}.mp4\n" for clip in new.ids))
    again = read_newcomers(view, listed, looking=looking)
    assert again.ids == new.ids and again.drops == ()
    np.testing.assert_array_equal(again.inputs, new.inputs)
    found = shift_run(result.folder / "run", shifted, looking=looking)
    assert found.finding.clips == len(new.ids) and found.notes == ()
    assert {kind.kind for kind in found.finding.kinds} == {"motion", "object", "scene"}


@pytest.mark.parametrize("text", ["path\nbroken.mp4\n", "clip\nbroken\n"])
def test_new_videos_of_which_none_can_be_read_are_one_line(result, shifted, tmp_path, text):
    listed = shifted / f"{tmp_path.name}.csv"
    listed.write_text(text)
    with pytest.raises(DataError, match=r"expected some that can be used, got none \("):
        read_newcomers(open_run(result.folder / "run"), listed)


@pytest.fixture(scope="module")
def unseen(result):
    """A video that the first RUN has never seen, and the same clip in the RUN that has seen it."""
    other = open_run(result.folder / "run-shifted")
    clip = next(clip for clip in other.manifest.clips if clip.id.startswith("shifted"))
    return result.folder / "data" / "videos" / f"{clip.id}.mp4", known_clip(other, clip.id)


def test_a_new_video_is_seen_as_in_a_fit(result, unseen):
    path, expected = unseen
    subject = find_subject(open_run(result.folder / "run"), str(path), threads=2)
    np.testing.assert_allclose(subject.inputs, expected.inputs, atol=1e-5)
    assert subject.matches.keys() == expected.matches.keys() and subject.label is None
    for column, match in expected.matches.items():
        assert (subject.matches[column].start, subject.matches[column].stop) == (match.start, match.stop)


@pytest.mark.parametrize(
    ("name", "settings", "exact"),
    [
        ("lossless.mkv", {"codec": "ffv1", "pix_fmt": "bgr0"}, True),
        ("lossless.mov", {"codec": "qtrle", "pix_fmt": "rgb24"}, True),
        ("web.webm", {"codec": "libvpx-vp9", "options": {"crf": "10", "b": "0"}}, False),
        ("lossless.avi", {"codec": "huffyuv", "pix_fmt": "rgb24"}, True),
        ("phone.mp4", {"rotation": 90, "options": {"crf": "12"}}, False),
    ],
)
def test_a_new_video_may_have_any_format(name, settings, exact, result, unseen, tmp_path, write_video):
    path, expected = unseen
    turns = settings.get("rotation", 0) // 90
    frames = [np.rot90(frame, -turns) for _, frame in read_frames(scan_video(path))]
    copy = write_video(tmp_path / name, map(np.ascontiguousarray, frames), fps=15, **settings)
    view = open_run(result.folder / "run")
    subject = find_subject(view, str(copy))
    if exact:  # but for time stamps in milliseconds
        np.testing.assert_allclose(subject.inputs, expected.inputs, atol=1e-3)
    said = explain_of(view, subject).prediction.label
    assert said == explain_of(view, expected).prediction.label


def test_a_new_video_without_people_gets_no_label(result, tmp_path, write_video):
    empty = write_video(tmp_path / "empty.mp4", [np.full((96, 128, 3), 120, dtype=np.uint8)] * 20)
    with pytest.raises(DataError, match="expected somebody to look at, got nobody found in any frame"):
        find_subject(open_run(result.folder / "run"), str(empty))


def test_a_clip_without_people_that_is_kept_has_a_note(result, tmp_path, write_video):
    empty = write_video(tmp_path / "empty.mp4", [np.full((96, 128, 3), 120, dtype=np.uint8)] * 20)
    view = open_run(result.folder / "run")
    clip = view.manifest.ids[0]
    assert known_clip(view, clip).notes == ()
    vars(view)["extract"] = replace(view.extract, nobody="keep")
    new = find_subject(view, str(empty))
    vars(view)["_tracks"] = {clip: new.track}
    said = "motion: nobody found in any frame, so no motion was measured; "
    assert new.notes == known_clip(view, clip).notes == (said + "they count as in the mean train clip",)
    assert explain_of(view, new).notes == new.notes
    vars(view)["model"] = replace(view.model, activations="predicted")
    assert subjects.nobody_there(view, new.track) == (said + "what is said of them comes from the feature",)


def test_other_models_than_those_of_the_fit_are_refused(result, unseen, monkeypatch):
    monkeypatch.setattr(loading, "model_identities", lambda config, root: {"net.onnx": "0" * 64})
    with pytest.raises(ArtifactError, match=r"net\.onnx: expected the model the RUN was made with"):
        find_subject(open_run(result.folder / "run"), str(unseen[0]))


def test_what_is_neither_clip_nor_video_is_named(result):
    with pytest.raises(DataError, match=r"nothing\.mp4: expected a video file, or one of the \d+ clips"):
        find_subject(open_run(result.folder / "run"), "nothing.mp4")


def test_what_is_there_is_seen_in_some_frame_and_a_new_video_is_told_as_a_known_clip(result, unseen):
    path, known = unseen
    view = open_run(result.folder / "run")
    found = explain_of(view, find_subject(view, str(path)))
    told = explain_of(open_run(result.folder / "run-shifted"), known)
    assert found.notes == told.notes == () and found.video == told.video
    assert (found.video.width, found.video.height) == scan_video(path).height_width[::-1]
    world = make_video_world(clips_per_class=10)
    there = {name for kind in ("object", "scene") for name in world.shown(kind, world.ids.index(known.clip))}
    for each in (found, told):
        assert each.phrases_seen and all(0 <= seen.frame < each.video.frames for seen in each.phrases_seen)
        assert all(seen.score >= seen.mean for seen in each.phrases_seen)
        scenes = [seen for seen in each.phrases_seen if seen.kind == "scene"]
        assert max(scenes, key=lambda seen: seen.score).name in there
    assert problems(to_json(found), json_schema()) == []


def test_a_new_video_is_decoded_once_for_all_networks(result, unseen, monkeypatch):
    calls = []

    def counted(*given, **named):
        calls.append(given)
        return read_frames(*given, **named)

    monkeypatch.setattr(watch, "read_frames", counted)
    subject = find_subject(open_run(result.folder / "run"), str(unseen[0]))
    assert subject.moments is not None and subject.track is not None and len(calls) == 1


def test_a_clip_that_was_looked_at_is_told_without_a_model(result, monkeypatch, tmp_path):
    view = open_run(result.folder / "run")
    clip = view.manifest.ids[3]
    first = explain_of(view, known_clip(view, clip))
    monkeypatch.setattr(loading, "load_encoder", lambda *given: pytest.fail("a model was loaded"))
    again = open_run(result.folder / "run")
    assert to_json(explain_of(again, known_clip(again, clip))) == to_json(first) and first.phrases_seen


def test_a_place_that_cannot_be_written_keeps_nobody_from_an_explanation(result, monkeypatch, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr(RunView, "cache", tmp_path / "file")
    view = open_run(result.folder / "run")
    subject = known_clip(view, view.manifest.ids[4])
    assert subject.moments is not None and subject.notes == ()


def test_a_clip_whose_video_is_gone_is_explained_with_a_note(result, tmp_path):
    view = open_run(result.folder / "run", tmp_path)
    subject = known_clip(view, view.manifest.ids[0])
    assert subject.moments is None and len(subject.notes) == 1 and subject.notes[0].startswith("phrases_seen: ")
    assert explain_of(view, subject).phrases_seen is None and explain_of(view, subject).timelines
