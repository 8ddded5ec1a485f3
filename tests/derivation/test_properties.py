"""What a where part may say of a symbol: arrays are drawn with it, at the sizes at which there are any."""

import pytest

from mathnet.derivation import check

SQUARE = r"\in \mathbb{R}^{n \times n} \text"
DEFINITE = rf"A, B {SQUARE}{{ positive definite}}"
TALL = (
    r"X \in \mathbb{R}^{n \times m} \text{ full column rank}, E \in \mathbb{R}^{n \times n} \text{ identity}"
)
COLUMNS = r"""Q \in \mathbb{R}^{n \times m} \text{ orthonormal columns}
      I \in \mathbb{R}^{m \times m} \text{ identity}, E \in \mathbb{R}^{n \times n} \text{ identity}"""
DIAGONAL = rf"C, D {SQUARE}{{ diagonal}}, M \in \mathbb{{R}}^{{n \times n}}"
BIT = r"a, b, c, d, e \in \{0, 1\}"
BITS = r"y \in \{0, 1\}^n"

RIGHT = [
    (DEFINITE, r"A^\top = A"),
    (DEFINITE, r"A_{ii} A_{jj} \ge A_{ij}^2"),
    (DEFINITE, r"\log\det(A B) = \log\det A + \log\det B"),
    (DEFINITE, r"\log\det(A + B) \ge \log\det A"),
    (DEFINITE, r"\mathrm d \log\det A = \operatorname{tr}(A^{-1}\, \mathrm d A)"),
    (DEFINITE, r"\frac{\partial \log\det A}{\partial A_{ij}} = [A^{-1}]_{ij}"),
    (rf"A {SQUARE}{{ symmetric positive definite}}", "[A_{ii} > 0] = 1"),
    (rf"A {SQUARE}{{ positive definite and diagonal}}", r"\log\det A = \sum_i \log A_{ii}"),
    (TALL, r"(X^\top X)^{-1} X^\top X = X^\top X (X^\top X)^{-1}"),
    (TALL, r"\frac{\partial \log\det(X^\top X)}{\partial X_{ij}} = 2 [X (X^\top X)^{-1}]_{ij}"),
    (COLUMNS, r"Q^\top Q = I"),
    (COLUMNS, r"\operatorname{tr}(Q Q^\top) = m"),
    (COLUMNS, r"Q^\top \mathrm d Q = -\mathrm d Q^\top Q"),
    (COLUMNS.replace("orthonormal", "orthogonal"), r"Q^\top Q = I"),
    (DIAGONAL, "C D = D C"),
    (DIAGONAL, r"\det D = \prod_i D_{ii}"),
    (BIT, "a^2 = a"),
    (BIT, "a (a - 1) (a - 2) = 0"),
    (BITS, r"y \odot y = y"),
    (BITS, r"\sum_i y_i \le n"),
    (r"Y \in \{0, 1\}^{n \times k} \text{ rows are one-hot}", r"\sum_j Y_{ij} = 1"),
    (r"s \in (0, 1)", "s^2 < s"),
]
WRONG = [
    (DEFINITE, "A_{ij} > 0"),
    (DEFINITE, "A B = B A"),
    (DEFINITE, r"\det(A) \ge 1"),
    (DEFINITE, r"\log\det(A) = \operatorname{tr}(A)"),
    (DEFINITE, r"\frac{\partial \log\det A}{\partial A_{ij}} = (2 - \delta_{ij}) [A^{-1}]_{ij}"),
    (DEFINITE + r", x \in \mathbb{R}^n", r"x^\top A x > 0.001"),
    (TALL, r"X (X^\top X)^{-1} X^\top = E"),
    (TALL, r"\log\det(X X^\top) = \log\det(X^\top X)"),
    (TALL, r"\frac{\partial \log\det(X^\top X)}{\partial X_{ij}} = [X (X^\top X)^{-1}]_{ij}"),
    (COLUMNS, r"Q Q^\top = E"),
    (COLUMNS, r"Q^\top \mathrm d Q = 0"),
    (DIAGONAL, "D M = M D"),
    (DIAGONAL, r"\det D = \operatorname{tr} D"),
    (BIT, "2 a = a^2"),
    (BIT, "a < 1"),
    (BIT, "a b c d e = 0"),
    (BIT, "(1 - a) (1 - b) (1 - c) (1 - d) (1 - e) = 0"),
    (BITS, r"\sum_i y_i = 1"),
    (BITS, r"\sum_i y_i < n"),
    (BITS, r"\sum_i y_i \ge 1"),
    (r"k \in \mathbb{Z}", "k^2 = k"),
]


@pytest.mark.parametrize(("where", "line"), RIGHT)
def test_what_follows_from_a_property_is_right(where, line):
    report = check(f"where {where}\n{line}")
    assert report.ok, report.verdict()


@pytest.mark.parametrize(("where", "line"), WRONG)
def test_what_does_not_follow_is_wrong(where, line):
    assert not check(f"where {where}\n{line}").ok


@pytest.mark.parametrize("where", [TALL, COLUMNS])
def test_a_tall_matrix_is_tried_at_no_size_at_which_there_is_none(where):
    report = check(f"where {where}\nX = X" if where is TALL else f"where {where}\nQ = Q")
    sizes = [(size["n"], size["m"]) for size in report.sizes]
    assert report.ok
    assert all(n >= m for n, m in sizes)
    assert {m for _, m in sizes} > {1, 2, 3, 4}
    assert r"\text{of a size at which } n \ge m" in [reading.read for reading in report.readings]


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (r"X \in \mathbb{R}^{2 \times 3} \text{ full column rank}", "X is 2 × 3: so many columns are never independent"),
        (r"X \in \mathbb{R} \text{ orthonormal columns}", "X is a scalar: it has no columns"),
        (r"X \in \mathbb{R}^{n \times m} \text{ diagonal}", "X is n × m: not square"),
        (r"X \in \mathbb{R}^{n \times m} \text{ positive definite}", "X is n × m: not square"),
        (rf"X {SQUARE}{{ positive definite, positive}}", "X is said to be positive definite and positive"),
        (rf"X {SQUARE}{{ diagonal, orthogonal}}", "X is said to be diagonal and orthogonal"),
        (r"X \in \{0, 1\}^n \text{ positive}", "X is said to be 0 or 1 and positive"),
    ],
)  # fmt: skip
def test_what_no_matrix_can_be(declared, message):
    assert message in check(f"where {declared}\nX = X").verdict()


@pytest.mark.parametrize("shape", [r"n \times 3", r"2 \times m"])
def test_a_size_beside_a_number_stays_within_it(shape):
    report = check(rf"where X \in \mathbb{{R}}^{{{shape}}} \text{{ full column rank}}" + "\nX = X")
    assert report.ok
    assert all(size.get("n", 3) >= 3 and size.get("m", 2) <= 2 for size in report.sizes)
