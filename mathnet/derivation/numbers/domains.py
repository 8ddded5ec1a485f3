"""Random arrays with the properties that a symbol is declared to have, and directions in which they stay true."""

import math
from fractions import Fraction

from mathnet.dual import reciprocal

from .whole import WHOLE, matmul

POSITIVE = {"positive", "between 0 and 1", "rows are probabilities"}
FIXED = {"constant", "ones", "identity", "rows are one-hot", "integer"}  # with no direction to go
DISCRETE = {"rows are one-hot", "orthogonal"}  # with few choices
SQUARE = {"symmetric", "identity", "invertible", "orthogonal"}
PROPERTIES = (
    "elementwise", "constant", "ones", "nonzero", "positive", "between 0 and 1", "integer", "symmetric", "identity",
    "invertible", "orthogonal", "rows sum to one", "rows are probabilities", "rows are one-hot",
)  # fmt: skip
SHAPING = (
    "ones", "identity", "integer", "symmetric", "orthogonal", "rows sum to one", "rows are probabilities", "rows are one-hot",
)  # fmt: skip
SIGNED = ("ones", "identity", "orthogonal", "rows are one-hot")  # their signs are settled


def at_odds(properties):
    """Return two of the properties that no array is drawn with, or nothing."""
    shaping = [word for word in SHAPING if word in properties]
    signs = [word for word in ("positive", "between 0 and 1") if word in properties]
    settled = [word for word in SIGNED if word in properties]
    if {"integer", "between 0 and 1"} <= properties:
        return ["integer", "between 0 and 1"]
    return shaping[:2] if shaping[1:] else settled[:1] + signs[:1] if settled and signs else []


def array(numbers, shape, properties):
    """Return the entries of an array, row by row."""
    count, lines = math.prod(shape), _lines(shape)
    if "ones" in properties:
        return (1,) * count
    if "identity" in properties:
        return tuple(int(i == j) for i in range(shape[0]) for j in range(shape[0]))
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


def direction(numbers, shape, properties, values):
    """Return the entries of a direction at an array with these values."""
    count = math.prod(shape)
    if properties & FIXED:
        return (0,) * count
    dots = numbers.draw(count)
    if "symmetric" in properties:
        dots = _mirrored(dots, shape[0])
    if "orthogonal" in properties:  # Q times a skew matrix
        rows = [values[start : start + shape[0]] for start in range(0, count, shape[0])]
        dots = [number for row in matmul(rows, _skew(dots, shape[0])) for number in row]
    if properties & {"rows sum to one", "rows are probabilities"}:
        lines = _lines(shape)
        means = [sum(dots[at] for at in line) * Fraction(1, len(line)) for line in lines]
        dots = [dots[at] - mean for line, mean in zip(lines, means, strict=True) for at in line]
    return tuple(dots)


def _lines(shape):
    """Return the places of each row; a column is one line."""
    length = math.prod(shape) if shape[-1:] == (1,) else math.prod(shape[-1:])
    return [range(start, start + length) for start in range(0, math.prod(shape), length)]


def _mirrored(values, size):
    return [values[max(i, j) * size + min(i, j)] for i in range(size) for j in range(size)]


def _skew(values, size):
    return [
        [values[max(i, j) * size + min(i, j)] * ((i > j) - (i < j)) for j in range(size)] for i in range(size)
    ]


def _orthogonal(numbers, size):
    """Return (1 - K) / (1 + K) for a skew matrix K, after Cayley, with the signs of some rows changed."""
    skew = _skew(numbers.draw(size * size), size)
    one = [[int(i == j) for j in range(size)] for i in range(size)]
    below = WHOLE["^{-1}"].entries(
        [list(map(sum, zip(a, k, strict=True))) for a, k in zip(one, skew, strict=True)]
    )
    inverse = [below[start : start + size] for start in range(0, size * size, size)]
    above = [[a - b for a, b in zip(*rows, strict=True)] for rows in zip(one, skew, strict=True)]
    signs = [(-1) ** numbers.choose(2) for _ in one]  # without them the determinant would always be 1
    return tuple(
        sign * number for sign, row in zip(signs, matmul(above, inverse), strict=True) for number in row
    )


def require_positive(function, x, argument):
    """Refuse a logarithm or root of a number that has none."""
    if x > 0 or function not in {"log", "sqrt"}:
        return
    example = next((part.latex for part in argument.walk() if hasattr(part, "name")), "x")
    raise argument.error(
        f"{argument.latex} is not always positive, so it has no real {'root' if function == 'sqrt' else 'logarithm'}: "
        rf"declare what makes it so, for example {example} \in \mathbb{{R}} \text{{ positive}}"
    )
