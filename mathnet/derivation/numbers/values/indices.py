"""Sums and products over index letters, and the Kronecker delta."""

import itertools
import operator
from collections.abc import Callable

from mathnet.dual import Number

from ...meaning import nodes
from ..chance import lucky
from ..contract import contracted
from ..evaluate import Point, value_of
from ..kinks import larger, smaller
from ..matrices import Entries


def _joined(
    node: nodes.Sum, point: Point, start: Number, join: Callable[[Number, Number], Number]
) -> Entries:
    total: Entries = (start,) * point.length(node)
    without = None if node.besides is None else point.place(node.besides)
    places = [range(size) for size in point.evaluator.ranges(node)]
    if node.limits is not None:
        first, last = map(point.place, node.limits)
        places = [range(first, last + 1)]
    for index in itertools.product(*places):
        if index != (without,):
            letters = {**point.letters, **dict(zip(node.letters, index, strict=True))}
            total = tuple(map(join, total, point._replace(letters=letters).value(node.body)))
    return total


@value_of(nodes.Sum)
def _sum(node: nodes.Sum, point: Point) -> Entries:
    found = contracted(node, point)
    return (found,) if found is not None else _joined(node, point, 0, operator.add)


@value_of(nodes.Prod)
def _product(node: nodes.Prod, point: Point) -> Entries:
    return _joined(node, point, 1, operator.mul)


@value_of(nodes.Most)
def _most(node: nodes.Most, point: Point) -> Entries:
    return _joined(node, point, None, lambda a, b: b if a is None else lucky(larger, a, b))


@value_of(nodes.Least)
def _least(node: nodes.Least, point: Point) -> Entries:
    return _joined(node, point, None, lambda a, b: b if a is None else lucky(smaller, a, b))


@value_of(nodes.Delta)
def _delta(node: nodes.Delta, point: Point) -> Entries:
    return (int(point.place(node.left) == point.place(node.right)),)
