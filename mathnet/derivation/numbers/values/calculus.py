"""Derivatives: each is a differentiation of its own, through the definitions, by dual numbers."""

import math
import operator
from collections.abc import Sequence

from mathnet.dual import Slopes

from ...meaning import nodes
from ...meaning.nodes.calculus import DENOMINATOR, NUMERATOR
from ..data import Key
from ..evaluate import Point, value_of
from ..matrices import Entries, Rows, flat, in_rows


@value_of(nodes.Differential)
def _differential(node: nodes.Differential, point: Point) -> Entries:
    return point.derivative(node.body)


@value_of(nodes.Cotangent)
def _cotangent(node: nodes.Cotangent, point: Point) -> Entries:
    names, data = point.evaluator.names, point.evaluator.data
    outer = point.value(names.seed) if names.seed else data.values["bar", names.output]
    if node.name == names.output:
        return outer
    return cotangent(node, point, outer, node.name)


def cotangent(node: nodes.Cotangent, point: Point, outer: Entries, variable: Key) -> Entries:
    """Return the derivative of the output, weighted with its own cotangent, by a symbol or a step."""
    slopes = point.derivative(point.evaluator.names.output, variable)
    total = sum(map(operator.mul, outer, slopes), Slopes())
    return tuple(total.get(entry, 0) for entry in range(point.length(node)))


@value_of(nodes.At)
def _at(node: nodes.At, point: Point) -> Entries:
    at = point.evaluator.with_value(node.name, node.value)
    return point._replace(evaluator=at).value(node.body)


@value_of(nodes.Partial, nodes.Gradient, nodes.Through)
def _partial(node: nodes.Partial, point: Point) -> Entries:
    return partial(node, point, node.source if isinstance(node, nodes.Through) else node.variable)


def partial(node: nodes.Partial, point: Point, variable: Key, opened: Key = "") -> Entries:
    """Return a derivative by a symbol or a step, in its layout; an immediate one enters no definition but what is `opened`."""
    sizes = point.evaluator.shapes[node.variable]
    if node.indices is not None:
        point.require_inside(node, node.indices, sizes)
    entries: Sequence[int] = (
        range(math.prod(sizes)) if node.indices is None else [point.position(node.indices, sizes)]
    )
    if isinstance(node, nodes.Through):
        entries = [_in_source(node, point, entry) for entry in entries]
    slopes = [slope or Slopes() for slope in point.derivative(node.body, variable, opened)]
    found: Rows = [[slope.get(entry, 0) for slope in slopes] for entry in entries]
    body, turned = point.shape(node.body), node.indices is None and bool(node.layout)
    across = body if node.layout == DENOMINATOR else sizes
    if node.indices is None and body and sizes:  # so far the entries of the variable are the rows
        turned = node.layout == NUMERATOR or (point.is_column(node.body) and node.layout != DENOMINATOR)
    elif turned and across:
        found = in_rows(flat(found), across[1])
    return flat(zip(*found, strict=True)) if turned else flat(found)


def _in_source(node: nodes.Through, point: Point, entry: int) -> int:
    """Return the position in X of an entry of vec X."""
    rows, columns = (*point.evaluator.shapes[node.source], 1)[:2]
    return entry % rows * columns + entry // rows if node.turned else entry


@value_of(nodes.Immediate)
def _immediate(node: nodes.Immediate, point: Point) -> Entries:
    return partial(node, point, node.variable, node.opened)
