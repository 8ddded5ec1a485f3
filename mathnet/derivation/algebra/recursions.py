r"""The backward pass through a sequence: one gradient for all steps, from those of the steps that are made of it.

In $h_t = f(h_{t-1} U + x_t)$ the step is an index like the others, so that $\partial h_{t-1} / \partial h_s$ has a delta,
$\delta_{t-1,s}$. It ends the sum over the users of $h_s$: only $h_{s+1}$ is left, and only where there is such a step.
So the first or the last steps get a line of their own. A symbol that all steps share has no delta, and its sum over t stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..errors import WHOLE, DerivationError
from ..meaning.names import Sequence as Steps
from .backward import Backward, gradient
from .differentiate import derivative
from .enter import Entries, index_of
from .forms import SUM, Form, zero
from .indexed import written
from .pieces import Piece, Run, limits
from .programs import called_sequence, identifier
from .simplify import simplified, spread_deltas
from .steps import Chain, Line, listed, text
from .terms import (
    Delta,
    Entry,
    Expression,
    Factor,
    Index,
    Letter,
    NotNegative,
    Term,
    apart,
    between,
    changed,
    counted,
    expression,
    last_of,
    plus,
    product,
    total,
)


@dataclass(frozen=True)
class Written:
    """A piece of a gradient as it is written: the step on its left, the formula, through which definitions it comes, and the products in it."""

    piece: Piece
    index: Index | None
    form: Form
    through: tuple[str, ...]
    products: tuple[str, ...]


@dataclass(frozen=True)
class Gradient:
    """The gradient by a symbol, or by all steps of a sequence, in one or more pieces.

    Attributes
    ----------
    step : Letter or None
        Which step of the sequence it is.
    made_of : set
        Which steps of which other gradients it is made of.
    """

    name: str
    step: Letter | None
    pieces: tuple[Written, ...]
    made_of: frozenset[tuple[str, Index]]


class Recursion:
    """Derives gradients of a number that is made of steps.

    Parameters
    ----------
    backward : Backward
        What is differentiated.
    """

    def __init__(self, backward: Backward) -> None:
        self.backward, self.names, self.matrices = backward, backward.names, backward.matrices
        self.shapes, self.keys = backward.dimensions.shapes, backward.keys
        self.held = Entries(backward.names, backward.dimensions, frozenset())
        self.counting = {count: letter for letter, count in reversed(self.names.steps.items())}

    def chains(self, by: str) -> list[Chain]:
        """Return the lines, each as a chain, from the result down to one symbol.

        Raises
        ------
        DerivationError, NoMatrixFormError
            For what cannot be derived so.
        """
        loss = self.names.symbols[self.backward.loss].latex
        found = []
        for each in self.gradients(by):
            for piece in each.pieces:
                reason = f"{text('through ')} {listed(list(piece.through))}" if piece.through else ""
                reason += text(f"; {', '.join(piece.products)}" if piece.products else "")
                left = rf"\frac{{\partial {loss}}}{{\partial {self._latex(each.name, piece.index)}}}"
                found.append(Chain(left, (Line(piece.form.latex, reason, piece.piece.condition),)))
        return found

    def gradients(self, by: str) -> list[Gradient]:
        """Return the gradients by all symbols on the way to one, last first, and by it."""
        self.backward.require(by)
        path = self.backward.path(by)
        own = [by] if self.names.symbols[by].definition is not None else []
        return [self._gradient(name, [*path, *own, self.backward.loss]) for name in [*reversed(path), by]]

    def _gradient(self, name: str, users: Sequence[str]) -> Gradient:
        at = self.held.letters(self.shapes[name])
        own, place = self.held.ends.get(name, (name, None))
        step = self.step(name)
        place = step or place
        index = at if place is None else (place, *at)
        parts = {user: self._through(user, own, index) for user in users}
        pieces = [
            self._piece(name, at, piece, place if piece.special is None or piece.condition else piece.special)
            for piece in self._pieces(name, step, parts)
        ]
        steps = (entry for part in parts.values() for entry in _entries(part))
        made_of = {(entry.name[1:], entry.at[0]) for entry in steps if entry.name[1:] in self.names.sequences}
        return Gradient(name, step, tuple(pieces), frozenset(made_of))

    def step(self, name: str) -> Letter | None:
        """Return a letter for the steps of a symbol, if it is a sequence."""
        sequence = self.names.sequences.get(name)
        return Letter(sequence.count, self.counting[sequence.count]) if sequence else None

    def _pieces(self, name: str, step: Letter | None, parts: dict[str, Expression]) -> Iterator[Piece]:
        if step:
            yield from Run(step, *steps_of(self.names.sequences[name])).pieces(parts, names_ends=True)
            return
        parts, said = enough_steps(parts)
        yield Piece(said, None, parts)

    def _piece(self, name: str, at: tuple[Letter, ...], piece: Piece, index: Index | None) -> Written:
        self.matrices.products.clear()
        form = self.matrix(simplified(plus(*piece.parts.values()), self.keys), name, at)
        products = tuple(dict.fromkeys(self.matrices.products))
        through = tuple(self._user(user, part) for user, part in reversed(piece.parts.items()) if part.terms)
        return Written(piece, index, form, through, products)

    def _through(self, user: str, name: str, at: tuple[Index, ...]) -> Expression:
        """Return what comes through one definition; through that of a sequence it is a sum over its steps."""
        over = self.held.letters(self.shapes[user])
        step: tuple[Letter, ...] = ()
        condition = above = expression()
        if sequence := self.names.sequences.get(user):
            first, last = steps_of(sequence)
            whole = (first, last) == (1, last_of(sequence.count))
            step = (Letter(sequence.count if whole else "", self.counting[sequence.count]),)
            condition = condition if whole else expression(*between(*step, first, last))
        slope = simplified(derivative(self.held.definition(user, (*step, *over)), name, at), self.keys)
        slope = self.held.recalled(slope, user, self.keys, step)
        if user != self.backward.loss:
            own, index = user, tuple[Index, ...](step)
            if user in self.held.ends:
                own, end = self.held.ends[user]
                index = (end,)
            above = expression(Entry(gradient(own), (*index, *over)))
            self.matrices.given[gradient(user)] = self.backward.given(user)
        found = simplified(total(product(condition, above, slope), (*step, *over)), self.keys)
        free = frozenset(index for index in at if isinstance(index, Letter))
        return simplified(spread_deltas(found, free), self.keys)

    def value(self, name: str, step: Letter | None) -> tuple[Form, set[tuple[str, Index]]]:
        """Return the definition of a symbol, or of a step of a sequence, and which steps it is made of."""
        at = self.held.letters(self.shapes[name])
        part = self.held.definition(name, at if step is None else (step, *at))
        made_of = {
            (entry.name, entry.at[0]) for entry in _entries(part) if entry.name in self.names.sequences
        }
        return self.matrix(part, name, at), made_of

    # From entries to what is written

    def matrix(self, part: Expression, name: str, at: Sequence[Letter]) -> Form:
        """Return an expression as a matrix of the shape of a symbol, or of a step of a sequence."""
        shape = self.shapes[name]
        if not part.terms:
            return zero(shape)
        self.at, self.is_row = tuple(at), shape[:1] == ("1",)
        return self.backward.matrix(self._without_steps(part), self.backward.ends(name, at))

    def _without_steps(self, part: Expression) -> Expression:
        """Return an expression in which every step of a sequence, and every sum over steps, is written as a symbol of its own."""
        return plus(*map(self._term, part.terms))

    def _term(self, term: Term) -> Expression:
        counting = {letter for factor in term.factors for letter in self._counting(factor)}
        steps = [letter for letter in term.summed if letter in counting]
        if not steps:
            return Expression((replace(term, factors=tuple(map(self._factor, term.factors))),))
        letter = steps[0]
        inside = [factor for factor in term.factors if letter in factor.free]
        summed: set[Letter] = set()
        while more := {each for factor in inside for each in factor.free & set(term.summed)} - summed:
            summed |= more  # what shares a summed letter with them stays inside
            inside = [factor for factor in term.factors if not factor.free.isdisjoint(summed)]
        limiting = [factor for factor in inside if letter in factor.free and isinstance(factor, NotNegative)]
        outside = tuple(factor for factor in term.factors if factor not in inside)
        inside = [factor for factor in inside if factor not in limiting]
        within = term.coefficient if not outside else term.coefficient / abs(term.coefficient)
        body = Expression(
            (
                Term(
                    abs(within),
                    tuple(inside),
                    tuple(each for each in term.summed if each in summed - {letter}),
                ),
            )
        )
        free = tuple(sorted((each for each in _order(body) if each not in counting), key=self._position))
        row, column = (None, *free) if self.is_row and free == self.at else (*free, None, None)[:2]
        name = f"Σ{len(self.matrices.given)}"
        least, most = self._range(letter, limiting)
        form = self.backward.matrix(self._without_steps(body), (row, column))
        self.matrices.given[name] = _summed(form, letter.name, least, most, within < 0)
        rest = tuple(each for each in term.summed if each not in summed)
        return self._term(Term(term.coefficient / within, (*outside, Entry(name, free)), rest))

    def _position(self, letter: Letter) -> int:
        """Return where a letter stands in what is written, so that a sum over steps need not be transposed."""
        return self.at.index(letter) if letter in self.at else len(self.at)

    def _counting(self, factor: Factor) -> Iterator[Letter]:
        """Yield the letters that count steps in a factor."""
        for entry in _entries(expression(factor)):
            if entry.name.removeprefix("∂") in self.names.sequences:
                yield from (letter for letter in apart(entry.at[0])[0] if isinstance(letter, Letter))

    @staticmethod
    def _range(letter: Letter, limiting: Sequence[NotNegative]) -> tuple[Index, Index]:
        """Return from where to where a letter runs."""
        least, most = (
            [bound for limit in limiting if (bound := limits(limit, letter)[end]) is not None] or [usual]
            for end, usual in enumerate((1, last_of(letter.size)))
        )
        if len(least) > 1 or len(most) > 1:
            raise DerivationError(
                f"a sum over {letter.name} with two limits at one end is not derived", WHOLE, caret=False
            )
        return least[0], most[0]

    def _factor(self, factor: Factor) -> Factor:
        if not isinstance(factor, Entry):
            return changed(factor, self._without_steps)
        name = factor.name.removeprefix("∂")
        if name not in self.names.sequences:
            return factor
        step, *rest = factor.at
        key, code = f"{factor.name} {written(step)}", called_sequence(name, self.names)
        own = next((own for own, place in self.held.ends.items() if place == (name, step)), name)
        latex = self._latex(own, step)
        if name == factor.name:
            self.matrices.given[key] = Form(latex, f"{code}[{written(step, ' ')}]", self.shapes[name])
        else:
            loss = self.names.symbols[self.backward.loss].latex
            code = f"{code}_bar[{written(step, ' ')}]" if own == name else f"{identifier(own)}_bar"
            self.matrices.given[key] = Form(
                rf"\frac{{\partial {loss}}}{{\partial {latex}}}", code, self.shapes[name]
            )
        return Entry(key, tuple(rest))

    def _latex(self, name: str, index: Index | None) -> str:
        """Return how a symbol, or a step of a sequence, is written."""
        sequence = self.names.sequences.get(name)
        if sequence is None or index is None:
            return self.names.symbols[name].latex
        sign = "^" if sequence.kind == "power" else "_"
        return rf"{name[:-1]}{sign}{{{sequence.brackets[0]}{written(index)}{sequence.brackets[1]}}}"

    def _user(self, user: str, part: Expression) -> str:
        """Return through which step of a sequence something comes, or through which symbol."""
        steps = {entry.at[0] for entry in _entries(part) if entry.name == gradient(user) and entry.at}
        return self._latex(user, *steps if user in self.names.sequences and len(steps) == 1 else [None])


def steps_of(sequence: Steps) -> tuple[Index, Index]:
    """Return the first and the last step that the rule of a sequence defines; of one without a rule, that there is."""
    if sequence.rule is None:
        return 1, last_of(sequence.count)
    first, last = (counted((1, index_of(end, {})), (1, sequence.shift)) for end in sequence.rule)
    return first, last


def enough_steps(parts: dict[str, Expression]) -> tuple[dict[str, Expression], str]:
    """Return the terms that there are if there are enough steps for all that is written with numbers, and how many these are."""
    least = dict[Index, None]()
    found = {}
    for user, part in parts.items():
        terms = []
        for term in part.terms:
            fixed = [f for f in term.factors if isinstance(f, NotNegative | Delta) and not f.free]
            for factor in fixed:
                least[factor.index if isinstance(factor, NotNegative) else _beyond(factor)] = None
            if not any(isinstance(factor, Delta) for factor in fixed):
                terms.append(replace(term, factors=tuple(f for f in term.factors if f not in fixed)))
        found[user] = Expression(tuple(terms))
    if len(least) > 1:
        raise DerivationError(
            "a gradient that is another one for few steps is not derived", WHOLE, caret=False
        )
    said = ""
    for index in least:
        _, number = apart(index)
        said = f"{-number - 1} < {written(counted((1, index), (-1, number)))}"
    return found, said


def _beyond(delta: Delta) -> Index:
    """Return what is not negative where the two numbers of a delta differ: one is that of the last step."""
    ahead = counted((1, delta.left), (-1, delta.right))
    often, _ = apart(ahead)
    return counted((1 if sum(often.values()) > 0 else -1, ahead), (1, -1))


def _entries(part: Expression) -> Iterator[Entry]:
    """Yield all entries of symbols in an expression."""
    for term in part.terms:
        for factor in term.factors:
            if isinstance(factor, Entry):
                yield factor
            for inner in factor.expressions():
                yield from _entries(inner)


def _order(part: Expression) -> list[Letter]:
    """Return the free letters of an expression in the order in which they stand."""
    found = (index for entry in _entries(part) for index in entry.at if isinstance(index, Letter))
    return [letter for letter in dict.fromkeys(found) if letter in part.free]


def _summed(form: Form, letter: str, least: Index, most: Index, is_negative: bool) -> Form:
    """Return the sum of a form over steps."""
    below, above = written(least), written(most)
    after = written(counted((1, most), (1, 1)), " ")
    inner = form.latex if form.level > SUM else f"({form.latex})"
    latex = rf"\sum_{{{letter}={below}}}^{{{above}}} {inner}"
    code = f"sum({form.code} for {letter} in range({written(least, ' ')}, {after}))"
    return Form("-" * is_negative + latex, "-" * is_negative + code, form.shape, SUM, kind="steps")
