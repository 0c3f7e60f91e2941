"""The panel of an explained video: what the model says, and the terms of the sum behind it."""

from __future__ import annotations

from dance_xai.report.drawing.colours import Colours, mixed
from dance_xai.report.drawing.lettering import fitted, width_of
from dance_xai.report.drawing.marks import Block, Disc, Mark, Words
from dance_xai.report.film.layout import ROW, Place
from dance_xai.report.words import label
from dance_xai.types import ClassExplanation, Contribution, Explanation
from dance_xai.types.numbers import decimal, percent


def heading_marks(explanation: Explanation, place: Place, unit: float, colours: Colours) -> list[Mark]:
    """The class, how probable it is, the runner-up and whether the label agrees."""
    said, other = explanation.prediction, explanation.runner_up
    x, wide = place.x, place.width
    share = percent(said.probability)
    size = _size_that_fits(label(said.label), 1.75 * unit, wide)
    marks: list[Mark] = [
        Words(x, place.y + 1.0 * unit, "the model says", 0.8 * unit, colours.muted),
        Words(x, place.y + 2.9 * unit, fitted(label(said.label), size, wide, bold=True), size, colours.ink, bold=True),
        Block(x, place.y + 3.75 * unit, wide, 0.35 * unit, colours.line, radius=0.175 * unit),
        Block(x, place.y + 3.75 * unit, wide * said.probability, 0.35 * unit, colours.ink, radius=0.175 * unit),
        Words(x, place.y + 5.2 * unit, share, 0.95 * unit, colours.ink, bold=True),
    ]
    text, colour = _truth(explanation, colours)
    room = wide - width_of(share, 0.95 * unit, bold=True) - unit
    marks.append(Words(x + wide, place.y + 5.2 * unit, fitted(text, 0.8 * unit, room), 0.8 * unit, colour, "end"))
    if other is not said:
        rest = f"then {label(other.label)}, {percent(other.probability)}"
        marks.append(Words(x, place.y + 6.4 * unit, fitted(rest, 0.8 * unit, wide), 0.8 * unit, colours.muted))
    return marks


def _size_that_fits(text: str, size: float, wide: float) -> float:
    """A smaller size for a long text, but not smaller than two thirds."""
    return size * min(1.0, max(2 / 3, wide / max(width_of(text, size, bold=True), 1e-9)))


def _truth(explanation: Explanation, colours: Colours) -> tuple[str, str]:
    if explanation.true_label is None:
        return "", colours.muted
    if explanation.true_label == explanation.prediction.label:
        return "as labelled", colours.good
    return f"labelled {label(explanation.true_label)}", colours.bad


class Bars:
    """Rows of the bars at one scale, zero at one place.

    Args:
        said: The class explained.
        terms: Contributions to show.
        place: Where.
        unit: Pixels.
        colours: Of the film.
    """

    def __init__(
        self, said: ClassExplanation, terms: tuple[Contribution, ...], place: Place, unit: float, colours: Colours
    ) -> None:
        self._said, self.terms, self._place, self._unit, self._colours = said, terms, place, unit, colours
        self.height = min(ROW * unit, place.height / max(1, len(terms) + 0.7))
        values = [term.value for term in terms]
        low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
        self._scale = (place.width - unit) / max(high - low, 1e-9)
        self._zero = place.x + 0.5 * unit - low * self._scale

    def box(self, row: int) -> Place:
        """The pixels of a row."""
        place = self._place
        return Place(place.x, round(place.y + row * self.height), place.width, round(self.height))

    def bar(self, row: int) -> Place:
        """The pixels of the bar of a row."""
        value = self.terms[row].value * self._scale
        left, unit = self._zero + min(0.0, value), self._unit
        top = self.box(row).y + 1.62 * unit
        return Place(round(left), round(top), max(2, round(abs(value))), max(2, round(0.5 * unit)))

    def row(self, row: int, *, lit: bool) -> list[Mark]:
        """One term: its name, its value, its bar. A motion concept that does not happen is dim."""
        term, box, bar = self.terms[row], self.box(row), self.bar(row)
        unit, colours = self._unit, self._colours
        colour = colours.of(term.kind)
        dim = term.kind == "motion" and not lit
        ink = colours.muted if dim else colours.ink
        size, base = 0.95 * unit, box.y + 1.2 * unit
        value = decimal(term.value, 2, sign=True)
        kind = "" if term.kind in term.name else term.kind
        x, right = box.x + 0.5 * unit, box.x + box.width - 0.5 * unit
        room = right - x - 1.0 * unit - width_of(value, size) - 0.8 * unit
        room -= width_of(kind, 0.75 * unit) + 0.6 * unit if kind else 0.0
        name = fitted(term.name, size, room)
        marks: list[Mark] = []
        ground = mixed(colours.card, colour, 0.22) if lit else colours.card
        if lit:
            marks.append(Block(box.x, box.y, box.width, box.height - 0.25 * unit, ground, radius=0.4 * unit))
        marks += [
            Disc(
                x + 0.28 * unit, base - 0.32 * unit, 0.28 * unit, mixed(colours.card, colour, 0.45) if dim else colour
            ),
            Words(x + 1.0 * unit, base, name, size, ink),
            Words(right, base, value, size, ink, "end"),
            Block(bar.x, bar.y, bar.width, bar.height, mixed(colours.card, colour, 0.4) if dim else colour),
            *(self._hollow(bar, ground) if term.value < 0 else ()),
        ]
        if kind:
            after = x + 1.6 * unit + width_of(name, size)
            marks.append(Words(after, base, kind, 0.75 * unit, colours.muted))
        if self._zero > self._place.x + unit:
            marks.append(Block(self._zero - 0.5, bar.y - 0.2 * unit, 1.0, bar.height + 0.4 * unit, colours.muted))
        return marks

    def _hollow(self, bar: Place, ground: str) -> list[Mark]:
        """What makes a bar hollow, as one that speaks against the class is."""
        rim = max(1, round(0.12 * self._unit))
        wide, high = bar.width - 2 * rim, bar.height - 2 * rim
        return [Block(bar.x + rim, bar.y + rim, wide, high, ground)] if min(wide, high) > 0 else []

    def foot(self) -> list[Mark]:
        """What else the score is made of."""
        said, shown = self._said, sum(term.value for term in self.terms)
        others = len(said.contributions) - len(self.terms)
        parts = [f"score {decimal(said.logit, 2)}", f"bias {decimal(said.bias, 2, sign=True)}"]
        if others:
            parts.append(f"{others} more {decimal(said.logit - said.bias - shown, 2, sign=True)}")
        unit, y = self._unit, self._place.y + len(self.terms) * self.height + 0.95 * self._unit
        text = fitted("   ".join(parts), 0.8 * unit, self._place.width - unit)
        return [Words(self._place.x + 0.5 * unit, y, text, 0.8 * unit, self._colours.muted)]
