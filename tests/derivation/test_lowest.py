"""Inequalities: points lead to where one is nearest to failing, with and without kinks, exp and log."""

import pytest

from mathnet.derivation import check

TWO = r"where x, y, z \in \mathbb{R}"
BETWEEN = r"where p \in \mathbb{R} \text{ between 0 and 1}"
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
    # > where both sides are equal at one point
    (TWO, "x^2 + x y + y^2 > 0"),
    (TWO, "x^4 + y^4 > 0"),
    (TWO, "|x - 1| + |y - 2| > 0"),
    (TWO, r"\max(|x|, |y|) > 0"),
    (TWO, "x^2 + 5 y^2 - 4 x y - 2 y + 1 > 0"),
    (TWO, "(3 x - 1)^2 + (7 y - 2)^2 > 0"),
    (TWO, r"e^x + e^y > 2 e^{(x + y) / 2}"),
    (BETWEEN, r"p \log(p / 0.3) + (1 - p) \log((1 - p) / 0.7) > 0"),
    # functions that are no polynomials
    (TWO, r"\sin(x) \ge -0.9999"),
    (TWO, r"\sin(x) + \cos(x) \le 1.414"),
    (TWO, r"\log(1 + (x - 7)^2) \ge 0.0001"),
    (TWO, r"x^2 + \sin(x) \ge -0.23"),
    (TWO, r"\sin(x) + \sin(y) \le 1.99"),
    (TWO, r"\sqrt{x^2 + y^2} \ge 0.001"),
    (TWO, r"|x - 1| + |y - 2| \ge 0.001"),
    (TWO, r"e^{-x^2 - y^2} \le 0.999"),
    (TWO, r"\log(e^x + e^y) \ge \frac{x + y}{2} + 0.6932"),
    (BETWEEN, r"-p \log p - (1 - p) \log(1 - p) \le 0.6931"),
    (BETWEEN, r"p \log p \ge -0.3678"),
    (BETWEEN, r"\log p < -10^{-5}"),
    (BETWEEN, r"\sqrt{p} + \sqrt{1 - p} \le 1.4142"),
    # at sizes that are large enough, and where entries are equal
    (r"where x \in \mathbb{R}^n", r"\|x\|_1 \le 2 \|x\|_2"),
    (r"where x \in \mathbb{R}^n", r"\log \sum_i e^{x_i} \le \max_i x_i + \log 4"),
    (
        r"where x \in \mathbb{R}^n",
        r"-\sum_i \operatorname{softmax}(x)_i \log \operatorname{softmax}(x)_i \le 1.3",
    ),
    (r"where A \in \mathbb{R}^{n \times n}", r"\operatorname{tr}(A)^2 \le 4 \operatorname{tr}(A^T A)"),
]
RIGHT = [
    (TWO, r"(x - 3)^2 + (y - 5)^2 \ge 0"),
    (TWO, r"x^2 + y^2 \ge 2 x y"),
    (TWO, r"x^2 y^2 (x^2 + y^2 - 3) + 1 \ge 0"),
    (TWO, r"|x + y| \le |x| + |y|"),
    (r"where x, y \in \mathbb{R}^n", r"(x \cdot y)^2 \le (x \cdot x) (y \cdot y)"),
    (POSITIVE, r"\frac{x}{y} + \frac{y}{x} \ge 2"),
    (POSITIVE, r"\frac{x + y}{2} \ge \sqrt{x y}"),
    (POSITIVE, r"x - 1 \ge \log x"),
    (TWO, r"e^x \ge 1 + x"),
    (TWO, r"|\sin x| \le |x|"),
    (TWO, r"\log(1 + e^x) \ge \max(0, x)"),
    (BETWEEN, r"-p \log p - (1 - p) \log(1 - p) \le \log 2"),
    (BETWEEN, "p^2 < p"),
    (BETWEEN, r"\log p < 0"),
    (r"where x, y \in \mathbb{R}^n", r"\|x + y\| \le \|x\| + \|y\|"),
    (r"where x \in \mathbb{R}^n", r"\log \sum_i e^{x_i} \le \max_i x_i + \log n"),
    (r"where A \in \mathbb{R}^{n \times n}", r"\operatorname{tr}(A)^2 \le n \operatorname{tr}(A^T A)"),
    (r"where S \in \mathbb{R}^{n \times n} \text{ positive definite}", r"\det S \le \prod_i S_{ii}"),
]


@pytest.mark.parametrize(("where", "line"), WRONG)
def test_an_inequality_that_fails_in_a_small_place_is_wrong(where, line):
    assert not check(f"{where}\n{line}").ok


@pytest.mark.parametrize(("where", "line"), RIGHT)
def test_one_that_holds_everywhere_is_right(where, line):
    report = check(f"{where}\n{line}")
    assert report.ok, report.verdict()
    assert report.seconds < 2
