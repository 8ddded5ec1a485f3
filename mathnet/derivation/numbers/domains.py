"""Random arrays with the properties that a symbol is declared to have, and directions in which they stay true."""

import math
from collections.abc import Sequence, Set
from fractions import Fraction

from mathnet.dual import DIGITS, Number, mp, reciprocal

from ..meaning.nodes import Node, Whole
from ..meaning.properties import FIXED, POSITIVE, TALL
from .chance import Source, UnluckyDrawError
from .matrices import Entries, Rows, flat, identity, in_rows, inverse, matmul


def array(numbers: Source, shape: Sequence[int], column: bool, properties: Set[str]) -> Entries:
    """Return the entries of an array, row by row; a column counts as one row."""
    count, lines = math.prod(shape), _lines(shape, column)
    if properties & TALL and shape[0] < shape[1]:
        raise UnluckyDrawError("no matrix with more columns than rows has independent columns")
    if "ones" in properties:
        return (1,) * count
    if "identity" in properties:
        return flat(identity(shape[0]))
    if "rows are one-hot" in properties:
        hot = [numbers.choose(len(line)) for line in lines]
        return tuple(
            int(at == place) for line, place in zip(lines, hot, strict=True) for at in range(len(line))
        )
    if "0 or 1" in properties:
        return tuple(number % 2 for number in numbers.draw_whole(count))  # in some draws they are all equal
    if "1 or -1" in properties:
        return tuple(2 * (number % 2) - 1 for number in numbers.draw_whole(count))
    if "integer" in properties:
        return tuple(numbers.draw_whole(count, "positive" in properties))
    if properties & {"orthogonal", "orthonormal columns"}:
        return tuple(flat(row[: shape[1]] for row in _orthogonal(numbers, shape[0])))
    if properties & {"positive definite", "diagonal"}:
        return _triangular_square(numbers, shape[0], properties)
    if "full column rank" in properties:
        return _full_rank(numbers, *shape)
    values = numbers.draw(count, bool(properties & POSITIVE))
    if "between 0 and 1" in properties:
        values = [value * reciprocal(value + 1) for value in values]
    if "symmetric" in properties:
        values = _mirrored(values, shape[0])
    if properties & {"rows sum to one", "rows are probabilities"}:
        scales = [reciprocal(sum(values[at] for at in line)) for line in lines]
        values = [values[at] * scale for line, scale in zip(lines, scales, strict=True) for at in line]
    return tuple(values)


def direction(
    numbers: Source, shape: Sequence[int], column: bool, properties: Set[str], values: Entries
) -> Entries:
    """Return the entries of a direction at an array with these values."""
    count = math.prod(shape)
    if properties & FIXED:
        return (0,) * count
    dots = numbers.draw(count)
    if properties & {"symmetric", "positive definite", "diagonal"}:
        dots = _mirrored(dots, shape[0])
    if "diagonal" in properties:
        dots = [dot * (at % (shape[0] + 1) == 0) for at, dot in enumerate(dots)]
    if properties & {"orthogonal", "orthonormal columns"}:  # a skew matrix times Q
        skew = _skew(numbers.draw(shape[0] ** 2), shape[0])
        dots = list(flat(matmul(skew, in_rows(values, shape[1]))))
    if properties & {"rows sum to one", "rows are probabilities"}:
        lines = _lines(shape, column)
        means = [sum(dots[at] for at in line) * Fraction(1, len(line)) for line in lines]
        dots = [dots[at] - mean for line, mean in zip(lines, means, strict=True) for at in line]
    return tuple(dots)


def _lines(shape: Sequence[int], column: bool) -> list[range]:
    count = math.prod(shape)
    length = count if column else math.prod(shape[-1:])
    return [range(start, start + length) for start in range(0, count, length)]


def _mirrored(values: Sequence[Number], size: int) -> list[Number]:
    return [values[max(i, j) * size + min(i, j)] for i in range(size) for j in range(size)]


def _skew(values: Sequence[Number], size: int) -> Rows:
    return [
        [values[max(i, j) * size + min(i, j)] * ((i > j) - (i < j)) for j in range(size)] for i in range(size)
    ]


def _triangular_square(numbers: Source, size: int, properties: Set[str]) -> Entries:
    """Return L L^T for a triangular matrix L with a positive diagonal, after Cholesky; or a diagonal matrix."""
    spread = [0] * size if "diagonal" in properties else numbers.draw(size * size)
    definite = "positive definite" in properties
    diagonal = numbers.draw(size, positive=definite)
    rows = [
        [diagonal[i] if i == j else spread[(i * size + j) % len(spread)] * (j < i) for j in range(size)]
        for i in range(size)
    ]
    return flat(matmul(rows, list(zip(*rows, strict=True))) if definite else rows)


def _full_rank(numbers: Source, height: int, width: int) -> Entries:
    """Return L U for a tall L and a square U, both triangular, with another order of the rows."""
    below, above = numbers.draw(height * width), numbers.draw(width * width)
    positive = numbers.draw(width, positive=True)
    left = [[int(i == j) if i <= j else below[i * width + j] for j in range(width)] for i in range(height)]
    signs = [(-1) ** numbers.choose(2) for _ in positive]
    right = [
        [positive[i] * signs[i] if i == j else above[i * width + j] * (i < j) for j in range(width)]
        for i in range(width)
    ]
    rows = list(matmul(left, right))
    return flat([rows.pop(numbers.choose(len(rows))) for _ in range(height)])


def _orthogonal(numbers: Source, size: int) -> Rows:
    """Return (1 - K) / (1 + K) for a skew matrix K, after Cayley, with the signs of some rows changed."""
    skew = _skew(numbers.draw(size * size), size)
    one = identity(size)
    above = [[a - b for a, b in zip(*rows, strict=True)] for rows in zip(one, skew, strict=True)]
    below = [[a + b for a, b in zip(*rows, strict=True)] for rows in zip(one, skew, strict=True)]
    inverted = in_rows(inverse(below), size)
    signs = [(-1) ** numbers.choose(2) for _ in one]  # without them the determinant would always be 1
    return [
        [sign * number for number in row] for sign, row in zip(signs, matmul(above, inverted), strict=True)
    ]


def require_positive(function: str, x: Number, argument: Node) -> None:
    """Refuse a logarithm or root of a number that has none; at the edge, or too close to it to tell, try others."""
    if x > 0 or function not in {"log", "sqrt"}:
        return
    if x == 0 or abs(x) < mp.mpf(10) ** -DIGITS:
        if function == "sqrt" and not isinstance(x, mp.mpf):
            return
        raise UnluckyDrawError(f"{function} of 0")
    if isinstance(argument, Whole) and argument.function == r"\det":
        raise argument.error(
            f"{argument.latex} is not always positive, so it has no real {'root' if function == 'sqrt' else 'logarithm'}: "
            rf"declare {argument.body.latex} \text{{ positive definite}}, or write |\det({argument.body.latex})|"
        )
    example = next((part.latex for part in argument.walk() if hasattr(part, "name")), "x")
    raise argument.error(
        f"{argument.latex} is not always positive, so it has no real {'root' if function == 'sqrt' else 'logarithm'}: "
        rf"declare what makes it so, for example {example} \in \mathbb{{R}} \text{{ positive}}"
    )
