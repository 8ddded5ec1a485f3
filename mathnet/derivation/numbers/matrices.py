"""Matrices of exact or dual numbers, as lists of rows."""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from operator import mul

from mathnet.dual import GUARD, Dual, Number, mp, reciprocal, slope

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


def determinant(rows: Rows) -> Number:
    """Return the determinant; that of dual numbers has the tangent Σᵢⱼ adj(A)ⱼᵢ Ȧᵢⱼ, by Jacobi."""
    if _are_exact(rows):
        found, _ = _eliminated(rows)
        return found
    tag = _tag(rows)
    if tag < 0:
        return solve(rows)[0]
    size, values = len(rows), _values(rows, tag)
    found, adjugate = _regular(values) if _are_exact(values) or _tag(values) >= 0 else solve(values)
    moved = (
        adjugate[j * size + i] * slope(number, tag)
        for i, row in enumerate(rows)
        for j, number in enumerate(row)
    )
    return Dual(found, sum(moved), tag)


def inverse(rows: Rows) -> Entries:
    """Return the entries of the inverse; that of dual numbers has the tangent −A⁻¹ Ȧ A⁻¹."""
    if _are_exact(rows):
        _, found = _eliminated(rows)
        if found is None:
            raise ZeroDivisionError("division by zero")
        return found
    tag = _tag(rows)
    if tag < 0:
        determinant, adjugate = solve(rows)
        _require_regular(rows, determinant)
        scale = reciprocal(determinant)
        return tuple(number * scale for number in adjugate)
    value = in_rows(inverse(_values(rows, tag)), len(rows))
    moved = matmul(matmul(value, [[slope(number, tag) for number in row] for row in rows]), value)
    return tuple(
        Dual(number, -tangent, tag) for number, tangent in zip(flat(value), flat(moved), strict=True)
    )


def _regular(rows: Rows) -> tuple[Number, Entries]:
    """Return determinant and adjugate by way of the inverse, which takes less work where there is one."""
    try:
        inverted, found = inverse(rows), determinant(rows)
    except ZeroDivisionError:
        return solve(rows)
    return found, tuple(found * number for number in inverted)


def _are_exact(rows: Rows) -> bool:
    return all(isinstance(number, int | Fraction) for row in rows for number in row)


def _tag(rows: Rows) -> int:
    """Return the largest tag of the dual numbers, -1 if there are none."""
    return max((number.tag for row in rows for number in row if isinstance(number, Dual)), default=-1)


def _values(rows: Rows, tag: int) -> Rows:
    """Return the entries without the tangents of a tag."""
    return [
        [number.value if isinstance(number, Dual) and number.tag == tag else number for number in row]
        for row in rows
    ]


def _require_regular(rows: Rows, determinant: Number) -> None:
    """Refuse a determinant of which no digit is more than rounding: the columns are dependent, or too nearly so to tell."""
    if isinstance(determinant, mp.mpf):
        most = math.prod(sum(abs(number) for number in row) for row in rows)
        if abs(determinant) * mp.mpf(10) ** (mp.dps - GUARD) <= most:
            raise ZeroDivisionError("division by zero")


def _eliminated(rows: Rows) -> tuple[Number, Entries | None]:
    """Return determinant and inverse of a matrix of fractions, by the elimination of Bareiss: it stays within integers, and takes n³ steps where the recursion takes n⁴."""
    size, scale = len(rows), math.lcm(*(number.denominator for row in rows for number in row))
    left = [
        [int(number * scale) for number in row] + [scale * (i == j) for j in range(size)]
        for i, row in enumerate(rows)
    ]
    last, sign = 1, 1
    for at in range(size):
        pivot = next((i for i in range(at, size) if left[i][at]), None)
        if pivot is None:
            return 0, None
        if pivot != at:
            left[at], left[pivot], sign = left[pivot], left[at], -sign
        head = left[at][at]
        for i, row in enumerate(left):
            if i != at:
                factor = row[at]
                left[i] = [(head * a - factor * b) // last for a, b in zip(row, left[at], strict=True)]
        last = head
    inverted = tuple(Fraction(number, last) for row in left for number in row[size:])
    return Fraction(sign * last, scale**size), inverted


def matrix_power(rows: Rows, exponent: int) -> Entries:
    """Return the entries of a whole power of a square matrix."""
    size = len(rows)
    if exponent < 0:
        rows = in_rows(inverse(rows), size)
    power = identity(size)
    for _ in range(abs(exponent)):
        power = matmul(power, rows)
    return flat(power)
