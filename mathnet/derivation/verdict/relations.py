r"""What stands between two sides of a chain: =, \approx, \le and the like."""

import operator

from mathnet.dual import high_precision, mp

from ..errors import DerivationError

APPROXIMATE = r"\approx"
ORDER = {
    **dict.fromkeys(("<", r"\lt"), operator.lt),
    **dict.fromkeys((">", r"\gt"), operator.gt),
    **dict.fromkeys((r"\le", r"\leq"), operator.le),
    **dict.fromkeys((r"\ge", r"\geq"), operator.ge),
}


def refuse_relation(relation, shape, tolerance, place):
    """Refuse a relation that nothing could check."""
    if relation in {r"\ne", r"\neq"}:
        raise DerivationError(f"{relation} says too little: random numbers are never equal", place)
    if relation in ORDER and shape:
        raise DerivationError(f"{relation} is between numbers: write entries", place)
    if relation == APPROXIMATE and tolerance is None:
        raise DerivationError(
            r"\approx needs a tolerance in the where part: \text{tolerance } 10^{-3}", place
        )


def holds(relation, a, b, equal, tolerance):
    """Say whether two numbers are in the relation; `equal` finds out whether they are equal."""
    if relation == APPROXIMATE:
        if isinstance(a, mp.mpf) or isinstance(b, mp.mpf):
            a, b = high_precision(a), high_precision(b)
        return abs(a - b) * tolerance.denominator <= tolerance.numerator * max(1, abs(a), abs(b))
    if relation in ORDER:
        return ORDER[relation](1, 1) if equal() else bool(ORDER[relation](a, b))
    return equal()


def failure(relation, before, side, values, tolerance):
    """Say in words that two sides are not in the relation."""
    a, b = values
    if relation in ORDER:
        return f"{before} {relation} {side} does not hold: {a} against {b}"
    if relation == APPROXIMATE:
        return f"{side} is not within {float(tolerance):g} of {before}: {b} against {a}"
    return f"{side} is not equal to {before}: {b} against {a}"
