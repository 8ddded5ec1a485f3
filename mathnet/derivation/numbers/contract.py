r"""A sum over several letters, one letter after the other: what does not have the letter stays outside its sum.

$\sum_{ipq} A_{ip} B_{pq} c_q$ over letters of size n takes $n^3$ products at once and $2 n^2$ one by one.
"""

import itertools
from collections.abc import Mapping
from math import prod
from typing import NamedTuple

from mathnet.dual import Number

from ..meaning import nodes
from .evaluate import MAX_WORK, Point, TooMuchError


class Table(NamedTuple):
    """The values of a factor for all values of its letters."""

    letters: tuple[str, ...]
    values: Mapping[tuple[int, ...], Number]

    def at(self, places: Mapping[str, int]) -> Number:
        """Return the value at these values of the letters."""
        return self.values[tuple([places[letter] for letter in self.letters])]


def contracted(node: nodes.Sum, point: Point) -> Number | None:
    """Return a sum of products of numbers; None for what is no such sum, or is one over one letter."""
    factors = node.body.factors if isinstance(node.body, nodes.Product) else ()
    if len(node.letters) < 2 or node.limits or node.besides is not None or any(map(point.shape, factors)):
        return None
    sizes = dict(zip(node.letters, point.evaluator.ranges(node), strict=True))
    tables = [_table(factor, sizes, point) for factor in factors]
    if not tables:
        return None
    letters = list(node.letters)
    while letters:
        letter = min(letters, key=lambda each: prod(sizes[other] for other in _beside(each, tables)))
        own = [table for table in tables if letter in table.letters]
        tables = [table for table in tables if letter not in table.letters]
        cells = prod(sizes[other] for other in (letter, *_beside(letter, own)))
        point.evaluator.work += cells * len(own) // 16
        if point.evaluator.work > MAX_WORK:
            raise TooMuchError(f"too much work to check: more than {MAX_WORK} values", node.place)
        tables.append(_without(letter, own, sizes))
        letters.remove(letter)
    result: Number = 1
    for table in tables:
        result = result * table.at({})
    return result


def _table(factor: nodes.Node, sizes: Mapping[str, int], point: Point) -> Table:
    free = point.evaluator.dimensions.types[factor].free
    letters = tuple(letter for letter in sizes if letter in free)
    values = {}
    for place in itertools.product(*(range(sizes[letter]) for letter in letters)):
        here = point._replace(letters={**point.letters, **dict(zip(letters, place, strict=True))})
        values[place] = here.value(factor)[0]
    return Table(letters, values)


def _beside(letter: str, tables: list[Table]) -> list[str]:
    """Return the other letters of the factors that have a letter."""
    found = [
        other for table in tables if letter in table.letters for other in table.letters if other != letter
    ]
    return list(dict.fromkeys(found))


def _without(letter: str, tables: list[Table], sizes: Mapping[str, int]) -> Table:
    """Return the sum of the products of tables over a letter."""
    others = _beside(letter, tables)
    values = {}
    for place in itertools.product(*(range(sizes[other]) for other in others)):
        places = dict(zip(others, place, strict=True))
        total: Number = 0
        for index in range(sizes[letter]):
            places[letter] = index
            value: Number = 1
            for table in tables:
                value = value * table.at(places)
            total = total + value
        values[place] = total
    return Table(tuple(others), values)
