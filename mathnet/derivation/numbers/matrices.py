"""Matrices of exact or dual numbers, as lists of rows."""

from collections.abc import Iterable, Sequence
from operator import mul

from mathnet.dual import Number, reciprocal

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
    determinant, adjugate = solve(rows)
    scale = reciprocal(determinant)
    return tuple(number * scale for number in adjugate)


def matrix_power(rows: Rows, exponent: int) -> Entries:
    """Return the entries of a whole power of a square matrix."""
    size = len(rows)
    if exponent < 0:
        rows = in_rows(inverse(rows), size)
    power = identity(size)
    for _ in range(abs(exponent)):
        power = matmul(power, rows)
    return flat(power)
