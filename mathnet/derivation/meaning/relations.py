r"""What stands between two sides of a chain, or in an Iverson bracket: =, \approx, \le and the like."""

import operator
from fractions import Fraction

from ..errors import DerivationError, Place
from .shapes import Shape

APPROXIMATE = r"\approx"
NOT_EQUAL = (r"\ne", r"\neq")
ORDER = {
    **dict.fromkeys(("<", r"\lt"), operator.lt),
    **dict.fromkeys((">", r"\gt"), operator.gt),
    **dict.fromkeys((r"\le", r"\leq", r"\leqslant", "<="), operator.le),
    **dict.fromkeys((r"\ge", r"\geq", r"\geqslant", ">="), operator.ge),
}
OPPOSITE = {  # how a comparison is written from right to left
    "<": ">", r"\lt": r"\gt", ">": "<", r"\gt": r"\lt", r"\le": r"\ge", r"\leq": r"\geq", r"\leqslant": r"\geqslant", "<=": ">=",
    r"\ge": r"\le", r"\geq": r"\leq", r"\geqslant": r"\leqslant", ">=": "<=", r"\ne": r"\ne", r"\neq": r"\neq",
}  # fmt: skip


def refuse_relation(relation: str, shape: Shape, tolerance: Fraction | None, place: Place) -> None:
    """Refuse a relation that nothing could check."""
    if relation in NOT_EQUAL:
        raise DerivationError(f"{relation} says too little: random numbers are never equal", place)
    if relation in ORDER and shape:
        raise DerivationError(f"{relation} is between numbers: write entries", place)
    if relation == APPROXIMATE and tolerance is None:
        raise DerivationError(
            r"\approx needs a tolerance in the where part: \text{tolerance } 10^{-3}", place
        )
