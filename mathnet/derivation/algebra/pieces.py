r"""Where a formula holds: at the first or the last values of an index letter its terms may be others than between them.

The difference $(x_{i+1} - x_i)^2$, summed up to $n - 1$, has $x_k$ in two terms, but $x_1$ and $x_n$ in one. In the derivative
by $x_k$ each term comes with a condition, $[k \ge 2]$ or $[k \le n - 1]$, and here the conditions become a line each.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ..errors import WHOLE, DerivationError
from .indexed import written
from .terms import Delta, Expression, Factor, Index, Letter, NotNegative, apart, counted, last_of, renamed


@dataclass(frozen=True)
class Piece:
    """Some of the values of a letter, and the terms that there are at them.

    Attributes
    ----------
    condition : str
        What is written behind the line; nothing where the letter has been replaced by its only value, or may have all.
    special : Index or None
        That value.
    parts : dict
        The terms, by what they come through.
    """

    condition: str
    special: Index | None
    parts: dict[str, Expression]


@dataclass(frozen=True)
class Run:
    """A letter, and the first and the last of its values."""

    letter: Letter
    first: Index
    last: Index

    def pieces(self, parts: Mapping[str, Expression], names_ends: bool = False) -> Iterator[Piece]:
        """Yield the pieces, those of one value first; `names_ends` lets the last value stand for the letter, as in $h_T$."""
        found = [
            limits(factor, self.letter)
            for part in parts.values()
            for term in part.terms
            for factor in term.factors
        ]
        low = max(
            (max(_ahead(self.first, least), _ahead(self.first, most) + 1) for least, most in found), default=0
        )
        high = max(
            (max(_ahead(most, self.last), _ahead(least, self.last) + 1) for least, most in found), default=0
        )
        low, high = max(low, 0), max(high, 0)
        if isinstance(self.first, int) and isinstance(self.last, int):
            low, high = self.last - self.first if low or high else 0, 0
        if low and high and (low, high) != (1, 1):
            raise DerivationError(
                f"at both ends of {self.letter.name}, more than one of its values has terms of its own, which is not derived",
                WHOLE,
                caret=False,
            )
        name = self.letter.name
        before, after = counted((1, self.first), (1, low - 1)), counted((1, self.last), (1, 1 - high))
        left, right = f"{written(before)} < ", f" < {written(after)}"
        for place in range(high):
            said = rf"{left * bool(low)}{written(after)} \le {name}" if low or not names_ends else ""
            yield self._special(parts, counted((1, self.last), (1, -place)), said)
        for place in range(low):
            said = rf"{name} \le {written(before)}{right}" if high else ""
            yield self._special(parts, counted((1, self.first), (1, place)), said)
        begins, ends = bool(low) or self.first != 1, bool(high) or self.last != last_of(self.letter.size)
        said = left * begins + name + right * ends
        rest = self.last if isinstance(self.first, int) and isinstance(self.last, int) and low else None
        found_ = {user: self._at(part, rest) for user, part in parts.items()}
        yield Piece(said if begins or ends else "", None, found_)

    def _special(self, parts: Mapping[str, Expression], value: Index, condition: str) -> Piece:
        found = {user: self._at(part, value) for user, part in parts.items()}
        if not condition:
            found = {user: renamed(part, {self.letter: value}) for user, part in found.items()}
        return Piece(condition, value, found)

    def _at(self, part: Expression, value: Index | None) -> Expression:
        """Return the terms that there are at one of the first or last values, or between these."""
        terms = []
        for term in part.terms:
            found = [(factor, *limits(factor, self.letter)) for factor in term.factors]
            if all(self._follows(value, least) and self._precedes(value, most) for _, least, most in found):
                factors = tuple(factor for factor, least, most in found if least is None and most is None)
                terms.append(replace(term, factors=factors))
        return Expression(tuple(terms))

    def _follows(self, value: Index | None, bound: Index | None) -> bool:
        """Say whether a value is not less than a bound, where there are so many that first and last ones are far apart."""
        if bound is None:
            return True
        if value is None:
            return _difference(self.first, bound) is not None
        ahead = _difference(bound, value)
        return ahead >= 0 if ahead is not None else _difference(value, self.last) is not None

    def _precedes(self, value: Index | None, bound: Index | None) -> bool:
        """Say whether a value is not greater than a bound."""
        if bound is None:
            return True
        if value is None:
            return _difference(bound, self.last) is not None
        ahead = _difference(value, bound)
        return ahead >= 0 if ahead is not None else _difference(self.first, value) is not None


def limits(factor: Factor, letter: Letter) -> tuple[Index | None, Index | None]:
    """Return the least and the largest value that a factor allows a letter, if it is about no other letter."""
    if factor.free != {letter} or not isinstance(factor, NotNegative | Delta):
        return None, None
    index = factor.index if isinstance(factor, NotNegative) else counted((1, factor.left), (-1, factor.right))
    often = apart(index)[0][letter]
    if abs(often) != 1:
        return None, None
    bound = counted((1, letter), (-often, index))
    equal = isinstance(factor, Delta)
    return bound if often > 0 or equal else None, bound if often < 0 or equal else None


def _ahead(one: Index | None, other: Index | None) -> int:
    """Return by how much an index is greater than another, whatever the sizes are; -1 if that is not known."""
    return found if (found := _difference(one, other)) is not None else -1


def _difference(one: Index | None, other: Index | None) -> int | None:
    """Return by how much an index is greater than another, or None if that depends on sizes."""
    if one is None or other is None:
        return None
    found = counted((1, other), (-1, one))
    return found if isinstance(found, int) else None
