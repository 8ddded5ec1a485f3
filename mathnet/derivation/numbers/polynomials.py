"""Polynomials in one variable with exact coefficients, the lowest first, and their real roots."""

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from mathnet.dual import Number

Polynomial = tuple[Number, ...]
"""Its coefficients, integers and fractions, of which the last is not zero; the polynomial 0 has none."""

NARROW = Fraction(1, 2**60)  # a root that is no fraction is known to this


class Root(NamedTuple):
    """Where a real root is: the two are equal if it is a fraction, else it lies between them."""

    low: Fraction
    high: Fraction


def trimmed(coefficients: Sequence[Number]) -> Polynomial:
    """Return the polynomial without leading zeros."""
    degree = len(coefficients)
    while degree and not coefficients[degree - 1]:
        degree -= 1
    return tuple(coefficients[:degree])


def plus(p: Polynomial, q: Polynomial) -> Polynomial:
    """Return the sum."""
    if len(p) < len(q):
        p, q = q, p
    return trimmed([*(a + b for a, b in zip(p, q, strict=False)), *p[len(q) :]])


def times(p: Polynomial, q: Polynomial) -> Polynomial:
    """Return the product."""
    if not p or not q:
        return ()
    found: list[Number] = [0] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            found[i + j] += a * b
    return tuple(found)


def at(p: Polynomial, x: Number) -> Number:
    """Return the value at a number."""
    value: Number = 0
    for coefficient in reversed(p):
        value = value * x + coefficient
    return value


def divided(p: Polynomial, q: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Return quotient and remainder."""
    rest, quotient = list(p), [Fraction()] * max(0, len(p) - len(q) + 1)
    for place in reversed(range(len(quotient))):
        quotient[place] = Fraction(rest[place + len(q) - 1]) / q[-1]
        for i, coefficient in enumerate(q):
            rest[place + i] -= quotient[place] * coefficient
    return trimmed(quotient), trimmed(rest[: len(q) - 1])


def slope(p: Polynomial) -> Polynomial:
    """Return the derivative."""
    return trimmed([power * coefficient for power, coefficient in enumerate(p)][1:])


def common(p: Polynomial, q: Polynomial) -> Polynomial:
    """Return the greatest common divisor, with 1 before its highest power."""
    while q:
        p, q = q, divided(p, q)[1]
        p = _monic(p)
    return p


def _monic(p: Polynomial) -> Polynomial:
    return tuple(coefficient / Fraction(p[-1]) for coefficient in p)


def roots(p: Polynomial) -> list[Root]:
    """Return the real roots in ascending order, each once, after Sturm.

    Examples
    --------
    >>> [root.low for root in roots((-2, 1, 1))]
    [Fraction(-2, 1), Fraction(1, 1)]
    >>> [round(float(root.low), 6) for root in roots((-2, 0, 1))]
    [-1.414214, 1.414214]
    >>> roots((1, 0, 1))
    []
    """
    if len(p) < 3:
        return [Root(root, root) for rise in p[1:] for root in [-p[0] / Fraction(rise)]]
    p = divided(p, common(p, slope(p)))[0]  # every root once
    chain = [p, slope(p)]
    while len(chain[-1]) > 1:
        rest = divided(chain[-2], chain[-1])[1]
        chain.append(tuple(-coefficient / abs(rest[-1]) for coefficient in rest))
    bound = 1 + max(map(abs, _monic(p)))
    found = []
    between = [(-bound, _changes(chain, -bound), bound, _changes(chain, bound))]
    while between:
        low, above_low, high, above_high = between.pop()
        if above_low - above_high == 1:
            found.append(_narrowed(p, low, high))
        elif above_low > above_high:
            middle = (low + high) / 2
            above = _changes(chain, middle)
            between += [(low, above_low, middle, above), (middle, above, high, above_high)]
    return sorted(found)


def _changes(chain: Sequence[Polynomial], x: Fraction) -> int:
    """Return how many roots are larger than a number, up to a constant."""
    signs = [value > 0 for value in (at(p, x) for p in chain) if value]
    return sum(one != other for one, other in itertools.pairwise(signs))


def _narrowed(p: Polynomial, low: Fraction, high: Fraction) -> Root:
    """Return the one root above `low` and not above `high`, which is a simple one."""
    positive = at(p, high) > 0
    if not at(p, high):
        return Root(high, high)
    while high - low > NARROW:
        middle = (low + high) / 2
        value = at(p, middle)
        if not value:
            return Root(middle, middle)
        low, high = (low, middle) if (value > 0) == positive else (middle, high)
    simple = simplest(low, high)
    return Root(simple, simple) if not at(p, simple) else Root(low, high)


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction with the smallest denominator between two numbers, or at one of them.

    Examples
    --------
    >>> simplest(Fraction(3, 10), Fraction(34, 100))
    Fraction(1, 3)
    """
    whole = -(-low.numerator // low.denominator)
    if whole <= high:
        return Fraction(whole)
    below = whole - 1
    return below + 1 / simplest(1 / (high - below), 1 / (low - below))
