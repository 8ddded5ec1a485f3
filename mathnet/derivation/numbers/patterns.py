"""Data that chance would miss: all combinations of whole numbers and labels, and patterns at sizes beyond the usual ones."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from mathnet.dual import Number

from ..meaning.names import Names
from ..meaning.properties import SHAPING
from ..meaning.scope import Dimensions
from .chance import Numbers, Source
from .data import Data, Key, Sizes
from .matrices import Entries

LIKE_IDENTITY = {  # what the identity is, of which drawing one so large takes long
    "positive definite", "diagonal", "invertible", "orthogonal", "orthonormal columns", "full column rank",
}  # fmt: skip
OFTEN = 0.7  # how often a number is the favourite of its turn
TINY = Fraction(1, 2**20)  # in place of 0 where a number has to be positive
Choice = TypeVar("Choice")


class Combined:
    """A source in which whole numbers and labels are chosen in turn, each combination once; all others are drawn.

    Parameters
    ----------
    numbers : Numbers
        Where the others come from.
    whole : list of int
        The whole numbers to choose from.
    most : int
        Of more combinations than this, as many are taken at random.
    """

    choices = 0

    def __init__(self, numbers: Numbers, whole: Sequence[int], most: int) -> None:
        self.numbers, self.whole, self.most = numbers, whole, most
        self.largest = numbers.largest
        self.turn, self.taken = 0, 0
        self.ways: list[int] = []

    def rounds(self) -> Iterator[None]:
        """Let each combination be chosen once."""
        count = 1
        while self.turn < count:
            self.taken, self.ways = 0, []
            yield
            count = min(self.most, math.prod(self.ways))
            self.turn += 1

    def draw(self, count: int, positive: bool = False) -> list[Number]:
        """Return that many numbers."""
        return self.numbers.draw(count, positive)

    def draw_whole(self, count: int, positive: bool = False) -> list[Number]:
        """Return that many whole numbers."""
        ways = [number for number in self.whole if number > 0 or not positive]
        return [self._chosen(ways) for _ in range(count)]

    def choose(self, count: int) -> int:
        """Return a whole number from 0, less than `count`."""
        return self._chosen(range(count))

    def _chosen(self, ways: Sequence[int]) -> int:
        """Return the way that belongs to this turn; the turns are the digits of a number, with the fewest ways first."""
        before = math.prod(self.ways)
        self.ways.append(len(ways))
        if before > self.most:  # often the same, so that nearly all are
            often = self.numbers.random.random() < OFTEN
            return ways[self.turn % len(ways)] if often else self.numbers.random.choice(ways)
        return ways[self.turn // before % len(ways)]


class Patterned(Data):
    """Data in which all arrays that may be anything have one pattern: ones, the identity or its first column, or signs in turn."""

    by_chance = False
    tie = True

    def __init__(
        self, names: Names, dimensions: Dimensions, numbers: Source, sizes: Mapping[str, int], pattern: str
    ) -> None:
        self.pattern = pattern
        super().__init__(names, dimensions, numbers, sizes)

    def _array(
        self, key: Key, numbers: Source, shape: Sizes, column: bool, properties: frozenset[str]
    ) -> Entries:
        places = itertools.product(*map(range, shape))
        if properties & LIKE_IDENTITY:
            sign = -1 if self.pattern == "signs" and "positive definite" not in properties else 1
            return tuple(sign * (place[0] == place[-1]) for place in places)
        if properties & {*SHAPING, "between 0 and 1"} - {"symmetric"}:
            return super()._array(key, numbers, shape, column, properties)
        least = TINY if properties & {"positive", "nonzero"} else 0
        return tuple(self._entry(place, column, least) for place in places)

    def _entry(self, place: Sequence[int], column: bool, least: Number) -> Number:
        match self.pattern:
            case "ones":
                return 1
            case "diagonal":
                own = not any(place) if column or len(place) < 2 else place[0] == place[1]
                return 1 if own else least
        return (-1) ** sum(place) if not least else 1 + sum(place)


PATTERNS = ("ones", "diagonal", "signs")
