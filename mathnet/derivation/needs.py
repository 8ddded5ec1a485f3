"""What data a derivation needs, so that a wrong line of it cannot pass by the choice of the numbers."""

import itertools

from . import nodes
from .nodes import KINKED, TRANSCENDENTAL
from .whole import WHOLE

DERIVATIVES = nodes.Partial | nodes.Cotangent | nodes.Differential


class Needs:
    """Read off the formulas of a derivation.

    Attributes
    ----------
    smooth : bool
        There is a function without exact values, or an exponent that is not a whole number: draw small fractions.
    kinked : bool
        Something depends on signs or order: draw often.
    counted : bool
        A size is used as a number: a dimension gets a third size, else two sizes could solve an equation.
    largest : int
        More than every number that is written, so that it cannot pass for a bound of the data.
    degree : int
        Of the polynomial that stands for an arbitrary function. Differentiated as often as the derivation does, it
        still bends; and as many values of it as two sides hold have no linear relation.
    """

    def __init__(self, types, names, chains):
        formulas = list(types)
        self.smooth = any(map(_is_smooth, formulas))
        self.kinked = any(
            isinstance(node, nodes.Compare) or (isinstance(node, nodes.Apply) and node.function in KINKED)
            for node in formulas
        ) or any(token.type != "EQUALS" for chain in chains for token in chain.relations)
        self.counted = any(map(_is_count, formulas)) or any(
            "ones" in symbol.properties for symbol in names.symbols.values()
        )
        numbers = [node.value for node in formulas if isinstance(node, nodes.Number)]
        self.largest = 2 * int(max(numbers, default=1) + 1)
        primes = max((node.order for node in formulas if isinstance(node, nodes.Apply)), default=0)
        pairs = (pair for chain in chains for pair in itertools.pairwise(chain.nodes))
        defined = [symbol.definition for symbol in names.symbols.values() if symbol.definition is not None]
        self.degree = 2 + primes + sum(map(_depth, defined)) + max(map(_differentiations, pairs), default=0)


def _is_count(node):
    match node:
        case nodes.Size() | nodes.Sum(bound=str()):
            return True
        case nodes.Whole(function=function):
            return WHOLE[function].counted
        case nodes.Delta(left=left, right=right):
            return left == right
    return False


def _is_smooth(node):
    if isinstance(node, nodes.Apply):
        return node.function in TRANSCENDENTAL
    if isinstance(node, nodes.Whole):
        return WHOLE[node.function].smooth
    return isinstance(node, nodes.Power) and any(
        isinstance(part, nodes.Symbol) for part in node.exponent.walk()
    )


def _differentiations(sides):
    """Return a bound on the derivatives inside each other, or on the values of one function."""
    depth = max(map(_depth, sides))
    applied = {
        (part.function, part.latex) for side in sides for part in side.walk() if isinstance(part, nodes.Apply)
    }
    return max(depth, len(applied))


def _depth(node):
    below = max(map(_depth, node.parts()), default=0)
    return below + isinstance(node, DERIVATIVES)
