r"""Sums of products of entries, with index letters: what every formula is turned into.

The entry $(i, j)$ of $HW + B$ is the expression of two terms $\sum_p H_{ip} W_{pj}$ and $B_j$. A factor is an entry of a
symbol, or a *block*, such as $f(\cdot)$, an inverse or a softmax, with expressions in it. Which letters are free in it
is all that the rest of the algebra asks of a block. Sums in parentheses are blocks, too, so nothing is multiplied out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar, TypeAlias, TypeVar


class Letter:
    """An index letter: what it runs over, and the name it has in the formula that it comes from. No two are equal."""

    __slots__ = ("name", "size")

    def __init__(self, size: str, name: str = "") -> None:
        self.size, self.name = size, name

    def __repr__(self) -> str:
        return f"{self.name or 'letter'}<{self.size}>"


@dataclass(frozen=True)
class Counted:
    """What is counted with letters and sizes, such as i + 1 or T - 1: a whole number, and how often each of them is added to it."""

    often: frozenset[tuple[Letter | str, int]]
    number: int = 0


Index: TypeAlias = Letter | int | Counted
"""A letter, a number from 1, or what is counted with letters and sizes."""


def apart(index: Index) -> tuple[dict[Letter | str, int], int]:
    """Return how often each letter and size is added in an index, and the number that is left."""
    match index:
        case Counted(often=often, number=number_):
            return dict(often), number_
        case Letter():
            return {index: 1}, 0
    return {}, index


def counted(*parts: tuple[int, Index]) -> Index:
    """Return the sum of indices, each so many times."""
    often: dict[Letter | str, int] = {}
    whole = 0
    for times, index in parts:
        inner, more = apart(index)
        whole += times * more
        for name, count in inner.items():
            often[name] = often.get(name, 0) + times * count
    often = {name: count for name, count in often.items() if count}
    match list(often.items()):
        case []:
            return whole
        case [(Letter() as letter, 1)] if not whole:
            return letter
    return Counted(frozenset(often.items()), whole)


def last_of(size: str) -> Index:
    """Return the last index of an axis."""
    return int(size) if size.isdigit() else Counted(frozenset({(size, 1)}))


@dataclass(frozen=True)
class Factor:
    """One factor of a term; the fields named in `binds` hold letters that mean nothing outside it."""

    binds: ClassVar[tuple[str, ...]] = ()

    @cached_property
    def free(self) -> frozenset[Letter]:
        """The letters on which its value depends."""
        bound = {letter for name in self.binds for letter in _letters(getattr(self, name))}
        return frozenset(
            letter for name in self.__dataclass_fields__ for letter in _letters(getattr(self, name))
        ) - frozenset(bound)

    def expressions(self) -> Iterator["Expression"]:
        """Yield the expressions that it is made of."""
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, Expression):
                    yield part


@dataclass(frozen=True)
class Term:
    """A coefficient times factors, summed over letters."""

    coefficient: Fraction
    factors: tuple[Factor, ...] = ()
    summed: tuple[Letter, ...] = ()

    @cached_property
    def free(self) -> frozenset[Letter]:
        """The letters on which its value depends."""
        return frozenset(letter for factor in self.factors for letter in factor.free) - frozenset(self.summed)


@dataclass(frozen=True)
class Expression:
    """A sum of terms; none is zero."""

    terms: tuple[Term, ...] = ()

    @cached_property
    def free(self) -> frozenset[Letter]:
        """The letters on which its value depends."""
        return frozenset(letter for term in self.terms for letter in term.free)

    @cached_property
    def names(self) -> frozenset[str]:
        """The symbols of which it has entries."""
        return frozenset(
            name
            for term in self.terms
            for factor in term.factors
            for name in (
                {factor.name}
                if isinstance(factor, Entry)
                else {name for part in factor.expressions() for name in part.names}
            )
        )


@dataclass(frozen=True)
class Entry(Factor):
    """$A_{ij}$: an entry of a symbol."""

    name: str
    at: tuple[Index, ...] = ()


@dataclass(frozen=True)
class Delta(Factor):
    r"""$\delta_{ij}$: 1 where the indices are equal, else 0."""

    left: Index
    right: Index


@dataclass(frozen=True)
class NotNegative(Factor):
    r"""$[i \ge 0]$: 1 where an index is not negative, else 0. The limits of a sum are two of them."""

    index: Index


@dataclass(frozen=True)
class Place(Factor):
    """An index used as a number."""

    index: Index


@dataclass(frozen=True)
class Size(Factor):
    """A dimension used as a number."""

    name: str


@dataclass(frozen=True)
class Nested(Factor):
    """A sum in parentheses."""

    body: Expression


@dataclass(frozen=True)
class Applied(Factor):
    """$f'(u)$: a function of numbers, or its derivative of the given order."""

    function: str
    order: int
    arguments: tuple[Expression, ...]
    rule: str = ""  # the well-known function that it is, whatever its name


@dataclass(frozen=True)
class Power(Factor):
    """$u^e$."""

    base: Expression
    exponent: Expression


@dataclass(frozen=True)
class Softmax(Factor):
    """The softmax over the letter `over` of its body, at one place."""

    binds = ("over",)
    body: Expression
    over: Letter
    at: Index


@dataclass(frozen=True)
class Logsumexp(Factor):
    """The logarithm of the sum of the exponentials over a letter."""

    binds = ("over",)
    body: Expression
    over: Letter


@dataclass(frozen=True)
class Inverse(Factor):
    """An entry of the inverse of a square matrix, whose own entries are the body."""

    binds = ("row", "column")
    body: Expression
    row: Letter
    column: Letter
    at: tuple[Index, Index]


@dataclass(frozen=True)
class Determinant(Factor):
    """The determinant of the matrix whose entries are the body."""

    binds = ("row", "column")
    body: Expression
    row: Letter
    column: Letter


@dataclass(frozen=True)
class Bracket(Factor):
    """$[u > v]$: 1 where the comparison holds, else 0."""

    left: Expression
    relation: str
    right: Expression


@dataclass(frozen=True)
class Extreme(Factor):
    """The largest or smallest number over letters."""

    binds = ("over",)
    function: str
    body: Expression
    over: tuple[Letter, ...]

    def reached(self, by: Expression) -> Bracket:
        """Return whether a number is the largest or smallest."""
        return Bracket(by, r"\ge" if self.function == "max" else r"\le", expression(self))


@dataclass(frozen=True)
class Places(Factor):
    """How many of the numbers are the largest, or smallest, away from kinks: more than one only where some are always equal."""

    binds = ("over",)
    function: str
    body: Expression
    over: tuple[Letter, ...]


@dataclass(frozen=True)
class Multiplied(Factor):
    r"""$\prod_{i \ne k} u_i$: the product over a letter, of all values or of all but one."""

    binds = ("over",)
    body: Expression
    over: Letter
    besides: Index | None = None
    limits: tuple[Index, Index] | None = None


@dataclass(frozen=True)
class Pending(Factor):
    r"""$\partial u / \partial X_{kl}$: a derivative that has not been carried out."""

    body: Expression
    name: str
    at: tuple[Index, ...]


ONE = Expression((Term(Fraction(1)),))
Part = TypeVar("Part", Letter, Factor, Term, Expression)


def between(index: Index, first: Index, last: Index) -> tuple[NotNegative, NotNegative]:
    """Return the factors that are 1 where an index lies between two others, or is one of them."""
    return NotNegative(counted((1, index), (-1, first))), NotNegative(counted((1, last), (-1, index)))


def _letters(value: Any) -> Iterator[Letter]:
    if isinstance(value, Letter):
        yield value
    elif isinstance(value, Expression):
        yield from value.free
    elif isinstance(value, Counted):
        yield from (name for name, _ in value.often if isinstance(name, Letter))
    elif isinstance(value, tuple):
        for part in value:
            yield from _letters(part)


def number(value: Fraction | int) -> Expression:
    """Return a number as an expression."""
    return Expression((Term(Fraction(value)),) if value else ())


def expression(
    *factors: Factor, summed: Iterable[Letter] = (), coefficient: Fraction | int = 1
) -> Expression:
    """Return an expression of one term."""
    return Expression((Term(Fraction(coefficient), factors, tuple(summed)),))


def constant(expression_: Expression) -> Fraction | None:
    """Return the number that an expression is, or None if there is more to it."""
    if not expression_.terms:
        return Fraction(0)
    (first, *rest) = expression_.terms
    return first.coefficient if not rest and not first.factors and not first.summed else None


def renamed(value: Any, names: Mapping[Letter, Index]) -> Any:
    """Return an expression, a term or a factor with other letters in the places of those that are named."""
    match value:
        case Letter():
            return names.get(value, value)
        case Counted():
            parts = ((count, _renamed_name(name, names)) for name, count in value.often)
            return counted((1, value.number), *parts)
        case tuple():
            return tuple(renamed(part, names) for part in value)
        case Term() if not names.keys().isdisjoint(value.free.union(value.summed)):
            return Term(value.coefficient, renamed(value.factors, names), renamed(value.summed, names))
        case Factor() | Expression() if not names.keys().isdisjoint(value.free) or _binds(value, names):
            changed = {field.name: renamed(getattr(value, field.name), names) for field in fields(value)}
            return replace(value, **changed)
    return value


def _renamed_name(name: Letter | str, names: Mapping[Letter, Index]) -> Index:
    return last_of(name) if isinstance(name, str) else names.get(name, name)


def _binds(value: Factor | Expression, names: Mapping[Letter, Index]) -> bool:
    if isinstance(value, Factor):
        return any(letter in names for name in value.binds for letter in _letters(getattr(value, name)))
    return any(letter in names for term in value.terms for letter in term.summed)


def changed(factor: Factor, change: Callable[[Expression], Expression]) -> Factor:
    """Return a factor with other expressions in the places of its own; itself, if none of them is another."""
    values: dict[str, Any] = {}
    for name in factor.__dataclass_fields__:
        value = getattr(factor, name)
        if isinstance(value, Expression):
            other = change(value)
            if other is not value:
                values[name] = other
        elif isinstance(value, tuple) and value and isinstance(value[0], Expression):
            others = tuple(map(change, value))
            if any(one is not other for one, other in zip(value, others, strict=True)):
                values[name] = others
    return replace(factor, **values) if values else factor


def fresh(term: Term) -> Term:
    """Return a term whose summed letters are new, so that it can be multiplied with one that has the same."""
    return (
        renamed(term, {letter: Letter(letter.size, letter.name) for letter in term.summed})
        if term.summed
        else term
    )


def product(*parts: Expression) -> Expression:
    """Return the product of expressions; a sum among them stays in its parentheses."""
    coefficient = Fraction(1)
    factors: list[Factor] = []
    summed: list[Letter] = []
    for part in parts:
        if not part.terms:
            return part
        if len(part.terms) == 1:
            term = fresh(part.terms[0])
            coefficient *= term.coefficient
            factors += term.factors
            summed += term.summed
        else:
            factors.append(Nested(part))
    return Expression((Term(coefficient, tuple(factors), tuple(summed)),))


def plus(*parts: Expression) -> Expression:
    """Return the sum of expressions."""
    return Expression(tuple(term for part in parts for term in part.terms))


def scaled(part: Expression, coefficient: Fraction | int) -> Expression:
    """Return an expression times a number, which goes into each term."""
    if not coefficient:
        return Expression()
    return Expression(tuple(replace(term, coefficient=term.coefficient * coefficient) for term in part.terms))


def total(part: Expression, letters: Iterable[Letter]) -> Expression:
    """Return the sum of an expression over letters."""
    over = tuple(letters)
    return Expression(tuple(replace(term, summed=(*term.summed, *over)) for term in map(fresh, part.terms)))


def power(base: Expression, exponent: Fraction | int | Expression) -> Expression:
    """Return a power of an expression."""
    exponent = exponent if isinstance(exponent, Expression) else number(exponent)
    value, whole = constant(base), constant(exponent)
    if whole == 1:
        return base
    if whole == 0:
        return ONE
    if value is not None and whole is not None and whole.denominator == 1 and (value or whole > 0):
        return number(value ** int(whole))
    return expression(Power(base, exponent))


def factors_of(part: Expression) -> Iterator[Factor]:
    """Yield the factors of all terms, those of sums in parentheses, too."""
    for term in part.terms:
        for factor in term.factors:
            yield factor
            if isinstance(factor, Nested):
                yield from factors_of(factor.body)
