"""Classes and concepts by the names a person types."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import KINDS, ConceptBank, Kind

EVERY_CLASS = "*"


def find_class(model: ConceptBottleneck, label: str) -> int:
    """Row of a class.

    Raises:
        DataError: No such class.
    """
    if label not in model.classes:
        raise DataError(
            f"class {label!r}: expected a class of the model, got none of that name; {_closest(label, model.classes)}"
        )
    return model.classes.index(label)


def find_concept(bank: ConceptBank, name: str) -> int:
    """Column of a concept by its name, or by ``kind:name`` where two kinds share the name.

    Raises:
        DataError: No such concept, or several.
    """
    columns = [column for column, known in enumerate(bank.names) if known == name]
    columns = columns or [column for column in range(len(bank)) if full_name(bank, column) == name]
    if len(columns) > 1:
        options = " or ".join(full_name(bank, column) for column in columns)
        raise DataError(f"concept {name!r}: expected one concept, got {len(columns)}; write {options}")
    if not columns:
        raise DataError(
            f"concept {name!r}: expected a concept of the model, got none of that name; {_closest(name, bank.names)}"
        )
    return columns[0]


def find_pair(model: ConceptBottleneck, text: str) -> list[str]:
    """``CLASS:CONCEPT``, or a concept for every class, as a pair of names; either may have colons of its own.

    Where the text reads as neither it is divided at its first colon, so that whoever looks the names up can say which
    is unknown.
    """
    if _is_known(model.bank, text):
        return [EVERY_CLASS, text]
    parts = text.split(":")
    pairs = [[":".join(parts[:at]), ":".join(parts[at:])] for at in range(1, len(parts))]
    labels = (*model.classes, EVERY_CLASS)
    read = [pair for pair in pairs if pair[0] in labels and _is_known(model.bank, pair[1])]
    read = read or [pair for pair in pairs if pair[0] in labels] or pairs[:1]
    return [EVERY_CLASS, text] if not read or read[0][0] in KINDS else read[0]


def full_name(bank: ConceptBank, column: int) -> str:
    """``kind:name``."""
    return f"{bank.concepts[column].kind}:{bank.concepts[column].name}"


def short_name(bank: ConceptBank, column: int) -> str:
    """The name of a concept; ``kind:name`` where the name alone does not tell."""
    name = bank.concepts[column].name
    return name if bank.names.count(name) == 1 else full_name(bank, column)


def find_kinds(bank: ConceptBank, kinds: Sequence[str]) -> tuple[Kind, ...]:
    """Kinds by name, in bank order.

    Raises:
        DataError: No such kind, or a kind of which the model has no concepts.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise DataError(f"kind {kind!r}: expected one of {', '.join(KINDS)}, got another word; choose one")
        if not len(bank.columns(kind)):
            raise DataError(f"kind {kind!r}: expected concepts of that kind, the model has none; choose another kind")
    return tuple(kind for kind in KINDS if kind in kinds)


def free_name(taken: Sequence[str], name: str, what: str) -> str:
    """A new name on one line that is not taken.

    Raises:
        DataError: It is empty, has line breaks, or is taken.
    """
    if not name.strip() or not name.isprintable():
        raise DataError(f"{what}: expected a name on one line, got {name!r}; write another")
    if name in taken:
        raise DataError(f"{what} {name!r}: expected a new name, got one the model has; choose another")
    return name


def _is_known(bank: ConceptBank, name: str) -> bool:
    return name in bank.names or any(full_name(bank, column) == name for column in range(len(bank)))


def _closest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    listed = ", ".join(known[:3]) + (", ..." if len(known) > 3 else "")
    return f"did you mean {near[0]!r}?" if near else f"choose one of {listed}"
