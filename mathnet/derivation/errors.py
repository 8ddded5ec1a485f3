"""The one kind of error that the checker raises."""

from typing import NamedTuple


class Place(NamedTuple):
    """Where something stands in the source of a derivation: line and column from 1, and its LaTeX."""

    line: int
    column: int
    latex: str


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
    """

    def __init__(self, reason, place, caret=True):
        super().__init__(reason)
        self.reason, self.place, self.caret = reason, place, caret
        self.id, self.source_line, self.cause = "", "", ""

    def attach(self, id, source):
        """Add the derivation's id and the line of its source, and return the error."""
        lines = source.splitlines()
        self.id = id
        self.source_line = lines[self.place.line - 1] if self.place.line <= len(lines) else ""
        return self

    def __str__(self):
        text = f"derivation {self.id}, line {self.place.line}: {self.reason}"
        if self.caret and self.source_line:
            text += f"\n    {self.source_line}\n    {' ' * (self.place.column - 1)}^"
        if self.cause:
            text += f"\n    Likely cause: {self.cause}"
        return text
