"""What a value costs: about how many multiplications it takes."""

import math
from collections.abc import Callable

from ..meaning import nodes
from ..meaning.whole import WHOLE


def multiplications(node: nodes.Node, sizes: Callable[[nodes.Node], tuple[int, ...]]) -> int:
    """Return about how many multiplications the value of a node takes, given what returns the sizes of a node."""
    match node:
        case nodes.Product():
            rows = [sizes(factor)[0] for factor in node.factors if sizes(factor)]
            return math.prod([*rows, *sizes(node)[1:]])
        case nodes.Power():
            return math.prod(sizes(node)) ** 2
        case nodes.Whole():
            return int(math.prod(sizes(node.body)) ** WHOLE[node.function].power)
    return math.prod(sizes(node))
