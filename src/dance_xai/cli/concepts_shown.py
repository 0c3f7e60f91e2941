"""Phrase sets and what became of them, as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dance_xai.cli.common import paper, print_reasons, say
from dance_xai.types import counted

if TYPE_CHECKING:
    from dance_xai.text.estimate import Estimate
    from dance_xai.types import Kind, PhraseEntry, PhraseSet
    from dance_xai.workflows.phrase_views import PhraseDiff
    from dance_xai.workflows.phrase_writing import Outcome

FIGURES = ("similarity", "agreement", "auc")
HEADINGS = ("seen", "agreed", "AUC")
"""Of the figures: similarity to the train clips that show it best, share of answers that named it, and the rest."""

CLASSES = 2
"""Names of classes in a row; of more, the first is named and the others are counted."""


def in_words(found: Estimate) -> str:
    """An estimate on one line."""
    cost = "cost unknown without --price-in and --price-out"
    if found.cost is not None and found.most is not None:
        cost = f"cost about {found.cost:.4f}, at most {found.most:.4f}"
    return (
        f"{counted(found.calls, 'question')}, about {counted(found.prompt_tokens, 'token')} to send and "
        f"{found.answer_tokens:,} to get; "
        f"{cost}"
    )


def show_outcome(place: object, outcome: Outcome) -> None:
    """Print what was written, and what to do next."""
    from dance_xai.text.screening import drops_of
    from dance_xai.types import count_reasons

    say(bold=str(place), text=f": {counted(outcome.added, 'new phrase')}, {outcome.changed} with another verdict")
    say(f"  {_counts(outcome.phrases)}")
    print_reasons(count_reasons((*outcome.drops, *drops_of(outcome.phrases))))
    say(f"\nNext: dance concepts show {place}")


def show_set(phrases: PhraseSet, *, dropped_only: bool = False) -> None:
    """Print a phrase set, a table per kind, kept phrases first."""
    say(bold=_counts(phrases), text=f"; {counted(len(phrases.classes), 'class')}" if phrases.classes else "")
    for source in phrases.sources:
        asked = "" if source.samples is None else f", {counted(source.samples, 'answer')} per class"
        prompts = ", ".join(f"{kind} {version}" for kind, version, _ in source.prompts)
        say(f"  {counted(len(source.classes), 'class')} from {source.name}{asked}{prompts and f', prompts {prompts}'}")
    kinds: tuple[Kind, ...] = ("object", "scene")
    for kind in kinds:
        dropped = phrases.of(kind, kept=False)
        if entries := dropped if dropped_only else (*phrases.of(kind), *dropped):
            say()
            _table(kind, entries, sampled=any(source.samples for source in phrases.sources))


def show_diff(difference: PhraseDiff) -> None:
    """Print what is different, one phrase a line."""
    from dance_xai.workflows.phrase_views import verdict

    counts = {
        "added": len(difference.added),
        "removed": len(difference.removed),
        "with another verdict": len(difference.changed),
    }
    say(bold=", ".join(f"{count} {what}" for what, count in counts.items()))
    for sign, entries in (("+", difference.added), ("-", difference.removed)):
        for entry in entries:
            say(f"  {sign} {entry.kind:<6}  {entry.text}: {verdict(entry)}")
    for change in difference.changed:
        before, after = verdict(change.before), verdict(change.after)
        say(f"  ~ {change.after.kind:<6}  {change.after.text}: {before} -> {after}")


def _counts(phrases: PhraseSet) -> str:
    kinds: tuple[Kind, ...] = ("object", "scene")
    return "; ".join(
        f"{kind}s: {len(phrases.of(kind))} kept, {len(phrases.of(kind, kept=False))} dropped" for kind in kinds
    )


def _table(kind: str, entries: Sequence[PhraseEntry], *, sampled: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    known = [name for name in FIGURES if name != "agreement" or sampled]
    measured = [name for name in known if any(getattr(entry, name) is not None for entry in entries)]
    view = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    view.add_column(f"{kind} ({len(entries)})", overflow="fold")
    view.add_column("verdict", overflow="fold")
    for name in measured:
        view.add_column(HEADINGS[FIGURES.index(name)], justify="right", no_wrap=True)
    view.add_column("classes", overflow="fold")
    for entry in entries:
        view.add_row(*map(Text, _cells(entry, measured)), style=None if entry.kept else "dim")
    paper().print(view)


def _cells(entry: PhraseEntry, measured: Sequence[str]) -> Iterator[str]:
    from dance_xai.workflows.phrase_views import verdict

    yield entry.text
    yield verdict(entry) + ("" if entry.value is None or entry.by_user else f" ({entry.value:.3g})")
    for name in measured:
        figure = getattr(entry, name)
        yield "" if figure is None else f"{figure:.2f}"
    few = len(entry.classes) <= CLASSES
    yield ", ".join(entry.classes) if few else f"{entry.classes[0]}, {len(entry.classes) - 1} more"
