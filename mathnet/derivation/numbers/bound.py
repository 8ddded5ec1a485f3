"""How likely a wrong line is to pass: the bound of Schwartz (1980), by the total degree, of a rational derivation.

The two sides of an equation are rational functions of the numbers that are drawn. Where they differ, the numerator
of their difference is a polynomial that is not zero. One of degree d is zero at no more than a share d/s of the
points whose coordinates are drawn from s numbers each. The degree is found by the checker's own evaluator: it runs
once more, with the degrees of numerators and denominators in place of the numbers.
"""

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from numbers import Rational
from typing import NoReturn

from mathnet.dual import Number, mp

from ..meaning.names import Names
from ..meaning.properties import PARTLY
from ..meaning.scope import Dimensions
from ..read.source import Chain
from .data import Data, distinct
from .evaluate import Evaluator


class NotRationalError(Exception):
    """A value that is not a rational function of the data: it comes from a root, say, or from a comparison."""


class Degree:
    """A rational function of which only the degrees of numerator and denominator are known, or bounds on them.

    Parameters
    ----------
    above, below : int
        The degrees.
    inverted : list of int
        Takes up the degree of everything that is inverted; one list for all numbers of an evaluation.

    Examples
    --------
    >>> x, y = Degree(1, 0, []), Degree(1, 0, [])
    >>> x * x + 1 / (x * y)
    Degree(4, 2)
    """

    __slots__ = ("above", "below", "inverted")

    def __init__(self, above: int, below: int, inverted: list[int]) -> None:
        self.above, self.below, self.inverted = above, below, inverted

    def __repr__(self) -> str:
        return f"Degree({self.above}, {self.below})"

    def __add__(self, other: Number) -> Number:
        if isinstance(other, Degree):
            above = max(self.above + other.below, other.above + self.below)
            return Degree(above, self.below + other.below, self.inverted)
        sum_ = Degree(max(self.above, self.below), self.below, self.inverted) if other else self
        return self._with_constant(other, sum_)

    __radd__ = __sub__ = __rsub__ = __add__

    def __mul__(self, other: Number) -> Number:
        if isinstance(other, Degree):
            return Degree(self.above + other.above, self.below + other.below, self.inverted)
        return self._with_constant(other, self if other else 0)

    __rmul__ = __mul__

    def _with_constant(self, other: Number, result: Number) -> Number:
        if isinstance(other, mp.mpf):
            raise NotRationalError
        return result if isinstance(other, int | Fraction) else NotImplemented

    def __neg__(self) -> "Degree":
        return self

    def __rtruediv__(self, other: Number) -> Number:
        self.inverted.append(self.above)
        return other * Degree(self.below, self.above, self.inverted)

    def __pow__(self, exponent: int) -> "Degree":
        return Degree(self.above * exponent, self.below * exponent, self.inverted)

    def __bool__(self) -> bool:
        return True  # where it is zero, the draw is repeated: `inverted` says how often that happens

    def _refuse(self, *_: object) -> NoReturn:
        raise NotRationalError

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __abs__ = _refuse
    numerator = property(_refuse)


Rational.register(Degree)


class Variables:
    """Where degrees are drawn from: a variable of degree 1 in place of every number."""

    largest = choices = 0  # nothing is chosen by chance

    def __init__(self) -> None:
        self.inverted: list[int] = []

    def draw(self, count: int, positive: bool = False) -> list[Number]:
        """Return that many variables."""
        return [Degree(1, 0, self.inverted) for _ in range(count)]

    draw_whole = draw

    def choose(self, count: int) -> int:
        """Return one of the places of a one-hot row; which one it is does not change a degree."""
        return 0


class Degrees(Data):
    """The degree of everything that a derivation leaves open."""

    def __init__(self, names: Names, dimensions: Dimensions, sizes: Mapping[str, int]) -> None:
        self.variables = Variables()
        self.arguments: dict[int, Number] = {}
        super().__init__(names, dimensions, self.variables, sizes)

    def _at(self, function: str, order: int, x: Number) -> Number:
        if isinstance(x, mp.mpf):
            raise NotRationalError
        self.arguments[id(x)] = x
        return Degree(1, 0, self.variables.inverted)

    def meetings(self) -> int:
        """Return the degree of the product of all differences of two arguments of a function."""
        degrees = [x.above + x.below for x in self.arguments.values() if isinstance(x, Degree)]
        return sum(degrees) * (len(self.arguments) - 1)


def survival(
    names: Names, dimensions: Dimensions, chains: Sequence[Chain], draws: Sequence[Data]
) -> float | None:
    """Return a bound on the probability that a wrong side passes, or None if a side is not rational.

    Wrong means that it is another function than the side before, at the sizes of some draw. A draw may also be bad
    because two points at which an unknown function is needed are one, or it is repeated because a divisor is zero.
    """
    if any(relation.type != "EQUALS" for chain in chains for relation in chain.relations):
        return None
    positive = any(symbol.properties & PARTLY for symbol in names.symbols.values())
    worst = 0.0
    for sizes in distinct(data.sizes for data in draws):
        try:
            degree, meetings, divisors = degrees(names, dimensions, chains, sizes)
        except NotRationalError:
            return None
        chance = 1.0
        for data in draws:
            if data.sizes == sizes:
                choices = data.numbers.choices * (1 if positive else 2)
                chance *= min(1, (degree + meetings) / max(1, choices - divisors - meetings))
        worst = max(worst, chance)
    return worst


def degrees(
    names: Names, dimensions: Dimensions, chains: Sequence[Chain], sizes: Mapping[str, int]
) -> tuple[int, int, int]:
    """Return the largest degree of a difference of two sides, and those of what must not be zero."""
    data = Degrees(names, dimensions, sizes)
    evaluator = Evaluator(names, dimensions, data)
    sides = (
        (evaluator.value(before, letters), evaluator.value(side, letters))
        for chain in chains
        for before, side in itertools.pairwise(chain.nodes)
        for letters in data.places(chain.letters)
    )
    largest = 0
    for a, b in itertools.chain.from_iterable(zip(*pair, strict=True) for pair in sides):
        difference = a - b
        if isinstance(difference, mp.mpf):
            raise NotRationalError
        if isinstance(difference, Degree):
            largest = max(largest, difference.above)
    return largest, data.meetings(), sum(data.variables.inverted)
