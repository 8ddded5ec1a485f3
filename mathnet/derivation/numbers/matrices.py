"""Matrices of exact or dual numbers, as lists of rows."""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from operator import mul

from mathnet.dual import GUARD, Dual, Number, mp, reciprocal

from .ratios import Ratio

MAX_FOLLOWED = 6
"""How large a matrix of functions of the place on a line is inverted: the work grows with the sixth power."""

Entries = tuple[Number, ...]
"""The entries of an array, row by row."""
Rows = Sequence[Sequence[Number]]


def in_rows(values: Sequence[Number], width: int) -> Rows:
    """Return the rows of a matrix whose entries these are."""
    return [values[start : start + width] for start in range(0, len(values), width)]


def flat(rows: Iterable[Iterable[Number]]) -> Entries:
    """Return the entries of a matrix, row by row."""
    return tuple(number for row in rows for number in row)


def identity(size: int) -> Rows:
    """Return the rows of the identity."""
    return [[int(i == j) for j in range(size)] for i in range(size)]


def matmul(A: Rows, B: Rows) -> Rows:
    """Return the rows of the product of two matrices."""
    return [[sum(map(mul, row, column)) for column in zip(*B, strict=True)] for row in A]


def kronecker(A: Rows, B: Rows) -> Entries:
    """Return the entries of the Kronecker product of two matrices."""
    return tuple(a * b for above in A for below in B for a in above for b in below)


def trace(rows: Rows) -> Number:
    """Return the sum of the diagonal."""
    return sum(rows[i][i] for i in range(len(rows)))


def solve(rows: Rows) -> tuple[Number, Entries]:
    """Return determinant and adjugate, by the recursion of Faddeev and LeVerrier, which needs no pivots."""
    size = len(rows)
    for number in flat(rows) if size > MAX_FOLLOWED else ():
        if isinstance(number, Ratio):
            number.give_up("a matrix too large to be followed along a line")
    coefficient: Number = 1
    product: Rows = [[0] * size] * size
    for step in range(1, size + 1):
        adjugate = [[product[i][j] + coefficient * (i == j) for j in range(size)] for i in range(size)]
        product = matmul(rows, adjugate)
        coefficient = trace(product) * reciprocal(-step)
    sign = (-1) ** size
    return sign * coefficient, tuple(-sign * number for number in flat(adjugate))


def inverse(rows: Rows) -> Entries:
    """Return the entries of the inverse."""
    if all(isinstance(number, int | Fraction) for row in rows for number in row):
        return _eliminated(rows)
    determinant, adjugate = solve(rows)
    _require_regular(rows, determinant)
    scale = reciprocal(determinant)
    return tuple(number * scale for number in adjugate)


def _require_regular(rows: Rows, determinant: Number) -> None:
    """Refuse a determinant of which no digit is more than rounding: the columns are dependent, or too nearly so to tell."""
    while isinstance(determinant, Dual):
        determinant = determinant.value
    if isinstance(determinant, mp.mpf):
        most = math.prod(sum(abs(number) for number in row) for row in rows)
        if abs(determinant) * mp.mpf(10) ** (mp.dps - GUARD) <= most:
            raise ZeroDivisionError("division by zero")


def _eliminated(rows: Rows) -> Entries:
    """Return the inverse of a matrix of fractions, by the elimination of Bareiss: it stays within integers, and takes n³ steps where the recursion takes n⁴."""
    size, scale = len(rows), math.lcm(*(number.denominator for row in rows for number in row))
    left = [
        [int(number * scale) for number in row] + [scale * (i == j) for j in range(size)]
        for i, row in enumerate(rows)
    ]
    last = 1
    for at in range(size):
        pivot = next((i for i in range(at, size) if left[i][at]), None)
        if pivot is None:
            raise ZeroDivisionError("division by zero")
        left[at], left[pivot] = left[pivot], left[at]
        head = left[at][at]
        for i, row in enumerate(left):
            if i != at:
                factor = row[at]
                left[i] = [(head * a - factor * b) // last for a, b in zip(row, left[at], strict=True)]
        last = head
    return tuple(Fraction(number, last) for row in left for number in row[size:])


def matrix_power(rows: Rows, exponent: int) -> Entries:
    """Return the entries of a whole power of a square matrix."""
    size = len(rows)
    if exponent < 0:
        rows = in_rows(inverse(rows), size)
    power = identity(size)
    for _ in range(abs(exponent)):
        power = matmul(power, rows)
    return flat(power)
