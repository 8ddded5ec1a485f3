"""Random arrays with the properties that a symbol is declared to have, and directions in which they stay true."""

import math
from collections.abc import Sequence, Set
from fractions import Fraction

from mathnet.dual import DIGITS, Number, mp, reciprocal

from ..meaning.nodes import Node
from ..meaning.properties import FIXED, POSITIVE
from .chance import Source, UnluckyDrawError
from .matrices import Entries, Rows, flat, identity, in_rows, inverse, matmul


def array(numbers: Source, shape: Sequence[int], column: bool, properties: Set[str]) -> Entries:
    """Return the entries of an array, row by row; a column counts as one row."""
    count, lines = math.prod(shape), _lines(shape, column)
    if "ones" in properties:
        return (1,) * count
    if "identity" in properties:
        return flat(identity(shape[0]))
    if "rows are one-hot" in properties:
        hot = [numbers.choose(len(line)) for line in lines]
        return tuple(
            int(at == place) for line, place in zip(lines, hot, strict=True) for at in range(len(line))
        )
    if "integer" in properties:
        return tuple(numbers.draw_whole(count, "positive" in properties))
    if "orthogonal" in properties:
        return _orthogonal(numbers, shape[0])
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
    if "symmetric" in properties:
        dots = _mirrored(dots, shape[0])
    if "orthogonal" in properties:  # Q times a skew matrix
        dots = list(flat(matmul(in_rows(values, shape[0]), _skew(dots, shape[0]))))
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


def _orthogonal(numbers: Source, size: int) -> Entries:
    """Return (1 - K) / (1 + K) for a skew matrix K, after Cayley, with the signs of some rows changed."""
    skew = _skew(numbers.draw(size * size), size)
    one = identity(size)
    above = [[a - b for a, b in zip(*rows, strict=True)] for rows in zip(one, skew, strict=True)]
    below = [[a + b for a, b in zip(*rows, strict=True)] for rows in zip(one, skew, strict=True)]
    inverted = in_rows(inverse(below), size)
    signs = [(-1) ** numbers.choose(2) for _ in one]  # without them the determinant would always be 1
    return tuple(
        sign * number for sign, row in zip(signs, matmul(above, inverted), strict=True) for number in row
    )


def require_positive(function: str, x: Number, argument: Node) -> None:
    """Refuse a logarithm or root of a number that has none; at the edge, or too close to it to tell, try others."""
    if x > 0 or function not in {"log", "sqrt"}:
        return
    if x == 0 or abs(x) < mp.mpf(10) ** -DIGITS:
        if function == "sqrt" and not isinstance(x, mp.mpf):
            return
        raise UnluckyDrawError(f"{function} of 0")
    example = next((part.latex for part in argument.walk() if hasattr(part, "name")), "x")
    raise argument.error(
        f"{argument.latex} is not always positive, so it has no real {'root' if function == 'sqrt' else 'logarithm'}: "
        rf"declare what makes it so, for example {example} \in \mathbb{{R}} \text{{ positive}}"
    )
