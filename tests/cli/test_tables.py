"""Tables on terminals of any width, and where there is none."""

from __future__ import annotations

import pytest

from dance_xai.cli.common import NARROWEST, table

CAUSES = ("class", "no pose", "key frame missed", "concept wrong", "weight wrong", "same concepts")
LONG = "draw_circle_counter_clockwise"
ROWS = ((LONG, "-", "11", "2.5 -> 3", "+0.123", "4,000"), ("throw", "7", "98.2", "-", "-", "33"))
TITLE = "Causes of all that went wrong"


@pytest.fixture
def printed(monkeypatch, capsys):
    """``printed(columns)``: the lines of the table on a terminal of so many columns, or in a pipe (None)."""

    def printed(columns, rows=ROWS):
        monkeypatch.delenv("COLUMNS", raising=False)
        if columns is not None:
            monkeypatch.setenv("COLUMNS", str(columns))
        table(TITLE, CAUSES, rows)
        return [line.rstrip() for line in capsys.readouterr().out.splitlines()]

    return printed


def test_what_nobody_reads_on_a_terminal_is_as_wide_as_it_is(printed):
    title, headings, *rows = printed(None)
    assert title == TITLE and headings.split() == " ".join(CAUSES).split()
    assert [row.split() for row in rows] == [" ".join(row).split() for row in ROWS]
    (line,) = printed(None, [("x" * 500, *ROWS[0][1:])])[2:]
    assert line.startswith("x" * 500) and line.endswith("4,000")


def test_a_table_that_fits_has_its_headings_on_one_line(printed):
    assert printed(120) == printed(None)


def test_headings_fold_before_names_do(printed):
    title, *headings, first, second = printed(80)
    assert title == TITLE and max(map(len, headings)) <= 80
    words = [word for line in headings for word in line.split()]
    assert sorted(words) == sorted(" ".join(CAUSES).split())
    assert first.split() == " ".join(ROWS[0]).split() and second.split() == " ".join(ROWS[1]).split()


@pytest.mark.parametrize("columns", [20, 40, 60])
def test_names_fold_before_anything_is_cut(printed, columns):
    rows = printed(columns)[1 + 3 :]
    names = [line[: line.index(" ")] if " " in line else line for line in rows]
    assert "".join(names) == LONG + "throw" and len(names[0]) >= NARROWEST
    figures = [word for line in rows for word in line.split()[1:]]
    assert figures == " ".join((*ROWS[0][1:], *ROWS[1][1:])).split()


def test_a_table_without_rows_has_its_headings(printed):
    assert printed(80, [])[0] == TITLE
