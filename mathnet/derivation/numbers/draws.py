"""The plan: which random numbers a derivation is tried with, and when it has been tried enough."""

import math
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

from ..meaning.names import Names
from ..meaning.scope import Dimensions
from ..read.source import Chain
from .chance import Numbers
from .data import Data, choose_sizes
from .needs import Needs

SEED, MAX_WORK, MAX_SMOOTH_WORK = 3250718, 4_000, 1_000  # numbers of 60 digits are slow
DRAWS, KINKED_DRAWS, EDGED_DRAWS, MOST_DRAWS = 3, 10, 10, 40  # in one draw one number has one sign
SMALL, UNEQUAL, MEDIUM, LARGE = 3, 29, 999, 2**64  # whole numbers up to this
NEAR_ZERO, FAR = Fraction(1, 16), 8  # times this the fractions for exp and log
CRAMPED = 5  # so many divisions by zero are no accident, even among small numbers
SIGNS = (1, 0.5, 0)  # shares of negative numbers: a logarithm of all of them is refused at once


class Draws:
    """The draws of a derivation.

    Attributes
    ----------
    done : list of Data
        Those at which the sides have been compared.
    work : int
        How many values that took.
    unlucky : int
        How many draws in a row had to be repeated.
    """

    def __init__(self, names: Names, dimensions: Dimensions, chains: Sequence[Chain]) -> None:
        self.names, self.dimensions = names, dimensions
        self.needs = Needs(dimensions.types, names, chains)
        self.random = random.Random(SEED)
        self.done: list[Data] = []
        self.work, self.unlucky = 0, 0

    def unsure(self) -> bool:
        """Say whether another draw is wanted, and can be afforded."""
        needs = self.needs
        least = KINKED_DRAWS if needs.kinked else DRAWS
        most = MOST_DRAWS if needs.kinked else EDGED_DRAWS if needs.edged else DRAWS
        most = max(most, needs.sizes + needs.rational)
        affordable = self.work < (MAX_SMOOTH_WORK if needs.smooth else MAX_WORK)
        return len(self.done) < (most if affordable else least)

    def next(self) -> Data:
        """Return new data."""
        return Data(self.names, self.dimensions, self._numbers(), self._sizes())

    def small(self) -> bool:
        """Say whether the next numbers are small ones, among which a division by zero is an accident."""
        return not (self.done or self.needs.smooth or self.unlucky >= CRAMPED)

    def _numbers(self) -> Numbers:
        """Small ones come first, because a mismatch shows them."""
        needs, turn = self.needs, len(self.done) or int(self.unlucky >= CRAMPED)
        if needs.rational:
            return Numbers(self.random, LARGE if turn else SMALL)
        if not needs.kinked:  # near zero exp(-1000 x^2) shows that it is not zero
            negative = SIGNS[turn : turn + 1] if turn < 3 else SIGNS
            return Numbers(self.random, scales=(NEAR_ZERO if turn % 3 == 2 else 1,), negative=negative)
        near = [number for number in needs.numbers if not needs.smooth or number <= FAR]
        far = (
            Fraction(FAR) if needs.smooth else 2 * max([Fraction(1), *near, *(1 / number for number in near)])
        )
        if turn < 2 and not needs.smooth:
            return Numbers(
                self.random, math.ceil(max(Fraction(MEDIUM), far)) if turn else UNEQUAL, negative=SIGNS
            )
        near += [Fraction()] * (1 + len(near))
        return Numbers(self.random, 0, (1 / far, Fraction(1), far), near, SIGNS)

    def _sizes(self) -> Mapping[str, int]:
        """Other ones than before; but what was right for small numbers must be so for large ones."""
        tried = [data.sizes for data in self.done]
        if self.needs.rational and len(tried) == 1:
            return tried[0]
        earlier = tried[-self.needs.sizes :] if self.needs.counted else tried[-1:]
        return choose_sizes(self.names, self.dimensions, self.random, 2, earlier)
