"""Arrays: symbols and numbers, their entries, sums and transposes."""

import operator

from ...meaning import nodes
from ..evaluate import Point, value_of
from ..matrices import Entries, flat


@value_of(nodes.Number)
def _number(node: nodes.Number, point: Point) -> Entries:
    return (node.value.numerator if node.value.denominator == 1 else node.value,)


@value_of(nodes.Size)
def _size(node: nodes.Size, point: Point) -> Entries:
    return (point.evaluator.data.sizes[node.name],)


@value_of(nodes.Symbol)
def _symbol(node: nodes.Symbol, point: Point) -> Entries:
    return point.symbol(node.name)


@value_of(nodes.Entry)
def _entry(node: nodes.Entry, point: Point) -> Entries:
    if point.outside(node.indices, point.shape(node.body)):
        symbol = point.evaluator.names.symbols.get(getattr(node.body, "name", ""))
        if symbol is not None and "zero outside" in symbol.properties:
            return (0,)
    point.require_inside(node, node.indices, point.shape(node.body))
    return (point.value(node.body)[point.position(node.indices, point.shape(node.body))],)


@value_of(nodes.Row)
def _row(node: nodes.Row, point: Point) -> Entries:
    point.require_inside(node, (node.index,), point.shape(node.body)[:1])
    return tuple(point.rows(node.body)[point.place(node.index)])


@value_of(nodes.Transpose)
def _transpose(node: nodes.Transpose, point: Point) -> Entries:
    return flat(zip(*point.rows(node.body), strict=True))


@value_of(nodes.Spread)
def _spread(node: nodes.Spread, point: Point) -> Entries:
    values, (rows, columns) = point.value(node.body), point.shape(node)
    if len(values) == 1:
        return values * (rows * columns)
    return (
        values * rows if point.shape(node.body)[0] == 1 else tuple(x for x in values for _ in range(columns))
    )


@value_of(nodes.Matrix)
def _matrix(node: nodes.Matrix, point: Point) -> Entries:
    return tuple(point.value(entry)[0] for entry in node.entries)


@value_of(nodes.Block)
def _block(node: nodes.Block, point: Point) -> Entries:
    blocks = [point.rows(entry) for entry in node.entries]
    rows = [blocks[start : start + node.columns] for start in range(0, len(blocks), node.columns)]
    return flat(flat(line) for row in rows for line in zip(*row, strict=True))


@value_of(nodes.Add)
def _add(node: nodes.Add, point: Point) -> Entries:
    total: Entries = (0,) * point.length(node)
    for term, sign in zip(node.terms, node.signs, strict=True):
        total = tuple(map(operator.add if sign > 0 else operator.sub, total, point.value(term)))
    return total
