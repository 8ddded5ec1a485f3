r"""From the nodes of a formula to expressions: every product becomes letters that are shared and summed.

Rule by rule this is what the products mean: $[AB]_{ij} = \sum_p A_{ip} B_{pj}$, $[A \odot B]_{ij} = A_{ij} B_{ij}$,
$\langle A, B \rangle = \sum_{ij} A_{ij} B_{ij}$. An axis of length 1 has no letter, so that a row, a column and a vector
of length n have one each, and an outer product is a product without a shared letter.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import permutations

from ..errors import WHOLE, DerivationError
from ..meaning import nodes
from ..meaning.names import Names
from ..meaning.properties import FIXED
from ..meaning.relations import ORDER
from ..meaning.scope import Dimensions
from ..meaning.shapes import Index as Written
from ..meaning.shapes import Shape, Shifted
from .canonical import Keys, TooLongError, outline
from .differentiate import SLOPES, derivative
from .simplify import simplified
from .terms import (
    ONE,
    Applied,
    Bracket,
    Delta,
    Determinant,
    Entry,
    Expression,
    Extreme,
    Factor,
    Index,
    Inverse,
    Letter,
    Logsumexp,
    Multiplied,
    NotNegative,
    Place,
    Power,
    Size,
    Softmax,
    Term,
    between,
    changed,
    constant,
    counted,
    expression,
    last_of,
    number,
    plus,
    power,
    product,
    renamed,
    scaled,
    total,
)

Letters = Mapping[str, Index]
MOST_NODES = 5000
DIAGONAL = r"\operatorname{diag}"
OPPOSITE = {
    "<": r"\ge", r"\lt": r"\ge", ">": r"\le", r"\gt": r"\le", r"\le": ">", r"\leq": ">", r"\ge": "<", r"\geq": "<",
}  # fmt: skip
SAME = {name: name for name in SLOPES} | {r"\operatorname{logistic}": r"\operatorname{sigmoid}"}
KNOWN: list[
    tuple[str, Callable[[Expression], Expression]]
] = [  # functions, and formulas by which authors define them
    (r"\operatorname{sigmoid}", lambda x: power(plus(ONE, _exp(scaled(x, -1))), -1)),
    (r"\operatorname{sigmoid}", lambda x: product(_exp(x), power(plus(ONE, _exp(x)), -1))),
    (r"\operatorname{softplus}", lambda x: expression(Applied("log", 0, (plus(ONE, _exp(x)),), "log"))),
]
EXTREME = {r"\max": "max", r"\min": "min"}


def _exp(part: Expression) -> Expression:
    return expression(Applied("exp", 0, (part,), "exp"))


def axes(shape: Shape) -> tuple[str, ...]:
    """Return the axes that have a letter: those that are not of length 1."""
    return tuple(axis for axis in shape if axis != "1")


def index_of(written: Written, letters: Letters) -> Index:
    """Return an index that is written with letters of a formula, sizes and whole numbers."""
    match written:
        case int():
            return written
        case str():
            return letters[written] if written in letters else last_of(written)
    return counted(*((often, index_of(names[0], letters) if names else 1) for often, names in written.terms))


class Entries:
    """Turns nodes into expressions.

    Parameters
    ----------
    names, dimensions : Names, Dimensions
        What the where part says, and the types of all nodes.
    opened : set of str, or None
        The defined symbols that are replaced by their definitions; None for all of them.

    Raises
    ------
    DerivationError
        By its methods, for what has no expression.
    TooLongError
        By its methods, where definitions within definitions have become too long.
    """

    def __init__(self, names: Names, dimensions: Dimensions, opened: frozenset[str] | None = None) -> None:
        self.names, self.dimensions, self.opened, self.work = names, dimensions, opened, 0
        self.pairs: dict[
            Letter, tuple[Letter, Letter]
        ] = {}  # of an axis of n·m entries: the slow and the fast letter
        self.rules: dict[str, str] = {}  # from the name of a function to the well-known one that it is
        self.ends = {  # from a step that has a name of its own to its sequence, and which one it is
            own: (name, index_of(index, {}))
            for name, sequence in names.sequences.items()
            for index, own in sequence.ends.items()
        }

    def shape(self, node: nodes.Node) -> Shape:
        """Return the shape of a node."""
        found = self.dimensions.types.get(node)
        if found is None:
            raise node.error(f"{node.latex} has no shape here")
        return found.shape

    def letters(self, shape: Shape) -> tuple[Letter, ...]:
        """Return new letters for a shape."""
        return tuple(map(Letter, axes(shape)))

    def of(self, node: nodes.Node, at: Sequence[Index] = (), letters: Letters | None = None) -> Expression:
        """Return the entry of a node at these indices, one for each axis that is longer than 1."""
        self.work += 1
        if self.work > MOST_NODES:
            raise TooLongError
        known = letters or {}
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise node.error(f"{node.latex}: {type(node).__name__.lower()} is not derived")
        found: Expression = method(node, tuple(at), known)
        return found

    def symbol(self, name: str, at: Sequence[Index]) -> Expression:
        """Return the entry of a symbol, or of its definition."""
        symbol = self.names.symbols.get(name)
        if symbol is None:  # the parameter of a function
            return expression(Entry(name))
        if name in self.ends and self.opened == frozenset():
            sequence, index = self.ends[name]
            return expression(Entry(sequence, (index, *at)))
        if symbol.definition is not None and (self.opened is None or name in self.opened):
            return self.definition(name, at)
        if "identity" in symbol.properties:
            return expression(Delta(at[0], at[1])) if at else ONE
        if "ones" in symbol.properties:
            return ONE
        return expression(Entry(name, tuple(at)))

    def definition(self, name: str, at: Sequence[Index]) -> Expression:
        """Return the entry of what a symbol is defined as."""
        symbol = self.names.symbols[name]
        assert symbol.definition is not None
        if self.opened == frozenset() and any("·" in axis for axis in self.dimensions.shapes[name]):
            raise DerivationError(
                f"{symbol.latex} is made by vec or a Kronecker product: write that where it is used",
                symbol.place,
            )
        if sequence := self.names.sequences.get(name):
            (letter, *indices), (step, *at) = symbol.indices, at
            letters = {
                letter: counted((1, step), (-1, sequence.shift)),
                **dict(zip(indices, at, strict=False)),
            }
            return self.of(symbol.definition, () if indices else at, letters)
        if symbol.indices:
            return self.of(symbol.definition, (), dict(zip(symbol.indices, at, strict=True)))
        return self.of(symbol.definition, at)

    def recalled(self, part: Expression, name: str, keys: Keys, step: tuple[Letter, ...] = ()) -> Expression:
        """Return an expression in which a symbol stands where it holds what the symbol is defined as, if that is one factor: P for softmax(Z).

        Of a sequence, `step` is the letter of the step at which it is defined.
        """
        at = (*step, *self.letters(self.dimensions.shapes[name]))
        match simplified(self.definition(name, at), keys):
            case Expression((Term(coefficient=1, factors=(factor,), summed=()),)) if not isinstance(
                factor, Entry
            ):
                return _recalled(part, factor, Entry(name, at), keys)
        return part

    def cut(self, variable: str) -> "Entries":
        """Return what turns nodes into expressions within a derivative: its variable, and those of the derivatives around it, keep their own entries."""
        opened = opens(self.names, variable)
        other = Entries(self.names, self.dimensions, opened if self.opened is None else opened & self.opened)
        other.pairs = self.pairs
        return other

    def apart(self, letter: Letter) -> list[Letter]:
        """Return a letter, or those of the two axes that its axis is made of."""
        return (
            [each for part in self.pairs[letter] for each in self.apart(part)]
            if letter in self.pairs
            else [letter]
        )

    def _pair(self, node: nodes.Node, index: Index, slow: str, fast: str) -> tuple[Index, Index]:
        """Return the letters of the two axes of which an axis is made by vec or a Kronecker product."""
        if "1" in {slow, fast}:
            return index, index
        if not isinstance(index, Letter):
            raise node.error(f"{node.latex}: an entry with a number as its index is not derived")
        known = self.pairs.setdefault(index, (Letter(slow), Letter(fast)))
        if [letter.size for letter in known] != [slow, fast]:
            raise node.error(f"{node.latex}: the same entries in two orders are not derived")
        return known

    def _total(self, part: Expression, over: Sequence[Letter]) -> Expression:
        """Return a sum over letters, each of which may stand for two."""
        mixed = [letter for letter in over if letter in self.pairs and letter in part.free]
        if mixed:
            raise DerivationError(
                f"a symbol with an axis of {mixed[0].size} entries is not derived beside vec or a Kronecker product",
                WHOLE,
                caret=False,
            )
        return total(part, [each for letter in over for each in self.apart(letter)])

    def inserted(self, part: Expression) -> Expression:
        """Return an expression in which definitions stand for the symbols that are replaced by them."""
        return plus(*(self._inserted(term) for term in part.terms))

    def _inserted(self, term: Term) -> Expression:
        parts = []
        for factor in term.factors:
            if isinstance(factor, Entry) and factor.name in self.names.symbols:
                parts.append(self.symbol(factor.name, factor.at))
            else:
                parts.append(expression(changed(factor, self.inserted)))
        return total(product(number(term.coefficient), *parts), term.summed)

    def _number(self, node: nodes.Number, at: tuple[Index, ...], letters: Letters) -> Expression:
        return number(Fraction(node.value))

    def _size(self, node: nodes.Size, at: tuple[Index, ...], letters: Letters) -> Expression:
        return _size(node.name)

    def _symbol(self, node: nodes.Symbol, at: tuple[Index, ...], letters: Letters) -> Expression:
        return self.symbol(node.name, at)

    def _step(self, node: nodes.Step, at: tuple[Index, ...], letters: Letters) -> Expression:
        if self.opened != frozenset():
            raise node.error(f"{node.latex} is a step of a sequence, which is derived in the style backward")
        return expression(Entry(node.name, (self._index(node.index, letters, node), *at)))

    def _entry(self, node: nodes.Entry, at: tuple[Index, ...], letters: Letters) -> Expression:
        return self.of(node.body, self._indices(node, node.indices, self.shape(node.body), letters), letters)

    def _indices(
        self, node: nodes.Node, written: Sequence[Written], shape: Shape, letters: Letters
    ) -> tuple[Index, ...]:
        """Return the indices of an entry, one for each axis that is longer than 1."""
        indices = tuple(self._index(index, letters, node) for index in written)
        if len(indices) < len(shape):
            return indices
        return tuple(index for index, axis in zip(indices, shape, strict=True) if axis != "1")

    def _index(self, index: Written, letters: Letters, node: nodes.Node) -> Index:
        if isinstance(index, Shifted) and any(len(names) > 1 for _, names in index.terms):
            raise node.error(f"{node.latex}: the index {index} has a product in it, which is not derived")
        return index_of(index, letters)

    def _row(self, node: nodes.Row, at: tuple[Index, ...], letters: Letters) -> Expression:
        return self.of(node.body, (self._index(node.index, letters, node), *at), letters)

    def _transpose(self, node: nodes.Transpose, at: tuple[Index, ...], letters: Letters) -> Expression:
        return self.of(node.body, at[::-1], letters)

    def _spread(self, node: nodes.Spread, at: tuple[Index, ...], letters: Letters) -> Expression:
        shape = self.shape(node.body)
        if not axes(shape):
            return self.of(node.body, (), letters)
        kept = [index for index, axis in zip(at, axes(node.over), strict=True) if axis in axes(shape)]
        if len(at) == 2 and len(kept) == 2:
            kept = [at[1] if shape[0] == "1" else at[0]]
        return self.of(node.body, kept, letters)

    def _add(self, node: nodes.Add, at: tuple[Index, ...], letters: Letters) -> Expression:
        return plus(
            *(
                scaled(self.of(term, at, letters), sign)
                for term, sign in zip(node.terms, node.signs, strict=True)
            )
        )

    def _product(self, node: nodes.Product, at: tuple[Index, ...], letters: Letters) -> Expression:
        parts = [self.of(factor, (), letters) for factor in node.factors if not self.shape(factor)]
        chains: list[list[nodes.Node]] = [[]]
        reached: Shape = ()
        for factor in node.factors:
            if shape := self.shape(factor):
                chains[-1].append(factor)
                reached = (reached[0], shape[1]) if reached else shape
                if reached == ("1", "1"):  # a number: a row times a column
                    chains.append([])
                    reached = ()
        for chain in filter(None, chains):
            parts.append(self._chain(chain, at if chain is chains[-1] else (), letters))
        return product(*parts)

    def _chain(self, arrays: Sequence[nodes.Node], at: tuple[Index, ...], letters: Letters) -> Expression:
        """Return a product of matrices: neighbours share a letter, which is summed."""
        shapes = [self.shape(array) for array in arrays]
        inner = [() if shape[1] == "1" else (Letter(shape[1]),) for shape in shapes[:-1]]
        rows = () if shapes[0][0] == "1" else at[:1]
        ends = [rows, *inner, at[len(rows) :]]
        parts = [
            self.of(array, (*ends[place], *ends[place + 1]), letters) for place, array in enumerate(arrays)
        ]
        return self._total(product(*parts), [letter for group in inner for letter in group])

    def _hadamard(self, node: nodes.Hadamard, at: tuple[Index, ...], letters: Letters) -> Expression:
        factors = [factor for operand in node.operands for factor in operand]
        return product(*(self.of(factor, at if self.shape(factor) else (), letters) for factor in factors))

    def _inner(self, node: nodes.Inner, at: tuple[Index, ...], letters: Letters) -> Expression:
        over = self.letters(self.shape(node.left))
        return self._total(
            product(self.of(node.left, over, letters), self.of(node.right, over, letters)), over
        )

    def _dot(self, node: nodes.Dot, at: tuple[Index, ...], letters: Letters) -> Expression:
        left, right = self.shape(node.left), self.shape(node.right)
        if left and right:
            return self._inner(node, at, letters)
        return product(
            self.of(node.left, at if left else (), letters), self.of(node.right, at if right else (), letters)
        )

    def _tensor(self, node: nodes.Tensor, at: tuple[Index, ...], letters: Letters) -> Expression:
        left, right = axes(self.shape(node.left)), axes(self.shape(node.right))
        if len(left) == len(right) == 2:
            return self._kronecker(node, at, letters)
        return product(
            self.of(node.left, at[: len(left)], letters), self.of(node.right, at[len(left) :], letters)
        )

    def _kronecker(self, node: nodes.Kronecker, at: tuple[Index, ...], letters: Letters) -> Expression:
        left, right, own = self.shape(node.left), self.shape(node.right), list(at)
        ends: list[tuple[Index, Index] | None] = []
        for a, b in zip(left, right, strict=True):
            ends.append(self._pair(node, own.pop(0), a, b) if (a, b) != ("1", "1") else None)
        first, second = (
            [end[place] for end, axis in zip(ends, shape, strict=True) if end and axis != "1"]
            for place, shape in enumerate((left, right))
        )
        return product(self.of(node.left, first, letters), self.of(node.right, second, letters))

    def _divide(self, node: nodes.Divide, at: tuple[Index, ...], letters: Letters) -> Expression:
        return product(self.of(node.left, at, letters), power(self.of(node.right, (), letters), -1))

    def _quotients(self, node: nodes.Quotients, at: tuple[Index, ...], letters: Letters) -> Expression:
        left, right = (
            self.of(part, at if self.shape(part) else (), letters) for part in (node.left, node.right)
        )
        return product(left, power(right, -1))

    def _power(self, node: nodes.Power, at: tuple[Index, ...], letters: Letters) -> Expression:
        shape, exponent = self.shape(node.base), self.of(node.exponent, (), letters)
        if not shape:
            return power(self.of(node.base, (), letters), exponent)
        whole = constant(exponent)
        if whole is None or whole.denominator != 1 or not 1 <= whole <= 6:
            raise node.error(f"{node.latex}: only the powers 1 to 6 of a matrix are derived")
        inner = [Letter(shape[0]) for _ in range(int(whole) - 1)]
        ends = [at[0], *inner, at[1]]
        parts = [self.of(node.base, ends[place : place + 2], letters) for place in range(int(whole))]
        return self._total(product(*parts), inner)

    def _powers(self, node: nodes.Powers, at: tuple[Index, ...], letters: Letters) -> Expression:
        return power(self.of(node.base, at, letters), self.of(node.exponent, (), letters))

    def _apply(self, node: nodes.Apply, at: tuple[Index, ...], letters: Letters) -> Expression:
        arguments = tuple(self.of(part, at if self.shape(part) else (), letters) for part in node.arguments)
        name = {"e^": "exp", "|": "abs"}.get(node.function, node.function)
        if name == "sqrt":
            return power(arguments[0], Fraction(1, 2))
        return expression(Applied(name, node.order, arguments, self.rule(name)))

    def rule(self, name: str) -> str:
        """Return the well-known function that one is, by its name or by its formula."""
        known = self.names.functions.get(name)
        if known is None or name in SAME:
            return SAME.get(name, name)
        if name not in self.rules:
            self.rules[name] = ""
            if known.body is not None:
                keys, x = Keys(), expression(Entry(known.parameter))
                own = keys.key(simplified(self.of(known.body), keys))
                forms = ((rule, keys.key(simplified(form(x), keys))) for rule, form in KNOWN)
                self.rules[name] = next((rule for rule, key in forms if key == own), "")
        return self.rules[name]

    def _cases(self, node: nodes.Cases, at: tuple[Index, ...], letters: Letters) -> Expression:
        """Return each value where its condition holds and none before it does."""
        found, before = [], list[Expression]()
        for value, condition in zip(node.values, node.conditions, strict=True):
            holds = ONE if condition is None else self.of(condition, (), letters)
            found.append(product(*before, holds, self.of(value, (), letters)))
            before.append(_otherwise(holds))
        return plus(*found)

    def _prod(self, node: nodes.Prod, at: tuple[Index, ...], letters: Letters) -> Expression:
        if self.shape(node.body):
            raise node.error(f"{node.latex}: a product of matrices over an index is not derived")
        over = self._over(node)
        besides = None if node.besides is None else self._index(node.besides, letters, node)
        found = self.of(node.body, (), {**letters, **over})
        for letter in reversed(over.values()):
            found = expression(Multiplied(found, letter, besides, self._limits(node, letters)))
        return found

    def _limits(self, node: nodes.Sum, letters: Letters) -> tuple[Index, Index] | None:
        """Return from where to where the letter of a sum runs, if that is said."""
        if node.limits is None:
            return None
        first, last = node.limits
        return self._index(first, letters, node), self._index(last, letters, node)

    def _counter(self, node: nodes.Counter, at: tuple[Index, ...], letters: Letters) -> Expression:
        return expression(Place(index_of(node.letter, letters)))

    def _compare(self, node: nodes.Compare, at: tuple[Index, ...], letters: Letters) -> Expression:
        if node.relation not in ORDER:
            raise node.error(f"{node.latex}: whether whole numbers are equal is not derived")
        right = self.of(node.right, at if self.shape(node.right) else (), letters)
        return expression(Bracket(self.of(node.left, at, letters), node.relation, right))

    def _sum(self, node: nodes.Sum, at: tuple[Index, ...], letters: Letters) -> Expression:
        over = self._over(node)
        body = self.of(node.body, at, {**letters, **over})
        if limits := self._limits(node, letters):
            (letter,) = over.values()
            body = product(expression(*between(letter, *limits)), body)
        if node.besides is None:
            return total(body, over.values())
        letter = over[node.letters[0]]
        others = self._index(node.besides, letters, node)
        return plus(total(body, over.values()), scaled(renamed(body, {letter: others}), -1))

    def _over(self, node: nodes.Sum) -> dict[str, Letter]:
        """Return new letters for those that a sum runs over."""
        ranges = zip(node.letters, self.dimensions.ranges[node], strict=True)
        return {name: Letter(range_.root().dimension or "", name) for name, range_ in ranges}

    def _only(self, node: nodes.Only, at: tuple[Index, ...], letters: Letters) -> Expression:
        order = ORDER[node.relation]
        left, right = (self._index(each, letters, node) for each in (node.left, node.right))
        low, high = (left, right) if order(0, 1) else (right, left)
        holds = NotNegative(counted((1, high), (-1, low), (0 if order(0, 0) else -1, 1)))
        return product(expression(holds), self.of(node.body, at, letters))

    def _delta(self, node: nodes.Delta, at: tuple[Index, ...], letters: Letters) -> Expression:
        return expression(
            Delta(self._index(node.left, letters, node), self._index(node.right, letters, node))
        )

    def _most(self, node: nodes.Most, at: tuple[Index, ...], letters: Letters) -> Expression:
        over = self._over(node)
        if node.besides is not None or node.limits is not None:
            raise node.error(
                f"{node.latex}: a largest or smallest number over some of the letters is not derived"
            )
        function = "min" if isinstance(node, nodes.Least) else "max"
        return expression(
            Extreme(function, self.of(node.body, (), {**letters, **over}), tuple(over.values()))
        )

    _least = _most

    def _partial(self, node: nodes.Partial, at: tuple[Index, ...], letters: Letters) -> Expression:
        if type(node) not in {nodes.Partial, nodes.Gradient}:
            raise node.error(f"{node.latex} is not derived")
        symbol, body = axes(self.dimensions.shapes[node.variable]), axes(self.shape(node.body))
        if node.indices is not None:
            shape = self.dimensions.shapes[node.variable]
            above, below = at, self._indices(node, node.indices, shape, letters)
        else:
            turned = node.layout == nodes.LAYOUTS[1]
            above, below = (
                (at[len(symbol) :], at[: len(symbol)]) if turned else (at[: len(body)], at[len(body) :])
            )
            if len(symbol) == 2 and node.layout and not turned:
                below = below[::-1]
            if len(body) == 2 and turned:
                above = above[::-1]
        held = self.cut(node.variable)
        return self.inserted(derivative(held.of(node.body, above, letters), node.variable, below))

    _gradient = _partial

    def _cotangent(self, node: nodes.Cotangent, at: tuple[Index, ...], letters: Letters) -> Expression:
        output, seed = self.names.output, self.names.seed
        over = self.letters(self.dimensions.shapes[output])
        held = self.cut(node.name)
        above = held.of(seed, over) if seed is not None else expression(Entry(cotangent_name(output), over))
        return self.inserted(
            self._total(product(above, derivative(held.symbol(output, over), node.name, at)), over)
        )

    def _differential(self, node: nodes.Differential, at: tuple[Index, ...], letters: Letters) -> Expression:
        body = self.of(node.body, at, letters)
        found = []
        for name in sorted(body.names):
            symbol = self.names.symbols.get(name)
            if symbol and symbol.definition is not None:
                raise node.error(f"{node.latex} is not derived where {symbol.latex} is held")
            if symbol and not symbol.properties & FIXED:
                over = self.letters(self.dimensions.shapes[name])
                direction = expression(Entry(tangent_name(name), over))
                found.append(self._total(product(derivative(body, name, over), direction), over))
        return plus(*found)

    def _whole(self, node: nodes.Whole, at: tuple[Index, ...], letters: Letters) -> Expression:
        shape, function = self.shape(node.body), node.function
        if not shape:
            scalar = self.of(node.body, (), letters)
            return self._of_number(node, scalar)
        if function == DIAGONAL:
            if len(axes(shape)) == 2:
                return self.of(node.body, (at[0], at[0]), letters)
            return product(self.of(node.body, at[:1], letters), expression(Delta(at[0], at[1])))
        over = self.letters(shape)
        if function in {"^{-1}", r"\operatorname{softmax}", r"\operatorname{logsumexp}"}:
            found = self._binding(node, at, over, letters)
            if not self.pairs.keys().isdisjoint({*over, *at}):
                raise node.error(f"{node.latex}: of vec or a Kronecker product this is not derived")
            return found
        if function == r"\operatorname{vec}":
            column, row = self._pair(node, at[0], shape[1], shape[0])
            return self.of(
                node.body,
                [index for index, axis in ((row, shape[0]), (column, shape[1])) if axis != "1"],
                letters,
            )
        body = self.of(node.body, over, letters)
        apart = [each for letter in over for each in self.apart(letter)]
        match function:
            case r"\operatorname{tr}":
                rows, columns = (self.apart(letter) for letter in over)
                if [letter.size for letter in rows] != [letter.size for letter in columns]:
                    raise node.error(
                        f"{node.latex}: the trace of rows and columns in two orders is not derived"
                    )
                return total(renamed(body, dict(zip(columns, rows, strict=True))), rows)
            case r"\operatorname{sum}":
                return self._total(body, over)
            case r"\operatorname{mean}":
                return _mean(body, apart)
            case r"\operatorname{var}" | r"\operatorname{std}":
                variance = _mean(power(plus(body, scaled(_mean(body, apart), -1)), 2), apart)
                return power(variance, Fraction(1, 2)) if function.endswith("{std}") else variance
            case r"\|" | r"\|_2":
                return power(self._total(power(body, 2), over), Fraction(1, 2))
            case r"\|^2" | r"\|_2^2":
                return self._total(power(body, 2), over)
            case _ if apart != list(over):
                raise node.error(f"{node.latex}: of vec or a Kronecker product this is not derived")
            case r"\det":
                return expression(Determinant(body, *over))
            case _ if function in EXTREME:
                return expression(Extreme(EXTREME[function], body, over))
        raise node.error(f"{node.latex} is not derived")

    def _binding(
        self, node: nodes.Whole, at: tuple[Index, ...], over: tuple[Letter, ...], letters: Letters
    ) -> Expression:
        """Return an inverse, a softmax or a logsumexp."""
        if node.function == "^{-1}":
            return expression(Inverse(self.of(node.body, over, letters), over[0], over[1], (at[0], at[1])))
        if node.function == r"\operatorname{softmax}":
            body = self.of(node.body, (*at[:-1], over[-1]), letters)
            return expression(Softmax(body, over[-1], at[-1]))
        return expression(Logsumexp(self.of(node.body, (*at, over[-1]), letters), over[-1]))

    def _of_number(self, node: nodes.Whole, scalar: Expression) -> Expression:
        """Return a function of a whole matrix, of one number."""
        match node.function:
            case "^{-1}":
                return power(scalar, -1)
            case r"\operatorname{softmax}":
                return ONE
            case r"\operatorname{var}" | r"\operatorname{std}":
                return number(0)
            case r"\|" | r"\|_2":
                return expression(Applied("abs", 0, (scalar,), "abs"))
            case r"\|^2" | r"\|_2^2":
                return power(scalar, 2)
        return scalar


def _otherwise(holds: Expression) -> Expression:
    """Return 1 where a condition does not hold, else 0."""
    match holds:
        case Expression(
            (Term(coefficient=1, factors=(Bracket(left=left, relation=relation, right=right),), summed=()),)
        ):
            return expression(Bracket(left, OPPOSITE[relation], right))
    return plus(ONE, scaled(holds, -1))


def _recalled(part: Expression, defined: Factor, entry: Entry, keys: Keys) -> Expression:
    """Return an expression with an entry in the place of every factor that is the defined one at other indices."""
    own = tuple(index for index in entry.at if isinstance(index, Letter))

    def found(factor: Factor) -> Factor:
        times = _times(factor, defined)
        if outline(factor) == outline(defined) and times:
            key = keys.key(
                expression(
                    replace(factor, exponent=defined.exponent)
                    if isinstance(factor, Power) and isinstance(defined, Power)
                    else factor
                )
            )
            for letters in permutations(factor.free, len(own)):
                names: dict[Letter, Index] = dict(zip(own, letters, strict=True))
                if key == keys.key(expression(renamed(defined, names))):
                    entry_ = Entry(entry.name, letters)
                    return entry_ if times == 1 else Power(expression(entry_), number(times))
        return changed(factor, lambda inner: _recalled(inner, defined, entry, keys))

    return Expression(tuple(replace(term, factors=tuple(map(found, term.factors))) for term in part.terms))


def _times(factor: Factor, defined: Factor) -> Fraction:
    """Return which power of a root another power of the same may be, as 1/u of u."""
    if not (isinstance(factor, Power) and isinstance(defined, Power)):
        return Fraction(1)
    own, other = constant(factor.exponent), constant(defined.exponent)
    times = own / other if own and other else Fraction(0)
    return times if times.denominator == 1 else Fraction(0)


def _size(axis: str) -> Expression:
    """Return the length of an axis: a number, or one such as n·m or n+1."""
    if re.fullmatch(r"\w+([·+]\w+)+", axis):
        return plus(*(product(*map(_size, part.split("·"))) for part in axis.split("+")))
    return number(int(axis)) if axis.isdigit() else expression(Size(axis))


def _mean(part: Expression, over: Sequence[Letter]) -> Expression:
    return product(*(power(_size(letter.size), -1) for letter in over), total(part, over))


def cotangent_name(name: str) -> str:
    """Return the name of the entries of a cotangent that is given."""
    return rf"\bar{{{name}}}"


def tangent_name(name: str) -> str:
    """Return the name of the entries of a direction, which is arbitrary."""
    return rf"\dot{{{name}}}"


def opens(names: Names, variable: str) -> frozenset[str]:
    """Return the symbols that are replaced by their definitions in a derivative with respect to one of them."""
    return frozenset(name for name, symbol in names.symbols.items() if symbol.definition is not None) - {
        variable
    }
