r"""The derivation by differentials: $\mathrm dJ = \langle G, \mathrm dX \rangle$, so that G is the gradient.

It begins with $\mathrm dJ$ and puts in the differential of one definition after the other, last first. What multiplies the
new differential moves to the other side of the inner product, one factor per line: a matrix as its transpose,
$\langle G, A X \rangle = \langle A^{\mathsf T} G, X \rangle$, a Hadamard factor as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from . import forms
from .backward import Backward
from .enter import Entries
from .forms import Form
from .jacobians import ByDirection
from .steps import Chain, Line, text
from .terms import Expression, Letter, expression, plus, product, renamed, total


@dataclass
class Bracket:
    r"""$\langle G, T \rangle$, where T is made of one differential; of a number it is a product."""

    gradient: Form
    differential: Form

    @property
    def latex(self) -> str:
        """How it is written."""
        if self.gradient.kind == "zero":
            return "0"
        if not self.differential.shape:
            gradient = f"({self.gradient.latex})" if self.gradient.kind == "add" else self.gradient.latex
            return self.differential.latex if gradient == "1" else f"{gradient} {self.differential.latex}"
        return rf"\langle {self.gradient.latex}, {self.differential.latex} \rangle"


@dataclass
class Gradient:
    """The gradient by a symbol in the middle, as far as it is known: an expression at the letters of the symbol's axes."""

    at: tuple[Letter, ...]
    part: Expression


class ByDifferentials:
    """Derives a gradient from the differential of the result.

    Parameters
    ----------
    backward : Backward
        What is differentiated.
    """

    def __init__(self, backward: Backward) -> None:
        self.backward, self.names, self.matrices = backward, backward.names, backward.matrices
        self.shapes = backward.dimensions.shapes
        self.held = Entries(backward.names, backward.dimensions, frozenset())
        self.direction = ByDirection(backward)

    def chains(self, by: str) -> list[Chain]:
        """Return the chain of the differential, and that of the gradient.

        Raises
        ------
        DerivationError, NoMatrixFormError
            For what cannot be derived so.
        """
        backward, loss = self.backward, self.backward.loss
        backward.require(by)
        self.by, self.lines = by, list[Line]()
        self.found: dict[str, Gradient] = {}
        self._take(loss, Gradient((), expression()))
        self._line([], rf"{text('definition of ')} {self.names.symbols[loss].latex}")
        while waiting := [name for name in self.found if name != by]:
            name = max(waiting, key=list(self.names.symbols).index)
            self._insert(name, self.found.pop(name))
        form, closed = self._form(by), backward.closed(by)
        latex = [self.names.symbols[name].latex for name in (loss, by)]
        last = [Line(form.latex, rf"{text('what multiplies ')} \mathrm d {latex[1]}")]
        if closed.latex != form.latex:
            last.append(Line(closed.latex, text("definitions inserted")))
        return [
            Chain(rf"\mathrm d {latex[0]}", tuple(self.lines)),
            Chain(rf"\frac{{\partial {latex[0]}}}{{\partial {latex[1]}}}", tuple(last)),
        ]

    def _insert(self, name: str, gradient: Gradient) -> None:
        """Put in the differential of a definition, and move what multiplies the new differentials to the other side."""
        reason = rf"{text('definition of ')} {self.names.symbols[name].latex}"
        outer = self.backward.written(gradient.part, name, gradient.at)
        inner = self.backward.inner(name, self.by)
        if self.shapes[name]:
            self._line([Bracket(outer, self._differential(name, inner))], reason)
            parts = [self._differential(name, [each]) for each in inner]
            terms = [Bracket(outer, part) for whole in parts for part in _terms(whole)]
            if all(_is_movable(bracket.differential) for bracket in terms):
                self._line(terms, text("term by term"))
                for place in range(len(terms)):
                    while moved := _moved(terms[place]):
                        terms[place], why = moved
                        self._line(terms, why)
            reason = text("collected")
        self._take(name, gradient)
        self._line([], reason)

    def _differential(self, name: str, inner: Sequence[str]) -> Form:
        """Return the differential of a definition, as far as it is made of these symbols."""
        at = self.held.letters(self.shapes[name])
        return self.backward.written(self.direction.of(name, at, inner), name, at)

    def _take(self, name: str, gradient: Gradient) -> None:
        """Add what comes through a definition to the gradients by the symbols that it is made of."""
        for other in self.backward.inner(name, self.by):
            over = self.held.letters(self.shapes[other])
            through = total(
                product(gradient.part, self.backward.slope(self.held, name, gradient.at, other, over)),
                gradient.at,
            )
            known = self.found.get(other)
            if known:
                through = plus(renamed(known.part, dict(zip(known.at, over, strict=True))), through)
            self.found[other] = Gradient(over, through)

    def _form(self, name: str) -> Form:
        return self.backward.written(self.found[name].part, name, self.found[name].at)

    def _line(self, brackets: Sequence[Bracket], reason: str) -> None:
        """Add a line: what waits to be put in, and the brackets that are worked on."""
        waiting = [Bracket(self._form(name), self.matrices.given[f"d{name}"]) for name in self.found]
        latex = forms.joined([bracket.latex for bracket in (*brackets, *waiting)])
        if not self.lines or self.lines[-1].latex != latex:
            self.lines.append(Line(latex, reason))


def _terms(form: Form) -> tuple[Form, ...]:
    return form.parts if form.kind == "add" else (form,)


def _differentials(form: Form) -> int:
    """Return how many differentials a form has in it."""
    return (form.kind == "differential") + sum(map(_differentials, form.parts))


def _is_movable(form: Form) -> bool:
    """Say whether everything around the differential can move to the other side of an inner product."""
    match form.kind:
        case "differential":
            return True
        case "product" | "hadamard" | "transpose":
            inner = [part for part in form.parts if _differentials(part)]
            return len(inner) == 1 and bool(inner[0].shape) and _is_movable(inner[0])
    return False


def _moved(bracket: Bracket) -> tuple[Bracket, str] | None:
    """Return a bracket with one factor moved to the other side, and why that is right."""
    gradient, form = bracket.gradient, bracket.differential
    match form.kind:
        case "transpose":
            turned = Bracket(forms.transposed(gradient), form.parts[0])
            return turned, text("both sides transposed")
        case "hadamard":
            others = [part for part in form.parts if not _differentials(part)]
            (inner,) = [part for part in form.parts if _differentials(part)]
            crossing = forms.hadamard(*others)
            return Bracket(
                forms.hadamard(gradient, crossing), inner
            ), rf"{crossing.latex} {text(' crosses as it is: Hadamard product')}"
        case "product":
            numbers = [part for part in form.parts if not part.shape]
            arrays = [part for part in form.parts if part.shape]
            if numbers or form.number != 1:
                number = forms.product(form.number, *numbers)
                return Bracket(forms.product(1, number, gradient), forms.product(1, *arrays)), text(
                    "the number crosses"
                )
            if not _differentials(arrays[0]):
                first, *rest = arrays
                moved = Bracket(forms.product(1, forms.transposed(first), gradient), forms.product(1, *rest))
                return moved, rf"{first.latex} {text(' crosses as its transpose: matrix product')}"
            *rest, last = arrays
            moved = Bracket(forms.product(1, gradient, forms.transposed(last)), forms.product(1, *rest))
            return moved, rf"{last.latex} {text(' crosses as its transpose: matrix product')}"
    return None
