"""The numbers that carry derivatives, beside those of 60 digits and the fractions they meet."""

import operator
from fractions import Fraction

import pytest

from mathnet.derivation import check
from mathnet.dual import mp

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)  # 60 digits hold both without rounding
OPERATORS = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow,
    operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
]  # fmt: skip


@pytest.mark.parametrize("operation", OPERATORS, ids=lambda operation: operation.__name__)
def test_fractions_and_numbers_of_60_digits_mix_on_both_sides(operation):
    a, b = mp.mpf(HALF.numerator) / HALF.denominator, mp.mpf(QUARTER.numerator) / QUARTER.denominator
    expected = operation(a, b)
    for found in (operation(a, QUARTER), operation(HALF, b)):
        assert type(found) is type(expected)
        assert found == expected


def test_a_derivation_may_mix_them():
    source = "where s, t \\in \\mathbb{R}\n\\tfrac12 - e^{s + t} = \\tfrac12 - e^s e^t"
    assert check(source).verdict() == "1 step · 50 digits"
