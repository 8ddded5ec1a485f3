"""Derivatives in the notations of papers: total and immediate, gradients and Hessians, differentials."""

from fractions import Fraction

import pytest

from mathnet.derivation import check, derive
from mathnet.dual import DIGITS, Dual, elementary, mp

RECURRENT = r"""
where  W \in \mathbb{R}^{n \times n},  U \in \mathbb{R}^{n \times m},  x_1, x_2 \in \mathbb{R}^{m}
       h_0 \in \mathbb{R}^{n} \text{ constant}
       f \text{ elementwise}
       h_1 = f(W h_0 + U x_1)
       h_2 = f(W h_1 + U x_2)
       J = \tfrac12 h_2^{\mathsf T} h_2
"""
QUADRATIC = r"""
where  A \in \mathbb{R}^{n \times n},  x, b, v \in \mathbb{R}^{n},  t \in \mathbb{R}
       J = \tfrac12 x^{\mathsf T} A x + b^{\mathsf T} x
       \bar J = 1
"""
VECTORS = r"""
where  W \in \mathbb{R}^{m \times n},  x \in \mathbb{R}^{n},  f \text{ elementwise}
       y = f(W x)
"""
NUMERATOR = r"""
where  A \in \mathbb{R}^{m \times n},  x \in \mathbb{R}^n,  t \in \mathbb{R},  f \text{ elementwise}
       \text{numerator layout}
       z = A x
       u = f(z)
       J = \tfrac12 u^{\mathsf T} u
"""
DENOMINATOR = NUMERATOR.replace("numerator", "denominator")
AFFINE = r"""
where  X \in \mathbb{R}^{n \times h},  W \in \mathbb{R}^{h \times k},  B \in \mathbb{R}^{1 \times k}
       \mathbf 1 \in \mathbb{R}^{n \times 1} \text{ ones},  Y^* \in \mathbb{R}^{n \times k} \text{ constant}
       Y = X W + \mathbf 1 B
       E = Y - Y^*
       J = \tfrac12 \langle E, E \rangle
       \bar J = 1
"""
CROSS_ENTROPY = r"""
where  z \in \mathbb{R}^{1 \times k},  p \in \mathbb{R}^{1 \times k} \text{ constant},  \mathbf 1 \in \mathbb{R}^{k \times 1} \text{ ones}
       s = \exp(z) \mathbf 1
       y = \frac{\exp(z)}{s}
       J = p \mathbf 1 \log s - z p^{\mathsf T}
       \bar J = 1
"""
SQUARE = r"""
where  A, C \in \mathbb{R}^{n \times n},  I \in \mathbb{R}^{n \times n} \text{ identity},  x \in \mathbb{R}^{n}
       S = I + x x^{\mathsf T}
"""
HALF = r"\tfrac12 (A + A^{\mathsf T})"
ATTENDED = r"""where  S \in \mathbb{R}^{n \times m},  V \in \mathbb{R}^{m \times v}
       A = \operatorname{softmax}(S)
       O = A V
       P = \bar O V^{\mathsf T}
       G_{ij} = A_{ij} P_{ij}
       p_i = \sum_j G_{ij}
"""
RIGHT = {
    "total is immediate plus what comes through the state": RECURRENT
    + r"""\frac{\mathrm d h_2}{\mathrm d W_{ij}}
    &= \frac{\partial^+ h_2}{\partial W_{ij}} + \frac{\partial h_2}{\partial h_1^{\mathsf T}} \frac{\partial^+ h_1}{\partial W_{ij}}
    && \text{since } h_0 \text{ is constant}""",
    "immediate": RECURRENT
    + r"\frac{\partial^+ [h_2]_k}{\partial W_{ij}} = f'([W h_1 + U x_2]_k)\, \delta_{ki} [h_1]_j",
    "immediate, of the loss": RECURRENT
    + r"""\frac{\partial^{+} J}{\partial W} = 0 W

    \frac{\partial^{+} J}{\partial h_2} = h_2 = \frac{\partial J}{\partial h_2}""",
    "total and partial": RECURRENT
    + r"""\frac{\mathrm d J}{\mathrm d W} = \frac{\partial J}{\partial W} = \nabla_W J

    \frac{\mathrm{d}}{\mathrm{d} W_{ij}} J = \frac{\partial J}{\partial W_{ij}}""",
    "Jacobian of a step": RECURRENT
    + r"\frac{\partial h_2}{\partial h_1^{\mathsf T}} = \operatorname{diag}(f'(W h_1 + U x_2))\, W",
    "Jacobian with x transposed": VECTORS
    + r"\frac{\partial y}{\partial x^{\mathsf T}} = \operatorname{diag}(f'(W x))\, W",
    "Jacobian with y transposed": VECTORS
    + r"\frac{\partial y^{\mathsf T}}{\partial x} = W^{\mathsf T} \operatorname{diag}(f'(W x))",
    "numerator layout": NUMERATOR
    + r"""\frac{\partial u}{\partial x}
    &= \frac{\partial u}{\partial z} \frac{\partial z}{\partial x} = \operatorname{diag}(f'(z))\, A

    \frac{\partial J}{\partial x} = \frac{\partial J}{\partial u} \frac{\partial u}{\partial x} = u^{\mathsf T} \operatorname{diag}(f'(z))\, A

    \frac{\partial J}{\partial A} = x \frac{\partial J}{\partial z} = (\nabla_A J)^{\mathsf T}

    \frac{\partial (t A)}{\partial t} = A""",
    "denominator layout": DENOMINATOR
    + r"""\frac{\partial J}{\partial x}
    &= \frac{\partial z}{\partial x} \frac{\partial u}{\partial z} \frac{\partial J}{\partial u} = A^{\mathsf T} (f'(z) \odot u)

    \frac{\partial J}{\partial A} = \nabla_A J

    \frac{\partial (t A)}{\partial t} = A^{\mathsf T}""",
    "gradient": QUADRATIC + rf"\nabla_x J = {HALF} x + b = \bar x",
    "gradient of a formula": QUADRATIC + rf"\nabla_x (\tfrac12 x^{{\mathsf T}} A x) = {HALF} x",
    "gradient of a sum": QUADRATIC + r"\nabla_x \sum_i x_i^2 = 2 x",
    "gradient of a matrix": QUADRATIC + r"\nabla_A J = \tfrac12 x x^{\mathsf T}",
    "Hessian": QUADRATIC
    + rf"\nabla_x^2 J = \nabla^2_x J = {HALF} = \frac{{\partial^2 J}}{{\partial x\, \partial x^{{\mathsf T}}}}",
    "Hessian by entries": QUADRATIC
    + r"\frac{\partial^2 J}{\partial x_i\, \partial x_j} = \tfrac12 (A_{ij} + A_{ji}) = [\nabla_x^2 J]_{ij}",
    "its diagonal": QUADRATIC
    + r"\frac{\partial^2 J}{\partial x_i^2} = A_{ii} = \frac{\partial^2}{\partial x_i^2} J",
    "mixed second derivatives": QUADRATIC + r"\frac{\partial^2 J}{\partial x_i\, \partial b_j} = \delta_{ij}",
    "Hessian-vector product": QUADRATIC + rf"\nabla_x^2 J\, v = {HALF} v",
    "Hessian-vector product by tangents": QUADRATIC
    + r"""\dot{\bar x}
    &= \mathrm d \bar x = \mathrm d \nabla_x J \\
    &= \nabla_x^2 J\, \dot x + \tfrac12 (\dot A + \dot A^{\mathsf T}) x + \dot b""",
    "second differential": QUADRATIC
    + r"""\mathrm d^2 J
    &= \langle \mathrm dx, \nabla_x^2 J\, \mathrm dx \rangle
      + \langle \mathrm dx, (\mathrm dA + \mathrm dA^{\mathsf T}) x \rangle + 2 \langle \mathrm db, \mathrm dx \rangle

    \mathrm d^2 x = 0 x""",
    "scalars": QUADRATIC
    + r"\frac{\mathrm d^2 t^3}{\mathrm d t^2} = 6 t = \frac{\partial^2}{\partial t^2} t^3 = \nabla_t^2 (t^3)",
    "a quotient of a differential is no derivative": QUADRATIC
    + r"\frac{\mathrm d t^{\mathsf T}}{2} = \tfrac12\, \mathrm d t",
    "differential through a function": VECTORS
    + r"\mathrm d y = f'(W x) \odot (\mathrm dW\, x + W\, \mathrm dx)",
    "second derivative of f": VECTORS + r"\frac{\partial^2 f(x_i)}{\partial x_i^2} = f''(x_i)",
    "affine, by differentials": AFFINE
    + r"""\mathrm dJ
    &= \langle E, \mathrm dE \rangle && \text{product rule, and } \langle E, \mathrm dE \rangle = \langle \mathrm dE, E \rangle \\
    &= \langle E, \mathrm dX\, W + X\, \mathrm dW + \mathbf 1\, \mathrm dB \rangle \\
    &= \operatorname{tr}(E^{\mathsf T} \mathrm dX\, W) + \operatorname{tr}(E^{\mathsf T} X\, \mathrm dW)
       + \operatorname{tr}(E^{\mathsf T} \mathbf 1\, \mathrm dB) \\
    &= \operatorname{tr}(W E^{\mathsf T} \mathrm dX) + \operatorname{tr}((X^{\mathsf T} E)^{\mathsf T} \mathrm dW)
       + \operatorname{tr}((\mathbf 1^{\mathsf T} E)^{\mathsf T} \mathrm dB) && \text{trace trick} \\
    &= \langle E W^{\mathsf T}, \mathrm dX \rangle + \langle X^{\mathsf T} E, \mathrm dW \rangle
       + \langle \mathbf 1^{\mathsf T} E, \mathrm dB \rangle

    \bar W = X^{\mathsf T} E""",
    "cross-entropy, by differentials": CROSS_ENTROPY
    + r"""\mathrm dJ
    &= p \mathbf 1 \frac{\mathrm d s}{s} - \mathrm dz\, p^{\mathsf T} && p \text{ is constant} \\
    &= p \mathbf 1 \frac{(\exp(z) \odot \mathrm dz) \mathbf 1}{s} - \mathrm dz\, p^{\mathsf T} \\
    &= p \mathbf 1 (y \odot \mathrm dz) \mathbf 1 - p\, \mathrm dz^{\mathsf T} \\
    &= \langle p \mathbf 1 y - p, \mathrm dz \rangle

    \bar z = p \mathbf 1 y - p""",
    "inverse, by differentials": SQUARE
    + r"""0 A &= \mathrm d I = \mathrm d(A A^{-1}) \\
    &= \mathrm dA\, A^{-1} + A\, \mathrm d(A^{-1}) && \text{product rule} \\
    &= A (A^{-1}\, \mathrm dA\, A^{-1} + \mathrm d(A^{-1}))

    \mathrm d(A^{-1}) = -A^{-1}\, \mathrm dA\, A^{-1}""",
    "determinant, by differentials": SQUARE
    + r"""\mathrm d \det(A) = \det(A) \operatorname{tr}(A^{-1} \mathrm dA)

    \mathrm d \log \det(S) = \operatorname{tr}(S^{-1} \mathrm dS) = 2 x^{\mathsf T} S^{-1} \mathrm dx

    \nabla_A \det(A) = \det(A)\, (A^{-1})^{\mathsf T}""",
    "what is made of cotangents has none: they are those of what was defined before": ATTENDED
    + r"""\bar A_{ij} = P_{ij}

    \bar S_{ij} = A_{ij} (P_{ij} - p_i) = G_{ij} - A_{ij} p_i""",
    "determinant by the trace, twice": SQUARE
    + r"\mathrm d \operatorname{tr}(A C A) = \operatorname{tr}((C A + A C)\, \mathrm dA) + \operatorname{tr}(A A\, \mathrm dC)",
}
NOTATIONS = {
    r"""
where  w^{l+1} \in \mathbb{R}^{m \times n},  z^l \in \mathbb{R}^n,  f \text{ elementwise}
       a^l = f(z^l)
       z^{l+1} = w^{l+1} a^l
\bar z^l = ((w^{l+1})^{\mathsf T} \bar z^{l+1}) \odot f'(z^l)

\bar w^{l+1}_{jk} = \bar z^{l+1}_j a^l_k""": "",
    r"""
where  W^{(1)} \in \mathbb{R}^{h \times x},  W^{(2)} \in \mathbb{R}^{y \times h},  a^{(0)} \in \mathbb{R}^x,  t \in \mathbb{R}^y
       f \text{ elementwise}
       z^{(1)} = W^{(1)} a^{(0)}
       a^{(1)} = f(z^{(1)})
       z^{(2)} = W^{(2)} a^{(1)}
       J = \tfrac12 \|f(z^{(2)}) - t\|^2
       \delta^{(2)} = \frac{\partial J}{\partial z^{(2)}}
       \delta^{(1)} = \nabla_{z^{(1)}} J
       \bar J = 1
\delta^{(1)} = ({W^{(2)}}^{\mathsf T} \delta^{(2)}) \odot f'(z^{(1)})

\bar W^{(2)}_{jk} = \delta^{(2)}_j a^{(1)}_k""": "",
    r"""
where  A, B \in \mathbb{R}^{n \times n}
A : B &= \langle A, B \rangle_F = \sum_{i,j=1}^n A_{ij} B_{ij}  \\[4pt]
      &= \phantom{=} \operatorname{tr}(A^{\mathsf T} B) \tag{1}

\mathrm d (A : A B) = A B : \mathrm dA + A : (\mathrm dA\, B + A\, \mathrm dB)""": "",
    r"""
where  W \in \mathbb{R}^{n \times n},  h_{t-1}, h_t, x_t \in \mathbb{R}^n
       h_t = W h_{t-1} + x_t
\bar h_{t-1} = W^{\mathsf T} \bar h_t

[\bar h_{t-1}]_i = \sum_j W_{ji} [\bar h_t]_j""": "",
    r"""
where  x \in \mathbb{R}^n
       \hat x = 2 x
       y = 3 \hat x
\bar{\hat x}_i = 3 \bar y_i = \overline{\widehat x}_i

\dot{\hat x} = 2 \dot x""": "",
    r"""
where  x \in \mathbb{R}^n
\sum_{k' \ne 1} x_{k'} = \sum_{\bar k} x_{\bar k} - x_1

\prod_{j \ne i} x_j = \frac{\prod_j x_j}{x_i}

\sum_i \sum_{j \neq i} x_i x_j = (\sum_i x_i)^2 - x \cdot x""": "",
    "where x \\in \\mathbb{R}^n\n\\sum_{j \\ne i} x_j = \\sum_j x_j": "is not equal to",
    "where x \\in \\mathbb{R}^n\n\\sum_{i \\ne i} x_i = 0": r"\sum runs over different index letters",
    "where x \\in \\mathbb{R}^n\n\\sum_{j \\ne 9} x_j = \\sum_j x_j": "is not equal to",
    "where x \\in \\mathbb{R}^n\n\\sum_{j \\ne 0} x_j = \\sum_j x_j": "has the index 0",
    "where x \\in \\mathbb{R}^3\n\\sum_{j \\ne 4} x_j = \\sum_j x_j": "is beyond the 3",
    "where x \\in \\mathbb{R}^n\n\\sum_i x_i \\delta_{i9} = 0": "is not equal to",
    "where x \\in \\mathbb{R}^3\n\\sum_i x_i \\delta_{i4} = 0": "is beyond the 3",
    "where x \\in \\mathbb{R}^n\n\\sum_{j > i} x_j = x_i": r"x_i is not equal to \sum_{j > i} x_j",
    "where W \\in \\mathbb{R}^{n \\times n}, x \\in \\mathbb{R}^n\n  h_t = W x\nx = x": "h_{t} = … defines the entries of h, but W x is n × 1: for a "
    "name of its own, declare its shape first",
    "where W \\in \\mathbb{R}^{n \\times n}, h_{t-1} \\in \\mathbb{R}^n\n  h_t = W h_{t-1}\nW = W": "",
    "where x \\in \\mathbb{R}^n, x_1 \\in \\mathbb{R}\nx = x": "x_1 is a name, but could also be an entry of x: rename one",
    "where x, x^l \\in \\mathbb{R}\nx = x": "x^l is a name, but could also be a power of x",
    "where A, B \\in \\mathbb{R}^{n \\times n}\n  z_i = A B\n  z_f = A A\nA = A": "if z_f is a name of its own, declare its shape first",
    "where x \\in \\mathbb{R}\n  x x\n    &= x^2": "a chain of equations starts at the left margin",
    "where x \\in \\mathbb{R}\n  x x = x^2": "a chain of equations starts at the left margin",
    "where z \\in \\mathbb{R}, s(x) = \\frac{\\mathrm d}{\\mathrm d x} x^2\ns(z) = 2 z": "s is defined without derivatives",
    "where z \\in \\mathbb{R}, s(x) = \\dot x\ns(z) = z": "its own derivative is s'",
    "where x \\in \\mathbb{R}\nx^{(2)} = x": "x^{(2)} is not declared; a power has no parentheses",
}
REFUSED = {  # where part, formula: what the checker says
    (
        RECURRENT,
        r"\frac{\partial h_2}{\partial W_{ij}} = \frac{\partial^+ h_2}{\partial W_{ij}}",
    ): "is not equal to",
    (RECURRENT, r"\frac{\mathrm d J}{\mathrm d W} = \frac{\partial^+ J}{\partial W}"): "is not equal to",
    (RECURRENT, r"\frac{\partial^+ (h_1 + h_2)}{\partial W_{ij}} = h_1"): "has a definition",
    (RECURRENT, r"\frac{\partial^+ x_1}{\partial W_{ij}} = x_1"): "has a definition",
    (
        RECURRENT,
        r"\frac{\partial^+ J}{\partial W_{ij}\, \partial W_{kl}} = 0",
    ): "an immediate derivative is one",
    (QUADRATIC, r"\nabla J = x"): r"the gradient with respect to what? Write \nabla_x J",
    (QUADRATIC, r"\nabla^2 J = x"): "the gradient with respect to what?",
    (QUADRATIC, r"\nabla^3_x J = x"): "the gradient with respect to what?",
    (QUADRATIC, r"\nabla_x = x"): "the gradient of what?",
    (QUADRATIC, r"\nabla_{x_i} J = x"): r"for entries write \frac{\partial J}{\partial x_i}",
    (QUADRATIC, r"\nabla_{x,b} J = x"): "a gradient is taken with respect to a symbol",
    (QUADRATIC, r"\nabla_x x = x"): "a gradient is one of a number; x is n × 1",
    (QUADRATIC, r"\nabla_A^2 J = A"): "has 4 indices: write entries",
    (QUADRATIC, r"\nabla_x \tfrac12 J = x"): "is not equal to",
    (QUADRATIC, r"\nabla_x J = A x + b"): "is not equal to",
    (QUADRATIC, r"\nabla_x^2 J = A"): "is not equal to",
    (QUADRATIC, r"\nabla_x^2 J\, v = v A"): "matrix product",
    (QUADRATIC, r"\frac{\partial^2 J}{\partial x_i\, \partial x_j} = A_{ij}"): "is not equal to",
    (
        QUADRATIC,
        r"\frac{\partial^2 J}{\partial x_i} = A_{ii}",
    ): "a derivative of order 2 with respect to 1 variable",
    (QUADRATIC, r"\frac{\partial J}{\partial x_i^2} = A_{ii}"): "of order 1 with respect to 2 variables",
    (QUADRATIC, r"\frac{\partial J}{\partial (x + b)} = x"): "with respect to a symbol or an entry of it",
    (QUADRATIC, r"\dot{\bar x} = \nabla_x^2 J\, \dot x"): "is not equal to",
    (QUADRATIC, r"\bar{\dot x} = x"): "unknown symbol",
    (QUADRATIC, r"\mathrm d^2 J = \langle \mathrm dx, \nabla_x^2 J\, \mathrm dx \rangle"): "is not equal to",
    (QUADRATIC, r"t = t \frac"): "expected { before the end",
    (QUADRATIC, r"t = \frac{\mathrm d}{2}"): "the differential of what?",
    (QUADRATIC, r"dJ = t"): "t is not equal to dJ",
    (QUADRATIC, r"\frac{dJ}{dt} = 1"): r"1 is not equal to \frac{dJ}{dt}",
    (
        VECTORS,
        r"\frac{\partial y}{\partial x} = W",
    ): r"has two layouts: write \partial x^{\mathsf T}, or entries",
    (NUMERATOR, r"\frac{\partial u}{\partial x} = A^{\mathsf T}"): "is m × n, but",
    (NUMERATOR, r"\frac{\partial u^{\mathsf T}}{\partial x} = A"): "numerator layout is for columns",
    (
        NUMERATOR,
        r"\frac{\partial u}{\partial x^{\mathsf T}} = A",
    ): "with respect to a symbol or an entry of it",
    (
        DENOMINATOR,
        r"\frac{\partial J}{\partial x} = \frac{\partial J}{\partial u} \frac{\partial u}{\partial x}",
    ): "matrix product",
    (VECTORS, r"\frac{\partial y}{\partial x^{\mathsf T}} = W^{\mathsf T}"): "is m × n, but",
    (VECTORS, r"\mathrm d y = f'(W x) \odot (\mathrm dW\, x)"): "is not equal to",
    (AFFINE, r"\mathrm dJ = \langle X^{\mathsf T} E, \mathrm dW \rangle"): "is not equal to",
    (AFFINE, r"\bar W = X^{\mathsf T} Y"): "is not equal to",
    (CROSS_ENTROPY, r"\bar z = y - p"): "is not equal to",
    (ATTENDED, r"\bar S_{ij} = G_{ij}"): "is not equal to",
    (ATTENDED, r"\bar A_{ij} = G_{ij}"): "is not equal to",
    (ATTENDED, r"\bar A_{ij} = \bar P_{ij}"): "is not equal to",
    (SQUARE, r"\mathrm d(A^{-1}) = -A^{-1}\, \mathrm dA"): "is not equal to",
    (SQUARE, r"\mathrm d \det(A) = \operatorname{tr}(A^{-1} \mathrm dA)"): "is not equal to",
    (SQUARE, r"\mathrm d \log \det(A) = \operatorname{tr}(A^{-1} \mathrm dA)"): "is not always positive",
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_lines_pass(name):
    report = check(RIGHT[name], name)
    assert report.ok, report.errors


@pytest.mark.parametrize(("where", "formula"), REFUSED)
def test_wrong_or_ambiguous_lines_are_refused(where, formula):
    report = check(where + formula, "refused")
    assert not report.ok
    assert REFUSED[where, formula] in str(report.errors[0])


@pytest.mark.parametrize("source", NOTATIONS)
def test_names_and_signs_of_other_books(source):
    report = check(source)
    assert report.ok == (not NOTATIONS[source])
    assert NOTATIONS[source] in "".join(map(str, report.errors))


CHAIN = r"""where X \in \mathbb{R}^{n \times m}, W \in \mathbb{R}^{m \times k}
      Y = X W
      J = \sum_{ij} Y_{ij}^2
"""


@pytest.mark.parametrize("sign", ["", ":", r"\cdot", r"\odot"])
def test_a_matrix_by_a_matrix_in_a_chain_is_refused_with_the_words_that_are_right(sign):
    report = check(
        CHAIN
        + rf"\frac{{\partial J}}{{\partial W}} = \frac{{\partial J}}{{\partial Y}} {sign} \frac{{\partial Y}}{{\partial W}}"
    )
    assert (
        r"has 4 indices: write entries, \frac{\partial Y_{ij}}{\partial W_{lp}}, and in a chain the sum \sum_{ij} over them"
        in report.verdict()
    )
    mended = r"\frac{\partial J}{\partial W_{lp}} = \sum_{ij} \frac{\partial J}{\partial Y_{ij}} \frac{\partial Y_{ij}}{\partial W_{lp}}"
    assert check(CHAIN + mended).ok


ARCTAN = r"""where x \in \mathbb{R}^n, t \in \mathbb{R} \text{ positive}
      J = \sum_i \arctan(x_i)^2
"""


@pytest.mark.parametrize(
    ("line", "right"),
    [
        (r"\frac{\partial J}{\partial x_i} = \frac{2 \arctan(x_i)}{1 + x_i^2}", True),
        (r"\frac{\partial J}{\partial x_i} = \frac{2 \arctan(x_i)}{1 - x_i^2}", False),
        (r"\frac{\partial J}{\partial x_i} = \frac{2 \arctan(x_i)}{\sqrt{1 + x_i^2}}", False),
        (r"\frac{\partial J}{\partial x_i} = 2 \arctan(x_i) (1 - \arctan(x_i)^2)", False),
        (r"\frac{\partial^2 J}{\partial x_i^2} = \frac{2 - 4 x_i \arctan(x_i)}{(1 + x_i^2)^2}", True),
        (r"\frac{\partial^2 J}{\partial x_i^2} = \frac{2 + 4 x_i \arctan(x_i)}{(1 + x_i^2)^2}", False),
        (r"\tan(\arctan(t)) = t", True),
        (r"\arctan(\tan(t)) = t", False),
    ],
)
def test_the_inverse_tangent(line, right):
    assert check(ARCTAN + line).ok == right


def test_the_gradient_through_the_inverse_tangent_is_derived_and_its_program_runs():
    (found,) = derive(ARCTAN.replace("where", "where ", 1), "x")
    assert found.answer
    exec(found.numpy, {})


def test_the_slope_of_the_inverse_tangent_has_60_digits():
    assert elementary("arctan", Dual(Fraction(1, 3), 1)).tangent == Fraction(9, 10)
    assert abs(4 * elementary("arctan", 1) - mp.pi) < mp.mpf(10) ** -DIGITS


GELU = r"""where x \in \mathbb{R}^n, \mu, \sigma \in \mathbb{R}, \sigma > 0
      \Phi(u) = \frac12 (1 + \operatorname{erf}(\frac{u}{\sqrt 2})), \phi(u) = \frac{1}{\sqrt{2 \pi}} e^{-u^2/2}
      J = \sum_i x_i \Phi(x_i)
"""


@pytest.mark.parametrize(
    ("line", "right"),
    [
        (r"x \odot \Phi(x) = \frac12 x \odot (1 + \text{erf}(x / \sqrt 2))", True),
        (r"\nabla_x J = \Phi(x) + x \odot \phi(x)", True),
        (r"\nabla_x J = \Phi(x) + x \odot \Phi(x)", False),
        (r"\nabla_x J = \Phi(x) - x \odot \phi(x)", False),
        (r"\nabla_x J = \Phi(x) + \phi(x)", False),
        (r"\frac{\partial}{\partial \mu} \operatorname{erf}(\mu) = \frac{2}{\sqrt\pi} e^{-\mu^2}", True),
        (r"\frac{\partial}{\partial \mu} \operatorname{erf}(\mu) = \frac{2}{\sqrt\pi} e^{-\mu^2/2}", False),
        (r"\operatorname{erf}(\mu) = \tanh(\frac{2}{\sqrt\pi} \mu)", False),
        (r"\operatorname{erf}(\mu) \le 1", True),
        (r"1 - \operatorname{erf}(\sigma) \le e^{-\sigma^2}", True),
        (r"\operatorname{erf}(\mu) \le 1 - e^{-\mu^2}", False),
        (r"\cos(\mu + \pi) = -\cos \mu", True),
        (r"\pi \mu = \frac{355}{113} \mu", False),
        (r"[\mu > \pi] = [\mu > 3.14159]", False),
        (r"[\mu > \pi] \mu = \max(\mu - \pi, 0) + [\mu > \pi] \pi", True),
    ],
)
def test_the_error_function_and_pi(line, right):
    assert check(GELU + line).ok == right


def test_the_gradient_through_the_error_function_is_derived_and_its_program_runs():
    (found,) = derive(GELU.replace(r", \phi(u) = \frac{1}{\sqrt{2 \pi}} e^{-u^2/2}", ""), "x")
    assert found.answer
    exec(found.numpy, {})
