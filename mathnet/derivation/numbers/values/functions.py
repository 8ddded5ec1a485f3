"""Functions of every entry and of whole matrices, comparisons and cases."""

from mathnet.dual import Dual, Number, elementary, slope

from ...meaning import nodes
from ...meaning.relations import ORDER
from ..chance import UnluckyDrawError, lucky
from ..domains import require_positive
from ..evaluate import Point, value_of
from ..kinks import KINKED
from ..matrices import Entries
from ..whole import ENTRIES


@value_of(nodes.Apply)
def _apply(node: nodes.Apply, point: Point) -> Entries:
    length = point.length(node)
    arguments = [values * (length // len(values)) for values in map(point.value, node.arguments)]
    return tuple(_call(node, point, node.order, *x) for x in zip(*arguments, strict=True))


def _call(node: nodes.Apply, point: Point, order: int, *x: Number) -> Number:
    function = point.evaluator.names.functions.get(node.function)
    if function and function.body is None:
        return point.evaluator.data.unknown(node.function, order, x[0])
    if order:
        tag = next(point.evaluator.fresh)
        return slope(_call(node, point, order - 1, Dual(x[0], 1, tag)), tag)
    if function and function.body:
        return point.call(function.body, function.parameter, x[0])
    if node.function in KINKED:
        return lucky(KINKED[node.function], *x)
    require_positive(node.function, x[0], node.arguments[0])
    return lucky(elementary, node.function.replace("e^", "exp"), x[0])


@value_of(nodes.Whole)
def _whole(node: nodes.Whole, point: Point) -> Entries:
    return lucky(ENTRIES[node.function], point.rows(node.body))


@value_of(nodes.Compare)
def _compare(node: nodes.Compare, point: Point) -> Entries:
    left, right = point.value(node.left), point.value(node.right)
    pairs = list(zip(left, right * (len(left) // len(right)), strict=True))
    if any(a == b for a, b in pairs):
        raise UnluckyDrawError("numbers that are compared were equal")
    return tuple(int(ORDER[node.relation](a, b)) for a, b in pairs)


@value_of(nodes.Cases)
def _cases(node: nodes.Cases, point: Point) -> Entries:
    for value, condition in zip(node.values, node.conditions, strict=True):
        if condition is None or point.value(condition)[0]:
            return point.value(value)
    raise UnluckyDrawError(f"no case holds in {node.latex}")
