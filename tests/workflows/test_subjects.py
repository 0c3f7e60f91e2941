"""Which clips are named to somebody who named none of them rightly."""

from dataclasses import replace

import pytest

from dance_xai.errors import DataError
from dance_xai.workflows.runs import open_run
from dance_xai.workflows.subjects import find_subject


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("IMG_7", "clips/bowling/IMG_7, clips/squat/IMG_7, ..."),
        ("IMG_7.mp4", "clips/bowling/IMG_7, clips/squat/IMG_7, ..."),
        ("clips/sqat/IMG_8", "clips/squat/IMG_8, "),
        ("%", "a/x, clips/bowling/IMG_7, clips/squat/IMG_7, ..."),
    ],
)
def test_a_name_that_no_clip_has_is_answered_with_those_near_it(said, named, small_run):
    view = open_run(small_run)
    ids = ("a/x", "clips/bowling/IMG_7", "clips/squat/IMG_7", "clips/squat/IMG_8")
    clips = tuple(replace(clip, id=name, path=None) for clip, name in zip(view.manifest.clips[:4], ids, strict=True))
    object.__setattr__(view, "manifest", replace(view.manifest, clips=clips))
    with pytest.raises(DataError) as caught:
        find_subject(view, said)
    assert f"of the RUN ({named}" in str(caught.value)
