"""No false line passes by the choice of the numbers: one test for every way in which one could."""

import pytest

from mathnet.derivation import check

X = "where x \\in \\mathbb{R}\n"
F = "where z \\in \\mathbb{R}, f \\text{ elementwise}, y = f'''(z)\n"
FALSE = {
    "a logarithm on half of its domain": (X + r"\log(x^2) = 2 \log x", r"x is not always positive"),
    "a real power of a negative number": (X + r"(-1)^{2 x} = 1", "-1 is not always positive"),
    "what to declare": (
        "where v \\in \\mathbb{R}^n\n\\sum_i \\sqrt{v_i} = 1",
        r"v_i is not always positive, so it has no real root: declare what makes it so, for example "
        r"v \in \mathbb{R} \text{ positive}",
    ),
    "a root takes the sign away": (X + r"\sqrt{x^2} = x", r"is not equal to"),
    "f is no polynomial of low degree": (F + "f''''(z) = 0", "is not equal to"),
    "nor are its derivatives": (
        F + r"\frac{\partial}{\partial z} \frac{\partial}{\partial z} y = 0",
        "is not",
    ),
    "differences of f": (F + "f(z + 4) + 6 f(z + 2) + f(z) = 4 f(z + 3) + 4 f(z + 1)", "is not equal to"),
    "one size is another plus 1": ("where A \\in \\mathbb{R}^{n \\times m}\nm = n + 1", "is not equal to"),
    "one size, one more": ("where A \\in \\mathbb{R}^{n \\times m}\nn = m + 1", "is not equal to"),
    "an equation that two sizes solve": ("where a \\in \\mathbb{R}^{n}\nn^2 = 5 n - 6", "is not equal to"),
    "one sign in all draws": (X + r"\max(0, x) = x", "is not equal to"),
    "the other sign": (X + r"\max(0, x) = 0", "is not equal to"),
    "two signs": ("where x, y \\in \\mathbb{R}\n\\max(0, x) \\max(0, y) = 0", "is not equal to"),
    "rows that sum to one need not be positive": (
        "where T \\in \\mathbb{R}^{n \\times k} \\text{ rows sum to one}\n\\max(0, T_{ij}) = T_{ij}",
        "is not equal to",
    ),
    "whole numbers only": (X + r"[x > 0] = [x \ge 1]", "is not equal to"),
    "a bound beyond the numbers drawn": (X + "[x > 5000] = 0", "is not equal to"),
    "the same, with small fractions": (X + r"\max(\exp(x), 30) = 30", "is not equal to"),
    "a number below every tolerance": (X + "e^{-1000 x^2} = 0", "0 is not equal to e^{-1000 x^2}"),
    "division by zero on half of the numbers": (X + r"\frac{x}{[x > 0]} = x", "division by zero"),
    "equality of random numbers": (X + "[x = 0] = 0", "random numbers are never equal"),
    "index 0": ("where x \\in \\mathbb{R}^n\nx_0 = x_0", "counts from 1"),
    "a bound that is no dimension": (X + r"\sum_{i=1}^{q} x = x", "not at q"),
    "a sum in a definition that runs over nothing": (
        "where x \\in \\mathbb{R}, y = \\sum_i x\ny = x",
        "what does index i run over?",
    ),
    "thresholds far from one": (X + "[x > 10^8] = 0", "is not equal to"),
    "thresholds near zero": (X + "[x > 10^{-5}] = [x > 0]", "is not equal to"),
    "between two thresholds": (X + r"[x > 0] [x < \tfrac{1}{5000}] = 0", "is not equal to"),
    "near one of them": (X + "[x > 1000] [x < 1001] = 0", "is not equal to"),
    "in a case": (
        X + r"\begin{cases} x & \text{if } |x| > 1/1000000 \\ 0 & \text{otherwise} \end{cases} = x",
        "is not equal to",
    ),
    "a probability near one": (
        "where x \\in \\mathbb{R}^n\n[\\operatorname{softmax}(x)_1 > \\tfrac{99}{100}] = 0",
        "is not equal to",
    ),
    "a tilted window": (
        "where x, y \\in \\mathbb{R}\n\\max(0, 10^{-6} - (x - 1)^2 - (y - x)^2) = 0",
        "is not equal to",
    ),
    "a window in a bent valley": (
        "where x, y, z \\in \\mathbb{R}\n\\max(0, 10^{-4} - (x - 1)^2 - (y - x)^2 - (z - y^2)^2) = 0",
        "is not equal to",
    ),
    "a window of an exponential": (
        "where x, y \\in \\mathbb{R}\n\\max(0, 10^{-3} - (e^x - 2)^2 - (y - x)^2) = 0",
        "is not equal to",
    ),
    "two whole numbers, each of one value": (
        "where a, b \\in \\mathbb{Z}\n[a > 6] [a < 8] [b > 12] [b < 14] = 0",
        "is not equal to",
    ),
    "three whole numbers that are equal to others": (
        "where a, b, c \\in \\mathbb{Z}\n[a = 0] [b = 1] [c = 2] = 0",
        "is not equal to",
    ),
    "one combination of bits": (
        "where t \\in \\{0, 1\\}^n\nt_1 t_2 t_3 t_4 t_5 t_6 = 0",
        "is not equal to",
    ),
    "a sum of bits beyond the usual sizes": (
        "where t \\in \\{0, 1\\}^n\n[\\sum_i t_i = 9] = 0",
        "is not equal to",
    ),
    "one combination of labels": (
        "where y, z, u \\in \\{1, \\ldots, K\\}\n[y = 1][z = 2][u = 3] = 0",
        "is not equal to",
    ),
    "an inequality of sizes up to six": (
        "where x \\in \\mathbb{R}^n\n\\|x\\|_1 \\le \\sqrt{3 + n/2} \\|x\\|",
        "does not hold: 7 against",
    ),
    "an inequality of matrices of sizes up to five": (
        "where A \\in \\mathbb{R}^{n \\times n}\n\\operatorname{tr}(A)^2 \\le 5 \\operatorname{tr}(A^T A)",
        "does not hold: 49 against 35",
    ),
    "an inverse function beyond its domain": (X + r"\arctan(\tan(x)) = x", "is not equal to"),
    "an inverse function beyond a pole": (
        "where x, y \\in \\mathbb{R}\n\\arctan(x) + \\arctan(y) = \\arctan(\\frac{x + y}{1 - x y})",
        "is not equal to",
    ),
    "a tail that is rounded away": (X + r"1 - \tanh(x^2 + 100) = 0", "0.0 against 6.145745549e-88"),
    "a tail of a logarithm": (X + r"\log(1 + e^{-x^2 - 300}) = 0", "is not equal to"),
    "never all of one sign": (
        "where A, B \\in \\mathbb{R}^{n \\times m}\n\\prod_{ij} [A_{ij} > 0] [B_{ij} < 0] = 0",
        "is not equal to",
    ),
    "a kink in a heavy line": (
        "where A, B \\in \\mathbb{R}^{n \\times n}, x \\in \\mathbb{R}\n"
        r"\max(0, x) \sum_{ijkl} A_{ij} B_{jk} A_{kl} B_{li} = x \sum_{ijkl} A_{ij} B_{jk} A_{kl} B_{li}",
        "is not equal to",
    ),
    "an equation that three sizes solve": (
        "where a \\in \\mathbb{R}^{n}\n(n - 2) (n - 3) (n - 4) (n - 5) = 0",
        "is not equal to",
    ),
    "sizes in a function": (
        "where x \\in \\mathbb{R}^n, s \\in \\mathbb{R}, g(z) = (n - 2) (n - 3) z\ng(s) = 0",
        "is not equal to",
    ),
    "sizes in the output": (
        "where x \\in \\mathbb{R}^n, s \\in \\mathbb{R}, J = (n - 2) (n - 3) s\n\\bar s = 0",
        "is not equal to",
    ),
    "sizes in its cotangent": (
        "where x \\in \\mathbb{R}^n, s \\in \\mathbb{R}, J = s, \\bar J = (n - 2) (n - 3)\n\\bar s = 0",
        "is not equal to",
    ),
    "sizes against each other": (
        "where A \\in \\mathbb{R}^{n \\times m}\n(n - 2) (m - 2) (m - 3) (n - 3) = 0",
        "is not equal to",
    ),
    "f is no polynomial of any degree": (
        "where t \\in \\mathbb{R}, x \\in \\mathbb{R}^{12}, f \\text{ elementwise}\n"
        r"f(t) = \sum_i f(x_i) \frac{1}{t - x_i} \prod_j \frac{t - x_j}{x_i - x_j + \delta_{ij}}",
        "is not equal to",
    ),
    "f of numbers that are rounded": (
        "where s, t \\in \\mathbb{R}, f \\text{ elementwise}\nf(e^{s + t}) = f(e^s + e^t)",
        "is not equal to",
    ),
    "an index that is a size": (
        "where x \\in \\mathbb{R}^{n}\n\\sum_n n x_n = n \\sum_n x_n",
        "n is an index letter here, and also a size",
    ),
    "a free index that is a size": (
        "where x \\in \\mathbb{R}^{n}\nx_n = \\frac{n}{n} x_n",
        "n is an index letter here, and also a size",
    ),
    "a name that is a size": (
        "where x \\in \\mathbb{R}^{n}, n \\in \\mathbb{R}\nx = x",
        "n is a name, but also a dimension",
    ),
    "an entry of the inverse": (
        "where A \\in \\mathbb{R}^{n \\times n}\nA_{ij} A^{-1}_{ij} = 1",
        "the power of an entry, or an entry of a power? Write (A_{ij})^{-1} or [A^{-1}]_{ij}",
    ),
    "an entry of the square": (
        "where A \\in \\mathbb{R}^{n \\times n}\nA^2_{ij} = (A_{ij})^2",
        "the power of an entry, or an entry of a power?",
    ),
    "the largest singular value": (
        "where A \\in \\mathbb{R}^{n \\times m}\n\\|A\\|_2^2 = \\|A\\|_F^2",
        r"expected a vector (the 2-norm of a matrix is its largest singular value",
    ),
    "a whole number that is zero": (
        "where k \\in \\mathbb{R} \\text{ integer}\nk^2 > 0",
        "does not hold: 0 against 0",
    ),
    "whole numbers that are equal": (
        "where j, k \\in \\mathbb{R} \\text{ integer}\n[j < k] + [j > k] = 1",
        "1 is not equal to [j < k] + [j > k]: 1 against 0",
    ),
    "whole numbers beyond one that is written": (
        "where k \\in \\mathbb{R} \\text{ integer}\n\\min(k, -350) = k",
        "is not equal to",
    ),
    "a window between kinks": (X + r"\max(0, 0.001 - |x + 3.3|) = 0", "0 is not equal to"),
    "a window between two roots": (X + r"[(x - 5.1)^2 < 10^{-6}] = 0", "against 1"),
    "close to the end of a domain": (
        "where p \\in \\mathbb{R} \\text{ between 0 and 1}\n\\min(p, 0.0001) = 0.0001",
        "is not equal to",
    ),
    "a root of a square, far from zero": (
        "where x \\in \\mathbb{R} \\text{ positive}\n\\sqrt{(300 - x)^2} = 300 - x",
        "is not equal to",
    ),
    "a logarithm of a square, far from zero": (
        X + r"\log((x + 70)^2) = 2 \log(x + 70)",
        "x + 70 is not always positive",
    ),
    "a tie of real numbers": (X + r"[x - 2 > 0] + [2 - x > 0] = 1", "1 is not equal to"),
    "a polynomial that dips below zero": (X + r"x^4 - 2 x^2 + 0.9999 \ge 0", "does not hold"),
    "only for few classes": (
        "where y \\in \\mathbb{R}^n \\text{ rows are one-hot}\ny_1 = 1 - y_2",
        "is not equal to",
    ),
    "only for one class": (
        "where y \\in \\mathbb{R}^n \\text{ rows are one-hot}\n\\sum_{i \\ne 1} y_i = 1",
        "is not equal to",
    ),
    "matrices of two rows": (
        "where A \\in \\mathbb{R}^{n \\times n}\n\\operatorname{tr}(A)^2 = \\operatorname{tr}(A^2) + 2 \\det(A)",
        "is not equal to",
    ),
    "more columns than a size that was tried": (
        "where X \\in \\mathbb{R}^{3 \\times n}\n\\det(X X^{\\mathsf T}) = 0",
        "is not equal to",
    ),
    "a product of many sizes": (
        "where I \\in \\mathbb{R}^{n \\times n} \\text{ identity}\n"
        r"(\operatorname{tr}(I) - 2) (\operatorname{tr}(I) - 3) (\operatorname{tr}(I) - 4) = 0",
        "is not equal to",
    ),
    "not at size one": (
        "where x \\in \\mathbb{R}^n\n\\operatorname{var}(x) > 0",
        "does not hold: 0 against 0",
    ),
    "what is smaller than all digits": (X + "e^x = e^x + 10^{-60}", "is not equal to"),
    "symmetric, but not square": (
        "where A \\in \\mathbb{R}^{n \\times m} \\text{ symmetric}\nA = A",
        "A is n × m: not square",
    ),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_false_line_is_refused(name):
    source, message = FALSE[name]
    report = check(source, "false")
    assert not report.ok
    assert message in str(report.errors[0])


TRUE = {
    "a kink behind a kink": X + r"\max(0, |x|) = |x|",
    "two maxima": "where x, y, z \\in \\mathbb{R}\n\\max(x, \\max(x, z)) = \\max(z, x)",
    "a kink of a maximum": "where x \\in \\mathbb{R}^n\n\\operatorname{relu}(\\max_i x_i) = \\max_i \\operatorname{relu}(x_i)",
    "the largest of a one-hot row": "where y \\in \\mathbb{R}^n \\text{ rows are one-hot}\n\\max_i y_i = \\sum_i y_i",
    "a comparison of one-hot entries": "where y \\in \\mathbb{R}^n \\text{ rows are one-hot}\n[y_i < 1] = 1 - y_i",
    "the sign of zero": "where k \\in \\mathbb{R} \\text{ integer}\nk \\operatorname{sign}(k) = |k|",
    "more samples than features": (
        "where A \\in \\mathbb{R}^{m \\times n},  b \\in \\mathbb{R}^m,  P = A (A^{\\mathsf T} A)^{-1} A^{\\mathsf T}\nP P b = P b"
    ),
    "fewer samples than features": (
        "where A \\in \\mathbb{R}^{m \\times n}\nA A^{\\mathsf T} (A A^{\\mathsf T})^{-1} A = A"
    ),
    "softmax of one class": "where z \\in \\mathbb{R}^k,  p = \\operatorname{softmax}(z)\n\\sum_i p_i = 1",
    "two layers of kinks without biases": (
        "where x \\in \\mathbb{R}^n,  U \\in \\mathbb{R}^{m \\times n},  V \\in \\mathbb{R}^{k \\times m}\n"
        "      h = \\max(0, U x)\n      q = V h\n      y = \\max(0, q)\n"
        "\\bar V = (\\bar y \\odot [q > 0]) h^{\\mathsf T}"
    ),
    "saturated behind a kink": (
        "where x, v \\in \\mathbb{R},  s(t) = \\frac{1}{1 + e^{-t}},  y = s(v |x|)\n"
        r"\frac{\partial y}{\partial v} = y (1 - y) |x|"
    ),
    "a loss of what is saturated": (
        "where x, v \\in \\mathbb{R},  t \\in \\mathbb{R} \\text{ between 0 and 1},  s(u) = \\frac{1}{1 + e^{-u}}\n"
        "      y = s(v \\max(0, x))\n      J = -t \\log y - (1 - t) \\log(1 - y)\n"
        r"\frac{\partial J}{\partial v} = (y - t) \max(0, x)"
    ),
    "a derivative beside its kink": X
    + "      y = |x|\n"
    + r"\frac{\partial y}{\partial x} = [x > 0] - [x < 0]",
    "positive": "where x \\in \\mathbb{R} \\text{ positive}\n\\log(x^2) = 2 \\log x",
    "a probability": "where p \\in \\mathbb{R} \\text{ between 0 and 1}\n\\log \\frac{p}{1 - p} = \\log p - \\log(1 - p)",
    "symmetric": "where A \\in \\mathbb{R}^{n \\times n} \\text{ symmetric}\nA^{\\mathsf T} = A",
    "real exponents": "where x \\in \\mathbb{R} \\text{ positive},  t \\in \\mathbb{R}\nx^{2 t} = (x^t)^2",
    "directions of what is symmetric": "where A \\in \\mathbb{R}^{n \\times n} \\text{ symmetric}\n\\dot A^{\\mathsf T} = \\dot A",
    "directions of rows that sum to one": "where P \\in \\mathbb{R}^{n \\times k} \\text{ rows sum to one}\n\\sum_j \\dot P_{ij} = 0",
    "an entry squared": "where A \\in \\mathbb{R}^{n \\times m},  x \\in \\mathbb{R}^n\nA_{ij}^2 x^2_i = (A_{ij} x_i)^2",
    "a size beside a sum": "where x \\in \\mathbb{R}^{n}\n\\frac1n \\sum_n x_n = \\operatorname{mean}(x)",
    "kinks at whole numbers": "where A \\in \\mathbb{R}^{n \\times k}\n\\max(-1, \\min(A_{ij}, 1)) = -\\max(-1, \\min(-A_{ij}, 1))",
    "rounding about zero": X + r"\frac{e^{x}}{e^{x} + e^{-x}} + \frac{e^{-x}}{e^{x} + e^{-x}} - 1 = 0",
    "large terms that cancel": X + r"(e^{20 x^2} + x) - e^{20 x^2} = x",
}


@pytest.mark.parametrize("name", TRUE)
def test_a_true_line_passes(name):
    report = check(TRUE[name], name)
    assert report.ok, report.errors


def test_what_is_rounded_on_the_way_is_not_exact():
    source = "where s, t \\in \\mathbb{R}, f \\text{ elementwise}\n"
    assert check(source + r"f(s t) = f(t s)").verdict() == "1 step · proved"
    assert check(source + r"f(e^s e^t) = f(e^{s + t})").verdict() == "1 step · 50 digits"


def test_the_steps_before_a_wrong_one_are_compared_in_all_draws():
    source = "where s \\in \\mathbb{R}\n|s| &= s \\\\ &= 2 s"  # the second step is wrong in every draw
    assert "s is not equal to |s|" in str(check(source).errors[0])


COMPLETE = {
    "a kink in one variable": X + r"\max(0, x) + \min(0, x) = x",
    "an inequality in one variable": X + r"x^4 + 1 \ge 2 x^2",
    "others are declared, but not used": "where x, y \\in \\mathbb{R}\n|x| = \\max(x, -x)",
}
TRIED = {
    "two variables": "where x, y \\in \\mathbb{R}\n\\max(x, y) + \\min(x, y) = x + y",
    "whole numbers": "where k \\in \\mathbb{R} \\text{ integer}\nk^2 = (-1)^{2 k} k^2",
    "one-hot rows": "where y \\in \\mathbb{R}^n \\text{ rows are one-hot}\n\\sum_i y_i^2 = 1",
    "more sizes than were tried could solve it": "where x \\in \\mathbb{R}^n,  s, t \\in \\mathbb{R}\nn^{12} \\left(\\max(s, t) + \\min(s, t)\\right) = n^5 n^7 (s + t)",
}


@pytest.mark.parametrize("name", COMPLETE)
def test_in_one_variable_a_line_through_the_domain_is_all_of_it(name):
    assert check(COMPLETE[name]).verdict() == "1 step · exact"


@pytest.mark.parametrize("name", TRIED)
def test_what_was_only_tried_says_so_and_has_no_bound(name):
    report = check(TRIED[name])
    assert report.verdict() == f"1 step · exact at {report.draws} points"
    assert report.bound is None


def test_every_letter_takes_the_sizes_one_to_five():
    report = check(
        "where A \\in \\mathbb{R}^{m \\times n},  B \\in \\mathbb{R}^{n \\times k}\n(A B)^{\\mathsf T} = B^{\\mathsf T} A^{\\mathsf T}"
    )
    for letter in "mnk":
        assert {sizes[letter] for sizes in report.sizes} == {1, 2, 3, 4, 5}


READINGS = [  # where part, a false line that a reading must not let pass
    (r"a, b \in \mathbb{R}, f(w, x) = a b", r"f(w, x)^2 = a b"),
    (r"a, b \in \mathbb{R}, f(w, x) = a b", r"f(x, w) = a b"),
    (r"a \in \mathbb{R}, f(x) = a", r"f(3) = 3 a"),
    (r"x, b \in \mathbb{R}, f(x) = x \cdot \sin(b x)", r"f'(2 x) = 2 f'(x)"),
    (r"x, b \in \mathbb{R}, f(x) = x \cdot \sin(b x)", r"f'(b) = f(b)"),
    (r"x, t \in \mathbb{R}^n", r"\nabla_x \frac12 x^T x = 2 x"),
    (r"x, t \in \mathbb{R}^n", r"\nabla_x (x - t)^T (x + t) = 2 t"),
    (r"x, t \in \mathbb{R}^n", r"\nabla_x 3 x^T x\, t^T t = 6 x"),
    (r"X \in \mathbb{R}^{n \times n} \text{ invertible}", r"\mathrm d X^{-1} = X^{-1} \mathrm dX X^{-1}"),
    (r"X \in \mathbb{R}^{n \times d}", r"G = X^T X = X^T X + G"),
    (r"X \in \mathbb{R}^{n \times d}", "G = X^T X = X^T X\n\nG = 2 X^T X"),
    (r"X \in \mathbb{R}^{n \times d}, \lambda > 0", r"(X X^T + \lambda I)^{-1} X = X (X^T X + I)^{-1}"),
    (r"W^{(1)} \in \mathbb{R}^{m \times d}, W^{(2)} \in \mathbb{R}^{k \times m}, z \in \mathbb{R}^m, y = W^{(2)} z", r"y_k = \sum_j w^{(2)}_{jk} z_j"),
    (r"w_j, x \in \mathbb{R}^d, L = \sum_j (w_j^T x)^2", r"\nabla_{w_j} L = 2 (w_j^T x) w_j"),
    (r"a^L_j, y_j \in \mathbb{R}, C = \frac12 \sum_j (a^L_j - y_j)^2", r"\frac{\partial C}{\partial a^L_j} = a^L_1 - y_1"),
    (r"q \in \mathbb{R}^n, \sum_i q_i = 1", r"q_i \ge 0"),
    (r"x, y \in \mathbb{R}", r"x = x \hspace{1cm} y = 2 y"),
    (r"x \in \mathbb{R}", "x <= x^2"),
    (r"x \in \mathbb{R}^n", "(n-1)(n-2)(n-3)(n-4)(n-5)(n-6)(n-7) = 0"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "line"), READINGS)
def test_no_reading_lets_a_false_line_pass(where, line):
    assert not check(f"where {where}\n{line}").ok
