"""Several answers to one question -> proposals with the number of answers that named each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dance_xai.text.form import canonical, key
from dance_xai.types import Kind, PhraseEntry, PhraseSet, Proposal


def agree(samples: Sequence[Sequence[str]], kind: Kind, label: str) -> tuple[Proposal, ...]:
    """Count in how many samples each phrase occurs.

    Spellings that differ in form alone (case, article, plural, punctuation; ``text.form.key``) are one phrase. It is
    counted once per sample and shown in its commonest spelling, of equally common ones in the first.

    Args:
        samples: The phrases of each sample, at least one sample.
        kind: Of the phrases.
        label: The class they were named for.

    Returns:
        What most samples named first, then in the order of appearance.

    Source: ours.
    """
    spellings: dict[str, Counter[str]] = {}
    votes: Counter[str] = Counter()
    for phrases in samples:
        for phrase in phrases:
            spellings.setdefault(key(phrase), Counter())[phrase] += 1
        votes.update({key(phrase) for phrase in phrases})
    ranked = sorted(spellings, key=lambda each: -votes[each])
    return tuple(
        Proposal(kind, spellings[each].most_common(1)[0][0], label, votes[each], len(samples)) for each in ranked
    )


def merge(proposals: Sequence[Proposal], classes: Sequence[str]) -> PhraseSet:
    """One entry per kind and phrase, objects first, in the order of appearance.

    Args:
        proposals: Of any kinds and classes; a label that is empty means that nobody said for which class.
        classes: Y class names that were asked for.

    Returns:
        Entries in the commonest spelling, with the classes in the order of ``classes`` and the highest agreement.

    Source: ours.
    """
    groups: dict[tuple[Kind, str], list[Proposal]] = {}
    for proposal in sorted(proposals, key=lambda each: each.kind):  # "object" before "scene"; stable otherwise
        groups.setdefault((proposal.kind, key(proposal.text)), []).append(proposal)
    return PhraseSet(tuple(classes), tuple(_entry(group, classes) for group in groups.values()))


def _entry(group: list[Proposal], classes: Sequence[str]) -> PhraseEntry:
    spellings: Counter[str] = Counter()
    for proposal in group:
        spellings[canonical(proposal.text)] += proposal.count
    labels = {proposal.label for proposal in group}
    return PhraseEntry(
        group[0].kind,
        spellings.most_common(1)[0][0],
        tuple(label for label in classes if label in labels),
        max(proposal.count / proposal.samples for proposal in group),
    )
