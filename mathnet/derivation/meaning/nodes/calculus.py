"""Derivatives: each is a differentiation of its own, through the definitions."""

from ..scope import Scope
from ..shapes import Index, Shape, Type, shape_text
from .arrays import Symbol
from .node import Node

NUMERATOR, DENOMINATOR = LAYOUTS = "numerator layout", "denominator layout"
TWO_LAYOUTS = "two layouts"


class Differential(Node):
    r"""$\mathrm d (A B)$ or $\dot A$: the derivative in the direction of the dotted symbols, which are arbitrary."""

    body: Node

    def shape(self, body: Shape) -> Shape:
        return body


class Cotangent(Symbol):
    r"""$\bar A$: the derivative of $\langle \bar Y, Y \rangle$, where $Y$ is the last definition."""

    def infer(self, scope: Scope) -> Type:
        if not scope.dimensions.output:
            raise self.error(f"{self.latex} is a derivative of the last definition, but nothing is defined")
        return super().infer(scope)


class Partial(Node):
    r"""$\frac{\partial A}{\partial x_{ij}}$: the derivative with respect to a symbol, its transpose, or one entry of it."""

    body: Node
    variable: str
    indices: tuple[Index, ...] | None
    layout: str  # transposed, as written with a transpose; numerator, denominator layout, as declared; or none of them

    def infer(self, scope: Scope) -> Type:
        body, shape = scope.infer(self.body), scope.shape(self, self.variable)
        variable = scope.dimensions.written[self.variable]
        if self.indices is not None:
            return Type(body.shape, body.free | scope.index(self, self.indices, shape, self.latex))
        over, under = self._across(body.shape, shape)
        match over, under:
            case ((), _) | (_, ()):
                return Type(over or under, body.free)
            case ((rows, "1"), ("1", columns)) | (("1", columns), (rows, "1")):
                return Type((rows, columns), body.free)
        has = f"{sum(axis != '1' for axis in over + under)} indices: write entries{self._entries(scope, body.shape, shape)}"
        if "1" in over and "1" in under and self.layout != "transposed":
            has = rf"{TWO_LAYOUTS}: write \partial {variable}^{{\mathsf T}}, or entries, or declare \text{{{NUMERATOR}}}"
        raise self.error(
            f"the derivative of {self.body.latex} ({shape_text(body.shape)}) with respect to {variable} "
            f"({shape_text(shape)}) has {has}"
        )

    def _entries(self, scope: Scope, body: Shape, variable: Shape) -> str:
        """Return how the derivative of a symbol is written by entries, with letters that are no sizes or names."""
        dimensions = scope.dimensions
        taken = {*dimensions.declared, *dimensions.shapes}
        letters = iter([letter for letter in "ijklpqrstuv" if letter not in taken])
        above, below = (
            "".join(next(letters, "") for axis in shape if axis != "1") for shape in (body, variable)
        )
        if len(above + below) < 3 or not hasattr(self.body, "name"):
            return ""
        entry = rf"\frac{{\partial {self.body.latex}_{{{above}}}}}{{\partial {dimensions.written[self.variable]}_{{{below}}}}}"
        return rf", {entry}, and in a chain the sum \sum_{{{above}}} over them"

    def _across(self, body: Shape, variable: Shape) -> tuple[Shape, Shape]:
        """Return both shapes, the one transposed that the layout transposes."""
        if self.layout and max(len(body), len(variable)) > 2:
            raise self.error("only a matrix has a transpose")
        if self.layout in LAYOUTS and body and variable and body[0] == variable[0] == "1":
            body, variable = body[::-1], variable[::-1]  # of rows the same as of columns
        if self.layout in LAYOUTS and body and variable and not body[1] == variable[1] == "1":
            raise self.error(f"{self.layout} is for columns; write entries")
        if self.layout == DENOMINATOR:
            return body[::-1], variable
        return body, variable[::-1] if self.layout else variable


class Gradient(Partial):
    r"""$\nabla_X J$: the derivative of one number with respect to a symbol."""

    def infer(self, scope: Scope) -> Type:
        self.body.require_scalar(scope.infer(self.body).shape, "a gradient is one of a number")
        return super().infer(scope)


class Immediate(Partial):
    r"""$\frac{\partial^+ h}{\partial x}$: what else the definition of $h$ refers to is held fixed."""

    opened: str  # h


class At(Node):
    r"""$\frac{\partial J}{\partial x}|_{x = a}$: with the value of a symbol in its place."""

    body: Node
    name: str
    value: Node

    def infer(self, scope: Scope) -> Type:
        body, value, symbol = scope.infer(self.body), scope.infer(self.value), scope.shape(self, self.name)
        if value.free:
            raise self.value.error(f"{self.value.latex} has a free index: a symbol is given one value")
        if value.shape != symbol:
            raise self.value.error(
                f"{scope.dimensions.written[self.name]} is {shape_text(symbol)}, but {self.value.latex} is {shape_text(value.shape)}"
            )
        return Type(body.shape, body.free | value.free)


class Through(Partial):
    r"""$\frac{\partial y}{\partial x^{\mathsf T}}$ where $x = \operatorname{vec}(X)$ and $y$ is made of $X$: its entries are those of $X$."""

    source: str  # X
    turned: bool  # column by column, as in vec and in a transpose


DERIVATIVES = Differential | Cotangent | Partial
