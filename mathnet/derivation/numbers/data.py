"""Random data for everything that a derivation leaves open."""

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mathnet.dual import Dual, Number, high_precision, mp

from ..errors import DerivationError, Place
from ..meaning.names import Names
from ..meaning.scope import Dimensions
from ..meaning.shapes import length
from .chance import Source, lucky
from .domains import array, direction
from .matrices import Entries

MOST_CHOICES = 100  # of sizes, where some follow from others, or a matrix has to be tall
DIRECTION = ""  # stands for the dotted symbols where a differentiation names its variable
KEPT_DIGITS = 40  # of the 60: where an unknown function is evaluated, two results of rounding are one point


Sizes = tuple[int, ...]


class Element(NamedTuple):
    """One step of a sequence, from 1: what has values, or is a variable, like a symbol."""

    name: str
    step: int


Key = str | Element
"""What has values: a symbol that is no sequence, or one step of a sequence."""


def base(key: object) -> object:
    """Return the symbol that a key belongs to."""
    return key.name if isinstance(key, Element) else key


class Data:
    """Random values for everything that a derivation leaves open.

    Parameters
    ----------
    names, dimensions
        What was declared.
    numbers : Source
        Where the values come from.
    sizes : dict
        Of the dimensions.

    Attributes
    ----------
    exact : bool
        Whether no unknown function was evaluated at a number that had been rounded.
    by_chance : bool
        Whether the values are random, and not chosen to lie on a line or near a place.
    tie : bool
        Whether what is compared may be equal there by choice, so that there may be no derivative.
    """

    by_chance = True
    tie = False

    def __init__(
        self, names: Names, dimensions: Dimensions, numbers: Source, sizes: Mapping[str, int]
    ) -> None:
        self.numbers, self.sizes, self.exact = numbers, sizes, True
        self.lengths = {"1": 1}
        self.values: dict[Key | tuple[str, Key], Entries] = {}
        self.points: dict[tuple[str, int, Number], Number] = {}
        for name, shape in dimensions.shapes.items():
            symbol, lengths = names.symbols[name], self.concrete(shape)
            for key in self._keys(name, names) if symbol.definition is None else ():
                kind = numbers, lengths, shape[-1:] == ("1",), symbol.properties
                self.values[key] = self._array(key, *kind)
                self.values["dot", key] = direction(*kind, self.values[key])
            self.values["bar", name] = tuple(numbers.draw(math.prod(lengths)))

    def now(self) -> "Data":
        """Return these data as they are now: those on a line change."""
        return self

    def _array(
        self, key: Key, numbers: Source, shape: Sizes, column: bool, properties: frozenset[str]
    ) -> Entries:
        return lucky(array, numbers, shape, column, properties)

    def _keys(self, name: str, names: Names) -> Iterable[Key]:
        """Return what of a symbol has values of its own: all its steps, if it is a sequence."""
        if name not in names.sequences:
            return [name]
        return [Element(name, step + 1) for step in range(self.sizes[names.sequences[name].count])]

    def places(self, letters: Mapping[str, str]) -> Iterator[dict[str, int]]:
        """Yield all values of index letters, from the dimension that each runs over."""
        for place in itertools.product(*map(range, self.concrete(letters.values()))):
            yield dict(zip(letters, place, strict=True))

    def concrete(self, shape: Iterable[str]) -> Sizes:
        """Return the sizes of a shape."""
        return tuple([self.lengths.get(axis) or self._length(axis) for axis in shape])

    def _length(self, axis: str) -> int:
        """Return the length of an axis, which may be a product of dimensions."""
        self.lengths[axis] = length(axis, self.sizes)
        return self.lengths[axis]

    def unknown(self, function: str, order: int, x: Number) -> Number:
        """Return a derivative of a function of which nothing is known: at every point another random number."""
        if isinstance(x, Dual):
            above = self.unknown(function, order + 1, x.value)
            return Dual(self.unknown(function, order, x.value), above * x.tangent, x.tag)
        return self._at(function, order, x)

    def _at(self, function: str, order: int, x: Number) -> Number:
        self.exact = self.exact and not isinstance(x, mp.mpf)
        point = (function, order, x if self.numbers.largest else _rounded(x))
        if point not in self.points:
            (self.points[point],) = self.numbers.draw(1)
        return self.points[point]


def _rounded(x: Number) -> tuple[int, int]:
    """Return what is the same for all results of rounding of one number."""
    x = high_precision(x)
    digits = KEPT_DIGITS - max(0, mp.mag(x) // 3 - 10 if x else 0)
    edges = x * mp.mpf(10) ** digits + 1 / mp.pi  # no number of interest lies on one
    return digits, int(mp.floor(edges))


def choose_sizes(
    names: Names,
    dimensions: Dimensions,
    generator: random.Random,
    smallest: int,
    earlier: Sequence[Mapping[str, int]] = (),
) -> dict[str, int]:
    """Return a size for every dimension: no two of those that are free are equal, and none is what it was in the earlier sizes.

    Where a matrix has to be tall, or a size follows from others, sizes that fit are sought; if there are none, all are equal.
    """
    free = free_dimensions(names)
    for attempt in range(MOST_CHOICES):
        sizes: dict[str, int] = {}
        for dimension in generator.sample(free, len(free)):
            size = max(smallest, dimensions.smallest.get(dimension, 1)) + (
                attempt and generator.randint(0, attempt // 4)
            )
            before = {tried[dimension] for tried in earlier}
            while size in sizes.values() or size in before:
                size += 1
            sizes[dimension] = size
        if (found := completed(sizes, names, dimensions)) is not None:
            return dict(sorted(found.items()))
    equal = dict.fromkeys(sorted(free), max([1, *dimensions.smallest.values()]))
    if (found := completed(equal, names, dimensions)) is not None:
        return dict(sorted(found.items()))
    raise _no_sizes(names)


def free_dimensions(names: Names) -> list[str]:
    """Return the dimensions that do not follow from others."""
    return [dimension for dimension in names.dimensions if dimension not in names.sizes]


def completed(sizes: Mapping[str, int], names: Names, dimensions: Dimensions) -> dict[str, int] | None:
    """Return sizes with those that follow from them, or None if one of these is too small, or a matrix not tall enough."""
    found = dict(sizes)
    for dimension, counted in names.sizes.items():
        found[dimension] = counted.value(found.__getitem__)
        if found[dimension] < dimensions.smallest.get(dimension, 1):
            return None
    return found if dimensions.fit(found) else None


def _no_sizes(names: Names) -> DerivationError:
    said = ", ".join(f"{dimension} = {counted}" for dimension, counted in names.sizes.items())
    return DerivationError(f"no sizes were found that fit together: {said}", Place(1, 1, ""), caret=False)


def distinct(sizes: Iterable[Mapping[str, int]]) -> list[Mapping[str, int]]:
    """Return the sizes that were drawn, each once."""
    return list({str(each): each for each in sizes}.values())
