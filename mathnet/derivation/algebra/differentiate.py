"""Derivatives of expressions with respect to the entries of a symbol: the product rule, and one rule for each kind of factor."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from ..errors import DerivationError, Place
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
    Nested,
    Power,
    Size,
    Softmax,
    Term,
    expression,
    number,
    plus,
    power,
    product,
    renamed,
    scaled,
    total,
)

SLOPES: dict[str, Callable[[Expression], Expression]] = {  # the derivative of a function at u
    "exp": lambda u: expression(Applied("exp", 0, (u,))),
    "log": lambda u: power(u, -1),
    "sin": lambda u: expression(Applied("cos", 0, (u,))),
    "cos": lambda u: expression(Applied("sin", 0, (u,)), coefficient=-1),
    "tanh": lambda u: plus(ONE, scaled(power(expression(Applied("tanh", 0, (u,))), 2), -1)),
    "relu": lambda u: expression(Bracket(u, ">", number(0))),
    "abs": lambda u: expression(Applied("sign", 0, (u,))),
    "sign": lambda u: number(0),
}


def derivative(of: Expression, name: str, at: Sequence[Index]) -> Expression:
    """Return the derivative with respect to the entry of a symbol at these indices.

    What has kinks is differentiated away from them.
    """
    return plus(*(_of_term(term, name, tuple(at)) for term in of.terms if name in Expression((term,)).names))


def _of_term(term: Term, name: str, at: tuple[Index, ...]) -> Expression:
    """Return the derivative of a product: one factor after the other is differentiated."""
    parts = []
    for place, factor in enumerate(term.factors):
        inner = slope(factor, name, at)
        if inner.terms:
            others = Term(term.coefficient, (*term.factors[:place], *term.factors[place + 1 :]))
            parts.append(total(product(Expression((others,)), inner), term.summed))
    return plus(*parts)


def slope(factor: Factor, name: str, at: tuple[Index, ...]) -> Expression:
    """Return the derivative of one factor."""
    if not isinstance(factor, Entry) and all(name not in part.names for part in factor.expressions()):
        return Expression()
    match factor:
        case Entry():
            if factor.name != name:
                return Expression()
            return expression(*(Delta(own, other) for own, other in zip(factor.at, at, strict=True)))
        case Size() | Delta() | Bracket():
            return Expression()
        case Nested():
            return derivative(factor.body, name, at)
        case Applied():
            return _of_function(factor, name, at)
        case Power():
            return _of_power(factor, name, at)
        case Softmax():
            other = Letter(factor.over.size)
            here = product(
                expression(factor), derivative(renamed(factor.body, {factor.over: factor.at}), name, at)
            )
            elsewhere = derivative(renamed(factor.body, {factor.over: other}), name, at)
            mean = total(
                product(expression(factor), expression(replace(factor, at=other)), elsewhere), (other,)
            )
            return plus(here, scaled(mean, -1))
        case Logsumexp():
            other = Letter(factor.over.size)
            inner = derivative(renamed(factor.body, {factor.over: other}), name, at)
            return total(product(expression(Softmax(factor.body, factor.over, other)), inner), (other,))
        case Inverse():
            row, column, inner = _of_matrix(factor, name, at)
            left, right = replace(factor, at=(factor.at[0], row)), replace(factor, at=(column, factor.at[1]))
            return scaled(total(product(expression(left), inner, expression(right)), (row, column)), -1)
        case Determinant():
            row, column, inner = _of_matrix(factor, name, at)
            inverse = Inverse(factor.body, factor.row, factor.column, (column, row))
            return total(product(expression(factor), expression(inverse), inner), (row, column))
    assert isinstance(factor, Extreme)
    words = "largest" if factor.function == "max" else "smallest"
    raise DerivationError(
        f"the {words} of many numbers is not derived: equal ones would count twice", Place(1, 1, "")
    )


def _of_matrix(
    factor: Inverse | Determinant, name: str, at: tuple[Index, ...]
) -> tuple[Letter, Letter, Expression]:
    """Return the derivative of the matrix that a block is a function of, at a new row and column."""
    row, column = Letter(factor.row.size), Letter(factor.column.size)
    body = renamed(factor.body, {factor.row: row, factor.column: column})
    return row, column, derivative(body, name, at)


def _of_function(factor: Applied, name: str, at: tuple[Index, ...]) -> Expression:
    if factor.function in {"max", "min"}:
        left, right = factor.arguments
        more, less = (">", r"\le") if factor.function == "max" else ("<", r"\ge")
        one, other = derivative(left, name, at), derivative(right, name, at)
        if not one.terms:
            return product(expression(Bracket(right, more, left)), other)
        first = product(expression(Bracket(left, more, right)), one)
        return plus(first, product(expression(Bracket(left, less, right)), other)) if other.terms else first
    (inner,) = factor.arguments
    if factor.function == "log" and not factor.order and (plain := _without_bars(inner)):
        return product(power(plain, -1), derivative(plain, name, at))
    known = SLOPES.get(factor.function) if not factor.order else None
    outer = known(inner) if known else expression(replace(factor, order=factor.order + 1))
    return product(outer, derivative(inner, name, at))


def _without_bars(inner: Expression) -> Expression | None:
    """Return u if an expression is |u|: the derivative of log|u| is that of log u."""
    match inner:
        case Expression(
            (Term(coefficient=1, factors=(Applied(function="abs", order=0, arguments=(body,)),)),)
        ):
            return body
    return None


def _of_power(factor: Power, name: str, at: tuple[Index, ...]) -> Expression:
    base, exponent = factor.base, factor.exponent
    lower = power(base, one_less(exponent))
    found = product(exponent, lower, derivative(base, name, at))
    if name in exponent.names:
        log = expression(Applied("log", 0, (base,)))
        found = plus(found, product(expression(factor), log, derivative(exponent, name, at)))
    return found


def one_less(exponent: Expression) -> Expression:
    """Return an exponent less one."""
    numbers = [term for term in exponent.terms if not term.factors and not term.summed]
    others = tuple(term for term in exponent.terms if term not in numbers)
    return plus(Expression(others), number(sum((term.coefficient for term in numbers), Fraction(-1))))
