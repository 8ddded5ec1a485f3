"""What the checker found: a report with a verdict on every line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import NamedTuple

from mathnet.dual import DIGITS

from ..errors import DerivationError
from ..meaning.names import Names, Reading
from ..read.source import Chain, split
from ..read.tokens import span, tidy


class Line(NamedTuple):
    """One step of a derivation: what is claimed, and what came of it.

    Attributes
    ----------
    line : int
        Where its right side begins, in the text of the derivation.
    left, relation, right : str
        The side before and this one, as LaTeX, and the sign between them.
    reason : str
        The reason that was written beside it.
    ok : bool or None
        Whether it holds; None if it was not judged, because something before it in its chain is wrong.
    proved : bool
        Whether both sides have the same normal form, so that they are equal for all sizes and all values.
    error : DerivationError or None
        What is wrong with it.
    """

    line: int
    left: str
    relation: str
    right: str
    reason: str
    ok: bool | None
    proved: bool = False
    error: DerivationError | None = None


def _unknown() -> None:
    """Say that no chance of survival is known."""


@dataclass(repr=False)
class Report:
    """What the checker found.

    Attributes
    ----------
    id : str
        The derivation.
    source : str
        Its text.
    names : Names
        Its where part.
    chains : list of Chain
        Its chains, with the rows as written.
    errors : list of DerivationError
        What is wrong, in the order of the text.
    comparisons : int
        How many pairs of numbers were compared.
    exact : bool
        Whether all of them were integers or fractions, compared without tolerance.
    sampled : bool
        Whether the sides may differ where they were not tried: beyond kinks, at other whole numbers or one-hot rows, or at other sizes.
    proofs : dict
        From a chain to what is known of each of its steps: whether it is proved.
    draws : int
        At how many points the sides were compared: sets of random numbers, and pieces of lines.
    sizes : list of dict
        The sizes that were tried, each once.
    work : int
        How many times a part of a formula was evaluated; a large product counts for more.
    seconds : float
        The processor time that it took.
    survival : callable
        Computes the `bound`, when it is asked for: it evaluates the derivation once more.
    """

    id: str
    source: str
    names: Names = field(default_factory=Names)
    chains: list[Chain] = field(default_factory=list)
    errors: list[DerivationError] = field(default_factory=list)
    comparisons: int = 0
    exact: bool = True
    sampled: bool = False
    proofs: dict[Chain, list[bool]] = field(default_factory=dict)
    draws: int = 0
    sizes: list[Mapping[str, int]] = field(default_factory=list)
    work: int = 0
    seconds: float = 0.0
    survival: Callable[[], float | None] = _unknown

    @cached_property
    def bound(self) -> float | None:
        """The probability with which a wrong line passes, at most; None unless all lines are right and rational."""
        return self.survival() if self.ok else None

    @property
    def readings(self) -> list[Reading]:
        """How lines were read that could not be taken word for word, in the order of the text."""
        return sorted(self.names.readings, key=lambda reading: reading.line)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors

    @property
    def steps(self) -> int:
        """How many equalities were checked."""
        return sum(len(chain.sides) - 1 for chain in self.chains if not chain.said)

    @property
    def proved(self) -> int:
        """How many equalities are proved: both sides have the same normal form."""
        return sum(sum(found) for chain, found in self.proofs.items() if not chain.said)

    @property
    def lines(self) -> list[Line]:
        """Every step as a `Line`, with a verdict of its own."""
        return [line for chain in self.chains for line in self.lines_of(chain)]

    def lines_of(self, chain: Chain) -> list[Line]:
        """Return the steps of a chain, each with its verdict."""
        return list(self._lines(chain))

    def _lines(self, chain: Chain) -> Iterator[Line]:
        starts_after = [other.start for other in self.chains if other.rows and other.start > chain.start]
        blocks_after = [(line, 1) for line, _ in split(self.source)[1] if (line, 1) > chain.start]
        later = min([*starts_after, *blocks_after], default=(inf, 1))
        spans = [span(side.tokens[0]) for side in chain.sides]
        starts = [(start.line, start.column) for start in spans]
        wrong: dict[int, DerivationError] = {}
        for error in self.errors:  # in the last side that begins before it; in the first, it concerns step 1
            if chain.start <= error.place[:2] < later:
                wrong[max(1, sum(start <= error.place[:2] for start in starts) - 1)] = error
        for at, reason in enumerate(_reasons(chain), 1):
            before, side = chain.sides[at - 1], chain.sides[at]
            ok = False if at in wrong else True if at < min(wrong, default=len(chain.nodes)) else None
            relation = str(chain.relations[at - 1])
            proved = bool(ok) and self.proofs.get(chain, [])[at - 1 : at] == [True]
            yield Line(
                starts[at][0],
                tidy(before.latex),
                relation,
                tidy(side.latex),
                reason,
                ok,
                proved,
                wrong.get(at),
            )

    def verdict(self) -> str:
        """Return the result in a few words."""
        if not self.ok:
            return str(self.errors[0])
        count = f"{self.steps} step{'s'[: self.steps != 1]}"
        return f"{count} · {self.certainty}"

    @property
    def certainty(self) -> str:
        """How sure a right derivation is: `proved`, `exact` or `50 digits`, with `at 23 points` where it was only tried there."""
        if self.proved == self.steps:
            return "proved"
        if not self.proved:
            return self.tried
        return f"{self.proved} proved, {self.steps - self.proved} {'to ' * (not self.exact)}{self.tried}"

    @property
    def tried(self) -> str:
        """How the steps were tried that are not proved: `exact` or `50 digits`, with the number of points where that matters."""
        return ("exact" if self.exact else f"{DIGITS} digits") + f" at {self.draws} points" * self.sampled

    def __repr__(self) -> str:
        places = ", ".join(f"line {error.place.line}" for error in self.errors)
        return f"<Report {self.id}: {f'wrong, {places}' if places else self.verdict()}>"


def _reasons(chain: Chain) -> list[str]:
    """Return the reason of every step: that of the row in which it ends."""
    reasons: list[str] = []
    for row in chain.rows:
        reasons += [""] * row.steps
        if reasons and row.reason:
            reasons[-1] = row.reason
    return reasons
