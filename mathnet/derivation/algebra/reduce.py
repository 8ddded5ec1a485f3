r"""From sums of products of entries back to matrices, by four steps.

A term is a graph: its letters are nodes, a factor with two letters is an edge between them, a factor with one letter hangs on
it. The letters that the result keeps are the ends. Each step takes something away, and is one of the products:

- side by side: edges between the same letters, or vectors on one letter, become one. The Hadamard product;
- two edges: a summed letter between them goes. The matrix product (with a diagonal matrix, if something hangs on it);
- one edge: the summed letter goes. A matrix times what hangs on the letter, or times ones;
- no edge: the summed letter goes. A dot product; two letters alone, with nothing but edges between them: an inner product.

If no edge is left between the two ends, what hangs on them is an outer product. If summed letters are left, the term has no
matrix form.
"""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice, permutations
from typing import NamedTuple

from ..meaning.names import Names
from ..meaning.properties import CIRCLE
from ..meaning.shapes import Shape
from . import forms
from .canonical import SYMMETRIC, TooLongError
from .forms import Form
from .programs import called, identifier
from .terms import (
    Applied,
    Bracket,
    Delta,
    Determinant,
    Entry,
    Expression,
    Extreme,
    Factor,
    Inverse,
    Letter,
    Logsumexp,
    Nested,
    Power,
    Size,
    Softmax,
    Term,
    constant,
)

PLAIN = {"exp", "log", "sin", "cos", "tanh", "arctan", "max", "min"}  # that LaTeX has a name for
MOST_ORDERS = 24  # in which letters are taken away; the shortest formula stays
PATIENCE, MOST_WORK = (
    4_000,
    40_000,
)  # factors, after which the first formula is good enough, and at last none is found


State = tuple[set[tuple[str, int]], dict[str, str], dict[str, str], list[str]]
"""The functions, the ones and the identities that a form needs, and the products in it."""


class NoMatrixFormError(Exception):
    """Nothing that matrices can say is left to do, but letters still meet."""


@dataclass
class Edge:
    """A matrix between two letters: its rows run over the first."""

    row: Letter
    column: Letter
    form: Form

    def other(self, letter: Letter) -> Letter:
        """Return the letter at the other end."""
        return self.column if letter is self.row else self.row

    def out_of(self, letter: Letter) -> Form:
        """Return the matrix with its rows over this letter."""
        return self.form if letter is self.row else forms.transposed(self.form)


class Picture(NamedTuple):
    """What a graph looks like at one moment, and the step that has just been taken.

    Attributes
    ----------
    step : str
        Its name: `side by side`, `two edges`, `one edge`, `no edge`, `two letters alone` or `ends`; empty at the beginning.
    product : str
        The product that it is, if it is one.
    gone : tuple of Letter
        The summed letters that it has taken away.
    edges : tuple of (Letter, Letter, Form)
        Rows, columns, and the matrix between them.
    hanging : dict
        From a letter to the vectors that hang on it.
    numbers : tuple of Form
        What has no letter any more.
    below : tuple of Form
        The numbers that it is divided by.
    """

    step: str
    product: str
    gone: tuple[Letter, ...]
    edges: tuple[tuple[Letter, Letter, Form], ...]
    hanging: dict[Letter, tuple[Form, ...]]
    numbers: tuple[Form, ...]
    below: tuple[Form, ...]


@dataclass
class Graph:
    """A term on the way back to matrices, with a picture from before the first step and after each."""

    numbers: list[Form] = field(default_factory=list)
    below: list[Form] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    hanging: dict[Letter, list[Form]] = field(default_factory=lambda: defaultdict(list))
    squared: dict[Letter, list[Form]] = field(default_factory=lambda: defaultdict(list))
    alone: list[Letter] = field(default_factory=list)  # that are summed within what is a number already
    pictures: list[Picture] = field(default_factory=list)

    @property
    def products(self) -> list[str]:
        """The names of the products that were found."""
        return [picture.product for picture in self.pictures if picture.product]

    def took(self, step: str = "", product: str = "", *gone: Letter) -> None:
        """Remember a step, by its name, with the graph as it is after it."""
        edges = tuple((edge.row, edge.column, edge.form) for edge in self.edges)
        letters = dict.fromkeys((*self.hanging, *self.squared))
        hanging = {
            letter: (*self.hanging.get(letter, ()), *2 * self.squared.get(letter, []))
            for letter in letters
            if self.hanging.get(letter) or self.squared.get(letter)
        }
        self.pictures.append(
            Picture(step, product, gone, edges, hanging, tuple(self.numbers), tuple(self.below))
        )

    def at(self, letter: Letter) -> list[Edge]:
        """Return the edges at a letter."""
        return [edge for edge in self.edges if letter in (edge.row, edge.column)]


class Matrices:
    """Turns expressions into forms.

    Parameters
    ----------
    names : Names
        What the where part says.
    shapes : dict
        The shapes of all symbols.
    """

    def __init__(self, names: Names, shapes: dict[str, Shape]) -> None:
        self.names, self.shapes = names, shapes
        self.functions: set[tuple[str, int]] = set()  # that are called, with the order of the derivative
        self.ones: dict[str, str] = {}  # from a size to the vector of ones that the result needs
        self.identities: dict[str, str] = {}
        self.work = 0  # how many factors have been put into graphs
        self.given: dict[str, Form] = {}  # what is written for the entries of something that is no symbol
        self.products: list[str] = []  # by name, in the order in which they were found
        self.found: dict[tuple[int, Letter | None, Letter | None], tuple[Factor, Form, State]] = {}

    def form(self, part: Expression, row: Letter | None = None, column: Letter | None = None) -> Form:
        """Return the matrix of which an expression is the entry at a row and a column: a vector or a number, if one or none is given.

        Raises
        ------
        NoMatrixFormError
            If there is none.
        """
        if not part.terms and (row or column):
            raise NoMatrixFormError  # a zero says nothing of its shape
        found = forms.add(*(self._term(term, row, column) for term in part.terms))
        if (row or column) and found.kind == "number" and not found.number:
            raise NoMatrixFormError  # neither does one whose terms cancel
        return found

    def shortest_of(self, parts: Sequence[Expression], row: Letter | None, column: Letter | None) -> Form:
        """Return the shortest form of expressions that are equal.

        Raises
        ------
        NoMatrixFormError
            If the first has none.
        """
        before = self._state()
        best = self.form(parts[0], row, column)
        after = self._state()
        for part in parts[1:] if self.work < PATIENCE else ():
            self._restore(before)
            with suppress(NoMatrixFormError):
                form = self.form(part, row, column)
                if forms.effort(form) < forms.effort(best):
                    best, after = form, self._state()
        self._restore(after)
        return best

    def _state(self) -> State:
        return set(self.functions), dict(self.ones), dict(self.identities), list(self.products)

    def _restore(self, state: State) -> None:
        functions, ones, identities, products = state
        self.functions, self.ones, self.identities = set(functions), dict(ones), dict(identities)
        self.products = list(products)

    def _term(self, term: Term, row: Letter | None, column: Letter | None) -> Form:
        form, graph = self.shortest(term, row, column)
        self.products += graph.products
        return form

    def shortest(self, term: Term, row: Letter | None, column: Letter | None) -> tuple[Form, Graph]:
        """Return the shortest form of a term, whichever letter goes first, and the graph that led to it."""
        found = []
        orders = MOST_ORDERS if self.work < PATIENCE else 1
        for order in islice(permutations(term.summed), orders):
            before = dict(self.ones)
            graph = Graph()
            form = self.reduced(replace(term, summed=order), graph, row, column)
            found.append((len(self.ones) - len(before), len(form.latex), form, dict(self.ones), graph))
            self.ones = before
        *_, best, self.ones, graph = min(found, key=lambda each: each[:2])
        return best, graph

    def reduced(self, term: Term, graph: Graph, row: Letter | None, column: Letter | None) -> Form:
        """Return the form of a term whose letters are taken away in the order in which they are summed, as far as there is a choice."""
        self.work += len(term.factors)
        if self.work > MOST_WORK:
            raise TooLongError
        for factor in term.factors:
            self._enter(factor, term, graph)
        graph.took("", "", *graph.alone)
        kept = {letter for letter in (row, column) if letter}
        if any(letter not in kept and letter not in term.summed for letter in term.free):
            raise NoMatrixFormError
        summed = [letter for letter in term.summed if letter not in graph.alone]
        while summed:
            if not self._joined(graph, summed) and not self._removed(graph, summed):
                raise NoMatrixFormError
        while self._joined(graph, []):
            pass
        found = self._ends(graph, row, column)
        numbers, coefficient = graph.numbers, term.coefficient
        if not graph.below:
            return forms.product(coefficient, *numbers, *found)
        top = forms.product(abs(coefficient).numerator, *numbers, *found)
        bottom = forms.product(coefficient.denominator, *graph.below)
        return forms.product(-1 if coefficient < 0 else 1, forms.divide(top, bottom))

    def _enter(self, factor: Factor, term: Term, graph: Graph) -> None:
        """Put a factor into the graph: a number, a vector or a matrix."""
        order = places(factor)
        letters = sorted(factor.free, key=lambda letter: order.index(letter) if letter in order else 0)
        if len(letters) > 2:
            raise NoMatrixFormError
        if not letters:
            exponent = constant(factor.exponent) if isinstance(factor, Power) else None
            if isinstance(factor, Power) and exponent is not None and exponent < 0:
                graph.below.append(self.power(factor.base, -exponent, None, None))
            else:
                graph.numbers.append(self.factor(factor, None, None))
        elif len(letters) == 1:
            (letter,) = letters
            if (
                self._alone(letters, factor, term)
                and isinstance(factor, Power)
                and constant(factor.exponent) == 2
            ):
                graph.squared[letter].append(self.form(factor.base, letter))
            else:
                graph.hanging[letter].append(self.factor(factor, letter, None))
        elif (
            isinstance(factor, Power)
            and constant(factor.exponent) == 2
            and self._alone(letters, factor, term)
        ):
            graph.numbers.append(_squared(self.form(factor.base, *letters)))
            graph.alone += letters
        else:
            row, column = letters
            graph.edges.append(Edge(row, column, self.factor(factor, row, column)))

    @staticmethod
    def _alone(letters: Sequence[Letter], factor: Factor, term: Term) -> bool:
        """Say whether letters are summed and stand in no other factor."""
        return all(
            letter in term.summed
            and all(other is factor or letter not in other.free for other in term.factors)
            for letter in letters
        )

    def _joined(self, graph: Graph, summed: list[Letter]) -> bool:
        """Take what stands side by side together: Hadamard products, unless both letters end in an inner product."""
        for edge in graph.edges:
            for other in graph.edges:
                if other is not edge and {other.row, other.column} == {edge.row, edge.column}:
                    beside = [
                        each for each in graph.edges if {each.row, each.column} == {edge.row, edge.column}
                    ]
                    closed = all(
                        letter in summed
                        and len(graph.at(letter)) == len(beside)
                        and not graph.hanging[letter]
                        for letter in (edge.row, edge.column)
                    )
                    if closed and len(beside) == 2 and edge.row is not edge.column:
                        return False
                    edge.form = forms.hadamard(edge.form, other.out_of(edge.row))
                    graph.edges.remove(other)
                    graph.took("side by side", "Hadamard product")
                    return True
        for letter, vectors in graph.hanging.items():
            keep = 2 if letter in summed and not graph.at(letter) else 1
            if len(vectors) > keep:
                graph.hanging[letter] = [*vectors[: keep - 1], forms.hadamard(*vectors[keep - 1 :])]
                graph.took("side by side", "Hadamard product")
                return True
        return False

    def _removed(self, graph: Graph, summed: list[Letter]) -> bool:
        """Take a summed letter away."""
        for letter in summed:
            edges, vectors, gone = graph.at(letter), graph.hanging[letter], [letter]
            if not edges:
                step, product = "no edge", "dot product" if len(vectors) == 2 else ""
                graph.numbers.append(self._sum(graph, vectors, letter))
            elif len(edges) == 2 and edges[0].other(letter) is not edges[1].other(letter):
                step, product = "two edges", "matrix product"
                first, second = edges
                row, column = first.other(letter), second.other(letter)
                middle = [forms.diagonal(forms.hadamard(*vectors))] if vectors else []
                form = forms.product(1, first.out_of(row), *middle, second.out_of(letter))
                graph.edges = [edge for edge in graph.edges if edge not in edges] + [Edge(row, column, form)]
            elif len(edges) == 1:
                step, product = "one edge", "matrix product"
                (edge,) = edges
                end = edge.other(letter)
                vector = forms.hadamard(*vectors) if vectors else self.one(letter.size)
                graph.hanging[end].append(forms.product(1, edge.out_of(end), vector))
                graph.edges.remove(edge)
            elif len(edges) == 2 and edges[0].other(letter) in summed:
                step, product = "two letters alone", "inner product"
                first, second = edges
                left, right = first.out_of(letter), second.out_of(letter)
                graph.numbers.append(_inner(left, right))
                graph.edges = [edge for edge in graph.edges if edge not in edges]
                gone.append(first.other(letter))
            else:
                continue
            graph.hanging.pop(letter, None)
            for other in gone:
                summed.remove(other)
            graph.took(step, product, *gone)
            return True
        return False

    def _sum(self, graph: Graph, vectors: list[Form], letter: Letter) -> Form:
        """Return what a summed letter without edges leaves: a dot product, the square of a norm, a mean, or a sum of entries."""
        squared = graph.squared.pop(letter, [])
        count = next((form for form in graph.below if form.latex == letter.size), None)
        centred = _centred(squared[0]) if squared else None
        averaged = centred or (
            vectors[0]
            if len(vectors) == 1 and vectors[0].kind not in {"hadamard", "main diagonal", "ones"}
            else None
        )
        if count and averaged:
            graph.below.remove(count)
            if forms.count(turned := forms.transposed(averaged)) < forms.count(averaged):
                averaged = turned
            return _averaged("var" if centred else "mean", averaged)
        if squared:
            return _squared(squared[0])
        if len(vectors) == 2:
            return forms.product(1, forms.transposed(vectors[0]), vectors[1])
        if vectors[0].kind == "main diagonal":
            return forms.written(
                lambda x: rf"\operatorname{{tr}}({x})", lambda x: f"np.trace({x})", (), *vectors[0].parts
            )
        if vectors[0].kind == "hadamard" and len(vectors[0].parts) == 2:
            left, right = vectors[0].parts
            return forms.product(1, forms.transposed(left), right)
        return forms.product(1, forms.transposed(self.one(letter.size)), vectors[0])

    def _ends(self, graph: Graph, row: Letter | None, column: Letter | None) -> list[Form]:
        """Return what is left at the ends: the factors of the result, in order."""
        at_row = [forms.hadamard(*graph.hanging[row])] if row and graph.hanging.get(row) else []
        at_column = [forms.hadamard(*graph.hanging[column])] if column and graph.hanging.get(column) else []
        if row is None and column is None:
            return []
        if row is None or column is None:
            found = at_row or at_column or [self.one((row or column).size)]  # type: ignore[union-attr]  # one of them is given
            return found if row else [forms.transposed(found[0])]
        if graph.edges:
            (edge,) = graph.edges
            return [*map(forms.diagonal, at_row), edge.out_of(row), *map(forms.diagonal, at_column)]
        if at_row and at_column:
            graph.took("ends", "outer product")
        left, right = at_row or [self.one(row.size)], at_column or [self.one(column.size)]
        return [left[0], forms.transposed(right[0])]

    def one(self, size: str) -> Form:
        """Return the column of ones of a size: that of the where part, or one that the result declares."""
        if not size:
            raise NoMatrixFormError  # the letter of a sum with limits
        for name, known in self.names.symbols.items():
            if "ones" in known.properties and self.shapes[name] == (size, "1"):
                self.ones.setdefault(size, known.latex)
        latex = self.ones.setdefault(
            size,
            rf"\mathbf e_{{{size}}}" if r"\mathbf{1}" in self.names.symbols else rf"\mathbf 1_{{{size}}}",
        )
        return Form(latex, f"np.ones({size})", (size, "1"), kind="ones")

    def identity(self, size: str) -> Form:
        """Return the identity of a size."""
        for name, known in self.names.symbols.items():
            if "identity" in known.properties and self.shapes[name] == (size, size):
                self.identities.setdefault(size, known.latex)
        latex = self.identities.setdefault(size, f"I_{{{size}}}")
        return Form(latex, f"np.eye({size})", (size, size), kind="identity")

    def factor(self, factor: Factor, row: Letter | None, column: Letter | None) -> Form:
        """Return the form of one factor, with its letters as row and column; it is found once, whichever letter goes first."""
        if isinstance(factor, Entry):
            return self._factor(factor, row, column)
        at = id(factor), row, column
        if at not in self.found:
            before = self._state()
            self.functions, self.ones, self.identities, self.products = set(), {}, {}, []
            try:
                form = self._factor(factor, row, column)
                self.found[at] = factor, form, self._state()
            finally:
                self._restore(before)
        _, form, (functions, ones, identities, products) = self.found[at]
        self.functions |= functions
        self.ones |= ones
        self.identities |= identities
        if isinstance(factor, Nested):  # the products inside a function are no steps of this line
            self.products += products
        return form

    def _factor(self, factor: Factor, row: Letter | None, column: Letter | None) -> Form:
        match factor:
            case Entry(name=name, at=at):
                return self._symbol(name, at, row, column)
            case Size(name=name):
                return Form(name, name)
            case Delta(left=Letter(), right=Letter()) if row and column:
                return self.identity(row.size)
            case Nested(body=body):
                return self.form(body, row, column)
            case Power(base=base, exponent=exponent) if (value := constant(exponent)) is not None:
                return self.power(base, value, row, column)
            case Applied(function=function, order=order, arguments=arguments):
                self.functions.add((function, order))
                found = [
                    self.form(argument, *((row, column) if argument.free else (None, None)))
                    for argument in arguments
                ]
                return forms.apply(
                    self.function(function) + "'" * order, called(function + "'" * order), *found
                )
            case Softmax(body=body, over=over, at=at):
                return self._softmax(body, over, at, row, column)
            case Logsumexp(body=body, over=over):
                inner = self.form(body, over) if row is None else self.form(body, row, over)
                axis = "" if row is None else ", axis=1"
                return forms.written(
                    lambda x: rf"\operatorname{{logsumexp}}({x})",
                    lambda x: f"logsumexp({x}{axis})",
                    (row.size, "1") if row else (),
                    inner,
                )
            case Inverse(at=at) if not all(isinstance(index, Letter) for index in at):
                raise NoMatrixFormError
            case Inverse(at=at) if at[0] is at[1]:
                ends = Letter(factor.row.size), Letter(factor.row.size)
                return _main_diagonal(self._factor(replace(factor, at=ends), *ends))
            case Inverse(body=body, row=own, column=other, at=at) if row and column:
                inner = self.form(body, own, other)
                symmetric = forms.transposed(inner).latex == inner.latex
                found_inverse = forms.written(
                    lambda x: rf"{forms.inside(inner, forms.ATOM)}^{{-1}}",
                    lambda x: f"np.linalg.inv({x})",
                    (row.size, column.size),
                    inner,
                )
                found_inverse = replace(found_inverse, kind="symmetric" if symmetric else "inverse")
                return found_inverse if symmetric or at == (row, column) else forms.transposed(found_inverse)
            case Determinant(body=body, row=own, column=other):
                return forms.written(
                    lambda x: rf"\det({x})", lambda x: f"np.linalg.det({x})", (), self.form(body, own, other)
                )
            case Bracket(left=left, relation=relation, right=right):
                sides = [
                    self.form(side, *((row, column) if side.free else (None, None))) for side in (left, right)
                ]
                if not sides[0].shape and sides[1].shape:
                    raise NoMatrixFormError
                return forms.compare(sides[0], relation, sides[1])
            case Extreme(function=function, body=body, over=over) if len(over) <= 2 and not row:
                return forms.written(
                    lambda x: rf"\{function}({x})",
                    lambda x: f"np.{function}({x})",
                    (),
                    self.form(body, *over),
                )
        raise NoMatrixFormError

    def code(self, name: str) -> str:
        """Return how a program calls a symbol that it has not computed."""
        known = self.names.symbols.get(name)
        return "np.pi" if known and CIRCLE in known.properties else identifier(name)

    def _symbol(self, name: str, at: tuple[object, ...], row: Letter | None, column: Letter | None) -> Form:
        known, shape = self.names.symbols.get(name), self.shapes.get(name, ())
        latex = known.latex if known else name
        symmetric = bool(known and known.properties & SYMMETRIC)
        form = self.given.get(name) or forms.symbol(latex, self.code(name), shape, symmetric)
        shape = form.shape
        if any(not isinstance(index, Letter) for index in at) or len(at) > 2:
            raise NoMatrixFormError
        if len(at) == 2 and at[0] is at[1]:
            return _main_diagonal(form)
        if len(at) == 2:
            return form if at == (row, column) else forms.transposed(form)
        return forms.transposed(form) if len(at) == 1 and shape[0] == "1" else form

    def function(self, name: str) -> str:
        """Return how a function of numbers is written."""
        if known := self.names.functions.get(name):
            return known.latex
        if name.startswith("\\"):
            return name
        return rf"\{name}" if name in PLAIN else rf"\operatorname{{{name}}}"

    def _softmax(
        self, body: Expression, over: Letter, at: object, row: Letter | None, column: Letter | None
    ) -> Form:
        if at is column and row:
            inner, axis = self.form(body, row, over), ", axis=1"
        elif at is row and column:
            return forms.transposed(self._softmax(body, over, at, column, row))
        elif at is row and not column:
            inner, axis = self.form(body, over), ""
        else:
            raise NoMatrixFormError
        return forms.written(
            lambda x: rf"\operatorname{{softmax}}({x})", lambda x: f"softmax({x}{axis})", inner.shape, inner
        )

    def power(
        self, base: Expression, value: Fraction, row: Letter | None = None, column: Letter | None = None
    ) -> Form:
        """Return a power of an expression, entry by entry."""
        inner = self.form(base, row, column)
        if inner.kind == "square" and value > 0 and value.denominator == 2:
            (vector,) = inner.parts
            up = f"^{value.numerator}" if value.numerator > 1 else ""
            norm = f" ** {value.numerator}" if value.numerator > 1 else ""
            return forms.written(lambda x: rf"\|{x}\|{up}", lambda x: f"norm({x}){norm}", (), vector)
        if inner.kind == "var" and value > 0 and value.denominator == 2:
            deviation = _averaged("std", inner.parts[0])
            return self._number_power(deviation, Fraction(value.numerator))
        if value == 1:
            return inner
        if value < 0:
            bottom = self.power(base, -value, row, column)
            return forms.reciprocal(bottom)
        if value == Fraction(1, 2):
            return forms.written(lambda x: rf"\sqrt{{{x}}}", lambda x: f"np.sqrt({x})", inner.shape, inner)
        if inner.shape and value.denominator == 2:
            root = self.power(base, Fraction(1, 2), row, column)
            return forms.hadamard(self.power(base, value - Fraction(1, 2), row, column), root)
        if inner.shape and value.denominator == 1:
            return forms.hadamard(*[inner] * int(value)) if value <= 3 else forms.raised(inner, int(value))
        if inner.shape:
            raise NoMatrixFormError
        return self._number_power(inner, value)

    @staticmethod
    def _number_power(inner: Form, value: Fraction) -> Form:
        if value == 1:
            return inner
        up = str(value) if value.denominator == 1 else f"{value.numerator} / {value.denominator}"
        exponent = (
            str(value) if value.denominator == 1 else rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
        )
        return forms.written(
            lambda x: rf"{forms.inside(inner, forms.ATOM)}^{{{exponent}}}",
            lambda x: f"({x}) ** ({up})",
            (),
            inner,
        )


def places(factor: Factor) -> list[Letter]:
    """Return the letters of a factor in the order in which they stand."""
    match factor:
        case Entry(at=at) | Inverse(at=at):
            return [index for index in at if isinstance(index, Letter)]
        case Delta(left=left, right=right):
            return [index for index in (left, right) if isinstance(index, Letter)]
        case Softmax(body=body, over=over, at=at):
            return [
                *(letter for letter in _order(body) if letter is not over),
                *([at] if isinstance(at, Letter) else []),
            ]
    return [letter for part in factor.expressions() for letter in _order(part)]


def _order(part: Expression) -> list[Letter]:
    found = [
        letter
        for term in part.terms
        for factor in term.factors
        for letter in places(factor)
        if letter in part.free
    ]
    return list(dict.fromkeys(found))


def _main_diagonal(matrix: Form) -> Form:
    """Return the diagonal of a matrix, as a vector."""
    shape = (matrix.shape[0], "1")
    found = forms.written(lambda x: rf"\operatorname{{diag}}({x})", lambda x: f"np.diag({x})", shape, matrix)
    return replace(found, kind="main diagonal")


def _squared(form: Form) -> Form:
    """Return the sum of the squares of all entries."""
    square = forms.written(lambda x: rf"\|{x}\|^2", lambda x: f"np.sum(({x}) ** 2)", (), form)
    return replace(square, kind="square")


def _averaged(function: str, part: Form) -> Form:
    """Return the mean, variance or standard deviation of all entries."""
    found = forms.written(
        lambda x: rf"\operatorname{{{function}}}({x})",
        lambda x: f"np.mean({x})" if function == "mean" else f"{function}({x})",
        (),
        part,
    )
    return replace(found, kind=function)


def _centred(form: Form) -> Form | None:
    """Return x if a form is x less its mean."""
    match form:
        case Form(
            kind="add",
            parts=(x, Form(kind="product", number=-1, parts=(Form(kind="mean") as mean, Form(kind="ones")))),
        ):
            return x if mean.parts[0].latex in {x.latex, forms.transposed(x).latex} else None
    return None


def _inner(left: Form, right: Form) -> Form:
    if left.latex == right.latex:
        return _squared(left)
    latex = rf"\langle {left.latex}, {right.latex} \rangle"
    return Form(
        latex,
        f"np.sum({forms.coded(left)} * {forms.coded(right)})",
        (),
        kind="whole",
        parts=(left, right),
    )
