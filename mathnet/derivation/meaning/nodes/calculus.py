"""Derivatives: each is a differentiation of its own, through the definitions, by dual numbers."""

import math
import operator

from mathnet.dual import Slopes

from ...numbers.whole import flat, in_rows
from .arrays import Symbol
from .node import Node, Type, shape_text

NUMERATOR, DENOMINATOR = LAYOUTS = "numerator layout", "denominator layout"


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
        names, data = point.evaluator.names, point.evaluator.data
        outer = point.value(names.seed) if names.seed else data.values["bar", names.output]
        if self.name == names.output:
            return outer
        total = sum(map(operator.mul, outer, point.derivative(names.output, self.name)), Slopes())
        return tuple(total.get(entry, 0) for entry in range(point.length(self)))

    def mentions(self, names):
        seed = names.seed.walk() if names.seed is not None else ()
        return {self.name, names.output}.union(*(part.mentions(names) for part in seed))


class Partial(Node):
    r"""$\frac{\partial A}{\partial x_{ij}}$: the derivative with respect to a symbol, its transpose, or one entry of it."""

    body: Node
    variable: str
    indices: tuple | None
    layout: str  # transposed, as written with a transpose; numerator, denominator layout, as declared; or none of them
    opened = ""

    def infer(self, scope):
        body, shape = scope.infer(self.body), scope.shape(Symbol(self.place, self.variable))
        if self.indices is not None:
            return Type(body.shape, body.free | scope.index(self, self.indices, shape, self.latex))
        over, under = self._across(body.shape, shape)
        match over, under:
            case ((), _) | (_, ()):
                return Type(over or under, body.free)
            case ((rows, "1"), ("1", columns)) | (("1", columns), (rows, "1")):
                return Type((rows, columns), body.free)
        has = f"{len(over + under)} indices: write entries"
        if "1" in over and "1" in under:
            has = rf"two layouts: write \partial {self.variable}^{{\mathsf T}}, or entries, or declare \text{{{NUMERATOR}}}"
        raise self.error(
            f"the derivative of {self.body.latex} ({shape_text(body.shape)}) with respect to {self.variable} "
            f"({shape_text(shape)}) has {has}"
        )

    def _across(self, body, variable):
        """Return both shapes, the one transposed that the layout transposes."""
        if self.layout and max(len(body), len(variable)) > 2:
            raise self.error("only a matrix has a transpose")
        if self.layout in LAYOUTS and body and variable and not body[1] == variable[1] == "1":
            raise self.error(f"{self.layout} is for columns; write entries")
        if self.layout == DENOMINATOR:
            return body[::-1], variable
        return body, variable[::-1] if self.layout else variable

    def evaluate(self, point):
        sizes = point.evaluator.shapes[self.variable]
        entries = range(math.prod(sizes)) if self.indices is None else [point.position(self.indices, sizes)]
        slopes = [slope or Slopes() for slope in point.derivative(self.body, self.variable, self.opened)]
        found = [[slope.get(entry, 0) for slope in slopes] for entry in entries]
        body, turned = point.shape(self.body), self.indices is None and self.layout
        across = body if self.layout == DENOMINATOR else sizes
        if self.indices is None and body and sizes:  # so far the entries of the variable are the rows
            turned = body[1] == 1 and self.layout != DENOMINATOR
        elif turned and across:
            found = in_rows(flat(found), across[1])
        return flat(zip(*found, strict=True)) if turned else flat(found)

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


DERIVATIVES = Differential | Cotangent | Partial
