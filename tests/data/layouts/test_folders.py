"""Class folders and the VideoFolder layout."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.manifest import clip_list_files, clip_listing, read_clips
from dance_xai.data.splitting import SplitRule
from dance_xai.errors import DataError
from dance_xai.types import Clip

HALF = SplitRule(by="stratified", test=0.5)


def test_folders_are_classes(touch, clips_of):
    root = touch(
        ["v/run/a.mp4", "v/run/deep/b.AVI", "v/jump high/a.mp4", "v/jump high/é.mov", "v/run/note.txt", "v/run/._a.mp4"]
    )
    clips = clips_of(root, "v", split=HALF)
    assert {clip.id: clip.label for clip in clips.values()} == {
        "v/jump high/a": "jump high",
        "v/jump high/é": "jump high",
        "v/run/a": "run",
        "v/run/deep/b": "run",
    }
    assert clips["v/run/deep/b"].path == root / "v" / "run" / "deep" / "b.AVI"
    assert sorted(str(clip.split) for clip in clips.values()) == ["test", "test", "train", "train"]


def test_train_and_test_folders_are_the_split(touch, clips_of):
    clips = clips_of(touch(["Train/run/a.mp4", "Train/hop/b.mp4", "testing/run/a.mp4", "readme/info.txt"]))
    assert clips["Train/run/a"].split == "train" and clips["testing/run/a"].split == "test"
    assert {clip.label for clip in clips.values()} == {"run", "hop"}


def test_validation_clips_are_tested_on_or_left_out(touch):
    root = touch(["train/run/a.mp4", "train/hop/b.mp4", "val/run/c.mp4"])
    assert read_clips(ClipsSource(Path()), root).clips[-1].split == "test"
    touch(["test/hop/d.mp4"])
    manifest = read_clips(ClipsSource(Path()), root)
    assert [clip.split for clip in manifest.clips] == ["test", "train", "train"]
    assert [(drop.item, drop.reason) for drop in manifest.drops] == [("val/run/c", "validation clip")]
    ruled = read_clips(ClipsSource(Path(), split=SplitRule(by="stratified", test=0.4)), root)
    assert len(ruled.clips) == 4 and ruled.drops == ()


def test_a_class_may_be_called_train(touch, clips_of):
    clips = clips_of(touch(["train/a.mp4", "train/b.mp4", "bus/a.mp4", "bus/b.mp4"]), split=HALF)
    assert {clip.label for clip in clips.values()} == {"train", "bus"}


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["run/a.txt"], r"expected a folder with videos \(.mp4, .*found none"),
        (["run/a.mp4", "hop/b.mp4"], r"\(read as folders\): expected the split of every clip .*data.clips.split"),
        (["train/a.mp4", "test/run/b.mp4"], r"train/a.mp4: expected videos in a folder per class"),
        (
            ["train/run/a.mp4", "val/run/b.mp4", "more/run/c.mp4"],
            r"expected videos in train and test only, got more too",
        ),
    ],
)
def test_other_folders_are_one_line(touch, clips_of, names, message):
    with pytest.raises(DataError, match=message) as caught:
        clips_of(touch(names))
    assert "\n" not in str(caught.value)


def test_a_video_outside_the_class_folders_costs_itself(touch, left_out):
    root = touch([*(f"v/{label}/{n}.mp4" for label in ("run", "hop") for n in (1, 2)), "v/b.mp4"])
    (said,) = left_out(root, "v", split=HALF)
    assert said.startswith("v/b.mp4: expected videos in a folder per class, got one outside; move it")


def test_a_lone_folder_data_is_stepped_into(touch, clips_of):
    """As VideoFolder data sets lie on the hub."""
    root = touch(["d/README.md", "d/.git/x", *(f"d/data/{p}/{c}/{p}.mp4" for p in ("train", "test") for c in "ab")])
    for layout in ("auto", "videofolder", "folders"):
        clips = clips_of(root, "d", layout=layout)
        assert {(clip.label, clip.split) for clip in clips.values()} == {
            (c, s) for c in "ab" for s in ("train", "test")
        }
        assert "d/data/train/a/train" in clips
    plain = touch(["e/data/a/1.mp4", "e/data/a/2.mp4", "e/data/b/1.mp4", "e/data/b/2.mp4"])
    assert {clip.label for clip in clips_of(plain, "e", split=HALF).values()} == {"a", "b"}
    touch(["e/more/1.mp4", "e/more/2.mp4"])
    assert {clip.label for clip in clips_of(plain, "e", split=HALF).values()} == {"data", "more"}


@pytest.mark.parametrize("place", ["d", "d/data", "d/data/train"])
def test_metadata_above_and_below_a_lone_folder_data(touch, clips_of, place):
    names = ["d/data/train/run/a.mp4", "d/data/train/hop/b.mp4"]
    root = touch(names)
    rows = [name.removeprefix(f"{place}/") for name in names]
    (root / place / "metadata.csv").write_text("\n".join(["file_name", *rows]))
    clips = clips_of(root, "d")
    assert {clip.id: (clip.label, clip.split) for clip in clips.values()} == {
        "d/data/train/run/a": ("run", "train"),
        "d/data/train/hop/b": ("hop", "train"),
    }


def test_linked_folders_are_followed_once(touch, clips_of, tmp_path):
    root = touch(["store/a.mp4", "store/b.mp4", "v/hop/c.mp4", "v/hop/d.mp4"])
    (root / "v" / "run").symlink_to(root / "store", target_is_directory=True)
    (root / "store" / "again").symlink_to(root / "v", target_is_directory=True)
    ids = set(clips_of(root, "v", split=HALF))
    assert {"v/run/a", "v/run/b", "v/hop/c", "v/hop/d"} <= ids and len(ids) < 20


def test_names_that_are_not_text_are_refused(touch, clips_of):
    root = touch(["run/a.mp4"])
    try:
        (root / "run" / os.fsdecode(b"\xff.mp4")).touch()
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    with pytest.raises(DataError, match=r"expected file names in UTF-8, got 'run/\\udcff.mp4'"):
        clips_of(root)


def test_the_listing_changes_with_the_videos_only(touch):
    source, root = ClipsSource(Path("v")), touch(["v/run/b.mp4", "v/run/a.mp4"])
    before = clip_listing(source, root)
    assert before == "run/a.mp4\nrun/b.mp4" and clip_list_files(source, root) == ()
    touch(["v/run/notes.txt"])
    assert clip_listing(source, root) == before
    touch(["v/run/c.mp4"])
    assert clip_listing(source, root) != before


def test_metadata_lists_the_videos(touch, clips_of):
    root = touch(["d/train/a.mp4", "d/train/b.mp4", "d/test/a.mp4"])
    (root / "d" / "train" / "metadata.csv").write_text("file_name,label,subject\na.mp4,run,1\nb.mp4,hop,2\n")
    (root / "d" / "test" / "metadata.jsonl").write_text(json.dumps({"file_name": "a.mp4", "label": "run"}) + "\n")
    clips = clips_of(root, "d")
    assert clips["d/train/a"] == Clip("d/train/a", "run", "train", root / "d" / "train" / "a.mp4", "1")
    assert (clips["d/test/a"].split, len(clips)) == ("test", 3)
    assert [file.name for file in clip_list_files(ClipsSource(Path("d")), root)] == ["metadata.jsonl", "metadata.csv"]


def test_metadata_at_the_top_with_labels_from_folders(touch, clips_of):
    root = touch(["train/run/a.mp4", "train/hop/b.mp4", "validation/run/c.mp4", "train/run/unlisted.mp4"])
    names = ["train/run/a.mp4", "train/hop/b.mp4", "validation/run/c.mp4"]
    (root / "metadata.csv").write_text("file_name,caption\n" + "".join(f"{name},x\n" for name in names))
    clips = clips_of(root)
    assert {clip.id: (clip.label, clip.split) for clip in clips.values()} == {
        "train/run/a": ("run", "train"),
        "train/hop/b": ("hop", "train"),
        "validation/run/c": ("run", "test"),
    }


def test_a_videofolder_without_metadata_is_class_folders(touch, clips_of):
    root = touch(["train/run/a.mp4", "train/hop/b.mp4", "test/hop/c.mp4"])
    assert set(clips_of(root, layout="videofolder")) == {"train/run/a", "train/hop/b", "test/hop/c"}


def test_metadata_that_does_not_say_labels(touch, clips_of):
    root = touch(["a.mp4", "train/metadata.parquet"])
    with pytest.raises(DataError, match=r"metadata.parquet: expected metadata.csv or metadata.jsonl, got Parquet"):
        clips_of(root, layout="videofolder")
    (root / "metadata.csv").write_text("file_name\na.mp4\n")
    with pytest.raises(DataError, match=r"metadata.csv: line 2: expected a column 'label' or a folder per class"):
        clips_of(root)
    (root / "metadata.csv").write_text("name,label\na.mp4,x\n")
    with pytest.raises(DataError, match=r"metadata.csv: expected the column 'file_name', got name, label"):
        clips_of(root)
