"""Derivatives: each is a differentiation of its own, through the definitions, by dual numbers."""

import math
import operator

from .arrays import Symbol
from .node import Node, Type, shape_text


class Differential(Node):
    r"""$\mathrm d (A B)$ or $\dot A$: the derivative in the direction of the dotted symbols, which are arbitrary."""

    body: Node

    def shape(self, body):
        return body

    def evaluate(self, point):
        return point.derivative(self.body)


class Cotangent(Symbol):
    r"""$\bar A$: the derivative of $\langle \bar Y, Y \rangle$, where $Y$ is the last definition."""

    def infer(self, scope):
        if not scope.dimensions.names.output:
            raise self.error(f"{self.latex} is a derivative of the last definition, but nothing is defined")
        return super().infer(scope)

    def evaluate(self, point):
        names = point.evaluator.names
        outer = point.data.values["bar", names.output] if names.seed is None else point.value(names.seed)
        if self.name == names.output:
            return outer
        columns = (point.derivative(names.output, (self.name, entry)) for entry in range(point.length(self)))
        return tuple(sum(map(operator.mul, outer, column)) for column in columns)

    def mentions(self, names):
        seed = names.seed.walk() if names.seed is not None else ()
        return {self.name, names.output}.union(*(part.mentions(names) for part in seed))


class Partial(Node):
    r"""$\frac{\partial A}{\partial x_{ij}}$: the derivative with respect to a symbol, or to one entry of it."""

    body: Node
    variable: str
    indices: tuple | None

    def infer(self, scope):
        body, variable = scope.infer(self.body), scope.shape(Symbol(self.place, self.variable))
        if self.indices is not None:
            return Type(body.shape, body.free | scope.index(self, self.indices, variable, self.latex))
        if body.shape and variable:
            raise self.error(
                f"the derivative of {self.body.latex} ({shape_text(body.shape)}) with respect to {self.variable} "
                f"({shape_text(variable)}) has {len(body.shape) + len(variable)} indices: write entries"
            )
        return Type(body.shape or variable, body.free)

    def evaluate(self, point):
        sizes = point.evaluator.shapes[self.variable]
        entries = range(math.prod(sizes)) if self.indices is None else [point.position(self.indices, sizes)]
        return sum((point.derivative(self.body, (self.variable, entry)) for entry in entries), ())

    def mentions(self, names):
        return (self.variable,)
