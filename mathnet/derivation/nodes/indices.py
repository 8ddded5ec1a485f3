"""Sums and products over index letters, and the Kronecker delta."""

import itertools
import operator

from .node import Node, Type

SIZES = {str(size) for size in range(1, 13)}  # that a sum may end at


class Sum(Node):
    r"""$\sum_{ij}$ or $\sum_{i=1}^{n}$; `bound` is the dimension that is written above, if there is one."""

    letters: tuple
    bound: str | None
    body: Node

    def infer(self, scope):
        again = scope.bound & set(self.letters)
        if again:
            raise self.error(f"index {min(again)} is already summed over outside: rename it here")
        if self.bound and self.bound not in SIZES and self.bound not in scope.dimensions.names.dimensions:
            raise self.error(f"a sum ends at a dimension that the where part names, not at {self.bound}")
        inner = scope.inside(self.letters)
        if self.bound:
            inner.fix(self, self.letters[0], self.bound, self.latex)
        body = inner.infer(self.body)
        scope.leave(self, inner)
        return Type(body.shape, body.free - set(self.letters))

    def evaluate(self, point, join=operator.add):
        total = None
        for index in itertools.product(*map(range, point.evaluator.ranges(self))):
            term = point.at(zip(self.letters, index, strict=True)).value(self.body)
            total = term if total is None else tuple(map(join, total, term))
        return total


class Prod(Sum):
    r"""$\prod_i$: a product of numbers over index letters."""

    def infer(self, scope):
        found = super().infer(scope)
        self.body.require_scalar(found.shape, "a product over an index is one of numbers")
        return found

    def evaluate(self, point):
        return super().evaluate(point, operator.mul)


class Delta(Node):
    r"""$\delta_{ij}$: 1 where the indices are equal, else 0."""

    left: str | int
    right: str | int

    def infer(self, scope):
        letters = [index for index in (self.left, self.right) if isinstance(index, str)]
        if letters:
            scope.link(self, *letters)
        return Type((), frozenset(letters))

    def evaluate(self, point):
        return (int(point.index(self.left) == point.index(self.right)),)
