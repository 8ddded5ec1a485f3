r"""Whether two numbers are in the relation that is claimed: =, \approx, \le and the like."""

from collections.abc import Callable
from fractions import Fraction

from mathnet.dual import DIGITS, Number, high_precision, mp

from ..meaning.relations import APPROXIMATE, ORDER


def holds(relation: str, a: Number, b: Number, equal: Callable[[], bool], tolerance: Fraction | None) -> bool:
    """Say whether two numbers are in the relation; `equal` finds out whether they are equal."""
    if relation == APPROXIMATE and tolerance is not None:
        if isinstance(a, mp.mpf) or isinstance(b, mp.mpf):
            a, b = high_precision(a), high_precision(b)
        return bool(abs(a - b) * tolerance.denominator <= tolerance.numerator * max(1, abs(a), abs(b)))
    if relation in ORDER:
        return ORDER[relation](1, 1) if equal() else bool(ORDER[relation](a, b))
    return equal()


def failure(
    relation: str,
    before: str,
    side: str,
    values: tuple[str, str],
    tolerance: Fraction | None,
    rounded: bool = False,
) -> str:
    """Say in words that two sides are not in the relation; `rounded` if they were rounded to the same number."""
    a, b = values
    if relation in ORDER:
        or_equal = {"<": r"\le", r"\lt": r"\le", ">": r"\ge", r"\gt": r"\ge"}.get(relation)
        hint = f"; to {DIGITS} digits they are equal: write {or_equal}" if rounded and or_equal else ""
        return f"{before} {relation} {side} does not hold: {a} against {b}{hint}"
    if relation == APPROXIMATE and tolerance is not None:
        return f"{side} is not within {float(tolerance):g} of {before}: {b} against {a}"
    return f"{side} is not equal to {before}: {b} against {a}"
