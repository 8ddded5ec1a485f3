r"""The backward pass of a where part: one cotangent for each definition, last first, each from those above it.

Every definition is left as it stands, and what it is made of is taken as given. If Z is used by Y and by J, then
$\partial J/\partial Z$ is the sum of what comes through Y and what comes through J: the chain rule for several variables.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from ..errors import DerivationError, Place
from ..meaning.dependence import reach
from ..meaning.names import Names
from ..meaning.nodes import Node
from ..meaning.properties import FIXED
from ..meaning.scope import Dimensions
from .canonical import Keys, TooLongError, is_product_of_sums
from .differentiate import derivative
from .enter import Entries, axes, opens
from .forms import Form, begun, zero
from .programs import identifier
from .reduce import Matrices, NoMatrixFormError
from .simplify import normal, simplified, spread_deltas, spread_out
from .steps import Chain, Line, listed, text
from .sums import computed
from .terms import Entry, Expression, Letter, expression, plus, product, total

Ends: TypeAlias = tuple[Letter | None, Letter | None]
CONSTRAINED = {  # whose entries cannot vary alone
    "symmetric", "positive definite", "diagonal", "orthogonal", "orthonormal columns", "rows sum to one", "rows are probabilities",
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One line: the gradient with respect to a symbol, and through which symbols it comes."""

    name: str
    form: Form
    through: tuple[str, ...]
    products: tuple[str, ...]


class Backward:
    """Derives gradients of the last definition, which is one number.

    Parameters
    ----------
    names, dimensions : Names, Dimensions
        What the where part says.
    """

    def __init__(self, names: Names, dimensions: Dimensions) -> None:
        self.names, self.dimensions = names, dimensions
        self.keys = Keys.of(names)
        self.matrices = Matrices(names, dimensions.shapes)
        self.loss = names.output
        self.reached: dict[Node, set[str]] = {}
        self.known: dict[str, list[Step]] = {}  # of symbols that have been asked for
        if not self.loss:
            raise DerivationError(
                "nothing is defined: write what is to be differentiated, as in J = …; lines after the first begin with a space",
                Place(1, 1, ""),
                caret=False,
            )

    def free(self) -> list[str]:
        """Return the symbols that the result may be differentiated by: those that are declared and not constant."""
        return [
            name
            for name, symbol in self.names.symbols.items()
            if symbol.definition is None
            and not symbol.properties & FIXED
            and self.uses(self.loss, name)
            and not name.endswith("?")
        ]

    def uses(self, name: str, other: str) -> bool:
        """Say whether a defined symbol depends on another one."""
        definition = self.names.symbols[name].definition
        return definition is not None and other in reach(definition, self.names, self.reached)

    def steps(self, by: str) -> list[Step]:
        """Return the lines of the backward pass, down to one symbol.

        Raises
        ------
        DerivationError
            For a symbol that the result does not depend on, or whose entries cannot vary alone.
        NoMatrixFormError
            If a line cannot be written with matrices.
        """
        if by not in self.known:
            self.known[by] = self._steps(by)
        return self.known[by]

    def _steps(self, by: str) -> list[Step]:
        self.require(by)
        path = self.path(by)
        return [
            self._step(name, [other for other in (*path, self.loss) if self.directly(other, name)])
            for name in [*reversed(path), by]
        ]

    def path(self, by: str) -> list[str]:
        """Return the defined symbols between a symbol and the result, in the order of their definitions."""
        return [
            name
            for name, symbol in self.names.symbols.items()
            if symbol.definition is not None
            and not name.endswith("?")
            and name not in {self.loss, by}
            and self.uses(name, by)
            and self.uses(self.loss, name)
        ]

    def require(self, by: str) -> None:
        """Refuse a symbol that the result does not depend on, or whose entries cannot vary alone."""
        symbol = self.names.symbols[by]
        if not self.uses(self.loss, by):
            raise DerivationError(
                f"{self.names.symbols[self.loss].latex} does not depend on {symbol.latex}", symbol.place
            )
        if bound := symbol.properties & CONSTRAINED:
            raise DerivationError(
                f"{symbol.latex} is declared {min(bound)}, so its entries do not vary one by one: leave that out for the gradient by all entries",
                symbol.place,
            )

    def chains(self, by: str) -> list[Chain]:
        """Return the lines as chains, the last with all definitions inserted."""
        loss = self.names.symbols[self.loss].latex
        found = []
        for step in self.steps(by):
            through = listed([self.names.symbols[user].latex for user in step.through])
            reason = f"{text('through ')} {through}" + text(
                f"; {', '.join(step.products)}" if step.products else ""
            )
            lines = [Line(step.form.latex, reason)]
            if step.name == by and (closed := self.closed(by)).latex != step.form.latex:
                lines.append(Line(closed.latex, text("definitions inserted")))
            left = rf"\frac{{\partial {loss}}}{{\partial {self.names.symbols[step.name].latex}}}"
            found.append(Chain(left, tuple(lines)))
        return found

    def directly(self, user: str, name: str) -> bool:
        """Say whether the definition of a symbol has another one in it."""
        definition = self.names.symbols[user].definition
        return definition is not None and any(getattr(part, "name", "") == name for part in definition.walk())

    def inner(self, name: str, by: str) -> list[str]:
        """Return the symbols that a definition is made of and that depend on a variable, or are it."""
        return [
            other
            for other in self.names.symbols
            if (other == by or self.uses(other, by)) and self.directly(name, other)
        ]

    def slope(
        self, held: Entries, user: str, over: tuple[Letter, ...], name: str, at: tuple[Letter, ...]
    ) -> Expression:
        """Return the derivative of an entry of a definition by an entry of a symbol in it; the defined symbol stands where it comes out again."""
        found = simplified(derivative(held.definition(user, over), name, at), self.keys)
        return held.recalled(found, user, self.keys)

    def _step(self, name: str, users: Sequence[str]) -> Step:
        held = Entries(self.names, self.dimensions, frozenset())
        at = held.letters(self.dimensions.shapes[name])
        parts = []
        for user in users:
            over = held.letters(self.dimensions.shapes[user])
            inner = self.slope(held, user, over, name, at)
            above = expression() if user == self.loss else expression(Entry(gradient(user), over))
            parts.append(total(product(above, inner), over))
            if user != self.loss:
                self.matrices.given[gradient(user)] = self.given(user)
        self.matrices.products.clear()
        form = self.written(plus(*parts), name, at)
        return Step(name, form, tuple(users), tuple(dict.fromkeys(self.matrices.products)))

    def given(self, name: str) -> Form:
        """Return a gradient as the lines below it use it."""
        latex = rf"\frac{{\partial {self.names.symbols[self.loss].latex}}}{{\partial {self.names.symbols[name].latex}}}"
        return Form(latex, f"{identifier(name)}_bar", self.dimensions.shapes[name])

    def closed(self, by: str) -> Form:
        """Return the gradient with all definitions inserted."""
        at = tuple(map(Letter, axes(self.dimensions.shapes[by])))
        return self.written(self.inserted(by, (), at), by, at)

    def inserted(self, by: str, above: Sequence[Letter], at: Sequence[Letter]) -> Expression:
        """Return the derivative of an entry of the result with all definitions inserted."""
        entries = Entries(self.names, self.dimensions, opens(self.names, by))
        return entries.inserted(derivative(entries.symbol(self.loss, above), by, at))

    def ends(self, name: str, at: Sequence[Letter]) -> Ends:
        """Return the letters of the row and the column of a symbol."""
        shape = self.dimensions.shapes[name]
        if len(axes(shape)) > 2:
            raise DerivationError(
                f"{self.names.symbols[name].latex} has more than two axes", self.names.symbols[name].place
            )
        if len(at) == 2:
            return at[0], at[1]
        if not at:
            return None, None
        return (at[0], None) if shape[1] == "1" else (None, at[0])

    def written(self, part: Expression, name: str, at: Sequence[Letter]) -> Form:
        """Return an expression as a matrix of the shape of a symbol."""
        return self.matrix(part, self.ends(name, at))

    def spread(self, part: Expression) -> Expression:
        """Return an expression of which every term leads to a matrix, if there is one."""
        return spread_out(simplified(part, self.keys), self.keys)

    def matrix(self, part: Expression, ends: Ends) -> Form:
        """Return an expression as a matrix with these letters for its row and its column: as it is, with one term for each way to the variable, or multiplied out, whichever is shortest."""
        letters = frozenset(letter for letter in ends if letter)
        apart = self.spread(spread_deltas(part, letters))
        part = simplified(part, self.keys)
        found = self.spread(part)
        if not found.terms:
            return zero(tuple(letter.size if letter else "1" for letter in ends) if any(ends) else ())
        ways = [found] if found == part else [found, part]
        if not any(map(is_product_of_sums, found.terms)):
            return begun(self.matrices.shortest_of(ways, *ends))
        ways += [apart] if len(apart.terms) > len(found.terms) else []
        with suppress(TooLongError):
            ways.append(normal(part, Keys.of(self.names)))
        return begun(self.matrices.shortest_of(ways, *ends))

    def value(self, name: str) -> Form:
        """Return the definition of a symbol, as a program computes it."""
        held = Entries(self.names, self.dimensions, frozenset())
        at = held.letters(self.dimensions.shapes[name])
        part = held.definition(name, at)
        try:
            return self.written(part, name, at)
        except NoMatrixFormError:
            return computed(self.matrices, self.spread(part), at)


def gradient(name: str) -> str:
    """Return the name of the entries of a gradient that is given."""
    return f"∂{name}"
