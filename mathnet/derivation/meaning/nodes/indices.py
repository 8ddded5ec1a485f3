"""Sums and products over index letters, and the Kronecker delta."""

import itertools
import operator

from ...numbers.data import lucky
from ...numbers.kinks import larger, smaller
from .node import Node, Type

SIZES = {str(size) for size in range(1, 13)}  # that a sum may end at


class Sum(Node):
    r"""$\sum_{ij}$, $\sum_{i=1}^{n}$ with a dimension as `bound`, or $\sum_{j \ne i}$ over all `besides` one."""

    letters: tuple
    bound: str | None
    body: Node
    besides: str | int | None = None

    def infer(self, scope):
        again = scope.bound & set(self.letters)
        if again:
            raise self.error(f"index {min(again)} is already summed over outside: rename it here")
        if self.bound and self.bound not in SIZES and self.bound not in scope.dimensions.names.dimensions:
            raise self.error(f"a sum ends at a dimension that the where part names, not at {self.bound}")
        inner = scope.inside(self.letters)
        for letter in self.letters if self.bound else ():
            inner.fix(self, letter, self.bound, self.latex)
        outer = frozenset()
        if self.besides is not None:
            outer = inner.link(self, *self.letters, self.besides)
        body = inner.infer(self.body)
        scope.leave(self, inner)
        return Type(body.shape, (body.free | outer) - set(self.letters))

    def evaluate(self, point, start=0, join=operator.add):
        total = (start,) * point.length(self)
        without = None if self.besides is None else point.index(self.besides)
        for index in itertools.product(*map(range, point.evaluator.ranges(self))):
            if index != (without,):
                letters = point.letters | dict(zip(self.letters, index, strict=True))
                total = tuple(map(join, total, point._replace(letters=letters).value(self.body)))
        return total


class Prod(Sum):
    r"""$\prod_i$: a product of numbers over index letters."""

    def infer(self, scope):
        found = super().infer(scope)
        self.body.require_scalar(found.shape, "a product over an index is one of numbers")
        return found

    def evaluate(self, point):
        return super().evaluate(point, 1, operator.mul)


class Most(Sum):
    r"""$\max_j$: the largest number."""

    choose = staticmethod(larger)

    def evaluate(self, point):
        return super().evaluate(point, None, lambda a, b: b if a is None else lucky(self.choose, a, b))


class Least(Most):
    r"""$\min_j$: the smallest number."""

    choose = staticmethod(smaller)


class Delta(Node):
    r"""$\delta_{ij}$: 1 where the indices are equal, else 0."""

    left: str | int
    right: str | int

    def infer(self, scope):
        return Type((), scope.link(self, self.left, self.right))

    def evaluate(self, point):
        return (int(point.index(self.left) == point.index(self.right)),)
