"""Splits by subject and by class."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dance_xai.data.splitting import SplitRule, split_clips
from dance_xai.errors import ConfigError, DataError
from dance_xai.types import Clip

ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("1234"), st.integers(0, 9)), min_size=1, max_size=40)
SHARES = st.floats(0.05, 0.95)


def clips_from(rows: list[tuple[str, str, int]], files: bool = False) -> list[Clip]:
    return [
        Clip(str(index), label, subject=subject, path=Path(f"/v/{file}.mp4") if files else None)
        for index, (label, subject, file) in enumerate(rows)
    ]


@given(ROWS, SHARES, st.integers(0, 99), st.sampled_from(["subject", "stratified"]), st.booleans(), st.randoms())
def test_the_split_does_not_depend_on_the_order(rows, share, seed, by, files, random):
    rule, clips = SplitRule(by=by, test=share, seed=seed), clips_from(rows, files)
    try:
        found = {clip.id: clip.split for clip in split_clips(clips, rule, "clips")}
    except DataError:
        return
    again = split_clips(random.sample(clips, len(clips)), rule, "clips")
    assert {clip.id: clip.split for clip in again} == found


@given(ROWS, SHARES, st.integers(0, 99))
def test_subjects_never_are_on_both_sides(rows, share, seed):
    assume(len({subject for _, subject, _ in rows}) > 1)
    done = split_clips(clips_from(rows), SplitRule(by="subject", test=share, seed=seed), "clips")
    sides = {split: {clip.subject for clip in done if clip.split == split} for split in ("train", "test")}
    assert sides["train"] and sides["test"] and not sides["train"] & sides["test"]
    subjects = len(sides["train"] | sides["test"])
    assert len(sides["test"]) == min(max(round(share * subjects), 1), subjects - 1)


@given(ROWS, SHARES, st.integers(0, 99))
def test_every_class_keeps_its_share_and_a_train_clip(rows, share, seed):
    clips = clips_from(rows)
    counts = Counter(clip.label for clip in clips)
    wanted = {label: min(round(share * count), count - 1) for label, count in counts.items()}
    assume(any(wanted.values()))
    done = split_clips(clips, SplitRule(by="stratified", test=share, seed=seed), "clips")
    assert Counter(clip.label for clip in done if clip.split == "test") == Counter(wanted)
    assert [clip.id for clip in done] == [clip.id for clip in clips]


@given(ROWS, SHARES, st.integers(0, 99))
def test_clips_of_one_file_stay_together(rows, share, seed):
    try:
        done = split_clips(clips_from(rows, files=True), SplitRule(by="stratified", test=share, seed=seed), "clips")
    except DataError:
        return
    splits: dict[Path | None, set[str | None]] = {}
    for clip in done:
        splits.setdefault(clip.path, set()).add(clip.split)
    assert all(len(found) == 1 for found in splits.values())
    first = min(clip.label or "" for clip in done)  # later classes never take its train videos
    videos = {clip.path for clip in done if clip.label == first}
    assert sum(splits[path] == {"test"} for path in videos) == min(round(share * len(videos)), len(videos) - 1)


def test_seeds_matter_and_another_class_changes_nothing():
    clips = clips_from([("a", "1", 0)] * 30)
    rules = [SplitRule(by="stratified", test=0.5, seed=seed) for seed in (0, 0, 1)]
    first, same, other = ([clip.split for clip in split_clips(clips, rule, "clips")] for rule in rules)
    assert first == same != other
    more = [*clips, Clip("x", "0"), Clip("y", "0")]
    assert [clip.split for clip in split_clips(more, rules[0], "clips")][:30] == first


def test_files_of_an_earlier_class_count_in_the_share_of_a_later_one():
    clips = clips_from([("a", "1", file) for file in range(4)] + [("b", "1", file) for file in range(8)], files=True)
    done = split_clips(clips, SplitRule(by="stratified", test=0.5), "clips")
    assert Counter(clip.label for clip in done if clip.split == "test") == {"a": 2, "b": 4}


def test_named_subjects_are_tested_on():
    clips = clips_from([("a", "1", 0), ("b", "2", 0), ("a", "3", 0)])
    done = split_clips(clips, SplitRule(by="subject", test_subjects=("2", 3)), "clips")
    assert [clip.split for clip in done] == ["train", "test", "test"]


@pytest.mark.parametrize(
    ("rows", "rule", "error", "message"),
    [
        ([("a", "1", 0), ("a", "2", 0)], {"by": "subject", "test_subjects": (7,)}, DataError, r"among 1, 2, got 7"),
        ([("a", "1", 0), ("b", "1", 0)], {"by": "subject"}, DataError, r"two subjects at least, got 1"),
        ([("a", None, 0)], {"by": "subject"}, DataError, r"subject of every clip, got none of 0"),
        ([("a", "1", 0)] * 2, {"by": "stratified"}, DataError, r"a test clip at least, got none with test = 0.2"),
        ([("a", "1", 0)], {"by": "stratified", "test_subjects": ("1",)}, ConfigError, r"by = 'subject' only"),
    ],
)
def test_rules_that_cannot_be_followed(rows, rule, error, message):
    with pytest.raises(error, match=message) as caught:
        split_clips(clips_from(rows), SplitRule(**rule), "clips.csv")
    assert str(caught.value).startswith("clips.csv: ") and "\n" not in str(caught.value)
