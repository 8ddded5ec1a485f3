"""Derivatives: each is a differentiation of its own, through the definitions, by dual numbers."""

import itertools
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
        columns = (
            point.derivative(names.output, (self.name, entry, "")) for entry in range(point.length(self))
        )
        return tuple(sum(map(operator.mul, outer, column)) for column in columns)

    def mentions(self, names):
        seed = names.seed.walk() if names.seed is not None else ()
        return {self.name, names.output}.union(*(part.mentions(names) for part in seed))


class Partial(Node):
    r"""$\frac{\partial A}{\partial x_{ij}}$: the derivative with respect to a symbol, its transpose, or one entry of it."""

    body: Node
    variable: str
    indices: tuple | None
    transposed: bool

    def infer(self, scope):
        body, shape = scope.infer(self.body), scope.shape(Symbol(self.place, self.variable))
        if self.indices is not None:
            return Type(body.shape, body.free | scope.index(self, self.indices, shape, self.latex))
        shape = shape[::-1] if self.transposed else shape
        match body.shape, shape:
            case ((), _) | (_, ()):
                return Type(body.shape or shape, body.free)
            case ((rows, "1"), ("1", columns)) | (("1", columns), (rows, "1")):
                return Type((rows, columns), body.free)
        raise self.error(
            f"the derivative of {self.body.latex} ({shape_text(body.shape)}) with respect to {self.variable} "
            f"({shape_text(shape)}) has {len(body.shape) + len(shape)} indices: write entries"
        )

    def evaluate(self, point):
        sizes = point.evaluator.shapes[self.variable]
        entries = range(math.prod(sizes)) if self.indices is None else [point.position(self.indices, sizes)]
        found = [self.derivative(point, entry) for entry in entries]
        rows = point.shape(self.body)
        if self.indices is None and len(found[0]) > 1 and rows[1] == 1:
            found = zip(*found, strict=True)
        return tuple(itertools.chain.from_iterable(found))

    def derivative(self, point, entry):
        """Return the derivatives of the body with respect to an entry."""
        return point.derivative(self.body, (self.variable, entry, ""))

    def mentions(self, names):
        return (self.variable,)


class Gradient(Partial):
    r"""$\nabla_X J$: the derivative of one number with respect to a symbol."""

    def infer(self, scope):
        self.body.require_scalar(scope.infer(self.body).shape, "a gradient is one of a number")
        return super().infer(scope)


class Immediate(Partial):
    r"""$\frac{\partial^+ h}{\partial x}$: what else the definition of $h$ refers to is held fixed."""

    opened: str

    def derivative(self, point, entry):
        return point.derivative(self.body, (self.variable, entry, self.opened))
