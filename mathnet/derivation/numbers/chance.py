"""Where random numbers come from, and what is said when they hit a point at which a formula has no value."""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import ParamSpec, Protocol, TypeVar

from mathnet.dual import Number

FRACTIONS = 2**12  # how many positive fractions there are

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class UnluckyDrawError(Exception):
    """The random data hit a kink, a division by zero or the edge of a domain."""


class UndefinedError(UnluckyDrawError):
    """There is no value at the random data, and maybe at none like them: a divisor is zero, or no case holds."""


def lucky(
    function: Callable[Arguments, Result], *arguments: Arguments.args, **settings: Arguments.kwargs
) -> Result:
    """Call a function; where it is not defined, the draw was unlucky."""
    try:
        return function(*arguments, **settings)
    except ZeroDivisionError as error:
        raise UndefinedError(str(error)) from None
    except ValueError as error:
        raise UnluckyDrawError(str(error)) from None


class Source(Protocol):
    """What numbers are drawn from: random ones, or variables whose degrees are counted."""

    largest: int
    choices: int

    def draw(self, count: int, positive: bool = False) -> list[Number]:
        """Return that many numbers."""

    def draw_whole(self, count: int, positive: bool = False) -> list[Number]:
        """Return that many whole numbers."""

    def choose(self, count: int) -> int:
        """Return a whole number from 0, less than `count`."""


class Numbers:
    """Random numbers; zero is drawn only where a whole number is declared.

    Parameters
    ----------
    generator : random.Random
        Their source.
    largest : int
        Whole numbers up to this are drawn; with 0 fractions below 2, which suit exp and log.
    scales : sequence of number
        A fraction is multiplied by one of them.
    near : sequence of number
        And added to one of them.
    negative : sequence of number
        One of them is the share of negative numbers in an array.
    whole : sequence of int
        Where a whole number is declared, it is often one of these, or its opposite.

    Attributes
    ----------
    choices : int
        How many positive numbers there are.
    """

    def __init__(
        self,
        generator: random.Random,
        largest: int = 0,
        scales: Sequence[int | Fraction] = (1,),
        near: Sequence[int | Fraction] = (0,),
        negative: Sequence[float] = (0.5,),
        whole: Sequence[int] = (0, 1, 2),
    ) -> None:
        self.random, self.largest, self.scales, self.near = generator, largest, scales, near
        self.negative, self.whole = negative, whole
        self.choices = largest or FRACTIONS

    def draw(self, count: int, positive: bool = False) -> list[Number]:
        """Return that many numbers."""
        negative = 0 if positive else self.random.choice(self.negative)
        return [self._magnitude() * (-1) ** (self.random.random() < negative) for _ in range(count)]

    def draw_whole(self, count: int, positive: bool = False) -> list[Number]:
        """Return that many whole numbers: often zero or near the numbers that are written; all the same if there is one choice."""
        far = max(self.largest, 2 * max(self.whole))
        choices = [*self.whole, self.random.randint(1, far)] if len(self.whole) > 1 else self.whole
        found = [self.random.choice(choices) for _ in range(count)]
        if positive:
            return [number or 1 for number in found]
        signs = [self.random.choice((-1, 1)) for _ in range(count)] if len(self.whole) > 1 else [1] * count
        return [sign * number for sign, number in zip(signs, found, strict=True)]

    def choose(self, count: int) -> int:
        """Return a whole number from 0, less than `count`."""
        return self.random.randrange(count)

    def _magnitude(self) -> int | Fraction:
        if self.largest:
            return self.random.randint(1, self.largest)
        fraction = Fraction(2 * self.random.randint(1, FRACTIONS) - 1, FRACTIONS)
        fraction *= self.random.choice(self.scales)
        return abs(self.random.choice(self.near) + fraction * self.random.choice((-1, 1))) or fraction
