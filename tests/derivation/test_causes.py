"""Seeded faults: every one is rejected, and for most of them the checker names what went wrong."""

import pytest

from mathnet.derivation import check

LAYER = r"""
where  H \in \mathbb{R}^{n \times h},  W \in \mathbb{R}^{h \times y},  B \in \mathbb{R}^{1 \times y}
       \mathbf 1 \in \mathbb{R}^{n \times 1} \text{ ones}
       f \text{ elementwise}
       Z = H W + \mathbf 1 B
       Y = f(Z)
"""
COLUMN = r"""
where  x \in \mathbb{R}^{n},  W \in \mathbb{R}^{m \times n},  b \in \mathbb{R}^{m}
       f \text{ elementwise}
       z = W x + b
       y = f(z)
"""
LOSS = r"""
where  Y \in \mathbb{R}^{n \times y},  Y^* \in \mathbb{R}^{n \times y} \text{ constant}
       J = \frac{1}{2n} \sum_{ij} (Y_{ij} - Y^*_{ij})^2
       \bar J = 1
"""
SOFTMAX = r"""
where  Z \in \mathbb{R}^{n \times k}
       Y_{ij} = \frac{e^{Z_{ij}}}{\sum_q e^{Z_{iq}}}
"""
PRODUCT = r"""
where  A \in \mathbb{R}^{n \times k},  B \in \mathbb{R}^{k \times m}
       Y = A B
"""
RIGHT = {
    "weights": LAYER + r"\bar W = H^{\mathsf T} (\bar Y \odot f'(Z))",
    "input": LAYER + r"\bar H = (\bar Y \odot f'(Z)) W^{\mathsf T}",
    "bias": LAYER + r"\bar B = \mathbf 1^{\mathsf T} (\bar Y \odot f'(Z))",
    "weight by entries": LAYER + r"\bar W_{kl} = \sum_i H_{ik} \bar Y_{il} f'(Z_{il})",
    "tangent": LAYER + r"\dot Y = f'(Z) \odot (\dot H W + H \dot W + \mathbf 1 \dot B)",
    "column": COLUMN + r"\bar W = (\bar y \odot f'(z)) x^{\mathsf T}",
    "column, input": COLUMN + r"\bar x = W^{\mathsf T} (\bar y \odot f'(z))",
    "jacobian": COLUMN + r"\frac{\partial y_i}{\partial x_j} = f'(z_i) W_{ij}",
    "loss": LOSS + r"\bar Y = \frac{1}{n} (Y - Y^*)",
    "loss by entries": LOSS + r"J = \frac{1}{2 n} \langle Y - Y^*, Y - Y^* \rangle",
    "softmax": SOFTMAX + r"\frac{\partial Y_{ij}}{\partial Z_{il}} = Y_{ij} (\delta_{jl} - Y_{il})",
    "softmax, whole": SOFTMAX + r"\bar Z_{ij} = Y_{ij} \bar Y_{ij} - Y_{ij} \sum_q \bar Y_{iq} Y_{iq}",
    "product": PRODUCT + r"\bar A = \bar Y B^{\mathsf T}",
    "product by entries": PRODUCT + r"\frac{\partial Y_{ij}}{\partial B_{kl}} = A_{ik} \delta_{jl}",
    "inner": PRODUCT + r"\langle \bar Y, \dot Y \rangle = \langle A^{\mathsf T} \bar Y, \dot B \rangle "
    r"+ \langle \bar Y B^{\mathsf T}, \dot A \rangle",
    "square": "where  x \\in \\mathbb{R}^n,  J = x^{\\mathsf T} x\n\\frac{\\partial J}{\\partial x_i} = 2 x_i",
    "cube": "where  x \\in \\mathbb{R}\n\\frac{\\partial}{\\partial x} x^3 = 3 x^2",
    "quadratic form": "where  A \\in \\mathbb{R}^{n \\times n},  x \\in \\mathbb{R}^{n},  J = x^{\\mathsf T} A x\n"
    r"\frac{\partial J}{\partial x} = (A + A^{\mathsf T}) x",
}
TRANSPOSE, SWAPPED, BOTH = "where its transpose belongs", "factors are swapped", "swapped and a transpose"
HADAMARD, MATRIX, LOST = "Hadamard product belongs", "matrix product belongs", "is lost"
FAULTS = [  # derivation, right, wrong, what the likely cause must say
    ("weights", r"H^{\mathsf T}", "H", r"H is used where its transpose belongs: H^{\mathsf T}"),
    ("weights", r"H^{\mathsf T} (\bar Y \odot f'(Z))", r"(\bar Y \odot f'(Z)) H^{\mathsf T}", SWAPPED),
    ("weights", r"H^{\mathsf T} (\bar Y \odot f'(Z))", r"(\bar Y \odot f'(Z)) H", BOTH),
    ("weights", r"\bar Y \odot f'(Z)", r"\bar Y f'(Z)", HADAMARD),
    ("weights", r"\bar Y \odot f'(Z)", r"\bar Y", LOST),
    ("weights", r"f'(Z)", r"f(Z)", "f' belongs here, not f(Z)"),
    ("weights", r"H^{\mathsf T} (", r"H^{\mathsf T} \odot (", MATRIX),
    ("weights", r"H^{\mathsf T}", r"-H^{\mathsf T}", "sign"),
    ("weights", r"f'(Z)", r"f''(Z)", "a prime too many"),
    (
        "weights",
        r"H^{\mathsf T}",
        r"2 H^{\mathsf T}",
        "there is a factor of 2 too many",
    ),
    ("input", r"W^{\mathsf T}", "W", r"W is used where its transpose belongs: W^{\mathsf T}"),
    ("input", r"(\bar Y \odot f'(Z)) W^{\mathsf T}", r"W^{\mathsf T} (\bar Y \odot f'(Z))", SWAPPED),
    ("input", r"(\bar Y \odot f'(Z)) W^{\mathsf T}", r"W (\bar Y \odot f'(Z))", BOTH),
    ("input", r"(\bar Y \odot f'(Z))", r"\bar Y", LOST),
    ("bias", r"\mathbf 1^{\mathsf T}", r"\mathbf 1", TRANSPOSE),
    (
        "bias",
        r"\mathbf 1^{\mathsf T}",
        r"\frac1n \mathbf 1^{\mathsf T}",
        "the mean is used where the sum belongs",
    ),
    ("bias", r"\bar Y \odot f'(Z)", r"\bar Y \odot f'(Z)^{\mathsf T}", "transposed once too often"),
    ("weight by entries", r"\sum_i ", "", "the sum over i is missing"),
    ("weight by entries", r"H_{ik}", r"H_{ki}", "the indices of H_{ki} are swapped"),
    ("weight by entries", r"\bar Y_{il}", r"\bar Y_{ik}", "l belongs in place of k"),
    ("weight by entries", r" f'(Z_{il})", "", LOST),
    ("weight by entries", r"f'(Z_{il})", "f(Z_{il})", "f' belongs here"),
    ("tangent", r"f'(Z) \odot", "", LOST),
    ("tangent", r"+ H \dot W", r"- H \dot W", r"the sign of H \dot W is wrong"),
    ("tangent", r"H \dot W", r"\dot W H", SWAPPED),
    ("tangent", r"f'(Z) \odot", r"f'(Z)", HADAMARD),
    ("tangent", r"\dot H W + ", "", "this is right where H is constant"),
    ("column", r"(\bar y \odot f'(z)) x^{\mathsf T}", r"x (\bar y \odot f'(z))^{\mathsf T}", TRANSPOSE),
    ("column", r"x^{\mathsf T}", "x", TRANSPOSE),
    ("column", r"x^{\mathsf T}", r"\odot x", MATRIX),
    ("column, input", r"W^{\mathsf T}", "W", TRANSPOSE),
    ("column, input", r"W^{\mathsf T} (\bar y \odot f'(z))", r"(\bar y \odot f'(z)) W", BOTH),
    ("jacobian", "W_{ij}", "W_{ji}", "the indices of W_{ji} are swapped"),
    ("jacobian", "f'(z_i)", "f'(z_j)", "i belongs in place of j"),
    ("jacobian", "f'(z_i) ", "", LOST),
    ("loss", r"\frac{1}{n} ", "", "the sum is used where the mean belongs"),
    ("loss", r"\frac{1}{n} ", r"\frac{1}{2 n} ", "a factor of 2 is missing"),
    ("loss", r"Y - Y^*", r"Y^* - Y", "sign"),
    ("loss by entries", r"\frac{1}{2 n}", r"\frac{1}{n}", r"a factor of \tfrac12 is missing"),
    ("loss by entries", r"\frac{1}{2 n}", r"\frac{1}{2}", "the sum is used where the mean belongs"),
    ("softmax", r"\delta_{jl}", r"\delta_{ij}", "an index of \\delta_{ij} is wrong"),
    ("softmax", r"\delta_{jl} - Y_{il}", r"\delta_{jl} + Y_{il}", "the sign of Y_{il} is wrong"),
    ("softmax", r"\delta_{jl} - Y_{il}", r"\delta_{jl} - Y_{ij}", "l belongs in place of j"),
    ("softmax", r"\delta_{jl} - Y_{il}", r"1 - Y_{il}", r"\delta_{jl} is missing: for j ≠ l this is 0"),
    (
        "weights",
        r"\bar Y \odot f'(Z)",
        r"\bar Y \odot f'(Z) \odot f(Z)",
        "the factor f(Z) does not belong here",
    ),
    ("column", "x^{", "z^{", ""),
    ("loss", "Y - Y^*", "Y - Y", "Y^* belongs here, not Y"),
    ("softmax, whole", r"- Y_{ij} \sum", r"+ Y_{ij} \sum", "the sign of Y_{ij} \\sum"),
    ("softmax, whole", r"\sum_q \bar Y_{iq}", r"\sum_q \bar Y_{ij}", "q belongs in place of j"),
    ("product", r"\bar Y B^{\mathsf T}", r"B^{\mathsf T} \bar Y", SWAPPED),
    ("product", r"\bar Y B^{\mathsf T}", r"B \bar Y", BOTH),
    ("product", r"\bar Y B^{\mathsf T}", r"\bar Y \odot B^{\mathsf T}", MATRIX),
    ("product by entries", "A_{ik}", "A_{ki}", "the indices of A_{ki} are swapped"),
    ("inner", r"A^{\mathsf T} \bar Y", r"A \bar Y", TRANSPOSE),
    ("inner", r"+ \langle", r"- \langle", "sign"),
    ("square", "2 x_i", "x_i", "a factor of 2 is missing"),
    ("cube", "3 x^2", "3 x^3", "too large by 1"),
    ("cube", "3 x^2", "x^2", ""),
    ("quadratic form", r"A + A^{\mathsf T}", "A", ""),
    ("quadratic form", r"A + A^{\mathsf T}", "A - A^{\\mathsf T}", r"the sign of A^{\mathsf T} is wrong"),
]


@pytest.mark.parametrize("name", RIGHT)
def test_right_lines_pass(name):
    report = check(RIGHT[name], name)
    assert report.ok, report.errors


def test_faults_are_rejected_and_their_causes_named(capsys):
    accepted, wrong_cause, named = [], [], 0
    for name, right, wrong, cause in FAULTS:
        where, _, line = RIGHT[name].rpartition("\n")
        left, _, formula = line.partition(" = ")
        assert right in formula
        report = check(f"{where}\n{left} = {formula.replace(right, wrong, 1)}", name)
        if report.ok:
            accepted.append((name, wrong))
        elif not cause or cause not in report.errors[0].cause:
            wrong_cause.append((name, wrong, report.errors[0].cause))
        else:
            named += 1
    with capsys.disabled():
        print(
            f"\n{len(FAULTS)} seeded faults on {len({fault[0] for fault in FAULTS})} derivations: "
            f"{len(FAULTS) - len(accepted)} rejected, {named} with the right likely cause"
        )
    assert accepted == []
    assert [fault for fault in wrong_cause if fault[2]] == [], "a cause that is not the fault that was made"
    assert len(FAULTS) >= 40
    assert named >= 50


def test_a_cause_is_a_line_of_the_message():
    report = check(RIGHT["weights"].replace(r"H^{\mathsf T}", "H"), "weights")
    assert str(report.errors[0]).endswith(
        "\n    Likely cause: H is used where its transpose belongs: H^{\\mathsf T}"
    )


def test_no_cause_is_named_where_none_repairs_the_line():
    report = check("where x \\in \\mathbb{R}\nx^2 = x + 7", "none")
    assert report.errors[0].cause == ""
    assert "Likely" not in str(report.errors[0])


def test_a_repair_with_an_index_beyond_the_sizes_is_passed_over():
    report = check(
        r"""
where  A \in \mathbb{R}^{n \times k},  B \in \mathbb{R}^{k \times 2}
       Y = A B
Y_{1q} = A_{11} B_{1q} + A_{12} B_{2q} + A_{13} B_{3q}"""
    )
    assert "is not equal to" in str(report.errors[0])


CAUSES = {
    r"""where z, t \in \mathbb{R}^k,  p = \operatorname{softmax}(z),  J = -\sum_i t_i \log p_i,  \bar J = 1
\bar z_i = z_i \sum_q t_q - t_i""": "p belongs here, not z",
    r"""where x, w, t \in \mathbb{R},  s(u) = \frac{1}{1 + e^{-u}},  y = s(w x)
      J = -t \log y - (1 - t) \log(1 - y)
\frac{\partial J}{\partial w} = (y - t) y (1 - y) x""": "the factors y (1 - y) do not belong here",
    r"""where z, t \in \mathbb{R}^k,  p = \operatorname{softmax}(z),  J = -\sum_i t_i \log p_i
\frac{\partial J}{\partial z_j} = \frac{\partial J}{\partial p_j} \frac{\partial p_j}{\partial z_j}""": (
        "only one path is taken, but all of them add up: some of the j need an index of their own, and a sum over it"
    ),
    r"""where x, a \in \mathbb{R},  J = \frac{1}{x + a}
\frac{\partial J}{\partial x} = -\frac{1}{x + a}""": "x + a has lost its square: (x + a)^2",
    r"""where x \in \mathbb{R}
\frac{\partial}{\partial x} x^4 = 4 x^2""": "the exponent of x^2 is too small by 1",
    r"""where A \in \mathbb{R}^{n \times n},  x \in \mathbb{R}^n,  J = x^{\mathsf T} A x
\frac{\partial J}{\partial x} = 2 A x""": r"this is right where A is symmetric: if it is, declare \text{symmetric}",
    r"""where M, X \in \mathbb{R}^{n \times n}
\mathrm d(M X) = M\, \mathrm dX""": r"this is right where M is constant: if it is, declare \text{constant}",
    r"""where X \in \mathbb{R}^{n \times d},  W \in \mathbb{R}^{d \times k},  G \in \mathbb{R}^{n \times k},  J = \langle G, X W \rangle
\frac{\partial J}{\partial W} = G^{\mathsf T} X""": r"in numerator layout the line is right: declare \text{numerator layout}",
    r"""where x \in \mathbb{R},  y = x^2,  J = x y
\frac{\partial J}{\partial x} = y + \frac{\partial J}{\partial y} \frac{\partial^+ y}{\partial x} = \frac{\partial^+ J}{\partial x}""": (
        r"\frac{\partial^+ J}{\partial x} holds too much fixed: the total derivative belongs here"
    ),
    r"""where x \in \mathbb{R},  y = x^2,  J = x y
y = \frac{\partial J}{\partial x}""": r"the immediate derivative is written \partial^+",
    r"""where Z \in \mathbb{R}^{n \times k},  t \in \mathbb{R}
t \sum_j (Z_{ij} - \frac1k \sum_q Z_{iq})^2 = t (\sum_j Z_{ij} Z_{ij} - \sum_q Z_{iq} \sum_p Z_{ip})""": (
        r"a factor of \tfrac1k is missing"
    ),
    r"""where A, B \in \mathbb{R}^{n \times k}
\langle A, B \rangle = A_{ij} B_{ij}""": "the sum over i, j is missing",
    r"""where A, B, C \in \mathbb{R}^{n \times k},  f \text{ elementwise},  Y = A \odot B \odot f(C)
\bar C = \bar Y \odot A B \odot f'(C)""": r"the Hadamard product belongs here: A \odot B",
    r"""where A \in \mathbb{R}^{n \times k},  x \in \mathbb{R}^n
A x = (x^{\mathsf T} A)^{\mathsf T}""": r"A is used where its transpose belongs",
}


@pytest.mark.parametrize("source", CAUSES)
def test_the_cause_inside_a_line_or_in_its_first_side(source):
    assert CAUSES[source] in check(source).errors[0].cause


def test_a_repair_that_is_right_on_one_side_of_a_kink_is_no_cause():
    where = (
        "where x_1, x_2, x_3, g_1, g_2 \\in \\mathbb{R}\n  J = g_1 \\max(x_1, x_2) + g_2 \\max(x_2, x_3)\n"
    )
    wrong = r"\frac{\partial J}{\partial x_2} = g_1 [x_2 > x_1] - g_2 [x_2 > x_3]"
    assert check(where + wrong).errors[0].cause == "the sign of g_2 [x_2 > x_3] is wrong"


def test_no_letter_is_left_for_a_sum_over_all_paths() -> None:
    where = r"where z, t \in \mathbb{R}^k,  P = \operatorname{softmax}(z),  J = -\sum_i t_i \log P_i"
    sizes = r",  T \in \mathbb{R}^{q \times p},  x \in \mathbb{R}^{s \times r},  y \in \mathbb{R}^{u \times v},  w \in \mathbb{R}^{a \times b},  g \in \mathbb{R}^{c}"
    line = (
        r"\frac{\partial J}{\partial z_j} = \frac{\partial J}{\partial P_j} \frac{\partial P_j}{\partial z_j}"
    )
    assert "only one path" in check(f"{where}\n{line}").errors[0].cause
    assert "only one path" not in check(f"{where}{sizes}\n{line}").errors[0].cause
