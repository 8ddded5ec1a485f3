"""Random data for everything that a derivation leaves open."""

import math
from fractions import Fraction

from .dual import reciprocal

DIRECTION = ""  # stands for the dotted symbols where a differentiation names its variable


class UnluckyDrawError(Exception):
    """The random data hit a kink, a division by zero or the edge of a domain."""


class Data:
    """Random values for everything that a derivation leaves open.

    Parameters
    ----------
    names, dimensions
        What was declared.
    random : random.Random
        Source of the numbers.
    largest : int
        Whole numbers up to this are drawn; 0 for fractions below 2 instead, which suit exp and log.
    smallest : int
        The least size of a dimension.
    earlier : sequence of dict
        Sizes that were tried before; a dimension gets another size than it had there.
    scale : Fraction
        What the fractions are multiplied by.
    degree : int
        Of the polynomial that stands for a function of which nothing is known.
    """

    def __init__(self, names, dimensions, random, largest, smallest, earlier=(), scale=Fraction(1), degree=3):
        self.random, self.largest, self.scale = random, largest, scale
        self.sizes = {}
        for dimension in random.sample(names.dimensions, len(names.dimensions)):
            size = max(smallest, dimensions.smallest.get(dimension, 1))
            before = {sizes[dimension] for sizes in earlier}
            while size in self.sizes.values() or size in before:
                size += 1
            self.sizes[dimension] = size
        self.values, self.coefficients = {}, {}
        for name, symbol in names.symbols.items():
            if symbol.definition is None:
                self.values[name] = self._array(self.concrete(dimensions.shapes[name]), symbol.properties)
        for name, shape in dimensions.shapes.items():
            symbol = names.symbols[name]
            constant = symbol.properties & {"constant", "ones", "identity"}
            count = math.prod(self.concrete(shape))
            self.values["dot", name] = tuple(0 if constant else self._number() for _ in range(count))
            self.values["bar", name] = tuple(self._number() for _ in range(count))
        for name in names.functions:
            self.coefficients[name] = tuple(self._number() for _ in range(degree + 1))

    def concrete(self, shape):
        """Return the sizes of a shape."""
        return tuple(int(axis) if axis.isdigit() else self.sizes[axis] for axis in shape)

    def _number(self):
        if self.largest:
            magnitude = self.random.randint(1, self.largest)
        else:
            magnitude = Fraction(self.random.randint(1, 8191), 4096) * self.scale
        return magnitude if self.random.random() < 0.5 else -magnitude

    def _array(self, shape, properties):
        count = math.prod(shape)
        if "ones" in properties:
            return (1,) * count
        if "identity" in properties:
            return tuple(int(i == j) for i in range(shape[0]) for j in range(shape[0]))
        values = [self._number() for _ in range(count)]
        if properties & {"positive", "between 0 and 1"}:
            values = [abs(value) for value in values]
        if "between 0 and 1" in properties:
            values = [Fraction(value) / (value + 1) for value in values]
        if "symmetric" in properties:
            length = shape[-1]
            values = [values[max(i, j) * length + min(i, j)] for i in range(length) for j in range(length)]
        if "rows sum to one" in properties:
            length = shape[-1]
            rows = [values[start : start + length] for start in range(0, count, length)]
            values = [lucky(reciprocal, sum(row)) * value for row in rows for value in row]
        return tuple(values)


def lucky(function, *arguments):
    """Call a function; where it is not defined, the draw was unlucky."""
    try:
        return function(*arguments)
    except (ZeroDivisionError, ValueError) as error:
        raise UnluckyDrawError(str(error)) from None
