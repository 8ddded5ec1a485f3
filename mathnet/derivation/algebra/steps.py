"""A derivation as it is written: chains of lines, each with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One side of a chain, why it is equal to the one before, and for which values of an index, if not for all."""

    latex: str
    reason: str
    condition: str = ""

    @property
    def limited(self) -> str:
        """The line with its condition."""
        return rf"{self.latex} \quad \text{{for }} {self.condition}" if self.condition else self.latex

    @property
    def beside(self) -> str:
        """What stands beside the line: its condition and its reason."""
        if not self.condition:
            return self.reason
        return rf"\text{{for }} {self.condition}" + (rf" \text{{: }} {self.reason}" if self.reason else "")


@dataclass(frozen=True)
class Chain:
    """What is derived, and the lines that it is equal to."""

    left: str
    lines: tuple[Line, ...]

    @property
    def source(self) -> str:
        """The chain as a derivation has it."""
        rows = [f"&= {line.latex}" + (f"  && {line.beside}" if line.beside else "") for line in self.lines]
        return f"{self.left} " + " \\\\\n  ".join(rows)


def text(words: str) -> str:
    """Return words as LaTeX."""
    return rf"\text{{{words}}}" if words else ""


def listed(parts: list[str]) -> str:
    """Return formulas one after the other: a, b and c."""
    *others, last = parts
    return rf"{text(', ').join(others)}{text(' and ')} {last}" if others else last
