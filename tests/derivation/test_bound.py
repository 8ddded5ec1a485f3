"""The bound on the probability that a wrong line passes: degrees that are known, and wrong lines counted out."""

import itertools
import random
from fractions import Fraction

import pytest

from mathnet.derivation import Derivation, Dual, check
from mathnet.derivation.numbers.bound import Degree, NotRationalError, degrees
from mathnet.derivation.numbers.chance import Numbers, UnluckyDrawError
from mathnet.derivation.numbers.data import Data
from mathnet.derivation.numbers.draws import LARGE, SMALL
from mathnet.derivation.numbers.evaluate import Evaluator
from mathnet.dual import elementary, mp, power, reciprocal

NUMBERS = [number for number in range(-SMALL, SMALL + 1) if number]


def variables(count):
    inverted = []
    return *(Degree(1, 0, inverted) for _ in range(count)), inverted


def degrees_of(source):
    derivation = Derivation(source)
    return degrees(derivation.names, derivation.dimensions, derivation.report.chains, {})


def of(degree):
    return degree.above, degree.below


def test_degrees_of_sums_products_and_quotients():
    x, y, inverted = variables(2)
    assert of(x * y + 3 * x - y) == (2, 0)
    assert of(power(x + y, 3) * x) == (4, 0)
    assert of(reciprocal(x * y) + x) == (3, 2)
    assert of(1 + power(x, -2)) == (2, 2)
    assert inverted == [2, 1]
    assert x * 0 == 0 == 0 * x
    assert of(0 + x) == of(x - Fraction(1, 2)) == (1, 0)


def test_a_derivative_has_the_degrees_of_its_formula():
    x, y, _ = variables(2)
    assert of((Dual(x, 1) * Dual(x, 1) * y).tangent) == (2, 0)
    assert of(reciprocal(Dual(x, 1)).tangent) == (0, 2)


@pytest.mark.parametrize(
    "use",
    [
        lambda x: x > 0,
        lambda x: x == 1,
        lambda x: max(x, 0),
        abs,
        lambda x: x * mp.mpf(2),
        lambda x: mp.mpf(2) + x,
        lambda x: elementary("exp", x),
        lambda x: elementary("sqrt", Dual(x, 1)),
    ],
)
def test_what_is_not_rational_is_noticed(use):
    (x, _) = variables(1)
    with pytest.raises(NotRationalError):
        use(x)


SCALARS = "where x, y \\in \\mathbb{R},  f \\text{ elementwise}\n"
MATRICES = (
    "where  A, B \\in \\mathbb{R}^{3 \\times 3},  x \\in \\mathbb{R}^{2},  f \\text{ elementwise}\n"
    "       J = \\sum_i f(x_i)\n"
)
DEGREES = {
    r"(x + y)^3 = x^3 + 3 x^2 y + 3 x y^2 + y^3": (3, 0, 0),
    r"\frac{x^2 - y^2}{x - y} = x + y": (2, 0, 1),
    r"f(x) y = y f(x)": (2, 0, 0),
    r"f(x) f(y) = f(y) f(x)": (2, 2, 0),
    r"\frac{\partial}{\partial x} f(x y) = y f'(x y)": (2, 4, 0),
}


@pytest.mark.parametrize("formula", DEGREES)
def test_degrees_of_a_line(formula):
    report = check(SCALARS + formula)
    assert report.ok
    assert degrees_of(report.source) == DEGREES[formula]


def test_the_degree_of_a_determinant_is_its_size():
    assert degrees_of(MATRICES + r"\det(A B) = \det(A) \det(B)") == (6, 0, 0)
    degree, _, divisors = degrees_of(MATRICES + r"A A^{-1} A = A")
    assert divisors == 3
    assert degree >= 4


def test_the_bound_multiplies_the_draws():
    report = check(SCALARS + "(x + 1)^2 = x^2 + 2 x + 1")
    assert report.bound == pytest.approx(2 / (2 * SMALL) * (2 / (2 * LARGE)) ** 2, abs=0)
    positive = check(SCALARS.replace("R},", r"R} \text{ positive},") + "(x + 1)^2 = x^2 + 2 x + 1")
    assert positive.bound == pytest.approx(8 * report.bound, abs=0)


def test_every_size_has_a_large_draw():
    report = check("where x \\in \\mathbb{R}^n\n\\sum_i x_i n = n \\sum_i x_i")
    assert len(report.sizes) >= 3
    assert report.bound < 1e-15


@pytest.mark.parametrize(
    "formula", ["e^x = e^x", r"\max(x, y) = \max(y, x)", "x = x + y", r"x^2 \ge 0", r"\sqrt{4} x = 2 x"]
)
def test_no_bound_where_there_is_none(formula):
    assert check(SCALARS + formula).bound is None


class Given:
    """Numbers that are given one by one."""

    largest = SMALL

    def __init__(self, numbers):
        self.numbers = iter(numbers)

    def draw(self, count, positive=False):
        return [next(self.numbers) for _ in range(count)]


def share_of_passes(source, unknown_values):
    """Return with which probability the sides are equal, all draws from the small numbers counted out."""
    derivation = Derivation(source)
    names, dimensions, (chain,) = derivation.names, derivation.dimensions, derivation.report.chains
    accepted = passed = 0
    for numbers in itertools.product(NUMBERS, repeat=len(dimensions.shapes) + unknown_values):
        data = Data(names, dimensions, Numbers(random.Random(0), SMALL), {})
        given = iter(numbers)
        data.values |= {name: (next(given),) for name in dimensions.shapes}
        data.numbers = Given(given)
        evaluator = Evaluator(names, dimensions, data)
        try:
            before, side = (evaluator.value(node, {}) for node in chain.nodes)
        except UnluckyDrawError:
            continue
        accepted += 1
        passed += before == side
    return Fraction(passed, accepted)


WRONG = {  # how many values of f it needs, and whether the bound is reached
    "(x - 1)(x - 2)(x + 3) = 0 y": (0, True),
    "(x - 1)(y - 2) = 0": (0, False),
    "x y = 2": (0, False),
    "x^2 = 1 + 0 y": (0, True),
    r"\frac{x - 1}{y - 2} = 0": (0, False),
    r"\frac{x}{x - y} = 2": (0, False),
    "f(x) = f(y)": (2, False),
    "f(x) f(y) = 1": (2, False),
    "f'(x) = f(x) + 0 y": (2, True),
    "f(f(x)) = x + 0 y": (2, False),
}


@pytest.mark.parametrize("formula", WRONG)
def test_the_bound_holds_where_all_draws_are_counted(formula):
    unknown_values, reached = WRONG[formula]
    source = SCALARS + formula
    degree, meetings, divisors = degrees_of(source)
    bound = Fraction(degree + meetings, len(NUMBERS) - divisors - meetings)
    passed = share_of_passes(source, unknown_values)
    assert 0 < passed <= bound
    assert (passed == bound) == reached
