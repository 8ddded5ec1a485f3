"""Functions of a whole matrix, such as trace and determinant, on exact or dual numbers."""

import math
from collections.abc import Callable
from functools import reduce
from operator import mul
from typing import NamedTuple

from mathnet.dual import elementary, reciprocal

from .kinks import larger, smaller

VECTOR_OR_SQUARE, SQUARE, ANY = "a vector or a square matrix", "a square matrix", "a matrix or vector"
VECTOR = r"a vector (the 2-norm of a matrix is its largest singular value; the root of the sum of squares is \|A\|_F)"


class Function(NamedTuple):
    """What it is a function of, its entries from the rows of a matrix, and its shape from the matrix's."""

    domain: str
    entries: Callable
    shape: Callable = lambda shape: ()
    smooth: bool = False  # it is made of exp or a root
    counted: bool = False  # it counts entries
    kinked: bool = False  # it compares entries
    power: int = 1  # of the number of entries: about how many multiplications it takes

    def takes(self, shape):
        """Say whether the function is defined for this shape."""
        square, vector = not shape or shape[0] == shape[-1], not shape or "1" in shape
        takes = {ANY: True, VECTOR: vector, SQUARE: square, VECTOR_OR_SQUARE: vector or square}
        return len(shape) < 3 and takes[self.domain]


def together(*axes):
    """Return the dimension of as many entries as an array with these axes has: n·m."""
    parts = sorted(part for axis in axes for part in axis.split("·"))
    number = math.prod(int(part) for part in parts if part.isdigit())
    return "·".join([str(number)] * (number > 1) + [part for part in parts if not part.isdigit()]) or "1"


def matmul(A, B):
    """Return the rows of the product of two matrices."""
    return [[sum(map(mul, row, column)) for column in zip(*B, strict=True)] for row in A]


def kronecker(A, B):
    """Return the entries of the Kronecker product of two matrices."""
    return tuple(a * b for above in A for below in B for a in above for b in below)


def matrix_power(rows, exponent):
    """Return the entries of a whole power of a square matrix."""
    size = len(rows)
    if exponent < 0:
        rows = in_rows(_inverse(rows), size)
    power = [[int(i == j) for j in range(size)] for i in range(size)]
    for _ in range(abs(exponent)):
        power = matmul(power, rows)
    return flat(power)


def _same(shape):
    return shape


def in_rows(values, width):
    """Return the rows of a matrix whose entries these are."""
    return [values[start : start + width] for start in range(0, len(values), width)]


def flat(rows):
    """Return the entries of a matrix, row by row."""
    return tuple(number for row in rows for number in row)


def _trace(rows):
    return (sum(rows[i][i] for i in range(len(rows))),)


def _solve(rows):
    """Return determinant and adjugate, by the recursion of Faddeev and LeVerrier, which needs no pivots."""
    size, coefficient = len(rows), 1
    product = [[0] * size] * size
    for step in range(1, size + 1):
        adjugate = [[product[i][j] + coefficient * (i == j) for j in range(size)] for i in range(size)]
        product = matmul(rows, adjugate)
        coefficient = _trace(product)[0] * reciprocal(-step)
    sign = (-1) ** size
    return sign * coefficient, [-sign * number for number in flat(adjugate)]


def _inverse(rows):
    determinant, adjugate = _solve(rows)
    scale = reciprocal(determinant)
    return tuple(number * scale for number in adjugate)


def _diagonal(rows):
    if 1 not in (len(rows), len(rows[0])):
        return tuple(rows[i][i] for i in range(len(rows)))
    values = flat(rows)
    return tuple(value if i == j else 0 for i, value in enumerate(values) for j in range(len(values)))


def _diagonal_shape(shape):
    if "1" not in shape:
        return shape and (shape[0], "1")
    size = shape[0] if shape[1] == "1" else shape[1]
    return (size, size)


def _powers(rows):
    """Return the exponentials of each row; of a column, of the column."""
    lines = rows if len(rows[0]) > 1 else [flat(rows)]
    return [[elementary("exp", value) for value in line] for line in lines]


def _softmax(rows):
    return tuple(power * reciprocal(sum(line)) for line in _powers(rows) for power in line)


def _logsumexp(rows):
    return tuple(elementary("log", sum(line)) for line in _powers(rows))


def _logsumexp_shape(shape):
    return (shape[0], "1") if "1" not in shape and shape else ()


def _squares(rows):
    return (sum(value * value for value in flat(rows)),)


def _norm(rows):
    return (elementary("sqrt", *_squares(rows)),)


def _sum(rows):
    return (sum(flat(rows)),)


def _mean(rows):
    return (_sum(rows)[0] * reciprocal(len(flat(rows))),)


def _variance(rows):
    (mean,) = _mean(rows)
    return _mean([[(value - mean) * (value - mean) for value in row] for row in rows])


def _columns(rows):
    return tuple(number for column in zip(*rows, strict=True) for number in column)


WHOLE = {
    r"\operatorname{tr}": Function(SQUARE, _trace),
    r"\det": Function(SQUARE, lambda rows: (_solve(rows)[0],), power=2),
    "^{-1}": Function(SQUARE, _inverse, _same, power=2),
    r"\operatorname{diag}": Function(VECTOR_OR_SQUARE, _diagonal, _diagonal_shape),
    r"\operatorname{sum}": Function(ANY, _sum),
    r"\operatorname{mean}": Function(ANY, _mean, counted=True),
    r"\operatorname{var}": Function(ANY, _variance, counted=True),
    r"\operatorname{std}": Function(
        ANY, lambda rows: (elementary("sqrt", *_variance(rows)),), smooth=True, counted=True
    ),
    r"\operatorname{vec}": Function(ANY, _columns, lambda shape: (together(*shape), "1") if shape else ()),
    r"\max": Function(ANY, lambda rows: (reduce(larger, flat(rows)),), kinked=True),
    r"\min": Function(ANY, lambda rows: (reduce(smaller, flat(rows)),), kinked=True),
    r"\operatorname{logsumexp}": Function(ANY, _logsumexp, _logsumexp_shape, smooth=True),
    r"\operatorname{softmax}": Function(ANY, _softmax, _same, smooth=True),
    r"\|": Function(ANY, _norm, smooth=True),
    r"\|_2": Function(VECTOR, _norm, smooth=True),
    r"\|^2": Function(ANY, _squares),
    r"\|_2^2": Function(VECTOR, _squares),
}
