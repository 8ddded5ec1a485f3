"""Derivatives: each is a differentiation of its own, through the definitions, by dual numbers."""

import math
import operator

from mathnet.dual import Slopes

from ...meaning import nodes
from ...meaning.nodes.calculus import DENOMINATOR
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
    total = sum(map(operator.mul, outer, point.derivative(names.output, node.name)), Slopes())
    return tuple(total.get(entry, 0) for entry in range(point.length(node)))


@value_of(nodes.Partial, nodes.Gradient)
def _partial(node: nodes.Partial, point: Point, opened: str = "") -> Entries:
    sizes = point.evaluator.shapes[node.variable]
    entries = range(math.prod(sizes)) if node.indices is None else [point.position(node.indices, sizes)]
    slopes = [slope or Slopes() for slope in point.derivative(node.body, node.variable, opened)]
    found: Rows = [[slope.get(entry, 0) for slope in slopes] for entry in entries]
    body, turned = point.shape(node.body), node.indices is None and bool(node.layout)
    across = body if node.layout == DENOMINATOR else sizes
    if node.indices is None and body and sizes:  # so far the entries of the variable are the rows
        turned = point.is_column(node.body) and node.layout != DENOMINATOR
    elif turned and across:
        found = in_rows(flat(found), across[1])
    return flat(zip(*found, strict=True)) if turned else flat(found)


@value_of(nodes.Immediate)
def _immediate(node: nodes.Immediate, point: Point) -> Entries:
    return _partial(node, point, node.opened)
