"""Which symbols a formula refers to; what else it depends on, their definitions say."""

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


def reached(node: nodes.Node, names: Names) -> set[str]:
    """Return the names of all symbols that a node depends on, through their definitions."""
    found: set[str] = set()
    below = [node]
    while below:
        new = {name for part in below.pop().walk() for name in mentions(part, names)} - found
        found |= new
        symbols = (names.symbols[name] for name in new if name in names.symbols)
        below += [symbol.definition for symbol in symbols if symbol.definition is not None]
    return found
