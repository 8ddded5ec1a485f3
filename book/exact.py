"""Numbers of the book's small examples as they are written by hand: fractions, and sums with ln 3."""

from fractions import Fraction
from math import log

import numpy as np

from mathnet.shapes import Array

_LN3 = log(3)


def fractions(values: Array) -> Array:
    """Return numbers as the fractions of at most 256ths that they are, in an array of objects.

    Examples
    --------
    >>> print(fractions([[-0.125, 0.140625]]))
    [[Fraction(-1, 8) Fraction(9, 64)]]
    >>> fractions([0.3])
    Traceback (most recent call last):
        ...
    ValueError: 0.3 is not a fraction of 256ths
    """
    return np.vectorize(_fraction, otypes=[object])(np.asarray(values, float))


def _fraction(value: float) -> Fraction:
    fraction = Fraction(round(256 * value), 256)
    if abs(value - fraction) > 1e-12:
        raise ValueError(f"{value:g} is not a fraction of 256ths")
    return fraction


def exact(values: Array) -> Array:
    """Return the texts of numbers that are fractions of at most 256ths, or such a fraction plus or minus ln 3.

    Examples
    --------
    >>> print(exact([[0.75, -2.0, np.log(3), np.log(3) - 5, -1 - np.log(3)]]))
    [['3/4' '−2' 'ln 3' 'ln 3 − 5' '−ln 3 − 1']]
    >>> exact([0.3])
    Traceback (most recent call last):
        ...
    ValueError: 0.3 is neither a fraction of 256ths nor one plus or minus ln 3
    """
    return np.vectorize(_exact, otypes=[str])(np.asarray(values, float))


def _exact(value: float) -> str:
    for sign, name in ((0, ""), (1, "ln 3"), (-1, "-ln 3")):
        try:
            fraction = _fraction(value - sign * _LN3)
        except ValueError:
            continue
        if not name:
            text = str(fraction)
        elif fraction:
            text = f"{name} {'-' if fraction < 0 else '+'} {abs(fraction)}"
        else:
            text = name
        return text.replace("-", "\N{MINUS SIGN}")
    raise ValueError(f"{value:g} is neither a fraction of 256ths nor one plus or minus ln 3")
