"""Random data for everything that a derivation leaves open."""

import math
from fractions import Fraction

from mathnet.dual import Dual, high_precision, mp

from .domains import array, direction

DIRECTION = ""  # stands for the dotted symbols where a differentiation names its variable
WHOLE_NUMBERS = 9  # up to this, among fractions
FRACTIONS = 2**12  # how many positive fractions there are
KEPT_DIGITS = 40  # of the 60: where an unknown function is evaluated, two results of rounding are one point


class UnluckyDrawError(Exception):
    """The random data hit a kink, a division by zero or the edge of a domain."""


class Numbers:
    """Random numbers, none of them zero.

    Parameters
    ----------
    random : random.Random
        Their source.
    largest : int
        Whole numbers up to this are drawn; with 0 fractions below 2, which suit exp and log.
    scales : sequence of number
        A fraction is multiplied by one of them.
    near : sequence of number
        And added to one of them.
    negative : sequence of number
        One of them is the share of negative numbers in an array.
    """

    def __init__(self, random, largest=0, scales=(1,), near=(0,), negative=(0.5,)):
        self.random, self.largest, self.scales, self.near = random, largest, scales, near
        self.negative = negative
        self.choices = largest or FRACTIONS  # how many positive numbers there are

    def draw(self, count, positive=False):
        """Return that many numbers."""
        negative = 0 if positive else self.random.choice(self.negative)
        return [self._magnitude() * (-1) ** (self.random.random() < negative) for _ in range(count)]

    def draw_whole(self, count, positive=False):
        """Return that many whole numbers."""
        largest, signs = self.largest or WHOLE_NUMBERS, (1,) if positive else (-1, 1)
        return [self.random.randint(1, largest) * self.random.choice(signs) for _ in range(count)]

    def choose(self, count):
        """Return a whole number from 0, less than `count`."""
        return self.random.randrange(count)

    def _magnitude(self):
        if self.largest:
            return self.random.randint(1, self.largest)
        fraction = Fraction(2 * self.random.randint(1, FRACTIONS) - 1, FRACTIONS)
        fraction *= self.random.choice(self.scales)
        return abs(self.random.choice(self.near) + fraction * self.random.choice((-1, 1))) or fraction


class Data:
    """Random values for everything that a derivation leaves open.

    Parameters
    ----------
    names, dimensions
        What was declared.
    numbers : Numbers
        Where the values come from.
    sizes : dict
        Of the dimensions.

    Attributes
    ----------
    exact : bool
        Whether no unknown function was evaluated at a number that had been rounded.
    """

    def __init__(self, names, dimensions, numbers, sizes):
        self.numbers, self.sizes, self.exact = numbers, sizes, True
        self.lengths, self.values, self.points = {"1": 1}, {}, {}
        for name, shape in dimensions.shapes.items():
            symbol, sizes = names.symbols[name], self.concrete(shape)
            if symbol.definition is None:
                self.values[name] = lucky(array, numbers, sizes, symbol.properties)
                self.values["dot", name] = direction(numbers, sizes, symbol.properties, self.values[name])
            self.values["bar", name] = tuple(numbers.draw(math.prod(sizes)))

    def concrete(self, shape):
        """Return the sizes of a shape."""
        return tuple([self.lengths.get(axis) or self._length(axis) for axis in shape])

    def _length(self, axis):
        """Return the length of an axis, which may be a product of dimensions."""
        parts = axis.split("·")
        self.lengths[axis] = math.prod(int(part) if part.isdigit() else self.sizes[part] for part in parts)
        return self.lengths[axis]

    def unknown(self, function, order, x):
        """Return a derivative of a function of which nothing is known: at every point another random number."""
        if isinstance(x, Dual):
            above = self.unknown(function, order + 1, x.value)
            return Dual(self.unknown(function, order, x.value), above * x.tangent, x.tag)
        return self._at(function, order, x)

    def _at(self, function, order, x):
        self.exact = self.exact and not isinstance(x, mp.mpf)
        point = (function, order, x if self.numbers.largest else _rounded(x))
        if point not in self.points:
            (self.points[point],) = self.numbers.draw(1)
        return self.points[point]


def _rounded(x):
    """Return what is the same for all results of rounding of one number."""
    x = high_precision(x)
    digits = KEPT_DIGITS - max(0, mp.mag(x) // 3 - 10 if x else 0)
    return digits, int(
        mp.floor(x * mp.mpf(10) ** digits + 1 / mp.pi)
    )  # no number of interest lies on an edge


def choose_sizes(names, dimensions, random, smallest, earlier=()):
    """Return a size for every dimension: no two are equal, and none is what it was in the earlier sizes."""
    sizes = {}
    for dimension in random.sample(names.dimensions, len(names.dimensions)):
        size = max(smallest, dimensions.smallest.get(dimension, 1))
        before = {tried[dimension] for tried in earlier}
        while size in sizes.values() or size in before:
            size += 1
        sizes[dimension] = size
    return dict(sorted(sizes.items()))


def lucky(function, *arguments):
    """Call a function; where it is not defined, the draw was unlucky."""
    try:
        return function(*arguments)
    except (ZeroDivisionError, ValueError) as error:
        raise UnluckyDrawError(str(error)) from None
