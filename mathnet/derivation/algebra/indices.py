r"""The derivation entry by entry: the derivative goes inwards one layer per line, and every delta ends a sum.

It begins with the definition of the result and takes up one definition after the other, until each derivative has reached
an entry of the symbol itself. What is left is turned into matrices, one product per line.
"""

from collections.abc import Callable, Sequence

from ..errors import WHOLE, DerivationError
from .backward import Backward
from .canonical import Keys
from .differentiate import Derivative
from .enter import Entries
from .forms import Form, joined
from .indexed import Indexed
from .jacobians import layout
from .pieces import Run, limits
from .reduce import Graph, NoMatrixFormError, Picture
from .simplify import places as counted
from .simplify import simplified, spread_deltas, spread_out
from .steps import Chain, Line, listed, text
from .sums import computed, crowded
from .terms import (
    Applied,
    Delta,
    Determinant,
    Entry,
    Expression,
    Factor,
    Index,
    Inverse,
    Letter,
    Logsumexp,
    Nested,
    NotNegative,
    Pending,
    Places,
    Power,
    Softmax,
    Term,
    changed,
    constant,
    expression,
    factors_of,
    last_of,
    plus,
    product,
    renamed,
    scaled,
)

RULES: dict[type[Factor], str] = {
    Power: "power rule",
    Softmax: "derivative of softmax",
    Logsumexp: "derivative of logsumexp",
    Inverse: "derivative of the inverse",
    Determinant: "derivative of the determinant",
}


class OneLayer(Derivative):
    """The derivative that stops at what each factor is made of, and remembers which rules it has used."""

    def __init__(self, name: str, at: tuple[Index, ...], uses: Callable[[str], bool], keys: Keys) -> None:
        super().__init__(name, at)
        self.uses, self.keys = uses, keys
        self.rules: list[str] = []

    def concerns(self, part: Expression) -> bool:
        """Say whether an expression depends on the symbol, or on one that is made of it."""
        return any(name == self.name or self.uses(name) for name in part.names)

    def inside(self, part: Expression) -> Expression:
        """Leave a derivative as it is, unless it is one of entries alone."""
        if not self.concerns(part):
            return Expression()
        if all(
            len(term.factors) < 2 and all(isinstance(factor, Entry) for factor in term.factors)
            for term in part.terms
        ):
            return self.of(part)  # entries and numbers
        return expression(Pending(part, self.name, self.at))

    def entry(self, factor: Entry) -> Expression:
        """Return deltas, or leave the derivative of an entry of another symbol as it is."""
        if factor.name != self.name and self.uses(factor.name):
            return expression(Pending(expression(factor), self.name, self.at))
        return super().entry(factor)

    def places(self, places: Places) -> Expression:
        """Return how many there are, since this is written."""
        return counted(places, self.keys)

    def of_factor(self, factor: Factor) -> Expression:
        """Return the derivative of one factor, and remember the rule."""
        found = super().of_factor(factor)
        if found.terms and (rule := self._rule(factor)) not in self.rules:
            self.rules.append(rule)
        return found

    def _rule(self, factor: Factor) -> str:
        if isinstance(factor, Applied):
            return "chain rule"
        if isinstance(factor, Power) and (constant(factor.exponent) or 0) < 0:
            return "quotient rule"
        return RULES.get(type(factor), "")


class ByIndices:
    """Derives a gradient entry by entry.

    Parameters
    ----------
    backward : Backward
        What is differentiated.

    Attributes
    ----------
    with_deltas, part : Expression
        After `chains`: the entry of the derivative before the deltas have ended their sums, and after.
    above, at : tuple of Letter
        The letters of the entry: those of the result, and those of the symbol.
    """

    def __init__(self, backward: Backward) -> None:
        self.backward, self.names, self.matrices = backward, backward.names, backward.matrices
        self.held = Entries(backward.names, backward.dimensions, frozenset())

    def chains(self, by: str) -> list[Chain]:
        """Return the chain of the entry, and that of the matrix, if there is one.

        Raises
        ------
        DerivationError
            For what cannot be derived so.
        """
        backward = self.backward
        backward.require(by)
        shapes = backward.dimensions.shapes
        above, at = self.held.letters(shapes[backward.loss]), self.held.letters(shapes[by])
        self.indexed = Indexed(self.names, self.matrices)
        self.delta, self.deltas = (
            (text("bracket"), text("brackets")) if self.indexed.brackets else (r"\delta", r"\delta")
        )
        self.indexed.name(at, above)
        loss, latex = (self.names.symbols[name].latex for name in (backward.loss, by))
        lines: list[Line] = []
        part = expression(Pending(self.held.definition(backward.loss, above), by, at))
        self._line(lines, part, rf"{text('definition of ')} {loss}")
        while any(isinstance(factor, Pending) for factor in factors_of(part)):
            reasons: list[str] = []
            part = _tidy(self._expanded(part, by, at, reasons))
            self._line(lines, part, text("; ").join(reasons) or text("the derivative goes inside the sum"))
        self.with_deltas = part
        has_deltas = any(isinstance(factor, Delta) for factor in factors_of(part))
        part = simplified(spread_deltas(part, frozenset(at)), backward.keys)
        ends = rf"{text('each ')} {self.delta} {text(' ends a sum')}" if has_deltas else text("collected")
        if limited := [
            letter for letter in at if any(limits(f, letter) != (None, None) for f in _conditions(part))
        ]:
            self.part, self.above, self.at = part, above, at
            return self._in_pieces(lines, limited, ends, by)
        self._line(lines, part, ends)
        part = spread_out(part, backward.keys)
        entry = [self.indexed.entry(loss, above), self.indexed.entry(latex, at)]
        left = rf"\frac{{\partial {entry[0]}}}{{\partial {entry[1]}}}"
        self._line(lines, part, text("multiplied out"))
        self.part, self.above, self.at = part, above, at
        try:
            whole = self._whole(lines, part, by)
        except NoMatrixFormError:
            return [Chain(left, tuple(lines))]
        if not above and not at:
            return [Chain(left, (*lines, *whole.lines))]
        return [Chain(left, tuple(lines)), whole]

    def _in_pieces(self, lines: list[Line], limited: Sequence[Letter], reason: str, by: str) -> list[Chain]:
        """Return the chain with deltas, and one for each piece of what is left without them."""
        (letter, *others) = limited
        loss, latex = (self.names.symbols[name].latex for name in (self.backward.loss, by))
        over = self.indexed.entry(loss, self.above)

        def left(value: Index) -> str:
            at = renamed(self.at, {letter: value})
            return rf"\frac{{\partial {over}}}{{\partial {self.indexed.entry(latex, at)}}}"

        if others:
            raise DerivationError(
                f"the derivative has other terms at the ends of {letter.name} and of {others[0].name}, which is not derived",
                WHOLE,
                caret=False,
            )
        found = [Chain(left(letter), tuple(lines))]
        for piece in Run(letter, 1, last_of(letter.size)).pieces({"": self.part}):
            part = simplified(piece.parts[""], self.backward.keys)
            value = letter if piece.special is None or piece.condition else piece.special
            found.append(Chain(left(value), (Line(self.indexed.expression(part), reason, piece.condition),)))
        return found

    def _whole(self, lines: list[Line], part: Expression, by: str) -> Chain:
        """Return the chain of the matrix; the steps that lead to it are added to the lines of the entry."""
        backward = self.backward
        place = layout(backward, by, self.above, self.at)
        form = backward.matrix(part, place.ends)
        closed = backward.matrix(backward.inserted(by, self.above, self.at), place.ends)
        last = self._reduced(lines, part, *place.ends)
        kind = ("number", "vector", "matrix")[len(self.above) + len(self.at)]
        found = [Line(form.latex, last or text(f"the same as a {kind}"))]
        if closed.latex != form.latex:
            found.append(Line(closed.latex, text("definitions inserted")))
        return Chain(
            place.left, tuple(line for line in found if kind != "number" or line.latex != lines[-1].latex)
        )

    def computed(self) -> Form:
        """Return what has been derived as a program computes it where no matrix says it."""
        return computed(self.matrices, self.part, (*self.above, *self.at))

    def note(self) -> str:
        """Return why no matrix says what has been derived."""
        letters = [letter.name for letter in (*self.above, *self.at)]
        one = f"this is its entry {', '.join(letters)}" if letters else "this is its sum"
        if len(letters) > 2:
            return f"it has {len(letters)} indices, a matrix two: {one}"
        found = [letter.name for letter in crowded(self.part)]
        meet = (
            f"{' and '.join(found)} {'stands' if len(found) == 1 else 'stand'} in more than two factors: "
            if found
            else ""
        )
        return f"no product of matrices says this: {meet}{one}"

    def _line(self, lines: list[Line], part: Expression, reason: str) -> None:
        latex = self.indexed.expression(part)
        if not lines or lines[-1].latex != latex:
            lines.append(Line(latex, reason))

    def _expanded(self, part: Expression, by: str, at: tuple[Letter, ...], reasons: list[str]) -> Expression:
        """Return an expression in which every derivative has gone one layer further inwards."""
        return plus(*(self._expanded_term(term, by, at, reasons) for term in part.terms))

    def _expanded_term(self, term: Term, by: str, at: tuple[Letter, ...], reasons: list[str]) -> Expression:
        parts = []
        for factor in term.factors:
            match factor:
                case Pending(body=body):
                    parts.append(self._layer(body, by, at, reasons))
                case Nested(body=body) if any(isinstance(inner, Pending) for inner in factors_of(body)):
                    parts.append(self._expanded(body, by, at, reasons))
                case _:
                    parts.append(expression(factor))
        found = product(expression(coefficient=term.coefficient), *parts)
        return Expression(
            tuple(Term(each.coefficient, each.factors, (*term.summed, *each.summed)) for each in found.terms)
        )

    def _layer(self, body: Expression, by: str, at: tuple[Letter, ...], reasons: list[str]) -> Expression:
        layer = OneLayer(by, at, lambda name: self.backward.uses(name, by), self.backward.keys)
        words = []
        match body:
            case Expression((Term(coefficient=1, factors=(Entry(name=name) as own,), summed=()),)) if (
                name != by
            ):
                words = [rf"{text('definition of ')} {self.names.symbols[name].latex}"]
                found = layer.of(self.held.definition(name, own.at))
                found = self.held.recalled(found, name, self.backward.keys)
            case _:
                found = layer.of(body)
        words += [text(rule) for rule in layer.rules if rule]
        if any(isinstance(factor, Delta) for factor in factors_of(found)):
            words.append(
                rf"{text('entries of ')} {self.names.symbols[by].latex} {text(' become ')} {self.deltas}"
            )
        reasons += [word for word in words if word not in reasons]
        return found

    def _reduced(self, lines: list[Line], part: Expression, row: Letter | None, column: Letter | None) -> str:
        """Add a line for each step back to matrices, all terms at once, and return the reason of the last one."""
        found = [(term, self.matrices.shortest(term, row, column)[1]) for term in part.terms]
        last = ""
        for step in range(1, max((len(graph.pictures) for _, graph in found), default=0)):
            reasons: list[str] = []
            texts = []
            for term, graph in found:
                now = min(step, len(graph.pictures) - 1)
                if now == step and (reason := _reason(graph, now)) not in reasons:
                    reasons.append(reason)
                gone = {letter for picture in graph.pictures[: now + 1] for letter in picture.gone}
                texts.append(
                    self.indexed.picture(
                        term.coefficient,
                        graph.pictures[now],
                        [letter for letter in term.summed if letter not in gone],
                    )
                )
            last = text("; ").join(reasons)
            texts.sort(key=lambda each: each.startswith("-"))
            latex = joined(texts)
            if all(graph.pictures[min(step, len(graph.pictures) - 1)].step == "ends" for _, graph in found):
                return last
            if lines[-1].latex != latex:
                lines.append(Line(latex, last))
                last = ""
        return last


def _conditions(part: Expression) -> list[Factor]:
    """Return the conditions of all terms."""
    return [factor for term in part.terms for factor in term.factors if isinstance(factor, NotNegative)]


def _reason(graph: Graph, step: int) -> str:
    """Return which product a step is, and why: what becomes of which letter."""
    before, now = graph.pictures[step - 1], graph.pictures[step]
    match now.step:
        case "side by side":
            letters = _beside(before, now)
            stand = " stands on both: " if len(letters) == 1 else " stand on both: "
            return listed([letter.name for letter in letters]) + text(stand + now.product)
        case "no edge" if not now.product:
            return text("sum over ") + f" {now.gone[0].name}"
        case "no edge" | "two letters alone":
            are = " is summed, nothing is kept: " if len(now.gone) == 1 else " are summed, nothing is kept: "
            return listed([letter.name for letter in now.gone]) + text(are + now.product)
        case "ends":
            return listed(sorted(letter.name for letter in now.hanging)) + text(
                " stand alone: " + now.product
            )
    return now.gone[0].name + text(" is summed: " + now.product)


def _beside(before: Picture, now: Picture) -> list[Letter]:
    """Return the letters of what has been taken together."""
    for letter, vectors in before.hanging.items():
        if len(now.hanging.get(letter, ())) < len(vectors):
            return [letter]
    for row, column, _ in before.edges:
        pairs = [sum({a, b} == {row, column} for a, b, _ in picture.edges) for picture in (before, now)]
        if pairs[1] < pairs[0]:
            return [row, column]
    return []


def _tidy(part: Expression) -> Expression:
    """Return an expression in which no sum in parentheses has only one term, or stands alone."""
    terms: list[Term] = []
    for term in part.terms:
        match term:
            case Term(factors=(Nested(body=body),), summed=()):
                terms += scaled(_tidy(body), term.coefficient).terms
                continue
        parts = []
        for factor in term.factors:
            factor = changed(factor, _tidy) if isinstance(factor, Nested) else factor
            single = isinstance(factor, Nested) and len(factor.body.terms) < 2
            parts.append(factor.body if single else expression(factor))  # type: ignore[attr-defined]
        found = product(expression(coefficient=term.coefficient), *parts)
        terms += [Term(each.coefficient, each.factors, (*term.summed, *each.summed)) for each in found.terms]
    return Expression(tuple(terms))
