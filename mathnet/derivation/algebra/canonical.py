"""One key for all ways of writing the same expression: the order of factors and the names of summed letters do not count.

Two expressions whose normal forms have the same key are equal for all sizes and all values for which both are defined.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from math import prod

from ..meaning.names import Names
from ..meaning.properties import SHAPING
from .terms import (
    Counted,
    Delta,
    Entry,
    Expression,
    Factor,
    Inverse,
    Letter,
    Nested,
    Power,
    Term,
    constant,
    expression,
    plus,
    product,
    renamed,
)

MOST_ORDERS = 120  # of letters that look alike; beyond, two equal expressions may get different keys
MOST_TERMS = 400  # of a product that is multiplied out
HIGHEST = 6  # power of a sum that is
LONGEST = 1000  # sum
MOST_KEYS = 10_000  # of parts of one formula; those of usual layers have a few hundred
SYMMETRIC = {"symmetric", "positive definite", "diagonal"}
SUM_TO_ONE = {"rows sum to one", "rows are probabilities", "rows are one-hot"}


class TooLongError(Exception):
    """A formula has become too long to be put into its normal form."""


class Keys:
    """Gives expressions their keys; it keeps those that it has given, so one serves for a whole formula.

    Parameters
    ----------
    symmetric : set of str
        The symbols of which the order of the two indices does not count.
    sum_to_one : set of str
        The symbols of which every row, or the only column, sums to one.
    varied : set of str
        The symbols of which nothing is said that could make two of their entries equal.
    zero_outside : set of str
        The symbols of which an entry beyond the first or the last is 0.
    """

    def __init__(
        self,
        symmetric: frozenset[str] = frozenset(),
        sum_to_one: frozenset[str] = frozenset(),
        varied: frozenset[str] = frozenset(),
        zero_outside: frozenset[str] = frozenset(),
    ) -> None:
        self.symmetric, self.sum_to_one, self.varied = symmetric, sum_to_one, varied
        self.zero_outside = zero_outside
        self.known: dict[tuple[int, tuple[tuple[int, str], ...], int], tuple[Expression, str]] = {}
        self.simple: dict[
            int, tuple[Expression, Expression]
        ] = {}  # by the id of the first: what it simplifies to

    @classmethod
    def of(cls, names: Names) -> "Keys":
        """Return the keys for the symbols of a where part."""

        def said(words: set[str]) -> frozenset[str]:
            return frozenset(name for name, symbol in names.symbols.items() if symbol.properties & words)

        return cls(
            said(SYMMETRIC),
            said(SUM_TO_ONE),
            frozenset(names.symbols) - said(set(SHAPING)),
            said({"zero outside"}),
        )

    def key(self, part: Expression) -> str:
        """Return the key of an expression; letters that are free in it keep their identity."""
        return self.expression(part, {}, 0)

    def expression(self, part: Expression, labels: dict[Letter, str], depth: int) -> str:
        """Return the key of an expression of which some letters have labels."""
        own = tuple(sorted((id(letter), labels.get(letter, str(id(letter)))) for letter in part.free))
        at = (id(part), own, depth)
        if at not in self.known:
            if len(self.known) > MOST_KEYS:
                raise TooLongError
            text = "+".join(sorted(self.term(term, labels, depth) for term in part.terms)) or "0"
            self.known[at] = part, f"({text})"  # the part, too, so that no other gets its id
        return self.known[at][1]

    def term(self, term: Term, labels: dict[Letter, str], depth: int) -> str:
        """Return the key of a term."""
        if not term.summed:
            names = "*".join(sorted(self.factor(factor, labels, depth) for factor in term.factors))
        else:
            names = min(
                "*".join(
                    sorted(self.factor(factor, {**labels, **named}, depth + 1) for factor in term.factors)
                )
                for named in self._namings(term, labels, depth)
            )
        return f"{term.coefficient}[{len(term.summed)}]{names}"

    def _namings(self, term: Term, labels: dict[Letter, str], depth: int) -> Iterator[dict[Letter, str]]:
        """Yield names for the summed letters: those that can be told apart by where they stand come in a fixed order."""
        colours = {letter: f"?{letter.size}" for letter in term.summed}
        if len(term.summed) > 1:
            for _ in range(min(len(term.summed), 3)):
                colours = {
                    letter: colour
                    + "|".join(
                        sorted(
                            self.factor(factor, {**labels, **colours, letter: "!"}, depth + 1)
                            for factor in term.factors
                            if letter in factor.free
                        )
                    )
                    for letter, colour in colours.items()
                }
                names = {colour: f"?{place}" for place, colour in enumerate(sorted(set(colours.values())))}
                colours = {letter: names[colour] for letter, colour in colours.items()}
        alike: dict[str, list[Letter]] = defaultdict(list)
        for letter, colour in colours.items():
            alike[colour].append(letter)
        groups = [alike[colour] for colour in sorted(alike)]
        orders = itertools.product(*(itertools.permutations(group) for group in groups))
        for order in itertools.islice(orders, MOST_ORDERS):
            letters = [letter for group in order for letter in group]
            yield {letter: f"{depth}.{place}:{letter.size}" for place, letter in enumerate(letters)}

    def factor(self, factor: Factor, labels: dict[Letter, str], depth: int) -> str:
        """Return the key of a factor."""
        bound = [letter for name in factor.binds for letter in _letters(getattr(factor, name))]
        inner = labels | {
            letter: f"{type(factor).__name__}{depth}.{place}:{letter.size}"
            for place, letter in enumerate(bound)
        }
        parts = []
        for name in factor.__dataclass_fields__:
            value = getattr(factor, name)
            texts = [self._field(part, inner, depth + bool(bound)) for part in _tuple(value)]
            if name == "at" and self._is_symmetric(factor):
                texts[-2:] = sorted(texts[-2:])  # before them may stand the step of a sequence
            parts.append(",".join(texts))
        if isinstance(factor, Delta):
            parts.sort()
        return f"{type(factor).__name__}<{';'.join(parts)}>"

    def _is_symmetric(self, factor: Factor) -> bool:
        """Say whether the two indices of an entry may change places: of a symbol, or of the inverse of what is symmetric."""
        match factor:
            case Entry(name=name):
                return name in self.symmetric
            case Inverse(body=body, row=row, column=column):
                turned = renamed(body, {row: column, column: row})
                return self.key(body) == self.key(turned)
        return False

    def _field(self, part: object, labels: dict[Letter, str], depth: int) -> str:
        if isinstance(part, Letter):
            return labels.get(part, str(id(part)))
        if isinstance(part, Counted):
            names = ((self._field(name, labels, depth), often) for name, often in part.often)
            return "+".join((*(f"{often}{name}" for name, often in sorted(names)), str(part.number)))
        if isinstance(part, Expression):
            return self.expression(part, labels, depth)
        return str(part)


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _letters(value: object) -> list[Letter]:
    return [letter for letter in _tuple(value) if isinstance(letter, Letter)]


def outline(factor: Factor) -> tuple[object, ...]:
    """Return what two factors that are equal have in common at first sight."""
    inner = next(factor.expressions(), None)
    name = getattr(factor, "name", getattr(factor, "function", ""))
    return type(factor).__name__, name, len(factor.free), len(inner.terms) if inner else 0


def collected(part: Expression, keys: Keys) -> Expression:
    """Return an expression in which terms that differ in their coefficient alone are one."""
    alike: dict[tuple[object, ...], list[Term]] = defaultdict(list)
    for term in part.terms:
        alike[(len(term.summed), *sorted(map(outline, term.factors), key=repr))].append(term)
    if all(len(terms) == 1 for terms in alike.values()):
        return part
    found: list[Term] = []
    for terms in alike.values():
        by_key: dict[str, Term] = {}
        for term in terms:
            at = keys.term(replace(term, coefficient=Fraction(1)), {}, 0) if len(terms) > 1 else ""
            known = by_key.get(at)
            by_key[at] = replace(term, coefficient=term.coefficient + known.coefficient) if known else term
        found += by_key.values()
    return Expression(tuple(term for term in found if term.coefficient))


def expanded(part: Expression, keys: Keys) -> Expression:
    """Return an expression in which every product of sums is multiplied out, as far as that stays short.

    A sum by which something beside it is divided stays as it is: it may cancel.

    Raises
    ------
    TooLongError
        If it has more terms than anybody would write.
    """
    found = plus(*(_expanded(term, keys) for term in part.terms))
    if len(found.terms) > LONGEST:
        raise TooLongError
    return found


def is_product_of_sums(term: Term) -> bool:
    """Say whether there is something to multiply out."""
    return any(isinstance(factor, Nested) or _whole_power(factor) for factor in term.factors)


def _whole_power(factor: Factor) -> int:
    value = constant(factor.exponent) if isinstance(factor, Power) else None
    return int(value) if value is not None and value.denominator == 1 and 1 < value <= HIGHEST else 0


def _divisors(part: Expression) -> Iterator[Expression]:
    """Yield the sums by which the terms of an expression are divided."""
    for term in part.terms:
        for factor in term.factors:
            value = constant(factor.exponent) if isinstance(factor, Power) else None
            if isinstance(factor, Power) and value is not None and value < 0 and len(factor.base.terms) > 1:
                yield factor.base


def _expanded(term: Term, keys: Keys) -> Expression:
    sums = [factor for factor in term.factors if isinstance(factor, Nested)]
    below = {keys.key(base) for other in sums for base in _divisors(other.body)} if len(sums) > 1 else set()
    kept = [factor for factor in sums if keys.key(factor.body) in below] if below else []
    choices: list[Expression] = []
    for factor in term.factors:
        match factor:
            case Nested() if factor not in kept:
                choices.append(expanded(factor.body, keys))
            case Power() if times := _whole_power(factor):
                choices += [expanded(factor.base, keys)] * times
            case _:
                choices.append(expression(factor))
    if prod(len(choice.terms) for choice in choices) > MOST_TERMS:
        return Expression((term,))
    products = [
        reduce(product, (Expression((choice,)) for choice in picks), expression(coefficient=term.coefficient))
        for picks in itertools.product(*(choice.terms for choice in choices))
    ]
    return plus(
        *(
            Expression((replace(found, summed=(*found.summed, *term.summed)),))
            for each in products
            for found in each.terms
        )
    )
