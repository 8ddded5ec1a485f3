r"""Gradients that are derived: the cases of the textbooks by every symbol, their shortness, their programs, what is refused."""

import subprocess
import sys

import pytest

from mathnet.derivation import DerivationError, check
from mathnet.derivation.verdict.derive import derive

LAYER = r"X \in \mathbb{R}^{n \times h},  W \in \mathbb{R}^{h \times y},  T \in \mathbb{R}^{n \times y},  f \text{ elementwise}"
SQUARE = r"A \in \mathbb{R}^{n \times n},  a, b, x, y \in \mathbb{R}^n"
SEED = r"""H \in \mathbb{R}^{1 \times h},  W \in \mathbb{R}^{h \times y},  B, Y^* \in \mathbb{R}^{1 \times y},  f \text{ elementwise}
      Y = f(H W + B),  J = \tfrac12 (Y - Y^*)(Y - Y^*)^{\mathsf T}"""
TWO_LAYERS = r"""X \in \mathbb{R}^{n \times d},  W_1 \in \mathbb{R}^{d \times h},  W_2 \in \mathbb{R}^{h \times k},  B_1 \in \mathbb{R}^{1 \times h}
      B_2 \in \mathbb{R}^{1 \times k},  T \in \mathbb{R}^{n \times k} \text{ rows are one-hot},  \mathbf 1 \in \mathbb{R}^n \text{ ones},  f \text{ elementwise}
      Z_1 = X W_1 + \mathbf 1 B_1,  H = f(Z_1),  Z_2 = H W_2 + \mathbf 1 B_2,  P = \operatorname{softmax}(Z_2),  J = -\langle T, \log(P) \rangle"""
ATTENTION = r"""Q \in \mathbb{R}^{n \times d},  K \in \mathbb{R}^{m \times d},  V \in \mathbb{R}^{m \times v},  G \in \mathbb{R}^{n \times v}
      S = Q K^{\mathsf T},  A = \operatorname{softmax}(S),  O = A V,  J = \langle G, O \rangle"""
ANSWERS = [  # where part, symbol, and an answer that is as short as an author would write it
    (SQUARE + r",  J = x^{\mathsf T} A x", "x", r"(A + A^{\mathsf T}) x"),
    (SQUARE + r",  J = x^{\mathsf T} A x", "A", r"x x^{\mathsf T}"),
    (SQUARE + r",  J = \tfrac12 \|A x - b\|^2", "x", r"A^{\mathsf T} (A x - b)"),
    (SQUARE + r",  J = \tfrac12 \|A x - b\|^2", "b", r"b - A x"),
    (SQUARE + r",  J = \|A x - b\|", "x", r"\frac{A^{\mathsf T} (A x - b)}{\|A x - b\|}"),
    (SQUARE + r",  c \in \mathbb{R},  J = \exp(-c \|x - y\|^2)", "x", r"-2 c \exp(-c \|x - y\|^2) (x - y)"),
    (SQUARE + r",  J = \operatorname{logsumexp}(x)", "x", r"\operatorname{softmax}(x)"),
    (SQUARE + r",  J = a^{\mathsf T} A b", "A", r"a b^{\mathsf T}"),
    (SQUARE + r",  J = \operatorname{tr}(A^{-1})", "A", r"-A^{-\mathsf T} A^{-\mathsf T}"),
    (SQUARE + r",  J = \det(A)", "A", r"\det(A) A^{-\mathsf T}"),
    (SQUARE + r",  J = \log \lvert \det(A) \rvert", "A", r"A^{-\mathsf T}"),
    (SQUARE + r",  J = \max(0, 1 - a \cdot x)", "x", r"-[1 - a^{\mathsf T} x > 0] a"),
    (r"I \in \mathbb{R}^{m \times m} \text{ identity},  X \in \mathbb{R}^{n \times m},  J = \|X^{\mathsf T} X - I\|^2", "X", r"4 X (X^{\mathsf T} X - I)"),
    (r"M, A \in \mathbb{R}^{n \times m},  U \in \mathbb{R}^{n \times k},  V \in \mathbb{R}^{m \times k},  J = \tfrac12 \|A - U V^{\mathsf T}\|^2", "U", r"-(A - U V^{\mathsf T}) V"),
    (LAYER + r",  J = \tfrac12 \|X W - T\|^2", "W", r"X^{\mathsf T} (X W - T)"),
    (LAYER + r",  J = \tfrac12 \|f(X W) - T\|^2", "W", r"X^{\mathsf T} ((f(X W) - T) \odot f'(X W))"),
    (LAYER.replace(r"\times y},  f", r"\times y} \text{ rows are one-hot},  f") + r",  J = -\langle T, \log(\operatorname{softmax}(X W)) \rangle", "W", r"X^{\mathsf T} (\operatorname{softmax}(X W) - T)"),
    (SEED, "W", r"H^{\mathsf T} ((f(H W + B) - Y^*) \odot f'(H W + B))"),
    (SEED, "B", r"(f(H W + B) - Y^*) \odot f'(H W + B)"),
    (SEED, "H", r"((f(H W + B) - Y^*) \odot f'(H W + B)) W^{\mathsf T}"),
    (TWO_LAYERS, "B_2", r"\mathbf 1^{\mathsf T} (\operatorname{softmax}(f(X W_1 + \mathbf 1 B_1) W_2 + \mathbf 1 B_2) - T)"),
    (ATTENTION, "V", r"\operatorname{softmax}(Q K^{\mathsf T})^{\mathsf T} G"),
]  # fmt: skip
WHOLE = sorted({where for where, _, _ in ANSWERS})


@pytest.mark.parametrize(("where", "by", "answer"), ANSWERS)
def test_the_answer_is_as_short_as_an_author_would_write_it(where, by, answer):
    (found,) = derive(f"where {where}", [by])
    assert (found.refused, found.answer) == (None, answer)


@pytest.mark.parametrize("where", WHOLE)
def test_every_symbol_has_a_derivation_that_is_proved_and_a_program_that_agrees(where):
    for found in derive(f"where {where}"):
        assert found.refused is None, (found.by, found.refused)
        report = check(found.fence)
        assert report.ok, (found.by, report.errors)
        assert report.certainty == "proved", (found.by, report.lines)
        assert found.numpy, found.by
        subprocess.run([sys.executable, "-W", "error", "-c", found.numpy], check=True, capture_output=True)


def test_the_backward_pass_goes_definition_by_definition_and_names_the_products():
    (found,) = derive(f"where {TWO_LAYERS}", ["W_1"])
    lines = [line for line in found.fence.splitlines() if line.startswith(r"\frac")]
    assert [line.split(" &= ")[0][len(r"\frac{\partial J}{\partial ") : -1] for line in lines] == [
        "P",
        "Z_2",
        "H",
        "Z_1",
        "W_1",
    ]
    assert lines[2:] == [
        r"\frac{\partial J}{\partial H} &= \frac{\partial J}{\partial Z_2} W_2^{\mathsf T}  && \text{through } Z_2\text{; matrix product}",
        r"\frac{\partial J}{\partial Z_1} &= \frac{\partial J}{\partial H} \odot f'(Z_1)  && \text{through } H\text{; Hadamard product}",
        r"\frac{\partial J}{\partial W_1} &= X^{\mathsf T} \frac{\partial J}{\partial Z_1}  && \text{through } Z_1\text{; matrix product} \\",
    ]


def test_what_is_used_twice_gets_the_sum_of_both():
    (found,) = derive(
        r"where W \in \mathbb{R}^{n \times n},  x, g \in \mathbb{R}^n,  f \text{ elementwise},  h = f(W x),  J = g \cdot (h + W h)",
        ["h"],
    )
    assert found.answer == r"(I_{n} + W^{\mathsf T}) g"
    (found,) = derive(
        r"where x, g \in \mathbb{R}^n,  f \text{ elementwise},  h = f(x),  z = h \odot x,  J = g \cdot z + \|h\|^2",
        ["x"],
    )
    assert r"\text{through } h\text{ and } z" in found.fence or r"\text{through } h and z" in found.fence


REFUSED = {
    (r"where x, y \in \mathbb{R}^n,  J = \|x\|^2", "y"): "J does not depend on y",
    (r"where A \in \mathbb{R}^{n \times n} \text{ symmetric},  J = \operatorname{tr}(A A)", "A"): "A is declared symmetric, so its entries do not vary one by one: leave that out for the gradient by all entries",
    (r"where x \in \mathbb{R}^n,  J = \prod_i x_i", "x"): r"\prod_i x_i: prod is not derived",
    (r"where A, B \in \mathbb{R}^{n \times n},  J = \operatorname{sum}(\operatorname{kron}(A, B))", "A"): r"\operatorname{kron}(A, B): kronecker is not derived",
}  # fmt: skip


@pytest.mark.parametrize(("source", "by"), REFUSED)
def test_what_cannot_be_derived_says_why(source, by):
    (found,) = derive(source, [by])
    assert found.answer == found.fence == found.numpy == ""
    assert (found.refused or "").startswith(REFUSED[source, by])
    assert found.refused


def test_where_no_matrix_says_it_the_answer_says_so():
    bridge = r"where A, D \in \mathbb{R}^{n \times n},  B, C \in \mathbb{R}^{n \times n},  E \in \mathbb{R}^{n \times n},  X \in \mathbb{R}^{n \times n},  J = \sum_{ijpq} A_{ip} B_{iq} C_{pq} D_{pj} E_{qj} X_{ij}"
    (found,) = derive(bridge, ["X"])
    assert found.refused == "no product of matrices says this: the letters of its sum meet in too many places"


@pytest.mark.parametrize(
    ("source", "message"),
    {
        r"where x \in \mathbb{R}^n": "nothing is defined: write what is to be differentiated, as in J = …",
        r"where x \in \mathbb{R}^n,  y = 2 x": r"y is n × 1, but a gradient is one of a number: define one, as in J = \langle G, y \rangle",
        r"where x \in \mathbb{Q}^n,  J = x": r"expected \mathbb{R}, with the shape as exponent",
    }.items(),
)
def test_a_where_part_that_defines_no_number_is_refused(source, message):
    with pytest.raises(DerivationError) as error:
        derive(source)
    assert message in str(error.value)


def test_a_symbol_that_is_not_declared_is_refused_with_those_that_are():
    with pytest.raises(DerivationError, match="w is not declared; known are: x, J"):
        derive(r"where x \in \mathbb{R}^n,  J = \|x\|^2", ["w"])
