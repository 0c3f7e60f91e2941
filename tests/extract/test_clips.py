"""Many clips: kept by content, resumed, and the bad ones left out."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dance_xai.data.video import decoder_version
from dance_xai.extract.clips import see_clip, see_clips
from dance_xai.extract.keep import ClipKeep
from dance_xai.extract.parts import Parts
from dance_xai.extract.settings import ExtractConfig
from dance_xai.extract.watch import Sight
from dance_xai.types import Clip

CONFIG = ExtractConfig()


def _same(a: Sight, b: Sight) -> bool:
    assert a.people is not None and b.people is not None
    arrays = [(a.people.xy, b.people.xy), (a.people.frame, b.people.frame)]
    arrays += [(a.vectors[name], b.vectors[name]) for name in a.vectors]
    return (a.fps, a.length) == (b.fps, b.length) and all(np.array_equal(x, y) for x, y in arrays)


def test_what_was_seen_is_not_looked_at_again(parts: Parts, clip: Clip, tmp_path: Path):
    first = see_clip(clip, parts, CONFIG, ClipKeep(tmp_path / "keep"))
    calls = list(parts.poses.calls)
    again = see_clip(clip, parts, CONFIG, ClipKeep(tmp_path / "keep"))
    assert _same(first, again) and parts.poses.calls == calls


def test_the_name_of_a_file_does_not_matter_its_content_does(parts: Parts, clip: Clip, tmp_path: Path):
    keep = ClipKeep(tmp_path / "keep")
    see_clip(clip, parts, CONFIG, keep)
    calls = len(parts.poses.calls)
    copy = shutil.copy(clip.path, tmp_path / "copy.mp4")
    see_clip(replace(clip, id="w", path=Path(copy)), parts, CONFIG, keep)
    assert len(parts.poses.calls) == calls
    with Path(copy).open("ab") as file:
        file.write(b"\0\0\0\x08free")
    see_clip(replace(clip, id="w", path=Path(copy)), parts, CONFIG, keep)
    assert len(parts.poses.calls) > calls


@pytest.mark.parametrize("change", [{"start": 0.2}, {"end": 0.5}, {"fps": 10.0}, {"max_side": 64}])
def test_another_span_rate_or_size_is_another_result(change: dict, parts: Parts, clip: Clip, tmp_path: Path):
    keep = ClipKeep(tmp_path / "keep")
    see_clip(clip, parts, CONFIG, keep)
    calls = len(parts.poses.calls)
    spans = {key: value for key, value in change.items() if key in ("start", "end")}
    rest = {key: value for key, value in change.items() if key not in spans}
    see_clip(replace(clip, **spans), parts, replace(CONFIG, **rest), keep)
    assert len(parts.poses.calls) > calls


def test_only_the_part_that_changed_looks_again(parts: Parts, clip: Clip, tmp_path: Path):
    keep = ClipKeep(tmp_path / "keep")
    first = see_clip(clip, parts, CONFIG, keep)
    calls = list(parts.poses.calls)
    parts.backbones[0].identity = "numbers-2"
    parts.backbones[0].shown.clear()
    again = see_clip(clip, parts, CONFIG, keep)
    assert parts.poses.calls == calls and parts.backbones[0].shown == [2, 7, 12, 17]
    np.testing.assert_array_equal(again.vectors["numbers-2"], first.vectors["numbers-1"])
    assert again.people is not None and first.people is not None
    np.testing.assert_array_equal(again.people.xy, first.people.xy)


def test_damaged_entries_are_made_again(parts: Parts, clip: Clip, tmp_path: Path):
    folder = tmp_path / "keep"
    first = see_clip(clip, parts, CONFIG, ClipKeep(folder))
    entries = sorted(folder.rglob("*.noun"))
    assert len(entries) == 5  # timing, lost frames, people, two vectors
    for number, entry in enumerate(entries):
        content = bytearray(entry.read_bytes())
        content[len(content) // 2] ^= 1
        entry.write_bytes(content if number % 2 else content[:50])
    assert _same(first, see_clip(clip, parts, CONFIG, ClipKeep(folder)))
    assert _same(first, see_clip(clip, parts, CONFIG, ClipKeep(folder)))


@pytest.fixture
def torn(tmp_path: Path, numbered_frames) -> Clip:
    """A clip of 20 numbered frames of which 5 and 18 cannot be decoded."""
    (tmp_path / "torn").mkdir()
    for number, picture in enumerate(numbered_frames(20)):
        Image.fromarray(picture).save(tmp_path / "torn" / f"{number}.png")
    for number in (5, 18):
        (tmp_path / "torn" / f"{number}.png").write_bytes(b"torn")
    return Clip("v", "walk", "train", tmp_path / "torn")


def test_frames_that_cannot_be_decoded_are_counted(parts: Parts, torn: Clip, tmp_path: Path):
    keep = ClipKeep(tmp_path / "keep")
    for _ in range(2):
        assert see_clip(torn, parts, CONFIG, keep).lost.tolist() == [5, 18]
    for name in ("pose", "vectors"):
        alone = parts.only(name == "pose", set() if name == "pose" else {"numbers-1"})
        assert see_clip(torn, alone, CONFIG, ClipKeep(tmp_path / name)).lost.tolist() == [5, 18]


def test_lost_frames_of_an_older_cache_are_counted_without_looking_again(parts: Parts, torn: Clip, tmp_path: Path):
    keep = ClipKeep(tmp_path / "keep")
    see_clip(torn, parts, CONFIG, keep)
    calls, place = list(parts.poses.calls), keep._place(keep.key(torn, CONFIG, "lost"))
    place.unlink()
    assert see_clip(torn, parts, CONFIG, keep).lost.tolist() == [5, 18]
    assert parts.poses.calls == calls and place.exists()


def test_nothing_is_decoded_for_those_who_look_at_nothing(parts: Parts, torn: Clip, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("dance_xai.data.video._frames", lambda *_: pytest.fail("decoded"))
    sight = see_clip(torn, parts.only(False, set()), CONFIG, ClipKeep(tmp_path / "keep"))
    assert (sight.length, len(sight.lost)) == (20, 0)


def test_other_frames_come_out_of_files_other_than_mp4_than_in_earlier_releases(
    clip: Clip, tmp_path: Path, write_video
):
    other = write_video(tmp_path / "v.avi", [np.zeros((48, 64, 3), np.uint8)] * 3)
    assert decoder_version(clip.path) == decoder_version(tmp_path) == 1
    assert decoder_version(other) == 2


def test_a_damaged_index_of_hashes_is_made_again(parts: Parts, clip: Clip, tmp_path: Path):
    keep = ClipKeep(tmp_path / "keep")
    see_clips([clip], parts, CONFIG, keep)
    (tmp_path / "keep" / "contents.json").write_text("[1, 2")
    seen, drops = see_clips([clip], parts, CONFIG, ClipKeep(tmp_path / "keep"))
    assert set(seen) == {"v"} and not drops


def test_a_file_that_was_replaced_in_place_is_noticed(
    parts: Parts, clip: Clip, tmp_path: Path, write_video, numbered_frames
):
    see_clips([clip], parts, CONFIG, ClipKeep(tmp_path / "keep"))
    write_video(clip.path, numbered_frames(30)[10:])
    seen, _ = see_clips([clip], parts, CONFIG, ClipKeep(tmp_path / "keep"))
    np.testing.assert_array_equal(seen["v"].vectors["numbers-1"], [12, 17, 22, 27])


def test_workers_do_not_change_the_result_and_bad_clips_are_left_out(
    parts: Parts, tmp_path: Path, write_video, numbered_frames
):
    clips = [Clip(f"c{n}", path=write_video(tmp_path / f"c{n}.mp4", numbered_frames(10 + n))) for n in range(6)]
    (tmp_path / "bad.mp4").write_bytes(b"not a video" * 100)
    clips.insert(2, Clip("bad", path=tmp_path / "bad.mp4"))
    clips.insert(4, Clip("gone", path=tmp_path / "gone.mp4"))
    clips.append(Clip("none"))
    told = []
    results = [
        see_clips(clips, parts, CONFIG, ClipKeep(None), workers=workers, progress=lambda *done: told.append(done))
        for workers in (1, 4)
    ]
    assert set(results[0][0]) == {f"c{n}" for n in range(6)}
    assert all(_same(results[0][0][name], results[1][0][name]) for name in results[0][0])
    assert results[0][1] == results[1][1]
    assert [(drop.item, drop.reason.split(";")[0]) for drop in results[0][1]] == [
        ("bad", "expected a video that can be read, got: Invalid data found when processing input"),
        ("gone", "expected a video file, found nothing there"),
        ("none", "expected a video file, got none"),
    ]
    assert told[:9] == [(n, 9) for n in range(1, 10)]


def test_a_mistake_in_a_network_is_not_taken_for_a_bad_clip(parts: Parts, clip: Clip):
    def broken(frame: np.ndarray) -> np.ndarray:
        raise RuntimeError("a bug")

    parts.backbones[0].prepare = broken
    with pytest.raises(RuntimeError, match="a bug"):
        see_clips([clip], parts, CONFIG, ClipKeep(None), workers=2)
