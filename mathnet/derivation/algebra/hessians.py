r"""Second derivatives of a number: the Hessian, and its product with a vector, for which the Hessian is not needed.

$\nabla^2 J \, v$ is the gradient of $\langle \partial J / \partial x, v \rangle$ with v held constant.
"""

from dataclasses import dataclass

from ..errors import DerivationError
from .backward import Backward
from .differentiate import derivative
from .enter import Entries
from .forms import Form
from .steps import Chain, Line, text
from .terms import Entry, expression, product, total


@dataclass(frozen=True)
class Direction:
    """A constant of the shape of a symbol, which the where part does not have."""

    latex: str
    shape: tuple[str, ...]


class Second:
    """Derives second derivatives of the result.

    Parameters
    ----------
    backward : Backward
        What is differentiated.
    """

    def __init__(self, backward: Backward) -> None:
        self.backward, self.names = backward, backward.names
        self.shapes = backward.dimensions.shapes
        self.entries = Entries(backward.names, backward.dimensions)
        symbol = self.names.symbols[backward.loss]
        if self.shapes[backward.loss]:
            raise DerivationError(
                f"{symbol.latex} is {' × '.join(self.shapes[backward.loss])}, but a Hessian is one of a number",
                symbol.place,
            )

    def gradient(self, by: str) -> Chain:
        """Return the chain of the gradient, with all definitions inserted."""
        self.backward.require(by)
        latex = [self.names.symbols[name].latex for name in (self.backward.loss, by)]
        left = rf"\frac{{\partial {latex[0]}}}{{\partial {latex[1]}}}"
        return Chain(left, (Line(self.backward.closed(by).latex, text("the gradient")),))

    def hessian(self, by: str) -> tuple[Chain, Form]:
        """Return the chain of the Hessian: rows and columns run over the entries of the symbol.

        Raises
        ------
        DerivationError
            If the symbol is a matrix: its Hessian has four indices.
        """
        loss, latex = (self.names.symbols[name].latex for name in (self.backward.loss, by))
        shape = self.shapes[by]
        at, other = self.entries.letters(shape), self.entries.letters(shape)
        if len(at) > 1:
            raise DerivationError(
                f"the Hessian by the matrix {latex} has four indices: ask for hvp, its product with a direction",
                self.names.symbols[by].place,
            )
        part = derivative(self.backward.inserted(by, (), at), by, other)
        form = self.backward.matrix(self.backward.spread(part), (at[0], other[0]) if at else (None, None))
        turned = rf"{latex}^{{\mathsf T}}"
        below = [latex, turned] if shape and shape[1] == "1" else [turned, latex]
        under = rf"\partial {below[0]} \partial {below[1]}" if at else rf"\partial {latex}^2"
        reason = text(
            "every entry of the gradient differentiated by every entry" if at else "differentiated again"
        )
        return Chain(rf"\frac{{\partial^2 {loss}}}{{{under}}}", (Line(form.latex, reason),)), form

    def direction(self, by: str) -> Direction:
        """Return a constant direction, with a name that the where part does not use."""
        taken = {*self.names.symbols, *self.names.dimensions, *self.names.functions}
        shape = self.shapes[by]
        matrix = len([axis for axis in shape if axis != "1"]) == 2
        names = ["V", "U", "P", "S", "E"] if matrix else ["v", "u", "p", "s", "e"]
        return Direction(next(name for name in (*names, r"\Delta", r"\nu") if name not in taken), shape)

    def times_direction(self, by: str) -> tuple[Chain, Form]:
        """Return the chain of the Hessian times the direction."""
        loss, latex = (self.names.symbols[name].latex for name in (self.backward.loss, by))
        direction = self.direction(by)
        self.backward.matrices.given["direction"] = Form(direction.latex, direction.latex, direction.shape)
        at, other = self.entries.letters(self.shapes[by]), self.entries.letters(self.shapes[by])
        second = derivative(self.backward.inserted(by, (), other), by, at)
        part = total(product(second, expression(Entry("direction", other))), other)
        form = self.backward.written(part, by, at)
        gradient = rf"\frac{{\partial {loss}}}{{\partial {latex}}}"
        inner = (
            rf"\langle {gradient}, {direction.latex} \rangle"
            if direction.shape
            else rf"({gradient} {direction.latex})"
        )
        left = rf"\frac{{\partial}}{{\partial {latex}}} {inner}"
        reason = rf"{text('the gradient of the inner product, ')} {direction.latex} {text(' held constant')}"
        return Chain(left, (Line(form.latex, reason),)), form
