"""Numbers along a line: each is a rational function of one variable, and a comparison holds on a piece of the line."""

import operator
from collections.abc import Callable
from fractions import Fraction
from numbers import Rational
from typing import Any, NoReturn

from mathnet.dual import Dual, Number, high_precision, mp, reciprocal

from . import polynomials
from .chance import lucky
from .polynomials import Polynomial, plus, times

MAX_DEGREE = 40


class TooInvolvedError(Exception):
    """A formula has too high a degree to be followed along a line."""


class Here:
    """A point of the line, around which comparisons hold.

    Attributes
    ----------
    place : Fraction
        The point.
    asked : set of polynomial
        Between this point and the nearest root of one of them nothing that was compared changes sign.
    lost : bool
        Whether a function could not be followed, so that some changes may be unknown.
    """

    def __init__(self) -> None:
        self.place = Fraction()
        self.asked: set[Polynomial] = set()
        self.lost = False


class Ratio:
    """A rational function of the place on a line.

    Two of them are equal if they are the same function; which is the larger one is decided at one point, and noted there.
    With a number of 60 digits it gives what it is at that point.

    Examples
    --------
    >>> here = Here()
    >>> x = Ratio((0, 1), (1,), here)
    >>> x * x - 1 == (x + 1) * (x - 1), x > 2, (-2, 1) in here.asked
    (True, False, True)
    """

    __slots__ = ("above", "below", "here")

    def __init__(self, above: Polynomial, below: Polynomial, here: Here) -> None:
        self.above, self.below, self.here = above, below, here
        if len(above) + len(below) > MAX_DEGREE:
            divisor = polynomials.common(above, below)
            self.above = polynomials.divided(above, divisor)[0]
            self.below = polynomials.divided(below, divisor)[0]
            if len(self.above) + len(self.below) > MAX_DEGREE:
                self.give_up("a degree too high to be followed along a line")

    def give_up(self, why: str) -> NoReturn:
        """Note that some changes along the line may be unknown, and raise `TooInvolvedError`."""
        self.here.lost = True
        raise TooInvolvedError(why)

    def __repr__(self) -> str:
        return f"Ratio({self.above}, {self.below})"

    def now(self) -> Fraction:
        """Return the value at the point of the line."""
        above, below = (polynomials.at(part, self.here.place) for part in (self.above, self.below))
        return Fraction(above) / Fraction(below)

    def _with(self, other: Number, operation: Callable[["Ratio", "Ratio"], Any]) -> Number:
        if isinstance(other, Ratio):
            return operation(self, other)
        if isinstance(other, int | Fraction):
            return operation(self, Ratio((other,) if other else (), (1,), self.here))
        return NotImplemented

    def __add__(self, other: Number) -> Number:
        if isinstance(other, mp.mpf):
            return high_precision(self) + other
        return self._with(other, _sum)

    __radd__ = __add__

    def __sub__(self, other: Number) -> Number:
        return self + -other

    def __rsub__(self, other: Number) -> Number:
        return -self + other

    def __mul__(self, other: Number) -> Number:
        if isinstance(other, mp.mpf):
            return high_precision(self) * other
        return self._with(other, _product)

    __rmul__ = __mul__

    def __neg__(self) -> "Ratio":
        return Ratio(tuple(-coefficient for coefficient in self.above), self.below, self.here)

    def __truediv__(self, other: Number) -> Number:
        return self * reciprocal(other)

    def __rtruediv__(self, other: Number) -> Number:
        if not self.above:
            raise ZeroDivisionError("division by zero")
        self.here.asked.add(self.above)
        return other * Ratio(self.below, self.above, self.here)

    def __pow__(self, exponent: int) -> Number:
        found: Number = 1
        for _ in range(exponent):
            found = self * found
        return found

    def __bool__(self) -> bool:
        return bool(self.above)

    def __abs__(self) -> Fraction:
        return abs(self.now())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, mp.mpf):
            return bool(high_precision(self) == other)
        return not (self - other).above if isinstance(other, Ratio | int | Fraction) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.now())

    def _compared(self, other: Number, order: Callable[[Fraction, int], bool]) -> Any:
        """Compare at the point, and note where the sign of the difference may change."""
        if isinstance(other, Dual):
            return NotImplemented
        if isinstance(other, mp.mpf):
            difference = high_precision(self) - other
        else:
            noted = self - other
            if noted.above:
                self.here.asked |= {noted.above, noted.below}
            difference = lucky(noted.now)
        return order(difference, 0)

    def __lt__(self, other: Number) -> Any:
        return self._compared(other, operator.lt)

    def __le__(self, other: Number) -> Any:
        return self._compared(other, operator.le)

    def __gt__(self, other: Number) -> Any:
        return self._compared(other, operator.gt)

    def __ge__(self, other: Number) -> Any:
        return self._compared(other, operator.ge)

    @property
    def numerator(self) -> int:
        """Of the value at the point."""
        return self.now().numerator

    @property
    def denominator(self) -> int:
        """Of the value at the point."""
        return self.now().denominator


Rational.register(Ratio)


def _sum(a: Ratio, b: Ratio) -> Ratio:
    if a.below == b.below:
        return Ratio(plus(a.above, b.above), a.below, a.here)
    return Ratio(plus(times(a.above, b.below), times(b.above, a.below)), times(a.below, b.below), a.here)


def _product(a: Ratio, b: Ratio) -> Ratio:
    if a.above == b.below:
        return Ratio(b.above, a.below, a.here)
    if b.above == a.below:
        return Ratio(a.above, b.below, a.here)
    return Ratio(times(a.above, b.above), times(a.below, b.below), a.here)
