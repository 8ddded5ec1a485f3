"""Derivatives of expressions with respect to the entries of a symbol: the product rule, and one rule for each kind of factor."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from ..errors import DerivationError, Place
from ..meaning.properties import PI
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
    Nested,
    Places,
    Power,
    Softmax,
    Term,
    between,
    expression,
    number,
    plus,
    power,
    product,
    renamed,
    scaled,
    total,
)


def _named(function: str, u: Expression) -> Expression:
    return expression(Applied(function, 0, (u,), function))


SLOPES: dict[str, Callable[[Applied, Expression], Expression]] = {  # of f(u): its derivative at u
    "exp": lambda f, u: expression(f),
    "log": lambda f, u: power(u, -1),
    "sin": lambda f, u: _named("cos", u),
    "cos": lambda f, u: scaled(_named("sin", u), -1),
    "tanh": lambda f, u: plus(ONE, scaled(power(expression(f), 2), -1)),
    "arctan": lambda f, u: power(plus(ONE, power(u, 2)), -1),
    "erf": lambda f, u: scaled(
        product(power(expression(Entry(PI)), Fraction(-1, 2)), _named("exp", scaled(power(u, 2), -1))), 2
    ),
    "relu": lambda f, u: expression(Bracket(u, ">", number(0))),
    "abs": lambda f, u: _named("sign", u),
    "sign": lambda f, u: number(0),
    r"\operatorname{sigmoid}": lambda f, u: product(expression(f), plus(ONE, expression(f, coefficient=-1))),
    r"\operatorname{softplus}": lambda f, u: _named(r"\operatorname{sigmoid}", u),
    r"\sinh": lambda f, u: _named(r"\cosh", u),
    r"\cosh": lambda f, u: _named(r"\sinh", u),
    r"\tan": lambda f, u: plus(ONE, power(expression(f), 2)),
}


def derivative(of: Expression, name: str, at: Sequence[Index]) -> Expression:
    """Return the derivative with respect to the entry of a symbol at these indices.

    What has kinks is differentiated away from them.
    """
    return Derivative(name, tuple(at)).of(of)


class Derivative:
    """The derivative with respect to one entry of a symbol: the product rule, and one rule for each kind of factor.

    Parameters
    ----------
    name : str
        The symbol.
    at : tuple of Letter or int
        The indices of the entry.
    """

    def __init__(self, name: str, at: tuple[Index, ...]) -> None:
        self.name, self.at = name, at

    def of(self, part: Expression) -> Expression:
        """Return the derivative of an expression: in each term, one factor after the other is differentiated."""
        return plus(*(self._of_term(term) for term in part.terms if self.concerns(Expression((term,)))))

    def concerns(self, part: Expression) -> bool:
        """Say whether an expression depends on the symbol."""
        return self.name in part.names

    def inside(self, part: Expression) -> Expression:
        """Return the derivative of what a factor is made of."""
        return self.of(part)

    def entry(self, factor: Entry) -> Expression:
        """Return the derivative of an entry: one delta for each index, if it is of the symbol."""
        if factor.name != self.name:
            return Expression()
        return expression(*(Delta(own, other) for own, other in zip(factor.at, self.at, strict=True)))

    def places(self, places: Places) -> Expression:
        """Return in how many places a largest number is."""
        return expression(places)

    def _of_term(self, term: Term) -> Expression:
        parts = []
        for place, factor in enumerate(term.factors):
            inner = self.of_factor(factor)
            if inner.terms:
                others = Term(term.coefficient, (*term.factors[:place], *term.factors[place + 1 :]))
                parts.append(total(product(Expression((others,)), inner), term.summed))
        return plus(*parts)

    def of_factor(self, factor: Factor) -> Expression:
        """Return the derivative of one factor."""
        if isinstance(factor, Entry):
            return self.entry(factor)
        if not any(map(self.concerns, factor.expressions())):
            return Expression()
        match factor:
            case Bracket() | Places():
                return Expression()
            case Nested():
                return self.of(factor.body)
            case Applied():
                return self._of_function(factor)
            case Power():
                return self._of_power(factor)
            case Softmax():
                other = Letter(factor.over.size)
                here = product(
                    expression(factor), self.inside(renamed(factor.body, {factor.over: factor.at}))
                )
                elsewhere = self.inside(renamed(factor.body, {factor.over: other}))
                mean = total(
                    product(expression(factor), expression(replace(factor, at=other)), elsewhere), (other,)
                )
                return plus(here, scaled(mean, -1))
            case Logsumexp():
                other = Letter(factor.over.size)
                inner = self.inside(renamed(factor.body, {factor.over: other}))
                return total(product(expression(Softmax(factor.body, factor.over, other)), inner), (other,))
            case Inverse():
                row, column, inner = self._of_matrix(factor)
                left, right = (
                    replace(factor, at=(factor.at[0], row)),
                    replace(factor, at=(column, factor.at[1])),
                )
                return scaled(total(product(expression(left), inner, expression(right)), (row, column)), -1)
            case Determinant():
                row, column, inner = self._of_matrix(factor)
                inverse = Inverse(factor.body, factor.row, factor.column, (column, row))
                return total(product(expression(factor), expression(inverse), inner), (row, column))
            case Multiplied(besides=None, limits=limits):
                other = Letter(factor.over.size)
                inner = self.inside(renamed(factor.body, {factor.over: other}))
                within = between(other, *limits) if limits else ()
                rest = expression(replace(factor, besides=other), *within)
                return total(product(rest, inner), (other,))
            case Extreme():
                others = tuple(Letter(letter.size) for letter in factor.over)
                body = renamed(factor.body, dict(zip(factor.over, others, strict=True)))
                mean = power(self.places(Places(factor.function, factor.body, factor.over)), -1)
                first = expression(factor.reached(body))
                return product(mean, total(product(first, self.inside(body)), others))
        raise DerivationError(
            "a product over all but one of its factors is not differentiated again", Place(1, 1, "")
        )

    def _of_matrix(self, factor: Inverse | Determinant) -> tuple[Letter, Letter, Expression]:
        """Return the derivative of the matrix that a block is a function of, at a new row and column."""
        row, column = Letter(factor.row.size), Letter(factor.column.size)
        return row, column, self.inside(renamed(factor.body, {factor.row: row, factor.column: column}))

    def _of_function(self, factor: Applied) -> Expression:
        if factor.function in {"max", "min"}:
            left, right = factor.arguments
            more, less = (">", r"\le") if factor.function == "max" else ("<", r"\ge")
            one, other = self.inside(left), self.inside(right)
            if not one.terms:
                return product(expression(Bracket(right, more, left)), other)
            first = product(expression(Bracket(left, more, right)), one)
            return (
                plus(first, product(expression(Bracket(left, less, right)), other)) if other.terms else first
            )
        (inner,) = factor.arguments
        if factor.function == "log" and not factor.order and (plain := _without_bars(inner)):
            return product(power(plain, -1), self.inside(plain))
        known = SLOPES.get(factor.rule) if not factor.order else None
        outer = known(factor, inner) if known else expression(replace(factor, order=factor.order + 1))
        return product(outer, self.inside(inner))

    def _of_power(self, factor: Power) -> Expression:
        base, exponent = factor.base, factor.exponent
        lower = power(base, one_less(exponent))
        found = product(exponent, lower, self.inside(base))
        if self.concerns(exponent):
            log = expression(Applied("log", 0, (base,)))
            found = plus(found, product(expression(factor), log, self.inside(exponent)))
        return found


def _without_bars(inner: Expression) -> Expression | None:
    """Return u if an expression is |u|: the derivative of log|u| is that of log u."""
    match inner:
        case Expression(
            (Term(coefficient=1, factors=(Applied(function="abs", order=0, arguments=(body,)),)),)
        ):
            return body
    return None


def one_less(exponent: Expression) -> Expression:
    """Return an exponent less one."""
    numbers = [term for term in exponent.terms if not term.factors and not term.summed]
    others = tuple(term for term in exponent.terms if term not in numbers)
    return plus(Expression(others), number(sum((term.coefficient for term in numbers), Fraction(-1))))
