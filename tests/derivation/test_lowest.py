"""Inequalities in several variables: lines lead to where one is nearest to failing."""

import pytest

from mathnet.derivation import check

TWO = r"where x, y, z \in \mathbb{R}"
POSITIVE = r"where x, y \in \mathbb{R} \text{ positive}"
WRONG = [
    (TWO, r"(x - 3)^2 + (y - 5)^2 \ge 0.01"),
    (TWO, r"0.01 \le (x + 20)^2 + (y - 50)^2"),
    (TWO, r"(x - y)^2 + (x - 7)^2 > 0.001"),
    (TWO, r"x^2 + y^2 \ge 2.01 x y"),
    (TWO, r"x^2 y^2 (x^2 + y^2 - 3) + 0.99 \ge 0"),
    (TWO, r"(x - 3)^2 + (y - 5)^2 + (z + 2)^2 \ge 0.01"),
    (TWO, r"\frac{1}{1 + (x - 3)^2 + (y - 5)^2} \le 0.99"),
    (r"where x \in \mathbb{R}^n", r"\sum_i (x_i - 9)^2 \ge 0.01"),
    (POSITIVE, r"\frac{x}{y} + \frac{y}{x} \ge 2.001"),
]
RIGHT = [
    (TWO, r"(x - 3)^2 + (y - 5)^2 \ge 0"),
    (TWO, r"x^2 + y^2 \ge 2 x y"),
    (TWO, r"x^2 y^2 (x^2 + y^2 - 3) + 1 \ge 0"),
    (TWO, r"|x + y| \le |x| + |y|"),
    (r"where x, y \in \mathbb{R}^n", r"(x \cdot y)^2 \le (x \cdot x) (y \cdot y)"),
    (POSITIVE, r"\frac{x}{y} + \frac{y}{x} \ge 2"),
]


@pytest.mark.parametrize(("where", "line"), WRONG)
def test_an_inequality_that_fails_in_a_small_place_is_wrong(where, line):
    assert not check(f"{where}\n{line}").ok


@pytest.mark.parametrize(("where", "line"), RIGHT)
def test_one_that_holds_everywhere_is_right(where, line):
    report = check(f"{where}\n{line}")
    assert report.ok, report.verdict()
    assert report.seconds < 2
