"""The one kind of error that the checker raises."""

from dataclasses import dataclass, field
from typing import NamedTuple

WIDEST = 160  # line of a source that is shown; of a longer one, what is around the place


class Place(NamedTuple):
    """Where something stands in the source of a derivation: line and column from 1, and its LaTeX."""

    line: int
    column: int
    latex: str


WHOLE = Place(0, 1, "")  # the derivation as a whole


@dataclass(frozen=True)
class Difference:
    """How a side differs from the one before.

    Attributes
    ----------
    sides : tuple of str
        The LaTeX of the side before and of the side that is wrong.
    shapes : tuple of str
        Their shapes, as in `1 × h`.
    values : tuple of str
        What they are at the first index where they differ; empty if already the shapes differ.
    index : dict
        From every free index letter to its value there, from 1.
    entry : tuple of int
        Row and column there, from 1; empty if the sides are numbers.
    """

    sides: tuple[str, str]
    shapes: tuple[str, str]
    values: tuple[str, ...] = ()
    index: dict[str, int] = field(default_factory=dict)
    entry: tuple[int, ...] = ()


class DerivationError(ValueError):
    """Something in a derivation that the checker refuses.

    Attributes
    ----------
    reason : str
        What is wrong.
    place : Place
        Where.
    id : str
        Of which derivation.
    caret : bool
        Whether the column says more than the line.
    cause : str
        The mistake that was probably made, if one is known whose repair makes the line right.
    difference : Difference or None
        For a side that is not what the side before is: how they differ.
    """

    def __init__(
        self, reason: str, place: Place, caret: bool = True, difference: Difference | None = None
    ) -> None:
        super().__init__(reason)
        self.reason, self.place, self.caret, self.difference = reason, place, caret, difference
        self.id, self.source_line, self.cause = "", "", ""

    def attach(self, id: str, source: str) -> "DerivationError":
        """Add the derivation's id and the line of its source, and return the error."""
        lines = source.split("\n", self.place.line)
        self.id = id
        self.source_line = lines[self.place.line - 1] if 0 < self.place.line <= len(lines) else ""
        return self

    def details(self) -> list[str]:
        """Return what helps beyond the reason, line by line: the place in the source, and the likely cause."""
        line, at = self.source_line.rstrip(), self.place.column - 1
        if len(line) > WIDEST:
            start = max(0, at - WIDEST // 2)
            line, at = line[start : start + WIDEST], at - start
        shown = [line, " " * at + "^"] if self.caret and line else []
        return shown + [f"Likely cause: {self.cause}"] * bool(self.cause)

    def __str__(self) -> str:
        line = f", line {self.place.line}" if self.place.line else ""
        head = f"derivation {self.id}{line}: {self.reason}"
        return "\n    ".join([head, *self.details()])
