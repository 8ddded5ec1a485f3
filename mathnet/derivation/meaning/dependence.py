"""Which symbols a formula refers to, and through their definitions depends on."""

from . import nodes
from .names import Names


def mentions(node: nodes.Node, names: Names) -> set[str]:
    """Return the names of the symbols that a node itself refers to, its parts left out."""
    match node:
        case nodes.Cotangent():
            seed = names.seed.walk() if names.seed is not None else ()
            return {node.name, names.output}.union(*(mentions(part, names) for part in seed))
        case nodes.Symbol():
            return {node.name}
        case nodes.At():
            return {node.name}
        case nodes.Through():
            return {node.variable, node.source}
        case nodes.Partial():
            return {node.variable}
        case nodes.Apply() if node.function in names.functions:
            body = names.functions[node.function].body
            return set().union(*(mentions(part, names) for part in (body.walk() if body else ())))
    return set()


def reach(node: nodes.Node, names: Names, known: dict[nodes.Node, set[str]]) -> set[str]:
    """Return the names of all symbols that a node can depend on; `known` keeps those of all nodes that were asked for."""
    if node not in known:
        found = {name for part in node.walk() for name in mentions(part, names)}
        symbols = [names.symbols[name] for name in found if name in names.symbols]
        below = [symbol.definition for symbol in symbols if symbol.definition is not None]
        known[node] = found.union(*(reach(definition, names, known) for definition in below))
    return known[node]
