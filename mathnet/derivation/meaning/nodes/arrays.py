"""Arrays: symbols and numbers, their entries, sums and transposes."""

import operator
from fractions import Fraction

from ...numbers.whole import flat
from .node import Node, Type, shape_text


class Number(Node):
    """$2$ or $0.5$."""

    value: Fraction

    def evaluate(self, point):
        return (self.value.numerator if self.value.denominator == 1 else self.value,)


class Size(Node):
    r"""The $n$ of $\frac1n$: a dimension used as a number."""

    name: str

    def evaluate(self, point):
        return (point.evaluator.data.sizes[self.name],)


class Symbol(Node):
    """$A$: a declared or defined quantity, or the parameter of a function."""

    name: str

    def infer(self, scope):
        return Type(scope.shape(self))

    def evaluate(self, point):
        return point.symbol(self.name)

    def mentions(self, names):
        return (self.name,)


class Entry(Node):
    """$[A]_{ij}$: one entry; an index is a letter, or a number from 1."""

    body: Node
    indices: tuple

    def infer(self, scope):
        body = scope.infer(self.body)
        return Type((), body.free | scope.index(self, self.indices, body.shape, self.latex))

    def evaluate(self, point):
        return (point.value(self.body)[point.position(self.indices, point.shape(self.body))],)


class Transpose(Node):
    r"""$A^{\mathsf T}$: rows become columns."""

    body: Node

    def shape(self, body):
        if len(body) > 2:
            raise self.error("only a matrix has a transpose")
        return body[::-1]

    def evaluate(self, point):
        return flat(zip(*point.rows(self.body), strict=True))


class Add(Node):
    """$A + B - C$; `signs` are +1 or -1."""

    terms: tuple
    signs: tuple

    def shape(self, first, *shapes):
        for term, shape in zip(self.terms[1:], shapes, strict=True):
            if shape != first:
                number = r": to add a number to every entry, declare \mathbf 1 as \text{ones} of that shape"
                raise term.error(
                    f"sum of different shapes: {self.terms[0].latex} is {shape_text(first)}, "
                    f"{term.latex} is {shape_text(shape)}{'' if shape and first else number}"
                )
        return first

    def evaluate(self, point):
        total = (0,) * point.length(self)
        for term, sign in zip(self.terms, self.signs, strict=True):
            total = tuple(map(operator.add if sign > 0 else operator.sub, total, point.value(term)))
        return total
