"""Values: every formula at random data, exactly.

A derivative is the tangent of a dual number that is sent through the definitions. Each differentiation adds a
*seed* to the point at which a node is evaluated: (symbol, opened, tag). A seeded symbol is cut from its own
definition, and its entries become the variables. An immediate derivative enters the definition of one symbol, `opened`, and no other.
"""

import copy
import itertools
import math
from functools import cached_property
from typing import Any, NamedTuple

from mathnet.dual import Dual, Slopes, bits, slope

from .data import DIRECTION
from .whole import in_rows

MAX_WORK, MAX_BITS, MAX_ORDER = 50_000, 50_000, 4


class Point(NamedTuple):
    """Where a node is evaluated: values of the index letters, seeds, and name and value of a function's parameter."""

    evaluator: Any
    letters: dict
    seeds: tuple = ()
    parameter: tuple | None = None

    def value(self, node):
        """Return the entries of a node, row by row."""
        return self.evaluator.value(node, self.letters, self.seeds, self.parameter)

    def rows(self, node):
        """Return the entries of a matrix, or of a number, as a list of rows."""
        return in_rows(self.value(node), (self.shape(node) or (1,))[-1])

    def shape(self, node):
        """Return the sizes of a node."""
        return self.evaluator.shape(node)

    def length(self, node):
        """Return how many entries a node has."""
        return math.prod(self.evaluator.shape(node))

    def symbol(self, name):
        """Return the entries of a symbol."""
        if self.parameter and name == self.parameter[0]:
            return (self.parameter[1],)
        return self.evaluator.symbol(name, self.seeds)

    def call(self, function, x):
        """Return the value of a function that is defined by a formula."""
        return self._replace(letters={}, parameter=(function.parameter, x)).value(function.body)[0]

    def index(self, index):
        """Return the position that an index letter, or a number from 1, stands for."""
        return self.letters[index] if isinstance(index, str) else index - 1

    def position(self, indices, shape):
        """Return the position of an entry, row by row."""
        first, *rest = map(self.index, indices)
        for index, size in zip(rest, shape[1:], strict=bool(rest)):
            first = first * size + index
        return first

    def derivative(self, body, variable=DIRECTION, opened=""):
        """Return the derivatives of the entries of a node, or of a symbol's: numbers, or for a variable `Slopes`."""
        tag = 1 + max((seed[-1] for seed in self.seeds), default=0)
        point = self._replace(seeds=(*self.seeds, (variable, opened, tag)))
        values = point.symbol(body) if isinstance(body, str) else point.value(body)
        return tuple(slope(value, tag) for value in values)


class Evaluator:
    """Evaluates nodes, with what was declared, the types of all nodes, and random data."""

    def __init__(self, names, dimensions, data):
        self.names, self.dimensions, self.data = names, dimensions, data
        self.shapes = {name: data.concrete(shape) for name, shape in dimensions.shapes.items()}
        self.memo, self.reached, self.work = {}, {}, 0
        self.fresh = itertools.count(1000)

    @cached_property
    def finer(self):
        """An evaluator of the same data, for a higher precision."""
        finer = copy.copy(self)
        finer.memo = {}
        return finer

    def shape(self, node):
        """Return the sizes of a node."""
        return self.data.concrete(self.dimensions.types[node].shape)

    def ranges(self, sum_):
        """Return how far the letters of a sum run."""
        return self.data.concrete(range_.root().dimension for range_ in self.dimensions.ranges[sum_])

    def value(self, node, letters, seeds=(), parameter=None):
        """Return the entries of a node, row by row, at these values of the index letters."""
        if seeds:
            reached = self._reach(node)
            seeds = tuple(seed for seed in seeds if seed[0] == DIRECTION or seed[0] in reached)
        free = self.dimensions.types[node].free
        key = (node, seeds, tuple([letters[letter] for letter in sorted(free)]))
        if parameter is None and key in self.memo:
            return self.memo[key]
        if len(seeds) > MAX_ORDER:
            raise node.error(f"more than {MAX_ORDER} derivatives inside each other")
        slopes = math.prod(math.prod(self.shapes[seed[0]]) for seed in seeds if seed[0] != DIRECTION)
        self.work += 1 + slopes * node.operations(self.shape) // 16
        if self.work > MAX_WORK:
            raise node.error(f"too much work to check: more than {MAX_WORK} values")
        found = node.evaluate(Point(self, letters, seeds, parameter))
        if any(bits(number) > MAX_BITS for number in found):
            raise node.error(f"too much work to check: a number of more than {MAX_BITS} bits")
        if parameter is None:
            self.memo[key] = found
        return found

    def symbol(self, name, seeds=()):
        """Return the entries of a symbol: its data, or its definition, or the variable it is cut to."""
        seeds = tuple(seed for seed in seeds if seed[1] in {"", name} or seed[0] == name)
        for at in reversed(range(len(seeds))):
            variable, _, tag = seeds[at]
            if variable == name:
                values = self.symbol(name, seeds[:at])
                return tuple(Dual(x, Slopes({entry: 1}), tag) for entry, x in enumerate(values))
        symbol = self.names.symbols[name]
        if symbol.definition is None:
            values = self.data.values[name]
            for tag in [seed[-1] for seed in seeds if seed[0] == DIRECTION]:
                values = tuple(map(Dual, values, self.data.values["dot", name], itertools.repeat(tag)))
            return values
        axes = [range(size) for size in self.shapes[name]][: len(symbol.indices)]
        places = (dict(zip(symbol.indices, place, strict=True)) for place in itertools.product(*axes))
        return sum((self.value(symbol.definition, place, seeds) for place in places), ())

    def _reach(self, node):
        """Return the names of all symbols that a node can depend on."""
        if node not in self.reached:
            found = {name for part in node.walk() for name in part.mentions(self.names)}
            symbols = [self.names.symbols[name] for name in found if name in self.names.symbols]
            below = [symbol.definition for symbol in symbols if symbol.definition is not None]
            self.reached[node] = found.union(*map(self._reach, below))
        return self.reached[node]
