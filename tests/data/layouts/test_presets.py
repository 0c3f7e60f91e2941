"""KTH, Penn Action, HAA500 and UCF-101 as they are downloaded."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from dance_xai.data.layouts.penn_action import penn_action_entries
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.manifest import clip_list_files, clip_listing, read_clips
from dance_xai.errors import DataError
from dance_xai.types import Clip

KTH = ("boxing", "handclapping", "handwaving", "jogging", "running", "walking")
SEQUENCES = """\
The database ... 2391 sequences. The number of frames are given for 25 fps.
Training:   person11, 12, 13, 14, 15, 16, 17, 18

person01_boxing_d1\t\tframes\t1-95, 96-185
person02_walking_d3\t\tframes\t1-75, 76-100,101-200
person13_handclapping_d3\t*missing*
"""


def paper_lists(shared: Path, name: str, test: str = "val") -> dict[str, list[str]]:
    """The lines of the paper's lists by split, without the class number."""
    folder = shared / "reference" / "splits" / name
    files = {"train": folder / "train.csv", "test": folder / f"{test}.csv"}
    return {split: [line.rpartition(",")[0] for line in file.read_text().splitlines()] for split, file in files.items()}


def split_ids(manifest, split: str) -> set[str]:
    return {clip.id for clip in manifest.clips if clip.split == split}


def test_kth_whole_videos(touch):
    root = touch([f"{label}/person{who:02d}_{label}_d1_uncomp.avi" for label in KTH for who in range(1, 26)])
    manifest = read_clips(ClipsSource(Path(), layout="kth"), root)
    assert manifest.classes == KTH and len(manifest.clips) == 150
    tested = {clip.subject for clip in manifest.clips if clip.split == "test"}
    assert tested == {"02", "03", "05", "06", "07", "08", "09", "10", "22"}
    path = root / "walking" / "person01_walking_d1_uncomp.avi"
    assert Clip("person01_walking_d1", "walking", "train", path, "01") in manifest.clips


def test_kth_sequences_are_clips_with_seconds(touch, clips_of):
    root = touch(["boxing/person01_boxing_d1_uncomp.avi", "walking/person02_walking_d3_uncomp.avi"])
    touch(["walking/person01_walking_d2_0.mp4"])
    (root / "00sequences.txt").write_text(SEQUENCES)
    clips = clips_of(root)
    times = {clip.id: (clip.start, clip.end) for clip in clips.values()}
    assert times == {
        "person01_boxing_d1_0": (0.0, 3.8),
        "person01_boxing_d1_1": (3.8, 7.4),
        "person02_walking_d3_0": (0.0, 3.0),
        "person02_walking_d3_1": (3.0, 4.0),
        "person02_walking_d3_2": (4.0, 8.0),
        "person01_walking_d2_0": (None, None),
    }
    source = ClipsSource(Path())
    assert clip_list_files(source, root) == (root / "00sequences.txt",)
    assert "person01_boxing_d1_uncomp.avi" in str(clip_listing(source, root))


def test_kth_cut_clips_are_split_as_in_the_paper(touch, shared: Path):
    lists = paper_lists(shared, "KTH")
    manifest = read_clips(ClipsSource(Path(), layout="kth"), touch(lists["train"] + lists["test"]))
    for split, names in lists.items():
        assert split_ids(manifest, split) == {name.removesuffix(".mp4") for name in names}
    assert all(clip.label in clip.id for clip in manifest.clips)


@pytest.mark.parametrize(
    ("name", "sequences", "message"),
    [
        ("walking/person26_walking_d1_uncomp.avi", None, r"expected a name as person01_walking_d1_uncomp.avi"),
        ("walking/person01_flying_d1.avi", None, r"person01_flying_d1.avi: expected a name as"),
        ("walking/person03_walking_d1_uncomp.avi", SEQUENCES, r"expected its sequences in 00sequences.txt, found none"),
        (
            "walking/person01_walking_d1.avi",
            SEQUENCES + "person01_walking_d1 frames 1-, 5\n",
            r"line 7: expected frame",
        ),
    ],
)
def test_kth_names_and_sequences_that_are_wrong(touch, clips_of, name, sequences, message):
    root = touch([name])
    if sequences:
        (root / "00sequences.txt").write_text(sequences)
    with pytest.raises(DataError, match=message) as caught:
        clips_of(root, layout="kth")
    assert "\n" not in str(caught.value)


def test_haa500_is_split_as_in_the_paper(touch, shared: Path):
    lists = paper_lists(shared, "HAA100")
    root = touch(f"haa/video/{name}" for name in lists["train"] + lists["test"])
    manifest = read_clips(ClipsSource(Path("haa"), layout="haa500"), root)
    for split, names in lists.items():
        assert {str(clip.path) for clip in manifest.clips if clip.split == split} == {
            str(root / "haa" / "video" / name) for name in names
        }
    assert len(manifest.classes) == 100
    assert set(Counter((clip.label, clip.split) for clip in manifest.clips).values()) == {16, 4}


def test_haa500_names(touch, clips_of):
    root = touch([f"{label}/{label}_{number:03d}.mp4" for label in ("run", "yoga cat") for number in (15, 16)])
    clips = clips_of(root, layout="haa500")
    assert {clip.id: (clip.label, clip.split) for clip in clips.values()} == {
        "run_015": ("run", "train"),
        "run_016": ("run", "test"),
        "yoga cat_015": ("yoga cat", "train"),
        "yoga cat_016": ("yoga cat", "test"),
    }


def test_haa500_videos_of_other_folders_are_no_class(touch, left_out):
    root = touch([f"{label}/{label}_{number:03d}.mp4" for label in ("run", "yoga cat") for number in (15, 16)])
    touch(["run/another.mp4", "mine/holiday_001.mp4", "mine/mine_777.mp4"])
    said = left_out(root, layout="haa500")
    assert [line.partition(": expected a name as archery/archery_000.mp4")[0] for line in said] == [
        "mine/holiday_001.mp4",
        "mine/mine_777.mp4",
        "run/another.mp4",
    ]


@pytest.mark.parametrize(
    ("names", "layout"),
    [
        ([f"video/{label}/{label}_{n:03d}.mp4" for label in ("run", "yoga cat") for n in (1, 17)], "haa500"),
        ([f"{label}/person{n:02d}_{label}_d1_uncomp.avi" for label in KTH for n in (1, 2)], "kth"),
        ([f"{label}/v_{label}_g{n:02d}_c01.avi" for label in ("YoYo", "Archery") for n in (1, 8)], "ucf101"),
        ([f"{label}/{n}.mp4" for label in ("YoYo", "Archery") for n in (1, 8)], None),
    ],
)
def test_without_a_split_the_data_set_is_named_that_it_looks_like(touch, clips_of, names, layout):
    with pytest.raises(DataError, match=r"expected the split of every clip") as caught:
        clips_of(touch([f"d/{name}" for name in names]), "d/video" if layout == "haa500" else "d")
    hint = f'for {layout} as downloaded set data.clips.layout = "{layout}"'
    assert (hint in str(caught.value)) == (layout is not None) and ("as downloaded" in str(caught.value)) == bool(
        layout
    )


def test_ucf101_lines_of_classes_that_are_none(touch, left_out):
    rows = [
        f"{label}/v_{label}_g{group:02d}_c01.avi 1\n" for label in ("YoYo", "Archery", "Holiday") for group in (8, 9)
    ]
    root = ucf(touch(["UCF-101/x"]), "".join([*rows, "Archery/v_YoYo_g10_c01.avi 1\n"]), "")
    (root / "ucfTrainTestlist" / "classInd.txt").write_text("1 Archery\n2 YoYo\n")
    said = left_out(root)
    assert [line.partition(": expected")[0].rpartition("/")[2] for line in said] == [
        f"trainlist01.txt: line {number}" for number in (5, 6, 7)
    ]
    assert "a class of classInd.txt, got 'Holiday'" in said[0] and "a line as 'Archery/" in said[2]


def ucf(root: Path, train: str, test: str, fold: int = 1) -> Path:
    folder = root / "ucfTrainTestlist"
    folder.mkdir(exist_ok=True)
    (folder / f"trainlist{fold:02d}.txt").write_text(train)
    (folder / f"testlist{fold:02d}.txt").write_text(test)
    return root


def test_ucf101_by_fold(touch, clips_of):
    root = touch(["UCF-101/YoYo/v_YoYo_g08_c01.avi"])
    names = ("YoYo/v_YoYo_g08_c01.avi", "Archery/v_Archery_g09_c02.avi")
    ucf(root, f"{names[0]} 101\r\n{names[1]} 3\r\n", "YoYo/v_YoYo_g01_c01.avi\r\n")
    ucf(root, f"{names[0]} 101\n", f"{names[1]}\n", fold=2)
    clips = clips_of(root)
    assert clips["v_Archery_g09_c02"] == Clip(
        "v_Archery_g09_c02", "Archery", "train", root / "UCF-101" / "Archery" / "v_Archery_g09_c02.avi", "g09"
    )
    assert clips["v_YoYo_g01_c01"].split == "test" and len(clips) == 3
    files = clip_list_files(ClipsSource(Path(), fold=2), root)
    assert [file.name for file in files] == ["trainlist02.txt", "testlist02.txt"]
    assert clip_listing(ClipsSource(Path()), root) is None
    with pytest.raises(DataError, match=r"train clips of every class, got none of Archery"):
        clips_of(root, fold=2)
    with pytest.raises(DataError, match=r"trainlist03.txt: expected a split list, found nothing"):
        clips_of(root, fold=3)


def test_ucf101_from_the_folder_of_videos(touch, clips_of):
    root = ucf(touch(["UCF-101/x"]), "YoYo/v_YoYo_g08_c01.avi 1\nArchery/v_Archery_g08_c01.avi 2\n", "")
    clips = clips_of(root, "UCF-101", layout="ucf101")
    assert clips["v_YoYo_g08_c01"].path == root / "UCF-101" / "YoYo" / "v_YoYo_g08_c01.avi"
    ucf(root, "YoYo/v_YoYo_g08_c01.avi 1\nArchery/other.avi 2\n", "")
    with pytest.raises(DataError, match=r"trainlist01.txt: line 2: expected a line as .* got 'Archery/other.avi 2'"):
        clips_of(root, "UCF-101", layout="ucf101")


def test_ucf101_lists_in_their_own_format_give_the_lists_of_the_paper(tmp_path, shared: Path):
    lists = paper_lists(shared, "UCF101", "test")
    ucf(tmp_path, "".join(f"{name} 1\n" for name in lists["train"]), "\n".join(lists["test"]))
    manifest = read_clips(ClipsSource(Path()), tmp_path)
    for split, names in lists.items():
        assert split_ids(manifest, split) == {Path(name).stem for name in names}
    groups = {split: {clip.subject for clip in manifest.clips if clip.split == split} for split in lists}
    assert groups == {
        "train": {f"g{group:02d}" for group in range(8, 26)},
        "test": {f"g{group:02d}" for group in range(1, 8)},
    }
    assert len(manifest.classes) == 101


def test_penn_action_labels_and_split_are_those_of_the_paper(tmp_path, shared: Path):
    shutil.copytree(shared / "penn_action" / "labels_sample", tmp_path / "labels")
    paper = read_clips(ClipsSource(Path("penn_action/clips.csv")), shared)
    known = {clip.id: (clip.label, clip.split) for clip in paper.clips}
    found = {entry.id: (entry.label, entry.part) for entry in penn_action_entries(ClipsSource(Path()), tmp_path)}
    assert len(found) == 7 and found.items() <= known.items()


def test_penn_action_clips_are_folders_of_frames_or_videos(touch, clips_of, shared: Path):
    root = touch(["frames/0002/000001.jpg", "videos/0001.mp4", "videos/0002.mp4"])
    (root / "labels").mkdir()
    for name in ("0001", "0002", "1500"):
        shutil.copy(shared / "penn_action" / "labels_sample" / f"{name}.mat", root / "labels")
    clips = clips_of(root)
    assert [clip.path for clip in clips.values()] == [root / "videos" / "0001.mp4", root / "frames" / "0002", None]
    assert clips["1500"] == Clip("1500", "pushup", "train")
    source = ClipsSource(Path())
    assert [file.name for file in clip_list_files(source, root)] == ["0001.mat", "0002.mat", "1500.mat"]
    assert clip_listing(source, root) == "frames/0002\nvideos/0001.mp4"


def test_penn_action_without_labels(touch, clips_of):
    with pytest.raises(DataError, match=r"labels: expected a folder with .mat files, found none"):
        clips_of(touch(["frames/0002/000001.jpg"]), layout="penn_action")
