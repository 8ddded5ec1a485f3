"""The products, the quotient and the powers."""

import itertools
import operator

from mathnet.dual import Number, elementary, power, reciprocal

from ...meaning import nodes
from ..chance import lucky
from ..domains import require_positive
from ..evaluate import Point, value_of
from ..matrices import Entries, Rows, flat, kronecker, matmul, matrix_power

MAX_EXPONENT, MAX_MATRIX_EXPONENT = 64, 12


@value_of(nodes.Product)
def _product(node: nodes.Product, point: Point) -> Entries:
    scale: Number = 1
    found: Rows = []
    for factor in node.factors:
        rows = point.rows(factor)
        if not point.shape(factor):
            scale *= rows[0][0]
        else:
            found = matmul(found, rows) if found else rows
        if found and len(found) == len(found[0]) == 1:
            scale, found = scale * found[0][0], []
    return tuple(scale * number for number in flat(found or [[1]]))


@value_of(nodes.Hadamard)
def _hadamard(node: nodes.Hadamard, point: Point) -> Entries:
    found: Entries = (1,) * point.length(node)
    for factor in node.parts():
        values = point.value(factor) if point.shape(factor) else itertools.repeat(point.value(factor)[0])
        found = tuple(map(operator.mul, found, values))
    return found


@value_of(nodes.Inner)
def _inner(node: nodes.Inner, point: Point) -> Entries:
    return (sum(map(operator.mul, point.value(node.left), point.value(node.right))),)


@value_of(nodes.Dot)
def _dot(node: nodes.Dot, point: Point) -> Entries:
    if point.shape(node.left) and point.shape(node.right):
        return _inner(node, point)
    return tuple(a * b for a in point.value(node.left) for b in point.value(node.right))


@value_of(nodes.Kronecker, nodes.Tensor)
def _kronecker(node: nodes.Kronecker, point: Point) -> Entries:
    return kronecker(point.rows(node.left), point.rows(node.right))


@value_of(nodes.Divide)
def _divide(node: nodes.Divide, point: Point) -> Entries:
    inverse = lucky(reciprocal, *point.value(node.right))
    return tuple(value * inverse for value in point.value(node.left))


@value_of(nodes.Quotients)
def _quotients(node: nodes.Quotients, point: Point) -> Entries:
    above, below = point.value(node.left), [lucky(reciprocal, x) for x in point.value(node.right)]
    if len(above) == len(below):
        return tuple(map(operator.mul, above, below))
    return tuple(a * b for a in above for b in below)  # one of them is a number


@value_of(nodes.Powers)
def _powers(node: nodes.Powers, point: Point) -> Entries:
    exponent = point.value(node.exponent)[0]
    return tuple(_raised(node, x, exponent) for x in point.value(node.base))


@value_of(nodes.Power)
def _power(node: nodes.Power, point: Point) -> Entries:
    base, exponent, matrix = point.value(node.base), point.value(node.exponent)[0], point.shape(node)
    if not matrix:
        return (_raised(node, base[0], exponent),)
    if not isinstance(exponent, int):
        raise node.error(f"{node.latex}: the exponent of a matrix is a whole number")
    if abs(exponent) > MAX_MATRIX_EXPONENT:
        raise node.error(f"an exponent of {exponent} is too large to check")
    return lucky(matrix_power, point.rows(node.base), exponent)


def _raised(node: nodes.Power, base: Number, exponent: Number) -> Number:
    if not isinstance(exponent, int):
        require_positive("log", base, node.base)
        return lucky(elementary, "exp", exponent * elementary("log", base))
    if abs(exponent) > MAX_EXPONENT:
        raise node.error(f"an exponent of {exponent} is too large to check")
    return lucky(power, base, exponent)
