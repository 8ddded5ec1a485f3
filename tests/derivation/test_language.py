"""What a line may say beyond sums and products: functions of whole matrices, norms, differentials, products over an index."""

import pytest

from mathnet.derivation import check

SQUARE = (
    "where  A, B, C \\in \\mathbb{R}^{n \\times n},  I \\in \\mathbb{R}^{n \\times n} \\text{ identity}\n"
    "       x, y \\in \\mathbb{R}^{n},  t \\in \\mathbb{R}\n"
)
MATRICES = r"""
where  A \in \mathbb{R}^{n \times k},  B \in \mathbb{R}^{k \times m},  T \in \mathbb{R}^{n \times m} \text{ constant}
       Y = A B
       E = Y - T
       J = \tfrac12 \|E\|_F^2
       \bar J = 1
"""
RIGHT = {
    "trace": SQUARE + r"\operatorname{tr}(A B C) = \operatorname{tr}(C A B) = \sum_i [A B C]_{ii}",
    "trace of a product": SQUARE + r"\operatorname{tr}(A^{\mathsf T} B) = \langle A, B \rangle",
    "determinant": SQUARE + r"\det(A B) = \det(A) \det B",
    "inverse": SQUARE + r"(A B)^{-1} = B^{-1} A^{-1}",
    "identity": SQUARE + r"A A^{-1} = I = A^{-1} A",
    "derivative of det": SQUARE + r"\frac{\partial \det(A)}{\partial A_{ij}} = \det(A)\, [A^{-1}]_{ji}",
    "derivative of inverse": SQUARE
    + r"\frac{\partial [A^{-1}]_{ij}}{\partial A_{kl}} = -[A^{-1}]_{ik} [A^{-1}]_{lj}",
    "diagonal both ways": SQUARE + r"\operatorname{diag}(\operatorname{diag}(x)) = x",
    "diagonal": SQUARE + r"\operatorname{diag}(x) y = x \odot y",
    "norm": SQUARE + r"\|x\| = \sqrt{x^{\mathsf T} x} = \lVert x \rVert_2",
    "norm squared is exact": SQUARE + r"\|x - y\|^2 = \|x\|^2 - 2 x \cdot y + \|y\|^2",
    "absolute value": SQUARE + r"|t|^2 = t^2",
    "slope of the absolute value": SQUARE + r"\frac{\partial |t|}{\partial t} = \frac{t}{|t|}",
    "sum and mean": SQUARE + r"\operatorname{sum}(A) = \sum_{ij} A_{ij} = n^2 \operatorname{mean}(A)",
    "softmax": "where  Z \\in \\mathbb{R}^{n \\times k},  Y = \\operatorname{softmax}(Z)\n"
    r"\frac{\partial Y_{ij}}{\partial Z_{il}} = Y_{ij} (\delta_{jl} - Y_{il})",
    "product over an index": "where  x \\in \\mathbb{R}^n \\text{ positive}\n"
    r"\log \left(\prod_i x_i\right) = \sum_i \log x_i",
    "product over an index, differentiated": "where  x \\in \\mathbb{R}^n \\text{ nonzero}\n"
    r"\frac{\partial}{\partial x_k} \prod_i x_i = \frac{1}{x_k} \prod_i x_i",
    "cases": r"""where  z \in \mathbb{R}
       r(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}
r'(z) = [z > 0] = \begin{cases} 1 & z > 0 \\ 0 & z < 0 \end{cases}

|z| = r(z) + r(-z)""",
    "differentials with the trace": MATRICES
    + r"""\mathrm dJ
    &= \operatorname{tr}(E^{\mathsf T} \mathrm dE) \\
    &= \operatorname{tr}(E^{\mathsf T} \mathrm d(A B)) && \text{T is constant} \\
    &= \operatorname{tr}(E^{\mathsf T} (\mathrm dA\, B + A\, \mathrm d B)) && \text{product rule} \\
    &= \operatorname{tr}(B E^{\mathsf T}\, \mathrm dA) + \operatorname{tr}(E^{\mathsf T} A\, \mathrm dB) \\
    &= \langle \bar A, \mathrm dA \rangle + \langle \bar B, \mathrm dB \rangle

    \bar A = E B^{\mathsf T}""",
    "differential of the inverse": SQUARE + r"\mathrm d(A^{-1}) = -A^{-1}\, \mathrm dA\, A^{-1}",
    "differential of log det": "where  x \\in \\mathbb{R}^{n},  S = I + x x^{\\mathsf T},  J = \\log \\det(S)\n"
    "\\mathrm dJ = \\operatorname{tr}(S^{-1} \\mathrm dS)".replace("I +", "I_n +").replace(
        "where  ", "where  I_n \\in \\mathbb{R}^{n \\times n} \\text{ identity}, "
    ),
}
WRONG = {
    r"\operatorname{tr}(A B) = \operatorname{tr}(A) \operatorname{tr}(B)": "is not equal to",
    r"(A B)^{-1} = A^{-1} B^{-1}": r"Likely cause: the factors are swapped: B^{-1} A^{-1}",
    r"\det(A + B) = \det(A) + \det(B)": "is not equal to",
    r"\operatorname{tr}(x) = t": "expected a square matrix; it is n × 1",
    r"x^{-1} = t": "expected a square matrix",
    r"|A| = t": "is not equal to",
    r"|x| = t": "|…| is for one number",
    r"|t| = t": "is not equal to",
    r"\|x = t": "is never closed",
    r"\mathrm d t^2 = t": "the differential of a power, or a power of it?",
    r"\mathrm d(t^2) = t\, \mathrm dt": "a factor of 2 is missing",
    r"\mathrm d = t": "the differential of what?",
    r"\det A B = t": r"where does the argument of \det end?",
    r"t = \begin{cases} t & t > 0 \\ 0 & \text{otherwise} \end{cases}": "is not equal to",
    r"t = \begin{cases} t & t > 0 \end{cases}": "no case holds",
    r"t = \begin{cases} t & \text{sometimes} \end{cases}": "a case is written",
    r"x = \begin{cases} x & t > 0 \\ -x & t < 0 \end{cases}": "is not equal to",
    r"x = \begin{cases} x & t > 0 \\ t & t < 0 \end{cases}": "cases are for numbers",
    r"\prod_{i=1}^n x = x": "a product over an index is one of numbers",
    r"\operatorname{rank}(A) = t": "unknown symbol",
    r"\det_i(A) = t": "write its argument before other scripts",
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_lines_pass(name):
    report = check(RIGHT[name], name)
    assert report.ok, report.errors


def test_a_squared_norm_is_exact():
    assert check(RIGHT["norm squared is exact"]).exact


@pytest.mark.parametrize("formula", WRONG)
def test_wrong_lines_are_refused(formula):
    report = check(SQUARE + formula, "wrong")
    assert not report.ok
    assert WRONG[formula] in str(report.errors[0])
