"""The search for where an inequality fails: from point to point, to where it is nearest to failing.

Only values are compared, so it is the same search for polynomials, for exp and log, and across kinks.
"""

import random
from collections.abc import Generator, Mapping, Sequence, Set
from fractions import Fraction

from mathnet.dual import Number

from ..meaning.names import Names
from ..meaning.scope import Dimensions
from .chance import Source, UnluckyDrawError
from .data import Data, Key, Sizes, base
from .matrices import Entries

Point = tuple[Fraction, ...]
Search = Generator["Trial", None, float]
"""Yields what is to be compared, and returns how near to failing it came."""

NOWHERE = float("inf")  # how near a point comes at which there are no values
START, GROWS, SHRINKS, FARTHEST, LEAST = 0.5, 2, 0.25, 8, 2**-40  # of the steps along a number
SWEEPS = 40
ROUND = (1, 12, 1000)  # the largest denominators of numbers nearby that are tried, too: a tie is often there
EXTREME, LARGE = {True: 32, False: 2**40}, 2**20  # with exp and log, and without them; and a positive number


class Given:
    """A source of numbers that are given; where they end, others are drawn, and whole numbers stay what they are for one seed."""

    largest = 0
    choices = 0

    def __init__(self, seed: int, given: Sequence[Fraction], equal: bool, aside: bool = False) -> None:
        self.random, self.left, self.equal = random.Random(seed), list(given), equal
        self.aside = random.Random(seed) if aside else None  # a little, so that no two numbers are equal
        self.drawn: list[Fraction] = []
        self.positive: list[bool] = []

    def draw(self, count: int, positive: bool = False) -> list[Number]:
        """Return that many numbers."""
        found: list[Number] = []
        for _ in range(count):
            other = Fraction(1 if self.equal else self.random.randint(1, 12), 1 if self.equal else 4)
            other *= 1 if positive or self.equal else self.random.choice((-1, 1))
            number = self.left.pop(0) if self.left else other
            self.drawn.append(number)
            self.positive.append(positive)
            found.append(number + (Fraction(self.aside.randint(1, LARGE), LARGE**3) if self.aside else 0))
        return found

    def draw_whole(self, count: int, positive: bool = False) -> list[Number]:
        """Return that many whole numbers."""
        return [self.random.randint(int(positive), 3) for _ in range(count)]

    def choose(self, count: int) -> int:
        """Return a whole number from 0, less than `count`."""
        return self.random.randrange(count)


class Trial(Data):
    """Data at one point of a search, which takes note of what must not be negative there.

    Attributes
    ----------
    near : float
        How near an inequality is to failing there: negative where it fails.
    seen : list of int
        Which of the numbers that were drawn make up symbols that are used.
    """

    by_chance = False
    tie = True

    def __init__(
        self,
        names: Names,
        dimensions: Dimensions,
        source: Given,
        sizes: Mapping[str, int],
        used: Set[str],
    ) -> None:
        self.source, self.used, self.near, self.tie = source, used, NOWHERE, source.aside is None
        self.seen: list[int] = []
        super().__init__(names, dimensions, source, sizes)

    def _array(
        self, key: Key, numbers: Source, shape: Sizes, column: bool, properties: frozenset[str]
    ) -> Entries:
        start = len(self.source.drawn)
        found = super()._array(key, numbers, shape, column, properties)
        self.seen += range(start, len(self.source.drawn)) if base(key) in self.used else ()
        return found

    def claim(self, difference: Number) -> None:
        """Take note of what must not be negative."""
        try:
            self.near = min(self.near, float(difference))
        except OverflowError:
            self.near = self.near if difference > 0 else -NOWHERE


class Lowest:
    """A search at some sizes.

    Parameters
    ----------
    names, dimensions
        What was declared.
    sizes : dict
        Of the dimensions.
    used : set of str
        The symbols that the inequalities depend on.
    smooth : bool
        Whether there are functions that are out of reach far from zero.
    seed : int
        Of where it starts.
    equal : bool
        Whether it starts where all numbers are 1.
    aside : bool
        Whether all points lie a little aside, so that nothing is equal that is compared.
    """

    def __init__(
        self,
        names: Names,
        dimensions: Dimensions,
        sizes: Mapping[str, int],
        used: Set[str],
        smooth: bool,
        seed: int,
        equal: bool,
        aside: bool = False,
    ) -> None:
        self.aside = aside
        self.names, self.dimensions, self.sizes, self.used = names, dimensions, sizes, used
        self.extreme, self.seed, self.equal = EXTREME[smooth], seed, equal

    def trials(self) -> Search:
        """Go down along one number after the other, and then along the way that was gone."""
        try:
            start = self._trial(())
        except UnluckyDrawError:
            return NOWHERE
        yield start
        found, low = tuple(start.source.drawn), start.near
        self.positive, places = start.source.positive, start.seen
        steps = dict.fromkeys(places, START)
        for _ in range(SWEEPS):
            before = found
            for place in places:
                found, low, steps[place] = yield from self._along(found, low, place, steps[place])
            for other in (self._ahead(before, found), *(self._rounded(found, largest) for largest in ROUND)):
                near = yield from self._at(other)
                if near < low:
                    found, low = other, near
            if all(not LEAST < step < self.extreme for step in steps.values()):
                break
        return low

    def _along(
        self, found: Point, low: float, place: int, step: float
    ) -> Generator["Trial", None, tuple[Point, float, float]]:
        """Return a point that is at least as low, how low, and the next step, from values to the left, to the right, and where a parabola through them is lowest."""
        tried = [(low, 0.0)]
        for by in (step, -step):
            near = yield from self._at(self._moved(found, place, by))
            tried.append((near, by))
        (_, _), (right, _), (left, _) = tried
        bend = right - 2 * low + left
        if 0 < bend < NOWHERE and (vertex := step / 2 * (left - right) / bend):
            vertex = max(-FARTHEST * step, min(vertex, FARTHEST * step))
            near = yield from self._at(self._moved(found, place, vertex))
            tried.append((near, vertex))
        near, by = min(tried)
        if near >= low:
            return found, low, step * (GROWS if left == right == low else SHRINKS)
        return self._moved(found, place, by), near, GROWS * abs(by)

    def _moved(self, found: Point, place: int, by: float) -> Point:
        """Return a point with one number changed: a positive one by a factor."""
        number = float(found[place])
        if self.positive[place]:
            number = number * (1 + by) if by > 0 else number / (1 - by)
            number = min(max(number, 1 / LARGE), LARGE)
        else:
            number = max(-self.extreme, min(number + by, self.extreme))
        return (*found[:place], Fraction(number), *found[place + 1 :])

    def _ahead(self, before: Point, found: Point) -> Point:
        """Return the point that is as far again on the way."""
        return tuple(
            new * new / old if positive else 2 * new - old
            for old, new, positive in zip(before, found, self.positive, strict=True)
        )

    def _rounded(self, found: Point, largest: int) -> Point:
        rounded = [number.limit_denominator(largest) for number in found]
        return tuple(
            new or old if positive else new
            for new, old, positive in zip(rounded, found, self.positive, strict=True)
        )

    def _at(self, point: Point) -> Search:
        try:
            trial = self._trial(point)
        except UnluckyDrawError:
            return NOWHERE
        yield trial
        return trial.near

    def _trial(self, point: Sequence[Fraction]) -> Trial:
        source = Given(self.seed, point, self.equal, self.aside)
        return Trial(self.names, self.dimensions, source, self.sizes, self.used)
