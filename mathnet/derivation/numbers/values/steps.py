"""Steps of a sequence, and derivatives with respect to one of them."""

from ...meaning import nodes
from ..evaluate import Point, value_of
from ..matrices import Entries
from .calculus import cotangent, partial


@value_of(nodes.Step)
def _step(node: nodes.Step, point: Point) -> Entries:
    key = point.element(node, node.name, node.index)
    return point.symbol(key) if key else (0,) * point.length(node)


@value_of(nodes.StepCotangent)
def _cotangent(node: nodes.StepCotangent, point: Point) -> Entries:
    key = point.element(node, node.name, node.index)
    if not key:
        return (0,) * point.length(node)
    names, data = point.evaluator.names, point.evaluator.data
    outer = point.value(names.seed) if names.seed else data.values["bar", names.output]
    return cotangent(node, point, outer, key)


@value_of(nodes.StepPartial)
def _partial(node: nodes.StepPartial, point: Point) -> Entries:
    variable = point.element(node, node.variable, node.by.index) if node.by else node.variable
    opened = point.element(node, node.opened.name, node.opened.index) if node.opened else ""
    if variable is None or opened is None:
        return (0,) * point.length(node)
    return partial(node, point, variable, opened)
