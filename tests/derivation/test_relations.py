"""Chains as papers write them: other relations than =, reasons in words, environments, punctuation."""

import pytest

from mathnet.derivation import check

WHERE = r"""
where  x, y \in \mathbb{R}^{n},  t, s \in \mathbb{R},  A \in \mathbb{R}^{n \times n},  p \in \mathbb{R} \text{ positive}
       \text{tolerance } 10^{-3}
"""
RIGHT = {
    r"2 t s \le t^2 + s^2 = s^2 + t^2": "2 steps · 1 proved, 1 exact at ",
    r"x \cdot y \le \|x\| \|y\|": "1 step · 50 digits at ",
    r"\log p \leq p - 1 < p": "2 steps · 50 digits",
    r"\sqrt{t^2} \ge |t|": "1 step · 50 digits",
    r"t + 1 > t": "1 step · exact",
    r"\frac{(t + 10^{-3})^2 - t^2}{10^{-3}} \approx 2 t": "1 step · exact",
    r"t + s := s + t \equiv t + s.": "2 steps · proved",
    r"\boxed{t} = t,": "1 step · proved",
}
WRONG = {
    r"t \le t^2": r"t \le t^2 does not hold: ",
    r"2 t s \ge t^2 + s^2": "does not hold",
    r"\sqrt{t^2} < |t|": "does not hold",
    r"\tanh(t)^2 < 1": r"\tanh(t)^2 < 1 does not hold: 1.0 against 1; to 50 digits they are equal: write \le",
    r"t \le t + 1 = t + 2": "t + 2 is not equal to t + 1",
    r"A \le A + A": r"\le is between numbers: write entries",
    r"t \ne s": r"\ne says too little: random numbers are never equal",
    r"\frac{(t + 0.1)^2 - t^2}{0.1} \approx 2 t": "2 t is not within 0.001 of ",
    r"t \le": r"nothing stands after \le",
    r"t \le t + 1 - 2": "does not hold",
}


@pytest.mark.parametrize("formula", RIGHT)
def test_right_lines_pass(formula):
    report = check(WHERE + formula)
    assert report.ok, report.errors
    assert report.verdict().startswith(RIGHT[formula])


@pytest.mark.parametrize("formula", WRONG)
def test_wrong_lines_are_refused(formula):
    report = check(WHERE + formula)
    assert not report.ok
    assert WRONG[formula] in str(report.errors[0])


def test_approximately_needs_a_tolerance():
    without = "where t \\in \\mathbb{R}\nt \\approx t"
    assert r"\text{tolerance } 10^{-3}" in str(check(without).errors[0])
    assert check("where t \\in \\mathbb{R}, \\text{tolerance } 0.01\nt \\approx t + 0.001").ok
    assert "a tolerance is written" in str(
        check("where t \\in \\mathbb{R}, \\text{tolerance } 2\nt = t").errors[0]
    )


def test_an_environment_with_reasons_in_words():
    report = check(
        WHERE
        + r"""\begin{aligned}
t + s &= s + t \quad \text{(a sum)} \\
      &= t + s, && \text{again} \\
      &\le t + s + 1. \text{ since } 0 < 1
\end{aligned}"""
    )
    assert report.ok, report.errors
    rows = [(row.left, row.relation, row.right, row.reason) for row in report.chains[0].rows]
    assert rows == [
        ("t + s", "=", "s + t", r"\text{(a sum)}"),
        ("", "=", "t + s", r"\text{again}"),
        ("", r"\le", "t + s + 1", r"\text{ since } 0 < 1"),
    ]
    assert [line.relation for line in report.lines] == ["=", "=", r"\le"]
