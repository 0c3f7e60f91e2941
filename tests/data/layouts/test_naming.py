"""Ids made of paths."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.data.layouts.entries import VIDEO_SUFFIXES, Entry, is_video, name_from, part_named
from dance_xai.data.layouts.naming import give_ids, unsuffixed

PATHS = st.lists(
    st.builds("/".join, st.lists(st.sampled_from(["a", "b", "a.mp4", "a.b", ".x"]), min_size=1, max_size=3)).map(
        lambda folder: folder
    ),
    unique=True,
    max_size=8,
)
SUFFIXED = st.lists(
    st.tuples(st.sampled_from(["a", "b", "d/a", "d/a.mp4", "é f"]), st.sampled_from([".mp4", ".avi", ".MP4", ""])).map(
        "".join
    ),
    unique=True,
    max_size=8,
)


@given(PATHS | SUFFIXED, st.booleans(), st.randoms())
def test_ids_are_unique_and_do_not_depend_on_the_order(names: list[str], short: bool, random) -> None:
    def ids(order: list[str]) -> dict[str, str]:
        return {
            entry.name: str(entry.id) for entry in give_ids([Entry("", "x", name=name) for name in order], short=short)
        }

    found = ids(names)
    assert len(set(found.values())) == len(names)
    assert ids(random.sample(names, len(names))) == found


def test_suffixes_stay_where_only_they_differ() -> None:
    assert unsuffixed(["a/1.mp4", "a/1.avi", "a/2.mp4"]) == {
        "a/1.mp4": "a/1.mp4",
        "a/1.avi": "a/1.avi",
        "a/2.mp4": "a/2",
    }
    assert unsuffixed(["1.mp4", "1.avi", "1.mp4.mov"]) == {name: name for name in ("1.mp4", "1.avi", "1.mp4.mov")}
    assert unsuffixed([".", "..", "/"]) == {".": ".", "..": "..", "/": "/"}


def test_given_ids_stay() -> None:
    assert [entry.id for entry in give_ids([Entry("", "x", id="mine", name="a.mp4")], short=True)] == ["mine"]


def test_videos_and_parts_by_name() -> None:
    assert {".mp4", ".avi", ".mov", ".mkv", ".webm", ".gif", ".3gp", ".mts"} < set(VIDEO_SUFFIXES)
    assert is_video("d.x/A b.MP4") and not is_video("a.jpg") and not is_video("mp4")
    assert [part_named(name) for name in ("Train", " validation", "eval", "contest")] == ["train", "val", "test", None]


@pytest.mark.parametrize(
    ("root", "path", "name"),
    [
        ("/data", "/data/v/a.mp4", "v/a.mp4"),
        ("/data/", "/data/lists/../v/./a.mp4", "v/a.mp4"),
        ("/data", "/database/a.mp4", "/database/a.mp4"),
        (".", "v/a.mp4", "v/a.mp4"),
        ("/", "/v/a.mp4", "v/a.mp4"),
        ("d", "../v/a.mp4", "../v/a.mp4"),
    ],
)
def test_names_start_at_the_data_root(root: str, path: str, name: str) -> None:
    assert name_from(Path(root), Path(path)) == name
