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
        case nodes.Partial():
            return {node.variable}
        case nodes.Apply() if node.function in names.functions:
            body = names.functions[node.function].body
            return set().union(*(mentions(part, names) for part in (body.walk() if body else ())))
    return set()
