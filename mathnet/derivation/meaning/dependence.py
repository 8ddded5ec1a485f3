"""Which symbols a formula refers to, and through their definitions depends on."""

from collections.abc import Iterable
from typing import Any

from . import nodes
from .names import Names

Known = dict[Any, set[str]]
"""From a node, or the name of a symbol, to what it was found to depend on."""


def mentions(node: nodes.Node, names: Names) -> set[str]:
    """Return the names of the symbols that a node itself refers to, its parts left out."""
    match node:
        case nodes.Cotangent():
            seed = names.seed.walk() if names.seed is not None else ()
            return {node.name, names.output}.union(*(mentions(part, names) for part in seed))
        case nodes.Symbol() | nodes.Step():
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


def reach(node: nodes.Node, names: Names, known: Known) -> set[str]:
    """Return the names of all symbols that a node can depend on; `known` keeps those of all nodes that were asked for."""
    if node not in known:
        mentioned = _mentioned(node, names)
        known[node] = mentioned.union(*(_below(name, names, known) for name in mentioned))
    return known[node]


def _mentioned(node: nodes.Node, names: Names) -> set[str]:
    return {name for part in node.walk() for name in mentions(part, names)}


def _below(name: str, names: Names, known: Known) -> set[str]:
    """Return the names of all symbols that a symbol is made of: a step of a sequence also of other steps, and of those with a name of their own."""
    if name not in known:
        found: set[str] = set()
        left = [name]
        while left:
            symbol = names.symbols.get(one := left.pop())
            made_of: Iterable[str] = ()
            if symbol is not None and symbol.definition is not None:
                made_of = _mentioned(symbol.definition, names)
            if one in names.sequences:
                made_of = {*made_of, *names.sequences[one].ends.values()}
            left += [other for other in made_of if other not in found]
            found.update(made_of)
        known[name] = found
    return known[name]
