"""Lines through the domain of a derivation, cut where a comparison changes.

What max, min, |·|, [·], a root or a logarithm does depends on the sign of something, and random points miss the signs that are rare.
On a line every number is a function of one variable. Between two places where a sign changes a formula without roots and logarithms is
one rational function there; so the sides are compared as such, piece by piece, and at the places themselves.
"""

import functools
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import NamedTuple

from mathnet.dual import Number

from ..meaning.names import Names
from ..meaning.scope import Dimensions
from . import polynomials
from .data import Data, base
from .polynomials import Polynomial, Root, trimmed
from .ratios import Here, Ratio

MAX_PIECES, MAX_ROOTED = 30, 24  # a degree beyond this is not searched for roots
STEEPEST = 6
PRIME = 2**19 - 1  # no two places are equally far from others by accident
UNBOUNDED = Fraction(10**9)  # the length of a piece that has no end
POWERS = (-60, -30, -16, -8, -4, -2, -1, 0, 1, 2, 3, 4, 6, 8)  # of 2: how far from the end of the domain


class Stop(NamedTuple):
    """A place on a line that stands for the piece around it."""

    length: Fraction
    place: Fraction


class Along:
    """Where the numbers of a line are drawn from: each is a whole number plus the place times another one."""

    largest = 0
    choices = 0

    def __init__(
        self,
        generator: random.Random,
        here: Here,
        scales: Sequence[Fraction],
        through: Sequence[Fraction],
        alone: int | None,
    ) -> None:
        self.random, self.here, self.scales, self.through, self.alone = (
            generator,
            here,
            scales,
            through,
            alone,
        )
        self.drawn: list[Polynomial] = []
        self.numbers: list[Ratio] = []
        self.positive: list[Polynomial] = []

    def draw(self, count: int, positive: bool = False) -> list[Number]:
        """Return that many numbers, which change along the line."""
        found = []
        for _ in range(count):
            scale = self.random.choice(self.scales)
            start = self.random.randint(1, STEEPEST) * scale
            change = self.random.randint(1, STEEPEST) * self.random.choice((-1, 1)) * scale
            start *= 1 if positive else self.random.choice((-1, 1))
            if len(self.drawn) < len(self.through):
                start = self.through[len(self.drawn)]
            if self.alone is not None:
                change = Fraction(len(self.drawn) == self.alone)
            self.drawn.append((start, change))
            if positive and change:
                self.positive.append((start, change))
            found.append(Ratio(trimmed((start, change)), (1,), self.here))
        self.numbers += found
        return [*found]

    def draw_whole(self, count: int, positive: bool = False) -> list[Number]:
        """Return that many whole numbers, which stay on the line what they are."""
        return [
            self.random.randint(1, STEEPEST) * (1 if positive else self.random.choice((-1, 1)))
            for _ in range(count)
        ]

    def choose(self, count: int) -> int:
        """Return a whole number from 0, less than `count`."""
        return self.random.randrange(count)


class Line(Data):
    """A line through the domain: data that depend on one variable.

    An unknown function is a random polynomial of degree 2 on it.

    Parameters
    ----------
    through : list of Fraction
        A point through which it goes.
    alone : int
        The one number of that point which changes along the line; without it all of them do.

    Attributes
    ----------
    seen : bool
        Whether there is no piece left, up to gaps of 2^-60 at roots that are no fractions.
    """

    by_chance = False

    def __init__(
        self,
        names: Names,
        dimensions: Dimensions,
        generator: random.Random,
        sizes: Mapping[str, int],
        scales: Sequence[Fraction],
        through: Sequence[Fraction] = (),
        alone: int | None = None,
    ) -> None:
        self.here = Here()
        self.along = Along(generator, self.here, scales, through, alone)
        self.stops: list[Stop] = []
        self.asked: set[Polynomial] = set()
        self.known: dict[str, tuple[int, int, int]] = {}
        self.seen = False
        super().__init__(names, dimensions, self.along, sizes)

    def _at(self, function: str, order: int, x: Number) -> Number:
        if function not in self.known:
            draw = self.along.random.randint
            self.known[function] = draw(1, STEEPEST), draw(1, STEEPEST), draw(-STEEPEST, -1)
        a, b, c = self.known[function]
        return (a + b * x + c * x * x, b + 2 * c * x, 2 * c, 0)[min(order, 3)]

    @property
    def whole(self) -> bool:
        """Whether all of the line has been seen, and nothing is unknown that could be different."""
        return self.seen and not (self.here.lost or self.known)

    def variables(self, names: Collection[str]) -> int:
        """Return how many numbers of these symbols change along the line."""
        drawn = [values for key, values in self.values.items() if base(key) in names]
        return sum(isinstance(value, Ratio) for values in drawn for value in values)

    def coordinates(self, names: Collection[str]) -> list[int]:
        """Return which of the numbers that were drawn are entries of these symbols."""
        entries = {id(value) for key, values in self.values.items() if base(key) in names for value in values}
        return [at for at, number in enumerate(self.along.numbers) if id(number) in entries]

    def through(self) -> list[Fraction]:
        """Return the numbers of the line where it begins."""
        return [Fraction(start) for start, _ in self.along.drawn]

    def now(self) -> Data:
        """Return the numbers at the point of the line."""
        return Point(self, tie=False)

    def corners(self) -> list[list[Fraction]]:
        """Return the numbers of the line once for each piece that has been seen, and where a comparison is nearest to turning.

        Those that are hardest to meet by chance come last: next to places, then short pieces.
        """
        low, high = self._ends()
        turns = {
            Stop(Fraction(), root.low + Fraction(self.along.random.randint(1, PRIME), PRIME * 2**40))
            for polynomial in self.asked
            if 2 < len(polynomial) <= MAX_ROOTED
            for root in _roots(polynomials.slope(polynomial))
        }
        places = [
            stop.place
            for stop in sorted({*self.stops, *turns}, reverse=True)
            if (low is None or stop.place > low) and (high is None or stop.place < high)
        ]
        return [[start + place * change for start, change in self.along.drawn] for place in places]

    def pieces(self, smooth: bool) -> Iterator[Data]:
        """Yield the line once for each piece, when its point lies there, then the numbers at each place between two of them.

        Whoever takes a piece compares what he wants on it before he takes the next: that tells where it ends. What is smooth
        may change its sign unseen, so in this case the numbers at places from very near to very far come, too.
        """
        todo = [self._ends()]
        between: set[Fraction] = set()
        for _ in range(MAX_PIECES):
            if not todo:
                break
            low, high = todo.pop(0)
            self.here.place = self._inside(low, high)
            self.here.asked.clear()
            yield self
            left, right = self._nearest(low, high)
            self.asked |= self.here.asked
            self.stops.append(Stop(right.high - left.low if left and right else UNBOUNDED, self.here.place))
            between |= {root.low for root in (left, right) if root and root.low == root.high}
            todo += [(low, left.low)] if left else []
            todo += [(right.high, high)] if right else []
        self.seen = not todo
        places = [(place, True) for place in sorted(between)] + [
            (place, False) for place in self._far_and_near() if smooth
        ]
        for self.here.place, tie in places:
            with suppress(ZeroDivisionError):  # rows that sum to one may have no sum to be divided by there
                yield Point(self, tie)

    def spread(self, count: int) -> list[Fraction]:
        """Return that many places in the domain, the nearer to its ends the closer; or, where it has no end, in a part of it."""
        low, high = (far if end is None else end for end, far in zip(self._ends(), (-2, 2), strict=True))
        draw = self.along.random.randint
        steps = [
            Fraction(4) ** (at - count // 2) * Fraction(draw(PRIME, 4 * PRIME), PRIME) for at in range(count)
        ]
        return [low + (high - low) * step / (1 + step) for step in steps]

    def _far_and_near(self) -> list[Fraction]:
        low, high = self._ends()
        steps = [Fraction(2) ** power for power in POWERS]
        if low is not None and high is not None:
            return [low + (high - low) * step / (1 + step) for step in steps]
        if low is not None or high is None:
            return [(low or 0) + step for step in steps] + [-step for step in steps if low is None]
        return [high - step for step in steps]

    def _ends(self) -> tuple[Fraction | None, Fraction | None]:
        """Return where the domain ends that 0 lies in, to the left and to the right."""
        ends = [polynomials.roots(p)[0].low for p in self.along.positive]
        left, right = (
            max((end for end in ends if end < 0), default=None),
            min((end for end in ends if end > 0), default=None),
        )
        return left, right

    def _inside(self, low: Fraction | None, high: Fraction | None) -> Fraction:
        share = Fraction(self.along.random.randint(PRIME // 3, 2 * PRIME // 3), PRIME)
        if low is not None and high is not None:
            return low + share * (high - low)
        if low is not None:
            return low + 2 * share
        return share - 1 if high is None else high - 2 * share

    def _nearest(self, low: Fraction | None, high: Fraction | None) -> tuple[Root | None, Root | None]:
        """Return the nearest places to the left and to the right at which something that was asked changes its sign."""
        left = right = None
        for polynomial in self.here.asked:
            if len(polynomial) > MAX_ROOTED:
                self.here.lost = True
                continue
            for root in _roots(polynomial):
                if (
                    root.high < self.here.place
                    and (low is None or root.low > low)
                    and (left is None or root > left)
                ):
                    left = root
                if (
                    root.low > self.here.place
                    and (high is None or root.high < high)
                    and (right is None or root < right)
                ):
                    right = root
        return left, right


class Point(Line):
    """The numbers of a line at its point, which may be a tie of what is compared."""

    def __init__(self, line: Line, tie: bool) -> None:
        self.tie = tie
        self.numbers, self.sizes, self.lengths, self.exact = line.numbers, line.sizes, line.lengths, True
        self.along, self.known = line.along, line.known
        self.values = {
            name: tuple(value.now() if isinstance(value, Ratio) else value for value in values)
            for name, values in line.values.items()
        }

    def now(self) -> Data:
        """Return these data themselves."""
        return self


_roots = functools.lru_cache(maxsize=4096)(polynomials.roots)
