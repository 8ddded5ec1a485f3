r"""Gradients through the steps of a sequence, and through sums over some of the indices: derived, checked, and computed."""

import subprocess
import sys

import pytest

from mathnet.derivation import check, derive
from mathnet.derivation.verdict.rendering import report_html

TIME = r"""where x_t, h_0 \in \mathbb{R}^{1 \times n},  U \in \mathbb{R}^{n \times n},  f \text{ elementwise}
  a_t = h_{t-1} U + x_t \text{ for } t = 1, \ldots, T
  h_t = f(a_t)
  J = \sum_{t=1}^{T} h_t h_t^T
"""
LAYERS = r"""where x, y, b^{(l)} \in \mathbb{R}^{n}, W^{(l)} \in \mathbb{R}^{n \times n}, f \text{ elementwise}
  a^{(0)} = x
  z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)} \text{ for } l = 1, \ldots, L
  a^{(l)} = f(z^{(l)})
  C = \frac12 \|a^{(L)} - y\|^2
"""
SOFTMAX = r"""where x^{(t)}, h^{(0)} \in \mathbb{R}^{n}, W, U \in \mathbb{R}^{n \times n}, V \in \mathbb{R}^{m \times n}
  y^{(t)} \in \mathbb{R}^m \text{ rows are one-hot}
  h^{(t)} = \tanh(W h^{(t-1)} + U x^{(t)})
  p^{(t)} = \operatorname{softmax}(V h^{(t)})
  L^{(t)} = -\sum_k y^{(t)}_k \log p^{(t)}_k
  L = \sum_{t=1}^{\tau} L^{(t)}
"""
ENCODER = r"""where h_0, s_0 \in \mathbb{R}^n, W, V \in \mathbb{R}^{n \times n}
  h_t = \tanh(W h_{t-1}) \text{ for } t = 1, \ldots, T
  s_t = \tanh(V s_{t-1} + h_T)
  J = \|s_T\|^2
"""
SMOOTH = r"""where h_0, c, w \in \mathbb{R}^n, g_t \in \mathbb{R}, h_{t+1} = w \odot h_t + c g_{t+1} \text{ for } t = 0, \ldots, T-1
  J = \tfrac12 (\sum_{t=1}^T c^T h_t)^2 + \sum_{t=2}^T (h_t - h_{t-1})^T (h_t - h_{t-1})
"""
KINKED = TIME.replace("f(a_t)", r"\max(0, a_t)").replace(r",  f \text{ elementwise}", "")
DOWN = r"""where h_T \in \mathbb{R}^n, A \in \mathbb{R}^{n \times n}, h_t = A h_{t+1} \text{ for } t = 1, \ldots, T-1
  J = \|h_1\|^2
"""
ANSWERS = {
    (TIME, "U"): r"\sum_{t=1}^{T} h_{t-1}^{\mathsf T} \frac{\partial J}{\partial a_{t}}",
    (TIME, "h_0"): r"\frac{\partial J}{\partial a_{1}} U^{\mathsf T}",
    (TIME, "x_t"): r"\frac{\partial J}{\partial a_{t}}",
    (TIME, "h_t"): r"\frac{\partial J}{\partial a_{t+1}} U^{\mathsf T} + 2 h_{t} \quad \text{for } t < T",
    (LAYERS, "W^{(l)}"): r"\frac{\partial C}{\partial z^{(l)}} (a^{(l-1)})^{\mathsf T}",
    (LAYERS, "z^{(l)}"): r"\frac{\partial C}{\partial a^{(l)}} \odot f'(z^{(l)})",
    (LAYERS, "x"): r"\frac{\partial C}{\partial a^{(0)}}",
    (LAYERS, "y"): "y - a^{(L)}",
    (
        ENCODER,
        "W",
    ): r"\sum_{t=1}^{T} (\frac{\partial J}{\partial h_{t}} \odot (\mathbf 1_{n} - (h_{t} \odot h_{t}))) h_{t-1}^{\mathsf T}",
    (
        SMOOTH,
        "c",
    ): r"\sum_{t=1}^{T} g_{t} \frac{\partial J}{\partial h_{t}} + (\sum_{t=1}^{T} c^{\mathsf T} h_{t}) (\sum_{t=1}^{T} h_{t})",
    (KINKED, "U"): r"\sum_{t=1}^{T} h_{t-1}^{\mathsf T} \frac{\partial J}{\partial a_{t}}",
}
ANSWERS |= {
    (DOWN, "h_T"): r"A^{\mathsf T} \frac{\partial J}{\partial h_{T-1}} \quad \text{for } 1 < T",
    (DOWN, "A"): r"\sum_{t=1}^{T-1} \frac{\partial J}{\partial h_{t}} h_{t+1}^{\mathsf T}",
}
EVERY = [DOWN, TIME, LAYERS, SOFTMAX, ENCODER, SMOOTH, KINKED]


@pytest.mark.parametrize(("where", "by"), ANSWERS)
def test_the_answer_is_what_an_author_writes(where, by):
    (found,) = derive(where, [by])
    assert (found.refused, found.answer) == (None, ANSWERS[where, by])


@pytest.mark.parametrize("where", EVERY)
def test_every_symbol_has_its_checked_derivation_and_a_program_that_agrees(where):
    for found in derive(where):
        assert found.refused is None, (found.by, found.refused)
        assert check(found.fence).ok, found.by
        assert "for " in found.numpy, found.by
        subprocess.run([sys.executable, "-W", "error", "-c", found.numpy], check=True, capture_output=True)


def test_the_last_step_has_a_line_of_its_own():
    (found,) = derive(TIME, ["U"])
    lines = [line for line in found.fence.splitlines() if line.startswith(r"\frac")]
    assert lines[:3] == [
        r"\frac{\partial J}{\partial h_{T}} &= 2 h_{T}  && \text{through } J",
        r"\frac{\partial J}{\partial h_{t}} &= \frac{\partial J}{\partial a_{t+1}} U^{\mathsf T} + 2 h_{t}  && \text{for } t < T \text{: } \text{through } J\text{ and } a_{t+1}\text{; matrix product}",
        r"\frac{\partial J}{\partial a_{t}} &= \frac{\partial J}{\partial h_{t}} \odot f'(a_{t})  && \text{through } h_{t}\text{; Hadamard product}",
    ]


STEPS = "h_t is a sequence of steps: "
REFUSED = {
    ("indices", "gradient"): "the derivative goes inwards from each step to the next, and never ends; the style backward needs each step once",
    ("differentials", "gradient"): "its differential has that of another step in it, and so on without an end; the style backward needs each step once",
    ("backward", "hessian"): "only the gradient is derived through it, not the Hessian",
    ("backward", "hvp"): "only the gradient is derived through it, not the product of the Hessian with a direction",
    ("backward", "jvp"): "only the gradient is derived through it, not the differential",
}  # fmt: skip


@pytest.mark.parametrize(("style", "kind"), REFUSED)
def test_the_other_styles_and_kinds_say_why_and_what_to_ask_for(style, kind):
    (found,) = derive(TIME, ["U"], style=style, kind=kind)
    assert found.refused == STEPS + REFUSED[style, kind]


LIMITED = {  # sums over some of the indices, numbered and shifted ones: the entry of the gradient, by which symbol
    (r"x \in \mathbb{R}^n,  J = \sum_{i=1}^{n-1} (x_{i+1} - x_i)^2", "x"): r"2 (x_{k} - x_{k-1}) - 2 (x_{k+1} - x_{k}) \quad \text{for } 1 < k < n",
    (r"x \in \mathbb{R}^n,  J = \sum_{i=2}^{n} x_i^2", "x"): r"2 x_{k} \quad \text{for } 1 < k",
    (r"x \in \mathbb{R}^n,  J = \sum_{i=1}^n \sum_{j=i+1}^{n} x_i x_j", "x"): r"\sum_{j=k+1}^{n} x_{j} + \sum_{i=1}^{k-1} x_{i}",
    (r"x \in \mathbb{R}^n,  J = \sum_{i=1}^n \sum_{j=1}^{i-1} (x_i - x_j)^2", "x"): r"2 \sum_{j=1}^{k-1} (x_{k} - x_{j}) - 2 \sum_{i=k+1}^{n} (x_{i} - x_{k})",
    (r"x \in \mathbb{R}^n,  J = x_1^2 + 3 x_2", "x"): r"2 x_{1} \delta_{1,k} + 3 \delta_{2,k}",
    (r"W \in \mathbb{R}^{n \times m},  J = W_{12} W_{11}", "W"): r"W_{1,1} \delta_{1,k} \delta_{2,l} + W_{1,2} \delta_{1,k} \delta_{1,l}",
    (r"A \in \mathbb{R}^{n \times n} \text{ invertible},  J = [A^{-1}]_{11}", "A"): r"-[A^{-1}]_{1,k} [A^{-1}]_{l,1}",
    (r"x \in \mathbb{R}^n,  J = \prod_{i=2}^{n} x_i", "x"): r"(\prod_{i=2}^{k-1} x_{i}) (\prod_{i=k+1}^{n} x_{i}) \quad \text{for } 1 < k",
    (r"x \in \mathbb{R}^n,  J = \sum_{i=1}^n i x_i", "x"): "k",
    (r"x \in \mathbb{R}^n,  J = \sum_{i=1}^n x_i x_{n+1-i}", "x"): "2 x_{n-k+1}",
    (r"x \in \mathbb{R}^n,  w \in \mathbb{R}^k,  G \in \mathbb{R}^m,  n = m + k - 1,  J = \sum_{i=1}^m \sum_{p=1}^k G_i x_{i+p-1} w_p", "w"): r"\sum_{j} G_{j} x_{i+j-1}",
}  # fmt: skip


@pytest.mark.parametrize("style", ["backward", "indices"])
@pytest.mark.parametrize(("where", "by"), LIMITED)
def test_a_sum_over_some_of_the_indices_is_derived_entry_by_entry(where, by, style):
    (found,) = derive(f"where {where}", [by], style=style)
    assert (found.refused, found.answer) == (None, LIMITED[where, by])
    assert check(found.fence).ok
    subprocess.run([sys.executable, "-W", "error", "-c", found.numpy], check=True, capture_output=True)


def test_a_symbol_that_is_zero_outside_needs_no_limits():
    where = r"where x \in \mathbb{R}^n,  w \in \mathbb{R}^k \text{ zero outside},  G \in \mathbb{R}^m,  n = m + k - 1,  J = \sum_{i=1}^m \sum_{p=1}^k G_i x_{i+p-1} w_p"
    (found,) = derive(where, ["x"])
    assert (found.refused, found.answer) == (None, r"\sum_{j} G_{j} w_{i-j+1}")


def test_each_end_has_a_line_with_its_condition():
    (found,) = derive(r"where x \in \mathbb{R}^n,  J = \sum_{i=1}^{n-1} (x_{i+1} - x_i)^2", ["x"])
    lines = [line.partition(r" \text{: }")[0] for line in found.fence.splitlines() if r"\text{for }" in line]
    assert lines == [
        r"\frac{\partial J}{\partial x_{k}} &= 2 (x_{k} - x_{k-1})  && \text{for } 1 < n \le k",
        r"\frac{\partial J}{\partial x_{k}} &= -2 (x_{k+1} - x_{k})  && \text{for } k \le 1 < n",
        r"\frac{\partial J}{\partial x_{k}} &= 2 (x_{k} - x_{k-1}) - 2 (x_{k+1} - x_{k})  && \text{for } 1 < k < n",
    ]


SUMS = [  # no two rows are equal, and every row is one number in several ways, which the normal form tells
    (r"\sum_{i=2}^{n} x_i", r"\sum_{i=1}^n \sum_{j=2}^n \delta_{ij} x_j", r"\sum_{i=1}^{n-1} \sum_{j=1}^{n} \delta_{i+1,j} x_j"),
    (r"\sum_{i=2}^{n} x_{i-1}", r"\sum_{i=1}^n \sum_{j=1}^n \delta_{i+1,j} x_i"),
    (r"\sum_{i=2}^{n-1} x_i", r"\sum_{i=2}^n \sum_{j=1}^{n-1} \delta_{ij} x_j"),
    (r"\sum_{i=1}^{n} x_i", r"\sum_{k=1}^{n} x_k"),
    (r"\sum_{j=1}^{n} \sum_{i=1}^{j} A_{ij}", r"\sum_{i=1}^{n} \sum_{j=1}^{i} A_{ji}"),
    (r"\sum_{i=1}^{n} \sum_{j=1}^{i} A_{ij}", r"\sum_{j=1}^{n} \sum_{i=1}^{j} A_{ji}"),
    (r"\sum_{i=1}^n i x_i", r"\sum_{j=1}^n x_j j"),
    (r"\prod_{i=2}^n x_i", r"\prod_{j=2}^n x_j"),
]  # fmt: skip
OF_SUMS = "where x \\in \\mathbb{R}^n, A \\in \\mathbb{R}^{n \\times n}\n"


@pytest.mark.parametrize("ways", SUMS)
def test_one_sum_with_limits_in_two_ways_is_proved(ways):
    first, *others = ways
    assert [check(f"{OF_SUMS}{first} = {other}").certainty for other in others] == ["proved"] * len(others)


def test_no_two_different_sums_with_limits_have_one_normal_form():
    firsts = [ways[0] for ways in SUMS]
    for place, one in enumerate(firsts):
        for other in firsts[:place]:
            assert not check(f"{OF_SUMS}{one} = {other}").ok, (one, other)  # a wrong proof would raise


@pytest.mark.parametrize(
    "where", [TIME, r"where x \in \mathbb{R}^n,  J = \sum_{i=1}^{n-1} (x_{i+1} - x_i)^2"]
)
def test_a_line_with_a_condition_can_be_shown_on_a_page(where):
    (found, *_) = derive(where, ["h_t" if where is TIME else "x"])
    assert "<math" in report_html(check(found.fence))
