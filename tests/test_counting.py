"""One of a thing is not several."""

from __future__ import annotations

import pytest

from dance_xai.types import counted


@pytest.mark.parametrize(
    ("count", "thing", "said"),
    [
        (0, "clip", "0 clips"),
        (1, "class", "1 class"),
        (2, "class", "2 classes"),
        (1, "test clip", "1 test clip"),
        (1200, "test clip", "1,200 test clips"),
        (1, "other", "1 other"),
        (3, "query", "3 queries"),
        (3, "key", "3 keys"),
        (2, "box", "2 boxes"),
    ],
)
def test_a_count_agrees_with_its_thing(count, thing, said):
    assert counted(count, thing) == said
