"""Functions of every entry and of whole matrices, comparisons and cases."""

from mathnet.dual import Dual, Number, elementary, slope

from ...meaning import nodes
from ...meaning.relations import NOT_EQUAL, ORDER
from ...meaning.whole import WHOLE
from ..chance import UndefinedError, lucky
from ..domains import require_positive
from ..evaluate import Point, value_of
from ..kinks import KINKED, tied
from ..matrices import Entries, flat
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
    rows = point.rows(node.body)
    if WHOLE[node.function].by_rows and point.is_column(node.body):
        rows = [flat(rows)]
    return lucky(ENTRIES[node.function], rows)


@value_of(nodes.Compare)
def _compare(node: nodes.Compare, point: Point) -> Entries:
    left, right = point.value(node.left), point.value(node.right)
    return tuple(
        int(_in_order(node.relation, a, b))
        for a, b in zip(left, right * (len(left) // len(right)), strict=True)
    )


def _in_order(relation: str, a: Number, b: Number) -> bool:
    if relation not in ORDER:  # of whole numbers
        return bool((a == b) == (relation not in NOT_EQUAL))
    return bool(ORDER[relation](0, 0) if lucky(tied, a, b, jump=True) else ORDER[relation](a, b))


@value_of(nodes.Where)
def _where(node: nodes.Where, point: Point) -> Entries:
    if not point.value(node.condition)[0]:
        return (0,) * point.length(node)
    point.evaluator.dimensions.met.add(node)
    return point.value(node.body)


@value_of(nodes.Cases)
def _cases(node: nodes.Cases, point: Point) -> Entries:
    for value, condition in zip(node.values, node.conditions, strict=True):
        if condition is None or point.value(condition)[0]:
            return point.value(value)
    raise UndefinedError(f"no case holds in {node.latex}")
