r"""Sums with conditions, $[i \ge j]$ and $[a = b]$, and what a where part says of entries: right lines pass, and each with one thing changed does not."""

import pytest

from mathnet.derivation import check

S = r"where S, M \in \mathbb{R}^{n \times n}, x \in \mathbb{R}^n, M_{ij} = [i \ge j]"
WHOLE = r"where a, b \in \mathbb{Z}, y \in \{0, 1\}, t, s \in \{-1, 1\}, z, p \in \mathbb{R}, 0 < p < 1"
LABELS = r"where y \in \{1, \ldots, K\}^N, u \in \{1, \ldots, K\}"
SHORTER = r"where x \in \mathbb{R}^n, y \in \mathbb{R}^m, n = m + 1, y_i = x_{i+1} - x_i"
RIGHT = [  # where part, a right line, what it says, and what is wrong in its place
    (S, r"\sum_{i<j} S_{ij} = \sum_{j=1}^n \sum_{i=1}^{j-1} S_{ij}", "j-1", "j"),
    (S, r"\sum_{i \le j} S_{ij} = \sum_{i<j} S_{ij} + \operatorname{tr}(S)", r" + \operatorname{tr}(S)", ""),
    (S, r"\sum_{i \ne j} S_{ij} = \sum_{ij} S_{ij} - \operatorname{tr}(S)", "- ", "+ "),
    (S, r"\sum_{1 \le i < j \le n} S_{ij} = \sum_i \sum_{j > i} S_{ij}", "j > i", r"j \ge i"),
    (S, r"\sum_{i<j} (x_i - x_j)^2 = n \sum_i x_i^2 - (\sum_i x_i)^2", "= n", r"= \frac{n}{2}"),
    (S, r"\sum_{i<n} x_i = \sum_i x_i - x_n", "- x_n", ""),
    (S, r"\sum_{i \ge 2} x_i = \sum_{i=2}^n x_i", "i=2", "i=1"),
    (S, r"\sum_{j<i} x_j = \sum_{j=1}^{i-1} x_j", "i-1", "i"),
    (S, r"\sum_{j>i} x_j = \sum_j x_j - \sum_{j \le i} x_j", r"j \le i", "j < i"),
    (S, r"\sum_{i \ne j} x_i = \sum_i x_i - x_j", "- x_j", "- x_1"),
    (S, r"\sum_{j=1, j \ne i}^n S_{ij} = \sum_j S_{ij} - S_{ii}", "- S_{ii}", "- S_{11}"),
    (S, r"\sum_{\substack{j=1 \\ j \ne i}}^n S_{ij} = \sum_{j \ne i} S_{ij}", r"j \ne i", "j"),
    (S, r"[M \odot S]_{ij} = \begin{cases} S_{ij} & i \ge j \\ 0 & i < j \end{cases}", r"\ge", r"\le"),
    (S, r"\sum_{ij} M_{ij} S_{ij} = \sum_i \sum_{j \le i} S_{ij}", r"j \le i", "j < i"),
    (S, r"\sum_{j \le i} S_{ij} = \sum_{j=1}^i S_{ij}", "1}^i", "1}^n"),
    (S, r"\sum_i x_i \sum_i x_i = \sum_{ij} x_i x_j", "x_i x_j", "x_i x_i"),
    (S, r"\sum_i S_{ij} x_i - \frac1n \sum_i x_i \sum_i S_{ij} = \sum_i (x_i - \frac1n \sum_k x_k) S_{ij}", r"\frac1n ", ""),
    (S, r"S^T x = \sum_i x_i S_i", "x_i S_i", "x_i S_{:,i}"),
    (S, r"S_i^T x = \sum_j S_{ij} x_j", "S_{ij}", "S_{ji}"),
    (WHOLE, r"[a = b] = [b = a]", "[b = a]", "0"),
    (WHOLE, r"[a = 2 b] [b = 0] = [a = 0] [b = 0]", "= [a = 0] [b = 0]", "= [a = 2 b]"),
    (WHOLE, r"[a = 7] [b = 3] = [b = 3] [a = 7]", "[b = 3] [a = 7]", "0"),
    (WHOLE, r"[a = b + 100] = [a - b = 100]", "[a - b = 100]", "0"),
    (WHOLE, r"[a \ne b] = 1 - [a = b]", "1 - [a = b]", "1"),
    (WHOLE, r"t s = 2 [t = s] - 1", "- 1", ""),
    (WHOLE, r"\log(1 + e^{-t z}) = \log(1 + e^z) - z [t = 1]", "t = 1", "t = -1"),
    (WHOLE, r"p^y (1 - p)^{1 - y} = \begin{cases} p & y = 1 \\ 1 - p & y = 0 \end{cases}", "y = 1", "y = 0"),
    (LABELS, r"\sum_i \sum_j [y_i = y_j] = \sum_k (\sum_i [y_i = k])^2", "^2", ""),
    (LABELS, r"\sum_{i=1}^{N-1} [y_i = y_{i+1}] = \sum_{i=2}^N [y_{i-1} = y_i]", "y_{i-1}", "y_1"),
    (LABELS, r"[y_i \ne u] = 1 - [u = y_i]", "1 - ", ""),
    (SHORTER, r"\sum_i y_i = x_n - x_1", "- x_1", ""),
    (SHORTER, r"\frac{\partial y_i}{\partial x_j} = [j = i + 1] - [j = i]", "- [j = i]", ""),
    (SHORTER, r"\sum_{i=1}^m x_i = \sum_i x_i - x_n", " - x_n", ""),
]  # fmt: skip


@pytest.mark.parametrize(("where", "line", "said", "other"), RIGHT)
def test_right_lines_pass_and_wrong_ones_do_not(where, line, said, other):
    report = check(f"{where}\n{line}")
    assert report.ok, report.errors
    left, equals, right = line.partition(" = ") if said in line.partition(" = ")[2] else ("", "", line)
    assert said in right
    assert not check(f"{where}\n{left}{equals}{right.replace(said, other)}").ok


def test_a_sum_with_a_condition_says_over_what_it_runs():
    report = check(S + "\n" + r"\sum_{i<j} S_{ij} = \sum_{j=1}^n \sum_{i<j} S_{ij}")
    assert report.ok, report.errors
    assert [reading.read for reading in report.readings] == [r"\text{all pairs } i<j"]
    assert not check(S + "\n" + r"\sum_{j \ne i} S_{ij} = \sum_{j \ne i} S_{ji}").ok  # for each i


REFUSED = {
    r"[z = 1] = 0": r"[z = 1]: random numbers are never equal, so only <, > and their like can be tested, or what is declared \text{integer}",
    r"[\frac{a}{2} = 1] = 0": r"[\frac{a}{2} = 1]: random numbers are never equal, so only <, > and their like can be tested, or what is declared \text{integer}",
}


@pytest.mark.parametrize("line", REFUSED)
def test_only_whole_numbers_are_equal(line):
    assert check(f"{WHOLE}\n{line}").errors[0].reason == REFUSED[line]


def test_the_shape_of_a_mask_is_declared():
    error = check("where S \\in \\mathbb{R}^{n \\times n}, M_{ij} = [i \\ge j]\nM = S").errors[0]
    assert error.reason == (
        r"what does index i run over? It stands at no symbol: declare the shape of M before, as in M \in \mathbb{R}^{a \times b}"
    )


def test_an_item_may_be_made_of_a_later_one():
    source = r"""where z, y \in \mathbb{R}, L = -y \log \sigma(z) - (1 - y) \log(1 - \sigma(z)), \sigma(x) = \frac{1}{1 + e^{-x}}
\frac{\partial L}{\partial z} = \sigma(z) - y"""
    assert check(source).ok
    assert not check(source.replace("- y\\log", "y\\log").replace("= \\sigma(z) - y", "= \\sigma(z)")).ok
    error = check(r"where a = b, b = c, x \in \mathbb{R}" + "\nx = x").errors[0]
    assert error.reason.startswith("unknown symbol b")


def test_what_is_said_of_an_entry_holds_for_all():
    where = r"where x \in \mathbb{R}^n, W \in \mathbb{R}^{n \times n}"
    line = "\n" + r"\sum_i \log x_i + \sum_{ij} \log W_{ij} = \log \prod_i x_i + \log \prod_{ij} W_{ij}"
    assert check(f"{where}, x_i > 0, W_{{ij}} > 0{line}").ok
    assert not check(f"{where}, x_i > 0{line}").ok


def test_samples_are_known_by_another_letter_than_the_sum_has():
    report = check(r"""where z_i \in \mathbb{R}^d, \ell = \log \sum_{k=1}^N [k \ne 1] \exp(z_1^T z_k)
\ell = \log \sum_{k=2}^N \exp(z_1^T z_k)""")
    assert report.ok, report.errors


X = r"where x, p \in \mathbb{R}, y \in \{0, 1\}, 0 < p < 1, L = -y \log p - (1 - y) \log(1 - p)"
LIMITED = [  # a line that holds where its condition does, and a condition under which it does not
    (r"\lvert x \rvert = x \text{ for }", "x > 0", "x > -1"),
    (r"\frac{d}{dx} \max(0, x) = 1 \text{ if }", "x > 0", "x > -0.001"),
    (r"\log(x^2) = 2 \log x \text{ for }", "x > 0", "x < 1"),
    (r"\max(0, x) \min(1, x) = x^2 \text{ for }", "0 < x < 1", "0 < x < 1.01"),
    (r"L = -\log p \text{ if }", "y = 1", "y = 0"),
    (r"L = -\log(1 - p) \text{ if }", r"y \ne 1", r"y \ge 0"),
]


@pytest.mark.parametrize(("line", "right", "wrong"), LIMITED)
def test_a_line_may_hold_only_where_a_comparison_does(line, right, wrong):
    report = check(f"{X}\n{line} {right}")
    assert report.ok, report.errors
    assert rf"\text{{only where }} {right}" in [reading.read for reading in report.readings]
    assert not check(f"{X}\n{line} {wrong}").ok


def test_a_condition_that_never_holds_is_refused():
    (error,) = check(X + "\nx = 2 x \\text{ for } x^2 < 0").errors
    assert error.reason == "x^2 < 0 never holds, so this says nothing"
