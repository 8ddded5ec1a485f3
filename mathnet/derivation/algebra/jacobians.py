r"""Derivatives of what is not one number: differentials in a direction (JVPs), and the Jacobians that they are made of.

$\mathrm dy = J \,\mathrm dx$ is found from one definition after the other, last first. What multiplies $\mathrm dx$ is the
Jacobian: an entry of y for every row, an entry of x for every column, which is written
$\partial y / \partial x^{\mathsf T}$ for a column y and a column x.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .backward import Backward, Ends
from .differentiate import derivative
from .enter import Entries
from .forms import Form
from .reduce import NoMatrixFormError
from .steps import Chain, Line, text
from .terms import Entry, Expression, Factor, Letter, Nested, expression, plus, product, total


@dataclass(frozen=True)
class Layout:
    """How a derivative of the result is written as a matrix."""

    left: str
    ends: Ends


def layout(backward: Backward, by: str, above: tuple[Letter, ...], at: tuple[Letter, ...]) -> Layout:
    """Return the layout of the derivative of the entry `above` of the result by the entry `at` of a symbol.

    Raises
    ------
    NoMatrixFormError
        If it has more than two indices.
    """
    shapes, symbols = backward.dimensions.shapes, backward.names.symbols
    over, under = symbols[backward.loss].latex, symbols[by].latex
    if len(above) + len(at) > 2 and above and at:
        raise NoMatrixFormError
    if above and at:
        over = over if shapes[backward.loss][1] == "1" else rf"{over}^{{\mathsf T}}"
        under = rf"{under}^{{\mathsf T}}" if shapes[by][1] == "1" else under
        ends: Ends = (above[0], at[0])
    else:
        ends = backward.ends(backward.loss, above) if above else backward.ends(by, at)
    return Layout(rf"\frac{{\partial {over}}}{{\partial {under}}}", ends)


class ByDirection:
    """Derives the differential of the result where one symbol varies.

    Parameters
    ----------
    backward : Backward
        What is differentiated.

    Attributes
    ----------
    part, above : Expression, tuple of Letter
        After `differential`: the differential with each definition's own differential inserted, and the letters of the result in it.
    """

    def __init__(self, backward: Backward) -> None:
        self.backward, self.names = backward, backward.names
        self.shapes = backward.dimensions.shapes
        self.held = Entries(backward.names, backward.dimensions, frozenset())
        for name, shape in self.shapes.items():
            if symbol := self.names.symbols.get(name):
                latex = rf"\mathrm d {symbol.latex}"
                backward.matrices.given[f"d{name}"] = Form(latex, f"d{name}", shape, kind="differential")

    def differential(self, by: str) -> tuple[Chain, Form]:
        """Return the chain of the differential, and its last side, in which all definitions are inserted."""
        self.by = by
        backward, loss = self.backward, self.backward.loss
        backward.require(by)
        above = self.held.letters(self.shapes[loss])
        lines: list[Line] = []
        part = self._of(loss, above)
        self._line(lines, part, above, loss)
        while name := self._last(part):
            part = self._inserted(part, name)
            self._line(lines, part, above, name)
        self.above, self.part = above, part
        at = self.held.letters(self.shapes[by])
        closed = total(product(backward.inserted(by, above, at), expression(Entry(f"d{by}", at))), at)
        form = backward.written(closed, loss, above)
        if form.latex != lines[-1].latex:
            lines.append(Line(form.latex, text("definitions inserted")))
        return Chain(rf"\mathrm d {self.names.symbols[loss].latex}", tuple(lines)), form

    def chains(self, by: str) -> list[Chain]:
        """Return the chain of the differential, and that of the Jacobian."""
        backward = self.backward
        chain, _ = self.differential(by)
        at = self.held.letters(self.shapes[by])
        place = layout(backward, by, self.above, at)
        form = backward.matrix(backward.spread(derivative(self.part, f"d{by}", at)), place.ends)
        closed = self.closed(by)
        lines = [Line(form.latex, rf"{text('what multiplies ')} \mathrm d {self.names.symbols[by].latex}")]
        if closed.latex != form.latex:
            lines.append(Line(closed.latex, text("definitions inserted")))
        return [chain, Chain(place.left, tuple(lines))]

    def closed(self, by: str) -> Form:
        """Return the Jacobian with all definitions inserted."""
        above, at = self.held.letters(self.shapes[self.backward.loss]), self.held.letters(self.shapes[by])
        place = layout(self.backward, by, above, at)
        return self.backward.matrix(self.backward.inserted(by, above, at), place.ends)

    def of(self, name: str, at: tuple[Letter, ...], inner: Sequence[str]) -> Expression:
        """Return the differential of an entry of a definition, as far as it is made of those of these symbols."""
        parts = []
        for other in inner:
            over = self.held.letters(self.shapes[other])
            slope = self.backward.slope(self.held, name, at, other, over)
            parts.append(total(product(slope, expression(Entry(f"d{other}", over))), over))
        return plus(*parts)

    def _of(self, name: str, at: tuple[Letter, ...]) -> Expression:
        return self.of(name, at, self.backward.inner(name, self.by))

    def _last(self, part: Expression) -> str:
        """Return the last symbol whose differential waits for its definition."""
        waiting = [name for name in self.names.symbols if f"d{name}" in part.names and name != self.by]
        return waiting[-1] if waiting else ""

    def _inserted(self, part: Expression, name: str) -> Expression:
        """Return an expression with the differential of a definition in its place."""
        return plus(
            *(
                total(
                    product(
                        expression(coefficient=term.coefficient),
                        *(self._factor(factor, name) for factor in term.factors),
                    ),
                    term.summed,
                )
                for term in part.terms
            )
        )

    def _factor(self, factor: Factor, name: str) -> Expression:
        match factor:
            case Entry(name=own, at=at) if own == f"d{name}":
                return self._of(name, tuple(index for index in at if isinstance(index, Letter)))
            case Nested(body=body):
                return expression(Nested(self._inserted(body, name)))
        return expression(factor)

    def _line(self, lines: list[Line], part: Expression, above: tuple[Letter, ...], name: str) -> None:
        products = self.backward.matrices.products
        products.clear()
        form = self.backward.written(part, self.backward.loss, above)
        words = f"; {', '.join(dict.fromkeys(products))}" if products else ""
        if not lines or lines[-1].latex != form.latex:
            lines.append(
                Line(form.latex, rf"{text('definition of ')} {self.names.symbols[name].latex}{text(words)}")
            )
