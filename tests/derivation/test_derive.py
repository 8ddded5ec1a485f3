r"""Gradients that are derived: the cases of the textbooks by every symbol, their shortness, their programs, what is refused."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from mathnet.derivation import DerivationError, check, derive, find
from mathnet.derivation.doors.command import main
from mathnet.derivation.verdict.asked import written_out
from mathnet.derivation.verdict.derive import drafts

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
    (r"M, A \in \mathbb{R}^{n \times m},  U \in \mathbb{R}^{n \times k},  V \in \mathbb{R}^{m \times k},  J = \tfrac12 \|A - U V^{\mathsf T}\|^2", "U", r"(U V^{\mathsf T} - A) V"),
    (LAYER.replace("T \\in", "M, T \\in") + r",  J = \tfrac12 \|M \odot (X W) - T\|^2", "M", r"(M \odot (X W) - T) \odot (X W)"),
    (LAYER + r",  J = \tfrac12 \|X W - T\|^2", "W", r"X^{\mathsf T} (X W - T)"),
    (LAYER + r",  J = \tfrac12 \|f(X W) - T\|^2", "W", r"X^{\mathsf T} ((f(X W) - T) \odot f'(X W))"),
    (LAYER.replace(r"\times y},  f", r"\times y} \text{ rows are one-hot},  f") + r",  J = -\langle T, \log(\operatorname{softmax}(X W)) \rangle", "W", r"X^{\mathsf T} (\operatorname{softmax}(X W) - T)"),
    (SEED, "W", r"H^{\mathsf T} ((f(H W + B) - Y^*) \odot f'(H W + B))"),
    (SEED, "B", r"(f(H W + B) - Y^*) \odot f'(H W + B)"),
    (SEED, "H", r"((f(H W + B) - Y^*) \odot f'(H W + B)) W^{\mathsf T}"),
    (TWO_LAYERS, "B_2", r"\mathbf 1^{\mathsf T} (\operatorname{softmax}(f(X W_1 + \mathbf 1 B_1) W_2 + \mathbf 1 B_2) - T)"),
    (r"X \in \mathbb{R}^{n \times d},  w \in \mathbb{R}^d,  t, \mathbf 1 \in \mathbb{R}^n,  \mathbf 1 \text{ ones},  \sigma(x) = \frac{1}{1 + e^{-x}},  y = \sigma(X w),  J = -t \cdot \log y - (\mathbf 1 - t) \cdot \log(\mathbf 1 - y)", "w", r"X^{\mathsf T} (\sigma(X w) - t)"),
    (SQUARE + r",  \sigma(x) = \frac{e^x}{1 + e^x},  J = \sum_i \sigma(x_i)", "x", r"\sigma(x) \odot (\mathbf 1_{n} - \sigma(x))"),
    (SQUARE + r",  g(x) = \log(1 + e^x),  J = \sum_i g(x_i)", "x", r"\operatorname{sigmoid}(x)"),
    (SQUARE + r",  J = \operatorname{sum}(\cosh(x))", "x", r"\sinh(x)"),
    (SQUARE + r",  J = \max(x)", "x", r"[x \ge \max(x)]"),
    (SQUARE + r",  J = \max_i \lvert x_i \rvert", "x", r"[\operatorname{abs}(x) \ge \max(\operatorname{abs}(x))] \odot \operatorname{sign}(x)"),
    (SQUARE + r",  z = A x + b,  J = \max(z)", "x", r"A^{\mathsf T} [A x + b \ge \max(A x + b)]"),
    (r"t \in \mathbb{R},  J = \max(\tfrac13 - t, 2)", "t", r"-[\tfrac{1}{3} - t > 2]"),
    (SQUARE + r",  J = \min_i x_i", "x", r"[x \le \min(x)]"),
    (SQUARE + r",  J = \prod_i x_i", "x", r"\prod_{i \ne k} x_{i}"),
    (SQUARE + r",  J = \sum_i \begin{cases} x_i^2 & x_i > 0 \\ 0 & \text{else} \end{cases}", "x", r"2 ([x > 0] \odot x)"),
    (SQUARE + r",  J = \|A\|_F", "A", r"\frac{A}{\|A\|}"),
    (SQUARE + r",  J = \log \det(A A^{\mathsf T})", "A", r"2 (A A^{\mathsf T})^{-1} A"),
    (SQUARE + r",  J = \operatorname{std}(x)", "x", r"\frac{x - \operatorname{mean}(x) \mathbf 1_{n}}{n \operatorname{std}(x)}"),
    (SQUARE + r",  \mathbf 1 \in \mathbb{R}^n \text{ ones},  J = a \cdot \frac{x - \operatorname{mean}(x) \mathbf 1}{\operatorname{std}(x)}", "x", r"\frac{a - \operatorname{mean}(a) \mathbf 1}{\operatorname{std}(x)} - \frac{(a^{\mathsf T} (x - \operatorname{mean}(x) \mathbf 1)) (x - \operatorname{mean}(x) \mathbf 1)}{n \operatorname{std}(x)^{3}}"),
    (r"X \in \mathbb{R}^{n \times m},  J = \|\operatorname{vec}(X)\|^2", "X", "2 X"),
    (SQUARE + r",  B \in \mathbb{R}^{m \times m},  J = \operatorname{tr}(A \otimes B)", "A", r"\operatorname{tr}(B) I_{n}"),
    (SQUARE + r",  B \in \mathbb{R}^{m \times m},  J = \operatorname{sum}(\operatorname{kron}(A, B))", "A", r"(\mathbf 1_{m}^{\mathsf T} B \mathbf 1_{m}) \mathbf 1_{n} \mathbf 1_{n}^{\mathsf T}"),
    (ATTENTION, "V", r"\operatorname{softmax}(Q K^{\mathsf T})^{\mathsf T} G"),
]  # fmt: skip
MORE = [  # the other cases of the textbooks
    (SQUARE + r",  J = \frac{a^{\mathsf T} x}{\|a\| \|x\|}", "x", r"\frac{a}{\|a\| \|x\|} - \frac{(a^{\mathsf T} x) x}{\|a\| \|x\|^3}"),
    (SQUARE.replace("n}, ", r"n} \text{ symmetric}, ") + r",  J = \frac{x^{\mathsf T} A x}{x^{\mathsf T} x}", "x", r"\frac{2 A x}{x^{\mathsf T} x} - \frac{2 (x^{\mathsf T} A x) x}{(x^{\mathsf T} x)^{2}}"),
    (r"X \in \mathbb{R}^{n \times m},  A \in \mathbb{R}^{n \times n},  J = \operatorname{tr}(X^{\mathsf T} A X)", "X", r"(A + A^{\mathsf T}) X"),
    (r"X \in \mathbb{R}^{n \times m},  A \in \mathbb{R}^{p \times n},  B \in \mathbb{R}^{m \times m},  C \in \mathbb{R}^{n \times p},  J = \operatorname{tr}(A X B X^{\mathsf T} C)", "X", r"A^{\mathsf T} C^{\mathsf T} X B^{\mathsf T} + C A X B"),
    (r"M, A \in \mathbb{R}^{n \times m},  U \in \mathbb{R}^{n \times k},  V \in \mathbb{R}^{m \times k},  J = \tfrac12 \|M \odot (A - U V^{\mathsf T})\|^2", "U", r"((U V^{\mathsf T} - A) \odot M \odot M) V"),
    (r"A \in \mathbb{R}^{n \times m},  x \in \mathbb{R}^m,  B \in \mathbb{R}^{m \times k},  C \in \mathbb{R}^{n \times k},  J = \tfrac12 \|A \operatorname{diag}(x) B - C\|^2", "x", r"(B \odot (A^{\mathsf T} (A \operatorname{diag}(x) B - C))) \mathbf 1_{k}"),
    (r"X \in \mathbb{R}^{n \times n} \text{ invertible},  A \in \mathbb{R}^{n \times n},  J = \operatorname{tr}(X^{-1} A)", "X", r"-X^{-\mathsf T} A^{\mathsf T} X^{-\mathsf T}"),
    (r"X \in \mathbb{R}^{n \times m} \text{ full column rank},  J = \log \det(X^{\mathsf T} X)", "X", r"2 X (X^{\mathsf T} X)^{-1}"),
    (r"S \in \mathbb{R}^{n \times n} \text{ invertible},  x, m \in \mathbb{R}^n,  J = \tfrac12 \log \lvert \det(S) \rvert + \tfrac12 (x - m)^{\mathsf T} S^{-1} (x - m)", "S", r"\tfrac{1}{2} (S^{-\mathsf T} - S^{-\mathsf T} (x - m) (x - m)^{\mathsf T} S^{-\mathsf T})"),
    (LAYER + r",  B \in \mathbb{R}^{1 \times y},  \mathbf 1 \in \mathbb{R}^n \text{ ones},  Y = f(X W + \mathbf 1 B),  J = \tfrac12 \|Y - T\|^2", "B", r"\mathbf 1^{\mathsf T} ((f(X W + \mathbf 1 B) - T) \odot f'(X W + \mathbf 1 B))"),
    (LAYER + r",  J = -\langle T, \log(\operatorname{softmax}(X W)) \rangle", "W", r"X^{\mathsf T} (\operatorname{diag}(T \mathbf 1_{y}) \operatorname{softmax}(X W) - T)"),
    (r"a, b \in \mathbb{R}^n,  x \in \mathbb{R}^m,  W \in \mathbb{R}^{n \times m},  f \text{ elementwise},  J = a^{\mathsf T} f(W x + b)", "W", r"(a \odot f'(W x + b)) x^{\mathsf T}"),
    (r"x, g \in \mathbb{R}^n,  r = \sqrt{\operatorname{mean}(x \odot x)},  J = g \cdot \frac{x}{r}", "x", r"\frac{g}{\sqrt{\frac{x^{\mathsf T} x}{n}}} - \frac{(g^{\mathsf T} x) x}{n (\frac{x^{\mathsf T} x}{n})^{\frac{3}{2}}}"),
    # what the terms of a sum have in common is written once: below them, before them, the first or the last matrix
    (SQUARE + r",  B \in \mathbb{R}^{n \times n},  J = \frac{x^{\mathsf T} A x}{x^{\mathsf T} B x}", "x", r"\frac{(A + A^{\mathsf T}) x}{x^{\mathsf T} B x} - \frac{(x^{\mathsf T} A x) (B + B^{\mathsf T}) x}{(x^{\mathsf T} B x)^{2}}"),
    (r"C \in \mathbb{R}^{d \times d},  V \in \mathbb{R}^{d \times k},  J = -\operatorname{tr}(V^{\mathsf T} C V)", "V", r"-(C + C^{\mathsf T}) V"),
    (r"L \in \mathbb{R}^{n \times n},  F, Y \in \mathbb{R}^{n \times k},  \lambda \in \mathbb{R},  J = \|F - Y\|^2 + \lambda \operatorname{tr}(F^{\mathsf T} L F)", "F", r"2 (F - Y) + \lambda (L + L^{\mathsf T}) F"),
    (r"A, X \in \mathbb{R}^{n \times n},  J = \det(A + X X^{\mathsf T})", "X", r"\det(A + X X^{\mathsf T}) ((A + X X^{\mathsf T})^{-\mathsf T} + (A + X X^{\mathsf T})^{-1}) X"),
    (r"P, R, K, H, I \in \mathbb{R}^{n \times n},  I \text{ identity},  J = \operatorname{tr}((I - K H) P (I - K H)^{\mathsf T} + K R K^{\mathsf T})", "K", r"K (R^{\mathsf T} + R) - (I - K H) (P^{\mathsf T} + P) H^{\mathsf T}"),
    (r"A \in \mathbb{R}^{n \times n} \text{ invertible},  u, v \in \mathbb{R}^n,  J = v^{\mathsf T} (A + u v^{\mathsf T})^{-1} u", "u", r"(1 - v^{\mathsf T} (A + u v^{\mathsf T})^{-1} u) (A + u v^{\mathsf T})^{-\mathsf T} v"),
    (r"A, B, X, Q \in \mathbb{R}^{n \times n},  J = \tfrac12 \|A^{\mathsf T} X + X A - X B X + Q\|^2", "Q", r"A^{\mathsf T} X + X A + Q - X B X"),
    (LAYER + r",  \tau \in \mathbb{R} \text{ positive},  T \text{ rows are one-hot},  J = -\langle T, \log(\operatorname{softmax}(\tfrac1\tau X W)) \rangle", "W", r"\frac{X^{\mathsf T} (\operatorname{softmax}(\frac{X W}{\tau}) - T)}{\tau}"),
    (SQUARE + r",  m \in \mathbb{R},  J = \tfrac12 \max(0, m - \|x - y\|)^2", "m", r"\max(0, m - \|x - y\|)"),
    (SQUARE + r",  x, y \text{ positive},  J = \log \frac{\sum_i x_i}{\sum_i y_i}", "x", r"\frac{\mathbf 1_{n}}{\mathbf 1_{n}^{\mathsf T} x}"),
    (r"A, C \in \mathbb{R}^{p \times p},  B, D \in \mathbb{R}^{q \times q},  J = \|A \otimes B - C \otimes D\|^2", "A", r"2 (\|B\|^2 A - \langle B, D \rangle C)"),
    (r"X, G \in \mathbb{R}^{n \times d},  J = \sum_{i,j} G_{ij} \frac{X_{ij}}{\sqrt{\sum_k X_{ik}^2}}", "X", r"\operatorname{diag}(\frac{1}{\sqrt{(X \odot X) \mathbf 1_{d}}}) G - \operatorname{diag}(\frac{1}{((X \odot X) \mathbf 1_{d}) \odot \sqrt{(X \odot X) \mathbf 1_{d}}} \odot ((G \odot X) \mathbf 1_{d})) X"),
    (r"X \in \mathbb{R}^{n \times m},  J = \sum_{i} (\sum_j X_{ij}^4)^2", "X", r"8 \operatorname{diag}(X^{\odot 4} \mathbf 1_{m}) (X \odot X \odot X)"),
    (r"x, g, b, c, \mathbf 1 \in \mathbb{R}^n,  \mathbf 1 \text{ ones},  e \in \mathbb{R} \text{ positive},  y = g \odot \frac{x - \operatorname{mean}(x) \mathbf 1}{\sqrt{\operatorname{var}(x) + e}} + b,  J = c \cdot y", "x", r"\frac{c \odot g}{\sqrt{\operatorname{var}(x) + e}} - \frac{(c^{\mathsf T} g) \mathbf 1}{n \sqrt{\operatorname{var}(x) + e}} - \frac{(c^{\mathsf T} (g \odot (x - \operatorname{mean}(x) \mathbf 1))) (x - \operatorname{mean}(x) \mathbf 1)}{n (\operatorname{var}(x) + e)^{\frac{3}{2}}}"),
]  # fmt: skip
WHOLE = sorted({where for where, _, _ in ANSWERS})


@pytest.mark.parametrize(("where", "by", "answer"), [*ANSWERS, *MORE])
def test_the_answer_is_as_short_as_an_author_would_write_it(where, by, answer):
    (found,) = derive(f"where {where}", [by])
    assert (found.refused, found.answer) == (None, answer)


STEPS = {  # of the seed by W: the lines and their reasons
    "indices": r"""\frac{\partial J}{\partial W_{kl}} &= \frac{\partial}{\partial W_{kl}} (\tfrac{1}{2} \sum_{j} (Y_{j} - Y^*_{j})^{2})  && \text{definition of } J \\
  &= \sum_{j} (Y_{j} - Y^*_{j}) \frac{\partial Y_{j}}{\partial W_{kl}}  && \text{power rule} \\
  &= \sum_{j} (Y_{j} - Y^*_{j}) f'(Z_{j}) \frac{\partial Z_{j}}{\partial W_{kl}}  && \text{definition of } Y\text{; }\text{chain rule} \\
  &= \sum_{ij} (Y_{j} - Y^*_{j}) f'(Z_{j}) H_{i} \delta_{ik} \delta_{jl}  && \text{definition of } Z\text{; }\text{entries of } W \text{ become } \delta \\
  &= (Y_{l} - Y^*_{l}) f'(Z_{l}) H_{k}  && \text{each } \delta \text{ ends a sum} \\
  &= [(Y - Y^*) \odot f'(Z)]_{l} H_{k}  && l\text{ stands on both: Hadamard product}

\frac{\partial J}{\partial W} &= H^{\mathsf T} ((Y - Y^*) \odot f'(Z))  && k\text{ and } l\text{ stand alone: outer product} \\
  &= H^{\mathsf T} ((f(H W + B) - Y^*) \odot f'(H W + B))  && \text{definitions inserted}""",
    "differentials": r"""\mathrm d J &= \langle Y - Y^*, \mathrm d Y \rangle  && \text{definition of } J \\
  &= \langle Y - Y^*, f'(Z) \odot \mathrm d Z \rangle  && \text{definition of } Y \\
  &= \langle (Y - Y^*) \odot f'(Z), \mathrm d Z \rangle  && f'(Z) \text{ crosses as it is: Hadamard product} \\
  &= \langle (Y - Y^*) \odot f'(Z), H \mathrm d W \rangle  && \text{definition of } Z \\
  &= \langle H^{\mathsf T} ((Y - Y^*) \odot f'(Z)), \mathrm d W \rangle  && H \text{ crosses as its transpose: matrix product}

\frac{\partial J}{\partial W} &= H^{\mathsf T} ((Y - Y^*) \odot f'(Z))  && \text{what multiplies } \mathrm d W \\
  &= H^{\mathsf T} ((f(H W + B) - Y^*) \odot f'(H W + B))  && \text{definitions inserted}""",
}


@pytest.mark.parametrize("style", STEPS)
def test_the_steps_of_the_seed_are_those_that_an_author_would_write(style):
    where = SEED.replace("Y = f(H W + B)", "Z = H W + B,  Y = f(Z)").replace(
        r"(Y - Y^*)(Y - Y^*)^{\mathsf T}", r"\|Y - Y^*\|^2"
    )
    (found,) = derive(f"where {where}", ["W"], style=style)
    assert (
        found.fence[found.fence.index("\n\\" if style == "indices" else "\n\\mathrm") + 1 :] == STEPS[style]
    )


@cache
def derived(where, style="backward"):
    """Return what is derived for every symbol, with the checker's report of it."""
    return [draft.checked() for draft in drafts(f"where {where}", style=style)]


@pytest.mark.parametrize("style", STEPS)
def test_all_styles_end_in_the_same_formula_and_nearly_all_of_their_lines_are_proved(style):
    proved = steps = 0
    for where in WHOLE:
        for (found, report), (other, _) in zip(derived(where, style), derived(where), strict=True):
            assert (found.refused, found.answer, found.numpy) == (None, other.answer, other.numpy)
            assert report.ok, (found.fence, report.errors)
            proved, steps = proved + report.proved, steps + report.steps
    assert proved > 0.95 * steps, (proved, steps)


@pytest.mark.parametrize("style", ["backward", *STEPS])
def test_a_loss_that_is_flat_between_its_jumps_has_the_gradient_zero(style):
    (found,) = derive(
        r"where X \in \mathbb{R}^{n \times m},  J = \sum_{ij} \begin{cases} 1 & X_{ij} > 0 \\ 2 & \text{else} \end{cases}",
        style=style,
    )
    assert (found.refused, found.answer) == (None, "0")
    subprocess.run([sys.executable, "-W", "error", "-c", found.numpy], check=True, capture_output=True)


def test_index_letters_are_none_that_the_where_part_gives_another_meaning():
    huber = r"where r \in \mathbb{R}^n,  \delta \in \mathbb{R} \text{ positive, constant},  J = \sum_i \begin{cases} \tfrac12 r_i^2 & \lvert r_i \rvert \le \delta \\ \delta (\lvert r_i \rvert - \tfrac12 \delta) & \text{else} \end{cases}"
    (found,) = derive(huber, style="indices")
    assert found.refused is None
    assert r"[i = k]" in found.fence
    assert r"\text{entries of } r \text{ become } \text{brackets}" in found.fence
    gate = r"where x, g \in \mathbb{R}^n,  W_i, W_j \in \mathbb{R}^{n \times n},  f \text{ elementwise},  J = g \cdot (f(W_i x) \odot (W_j x))"
    assert [found.refused for found in derive(gate, style="indices")] == [None] * 4


def test_a_style_that_there_is_not_is_refused():
    message = "derive: style is 'magic'; expected one of backward, indices, differentials"
    with pytest.raises(ValueError, match=f"^{message}$"):
        derive(r"where x \in \mathbb{R},  J = x^2", style="magic")


@pytest.mark.parametrize("where", WHOLE)
def test_every_symbol_has_a_derivation_that_is_proved_and_a_program_that_agrees(where):
    for found, report in derived(where):
        assert found.refused is None, (found.by, found.refused)
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
    assert r"\text{through } h\text{ and } z" in found.fence


REFUSED = {
    (r"where x, y \in \mathbb{R}^n,  J = \|x\|^2", "y"): "J does not depend on y",
    (r"where A \in \mathbb{R}^{n \times n} \text{ symmetric},  J = \operatorname{tr}(A A)", "A"): "A is declared symmetric, so its entries do not vary one by one: leave that out for the gradient by all entries",
    (r"where A \in \mathbb{R}^{n \times n},  J = \sum_{i=1}^{n} \sum_{j=1}^{i} A_{ij}", "A"): "the derivative is 0 where k-l is negative, which is not written: sum over all values of the indices",
    (r"where x \in \mathbb{R}^n,  w \in \mathbb{R}^k,  n = m + k - 1,  J = \sum_{i=1}^{m} \sum_{p=1}^{k} x_{i+p-1} w_p", "x"): r"the sum over j would begin at the larger, or end at the smaller of two numbers, which is not derived: a symbol that is 0 beyond its ends needs no such sum, declare it \text{zero outside}",
    (r"where X \in \mathbb{R}^{n \times m},  J = \sum_{i=1}^{n-1} \sum_{j=1}^{m-1} X_{i+1,j+1} X_{ij}", "X"): "the derivative has other terms at the ends of k and of l, which is not derived",
    (r"where x \in \mathbb{R}^n,  J = \sum_{i=2}^{n-1} x_{i-1} x_i x_{i+1}", "x"): "at both ends of k, more than one of its values has terms of its own, which is not derived",
    (r"where A, B \in \mathbb{R}^{n \times n},  J = \det(A \otimes B)", "A"): r"\det(A \otimes B): of vec or a Kronecker product this is not derived",
    (r"where A \in \mathbb{R}^{n \times m},  J = \operatorname{tr}(A \otimes A^{\mathsf T})", "A"): r"\operatorname{tr}(A \otimes A^{\mathsf T}): the trace of rows and columns in two orders is not derived",
    (r"where A \in \mathbb{R}^{n \times m},  J = \operatorname{sum}(\operatorname{softmax}(\operatorname{vec}(A)))", "A"): r"\operatorname{softmax}(\operatorname{vec}(A)): of vec or a Kronecker product this is not derived",
    (r"where A \in \mathbb{R}^{n \times m},  y = \operatorname{vec}(A),  J = \|y\|^2", "A"): "y is made by vec or a Kronecker product: write that where it is used",
    (r"where A \in \mathbb{R}^{n \times m},  B \in \mathbb{R}^{m \times n},  J = \|A \otimes B - B \otimes A\|^2", "A"): r"B \otimes A: the same entries in two orders are not derived",
}  # fmt: skip


@pytest.mark.parametrize(("source", "by"), REFUSED)
def test_what_cannot_be_derived_says_why(source, by):
    (found,) = derive(source, [by])
    assert found.answer == found.fence == found.numpy == ""
    assert (found.refused or "").startswith(REFUSED[source, by])
    assert found.refused


BRIDGE = r"A, B, C, D, E, X \in \mathbb{R}^{n \times n},  J = \sum_{ijpq} A_{ip} B_{iq} C_{pq} D_{pj} E_{qj} X_{ij}"


@pytest.mark.parametrize("style", ["backward", *STEPS])
def test_where_no_matrix_says_it_the_answer_is_an_entry_and_the_program_uses_einsum(style):
    (found,) = derive(f"where {BRIDGE}", ["X"], style=style)
    assert found.answer == r"\sum_{pq} A_{kp} B_{kq} C_{pq} D_{pl} E_{ql}"
    assert (
        found.note
        == "no product of matrices says this: p and q stand in more than two factors: this is its entry k, l"
    )
    assert found.verdict == "3 steps · proved"
    assert 'entries = np.einsum("ac,ad,cd,cb,db->ab", A, B, C, D, E)' in found.numpy
    subprocess.run([sys.executable, "-W", "error", "-c", found.numpy], check=True)


KINDS = [  # where part, symbol, kind, answer
    (r"u, \mathbf 1 \in \mathbb{R}^n,  \mathbf 1 \text{ ones},  y = \operatorname{mean}(\max(0, u)) \mathbf 1", "u", "gradient", r"\frac{\mathbf 1 ([u > 0]^{\mathsf T})}{n}"),
    (r"v \in \mathbb{R}^m,  J = \det(\operatorname{diag}(v))", "v", "gradient", r"\det(\operatorname{diag}(v)) \operatorname{diag}(\operatorname{diag}(v)^{-1})"),
    (r"v, w \in \mathbb{R}^m,  J = w^{\mathsf T} (\operatorname{diag}(v))^{-1} w", "v", "gradient", r"-((\operatorname{diag}(v)^{-1} w) \odot (\operatorname{diag}(v)^{-1} w))"),
    (r"S \in \mathbb{R}^{n \times n} \text{ symmetric},  t \in \mathbb{R},  J = \max(t S)", "t", "gradient", r"\frac{\langle [t S \ge \max(t S)], S \rangle}{\mathbf 1_{n}^{\mathsf T} [t S \ge \max(t S)] \mathbf 1_{n}}"),
    (r"x \in \mathbb{R}^n,  y = \operatorname{softmax}(x)", "x", "gradient", r"\operatorname{diag}(\operatorname{softmax}(x)) - \operatorname{softmax}(x) \operatorname{softmax}(x)^{\mathsf T}"),
    (r"x \in \mathbb{R}^n,  y = \frac{x}{\|x\|}", "x", "gradient", r"\frac{I_{n}}{\|x\|} - \frac{x x^{\mathsf T}}{\|x\|^3}"),
    (SQUARE + r",  f \text{ elementwise},  z = A x + b,  h = f(z)", "x", "gradient", r"\operatorname{diag}(f'(A x + b)) A"),
    (r"r \in \mathbb{R}^{1 \times n},  A \in \mathbb{R}^{n \times m},  z = r A", "r", "gradient", r"A^{\mathsf T}"),
    (r"t \in \mathbb{R},  A \in \mathbb{R}^{p \times n},  Y = \exp(t A)", "t", "gradient", r"\exp(t A) \odot A"),
    (r"X \in \mathbb{R}^{n \times m},  A \in \mathbb{R}^{p \times n},  B \in \mathbb{R}^{m \times q},  Y = A X B", "X", "gradient", r"B^{\mathsf T} \otimes A"),
    (r"X \in \mathbb{R}^{n \times m},  x \in \mathbb{R}^n,  z = X^{\mathsf T} x", "X", "gradient", r"\operatorname{kron}(I_{m}, x^{\mathsf T})"),
    (r"X \in \mathbb{R}^{n \times m},  C \in \mathbb{R}^{n \times n},  D \in \mathbb{R}^{m \times m},  Y = C X + X D", "X", "gradient", r"I_{m} \otimes C + D^{\mathsf T} \otimes I_{n}"),
    (r"X \in \mathbb{R}^{n \times m},  f \text{ elementwise},  Y = f(X)", "X", "gradient", r"f'(X_{ij}) \delta_{ik} \delta_{jl}"),
    (r"X \in \mathbb{R}^{n \times m},  C \in \mathbb{R}^{n \times n},  D \in \mathbb{R}^{m \times m},  J = \operatorname{vec}(X)^{\mathsf T} (D \otimes C) \operatorname{vec}(X)", "X", "hvp", r"C^{\mathsf T} V D + C V D^{\mathsf T}"),
    (SQUARE + r",  J = x^{\mathsf T} A x", "x", "hessian", r"A + A^{\mathsf T}"),
    (SQUARE + r",  J = \tfrac12 \|A x - b\|^2", "x", "hessian", r"A^{\mathsf T} A"),
    (SQUARE + r",  J = \tfrac12 \|A x - b\|^2", "x", "hvp", r"A^{\mathsf T} A v"),
    (SQUARE + r",  J = \operatorname{logsumexp}(A x)", "x", "hessian", r"A^{\mathsf T} (\operatorname{diag}(\operatorname{softmax}(A x)) - \operatorname{softmax}(A x) \operatorname{softmax}(A x)^{\mathsf T}) A"),
    (SQUARE + r",  f \text{ elementwise},  z = A x,  J = a \cdot f(z)", "x", "hessian", r"A^{\mathsf T} \operatorname{diag}(a \odot f''(A x)) A"),
    (r"x, t \in \mathbb{R},  J = \exp(t x)", "x", "hessian", r"t^{2} \exp(t x)"),
    (r"X \in \mathbb{R}^{n \times m},  J = \|X^{\mathsf T} X\|^2", "X", "hvp", r"4 (X (V^{\mathsf T} X + X^{\mathsf T} V) + V X^{\mathsf T} X)"),
    (r"X \in \mathbb{R}^{n \times m},  W \in \mathbb{R}^{m \times k},  f \text{ elementwise},  Z = X W,  Y = f(Z)", "X", "jvp", r"f'(X W) \odot (\mathrm d X W)"),
]  # fmt: skip


@pytest.mark.parametrize("style", ["backward", *STEPS])
@pytest.mark.parametrize(("where", "by", "kind", "answer"), KINDS)
def test_jacobians_and_second_derivatives_have_their_answers_and_programs(where, by, kind, answer, style):
    (found,) = derive(f"where {where}", [by], style=style, kind=kind)
    assert (found.refused, found.answer) == (None, answer)
    assert found.numpy
    subprocess.run([sys.executable, "-W", "error", "-c", found.numpy], check=True, capture_output=True)


def test_a_jacobian_in_the_order_of_vec_says_so_and_stands_below_that_of_an_entry():
    (found,) = derive(
        r"where X \in \mathbb{R}^{n \times m},  A \in \mathbb{R}^{p \times n},  B \in \mathbb{R}^{m \times q},  Y = A X B",
        ["X"],
    )
    assert r"Y = A X B,  y = \operatorname{vec}(Y),  x = \operatorname{vec}(X)" in found.fence
    assert r"&= A_{ik} B_{lj}" in found.fence
    last = r"\frac{\partial y}{\partial x^{\mathsf T}} &= B^{\mathsf T} \otimes A  && \text{the entries in the order of vec, column by column}"
    assert found.fence.endswith(last)
    (found,) = derive(
        r"where X \in \mathbb{R}^{n \times m},  A \in \mathbb{R}^{p \times n},  y = \operatorname{vec}(A X)",
        ["X"],
    )
    assert (found.answer, found.refused) == (r"I_{m} \otimes A", None)


KINKS = {
    (
        LAYER + r",  Z = X W,  H = \operatorname{relu}(Z),  J = \langle T, H \rangle",
        "W",
    ): "an entry of $Z$ is 0",
    (LAYER + r",  Z = X W,  H = \operatorname{relu}(Z),  J = \langle T, H \rangle", "T"): "",
    (SQUARE + r",  J = \max(0, 1 - a \cdot x)", "x"): r"$0 = 1 - a \cdot x$",
    (SQUARE + r",  J = \max(x)", "x"): "two entries of $x$ are the largest",
    (SQUARE + r",  J = \min_i x_i^2", "x"): "two of $x_i^2$ are the smallest",
    (SQUARE + r",  J = \lvert a \cdot x \rvert", "x"): r"$a \cdot x = 0$",
    (SQUARE + r",  J = \|A x - b\|", "b"): "$A x - b = 0$",
    (SQUARE + r",  J = \|A x - b\|^2", "b"): "",
    (
        SQUARE + r",  J = \sum_i \begin{cases} x_i^2 & x_i > 1 \\ x_i & \text{else} \end{cases}",
        "x",
    ): "$x_i = 1$",
    (SQUARE + r",  c(u) = \max(u, 0),  J = \sum_i c(x_i)", "x"): "$u = 0$ in $c$",
}


@pytest.mark.parametrize(("where", "by"), KINKS)
def test_the_answer_says_where_there_is_no_derivative(where, by):
    (found,) = derive(f"where {where}", [by])
    said = KINKS[where, by]
    assert found.note == (f"there is no derivative where {said}" if said else "")


@pytest.mark.parametrize("form", ["text", "latex", "markdown", "numpy"])
def test_every_format_says_where_there_is_no_derivative(tmp_path, capsys, form):
    path = tmp_path / "kink.txt"
    path.write_text(r"where x \in \mathbb{R}^n,  J = \|x\|")
    assert main(["derive", str(path), "--format", form]) == 0
    said = capsys.readouterr().out
    assert "There is no derivative where $x = 0$." in said
    if form == "numpy":
        subprocess.run([sys.executable, "-W", "error", "-c", said], check=True, capture_output=True)


def test_a_hessian_by_a_matrix_is_refused_with_what_to_ask_for():
    (found,) = derive(r"where X \in \mathbb{R}^{n \times m},  J = \|X\|^2", ["X"], kind="hessian")
    assert (
        found.refused
        == "the Hessian by the matrix X has four indices: ask for hvp, its product with a direction"
    )
    (found,) = derive(r"where x \in \mathbb{R}^n,  y = 2 x", ["x"], kind="hessian")
    assert found.refused == "y is n × 1, but a Hessian is one of a number"


@pytest.mark.parametrize(
    ("source", "message"),
    {
        r"where x \in \mathbb{R}^n": "nothing is defined: write what is to be differentiated, as in J = …",
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


# The command

FILE = "where " + SEED + "\n"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that writes a file, derives, and returns status and output."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, text=FILE):
        (tmp_path / "layer.txt").write_text(text, encoding="utf-8")
        status = main(["derive", "layer.txt", *arguments])
        return status, capsys.readouterr()

    return run


def test_the_command_prints_every_line_with_its_reason(run):
    status, said = run("--by", "W")
    assert status == 0
    assert said.out.splitlines() == [
        "by W: 3 steps · proved",
        r"\frac{\partial J}{\partial Y} &= Y - Y^*  && \text{through } J",
        r"\frac{\partial J}{\partial W} &= H^{\mathsf T} (\frac{\partial J}{\partial Y} \odot f'(H W + B))  && \text{through } Y\text{; Hadamard product, outer product} \\",
        r"  &= H^{\mathsf T} ((f(H W + B) - Y^*) \odot f'(H W + B))  && \text{definitions inserted}",
    ]


def test_without_by_every_symbol_is_taken_in_turn(run):
    status, said = run("--format", "json")
    document = json.loads(said.out)
    assert status == 0
    assert [each["by"] for each in document] == ["H", "W", "B", "Y^*"]
    assert {*document[0]} == {
        "id",
        "by",
        "style",
        "kind",
        "answer",
        "fence",
        "numpy",
        "verdict",
        "note",
        "refused",
    }
    assert all(check(each["fence"]).ok for each in document)


def test_a_page_gives_its_fences_and_the_fence_that_is_printed_is_one(run, tmp_path):
    page = f"```derivation seed\n{FILE}J = J\n```\n"
    (tmp_path / "page.md").write_text(page, encoding="utf-8")
    status, said = run("--by", "W", "--format", "markdown", text=page)
    assert status == 0
    assert said.out.startswith("```derivation seed-by-w\nwhere H")
    (tmp_path / "out.md").write_text(said.out, encoding="utf-8")
    assert main(["check", "out.md"]) == 0


def test_latex_is_an_environment_and_numpy_a_program(run):
    _, latex = run("--by", "B", "--format", "latex")
    assert latex.out.startswith("\\begin{align*}\n\\frac")
    assert latex.out.endswith("\n\\end{align*}\n")
    _, program = run("--by", "B", "--format", "numpy")
    subprocess.run([sys.executable, "-W", "error", "-c", program.out], check=True, capture_output=True)


def test_the_exit_status_says_what_became_of_it(run):
    status, said = run(text=r"where A \in \mathbb{R}^{n \times n},  J = \sum_{i=1}^{n} \sum_{j=1}^{i} A_{ij}")
    assert (status, said.out) == (
        1,
        "A is refused: the derivative is 0 where k-l is negative, which is not written: sum over all values of the indices\n",
    )
    status, said = run("--by", "Q")
    assert (status, said.out) == (2, "")
    assert said.err == "mathnet: layer.txt: Q is not declared; known are: H, W, B, Y^*, Y, J\n"
    assert main(["derive", "missing.txt"]) == 2


EXAMPLE = r"where x \in \mathbb{R}^n, J = x^{\mathsf T} x"
NO_WHERE = (
    f"it has no derivation fence, and is no where part, which begins with the word where, as in {EXAMPLE}"
)
NOTHING = "nothing is defined: write what is to be differentiated, as in J = …"
SQUARED = r"where x \in \mathbb{R}^n, J = x^{\mathsf T} x"
UNREAD = {  # what a file holds, and what is said of it
    "": f"layer.txt: it is empty; write a where part, as in {EXAMPLE}",
    " \n\n": f"layer.txt: it is empty; write a where part, as in {EXAMPLE}",
    "J = x^2": f"layer.txt: {NO_WHERE}",
    "# A page\n\n```python\nprint(1)\n```\n": f"layer.txt: {NO_WHERE}",
    r"where x \in \mathbb{R}^n": f"layer.txt:1: {NOTHING}",
    "\n\nwhere x \\in \\mathbb{R}\n  J = (x": "layer.txt:4:7: ( is never closed\n      J = (x\n          ^",
    r"where x \in \mathbb{R} \text{ constant}, J = x": "layer.txt: nothing is declared that is not constant, so there is no symbol to differentiate by",
    "text\n\n> ```derivation one\n> where x \\in \\mathbb{R}\n>   J = (x\n> ```\n": "layer.txt:5:9 one: ( is never closed\n      J = (x\n          ^",
    "```derivation one\nwhere x \\in \\mathbb{R}\nx = x\n```\n\n```derivation two\nwhere x \\in \\mathbb{R}\n2 x = 2 x\n```\n":
        f"layer.txt:2 one: {NOTHING}\nmathnet: layer.txt:7 two: {NOTHING}",
    f"```derive one\n{SQUARED}\n```\n": "layer.txt:2 one: it does not say by which symbol: write by=… after the id, as in derive one by=W",
}  # fmt: skip


def test_no_line_of_a_where_part_that_stands_alone_need_begin_with_a_space(run):
    lines = [
        r"where X \in \mathbb{R}^{n \times d}, w \in \mathbb{R}^d, t \in \mathbb{R}^n",
        "z = X^T t",
        r"J = \|z - w\|^2",
    ]
    status, said = run("--format", "markdown", text="\n".join(lines))
    assert (status, said) == run("--format", "markdown", text="\n  ".join(lines))
    assert [check(fence.source, fence.id).ok for fence in find(said.out)] == [True] * 3


@pytest.mark.parametrize("text", UNREAD)
def test_what_cannot_be_read_says_what_to_write_instead_at_its_place(run, text):
    status, said = run(text=text)
    assert (status, said.out, said.err) == (2, "", f"mathnet: {UNREAD[text]}\n")


def test_an_empty_symbol_is_no_symbol(run, capsys):
    with pytest.raises(SystemExit) as error:
        run("--by", " ")
    assert error.value.code == 2
    assert "--by: expected a symbol of the where part, as in --by W; got nothing" in capsys.readouterr().err


def test_line_ends_of_windows_and_its_mark_of_utf8_change_nothing(run):
    _, said = run("--by", "W")
    _, other = run("--by", "W", text="\N{ZERO WIDTH NO-BREAK SPACE}" + FILE.replace("\n", "\r\n"))
    assert said.out == other.out


def test_of_a_page_those_are_derived_that_have_something_to_derive(run):
    identity = "```derivation same\nwhere x \\in \\mathbb{R}\nx = x\n```\n\n"
    other = f"```derivation other\n{SQUARED.replace('x', 'y')}\ny = y\n```\n\n"
    status, said = run("--by", "x", text=f"{identity}{other}```derivation square\n{SQUARED}\nJ = J\n```\n")
    assert status == 0
    assert said.out.splitlines()[0] == "square: by x: 1 step · proved"
    assert "other" not in said.out


def test_a_derive_fence_says_itself_what_it_wants_unless_the_command_does(run):
    page = f"```derive square by=x style=indices kind=gradient\n{SQUARED}\n```\n"
    _, said = run("--format", "json", text=page)
    assert [(each["by"], each["style"]) for each in json.loads(said.out)] == [("x", "indices")]
    _, said = run("--format", "json", "--style", "backward", "--kind", "hessian", text=page)
    assert [(each["style"], each["kind"]) for each in json.loads(said.out)] == [("backward", "hessian")]


def test_what_is_differentiated_is_no_symbol_to_differentiate_by(run):
    assert run("--by", "J")[1].out == "J is refused: J is what is differentiated\n"


def test_the_page_shows_what_is_printed(run):
    page = (Path(__file__).parents[2] / "docs/reference/derive.md").read_text(encoding="utf-8")
    layer = page.split('"layer.txt": r"""\n')[1].split('"""')[0]
    status, said = run("--by", "W", "--format", "markdown", text=layer)
    assert status == 0
    (fence,) = [found for found in find(page) if found.id == "derived-seed"]
    assert said.out == f"```derivation by-w\n{written_out(fence.source, fence.id, fence.asked)}\n```\n"
