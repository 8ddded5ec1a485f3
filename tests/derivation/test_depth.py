"""Steps of a sequence that are written out, and what is refused with what to write."""

import pytest

from mathnet.derivation import check

STEPS = r"""where x_1, x_2, x_3, h_0 \in \mathbb{R}^{1 \times n},  U \in \mathbb{R}^{n \times n},  f \text{ elementwise}
  a_1 = h_0 U + x_1, h_1 = f(a_1)
  a_2 = h_1 U + x_2, h_2 = f(a_2)
  a_3 = h_2 U + x_3, h_3 = f(a_3)
  J = h_1 h_1^T + h_2 h_2^T + h_3 h_3^T
"""
RIGHT = [
    r"\bar h_2 = 2 \bar J h_2 + \bar a_3 U^T",
    r"\bar h_1 = 2 \bar J h_1 + \bar a_2 U^T",
    r"\bar a_2 = \bar h_2 \odot f'(a_2)",
    r"\bar U = h_0^T \bar a_1 + h_1^T \bar a_2 + h_2^T \bar a_3",
    r"\frac{\partial h_3^T}{\partial h_1} = \operatorname{diag}(f'(a_3)) U^T \operatorname{diag}(f'(a_2)) U^T",
]
WRONG = [
    r"\frac{\partial h_3^T}{\partial h_1} = U \operatorname{diag}(f'(a_2)) U \operatorname{diag}(f'(a_3))",
    r"\bar h_2 = \bar a_3 U^T",  # the loss of the step itself is lost
    r"\bar h_2 = 2 \bar J h_2",  # and the later steps
    r"\bar h_1 = 2 \bar J h_1 + \bar a_3 U^T",
    r"\bar h_1 = 2 \bar J h_1 + \bar a_2 U",
    r"\bar U = h_2^T \bar a_3",  # no sum over the steps, as in notes for a course
    r"\bar U = h_1^T \bar a_2 + h_2^T \bar a_3",
    r"\bar U = h_1^T \bar a_1 + h_2^T \bar a_2 + h_3^T \bar a_3",
    r"\bar U = \bar a_1^T h_0 + \bar a_2^T h_1 + \bar a_3^T h_2",
    r"\frac{\partial h_3^T}{\partial h_1} = U \operatorname{diag}(f'(a_3)) U \operatorname{diag}(f'(a_2))",
    r"\frac{\partial h_3^T}{\partial h_1} = \operatorname{diag}(f'(a_2)) U^T \operatorname{diag}(f'(a_3)) U^T",
]
REFUSED = {
    r"""where h_0 \in \mathbb{R}^n, U \in \mathbb{R}^{n \times n}, x_t \in \mathbb{R}^n, f \text{ elementwise}
  h_t = f(U h_{t-1} + x_t)
1 = 1""": r"unknown symbol h; a sequence is defined with its steps: h_t = … \text{ for } t = 1, \ldots, T",
    r"""where h, x \in \mathbb{R}^{T \times n}, U \in \mathbb{R}^{n \times n}, f \text{ elementwise}
  h_{ti} = f(\sum_j h_{t-1,j} U_{ji} + x_{ti})
1 = 1""": r"h is defined by itself: a sequence is defined with its steps, h_t = … \text{ for } t = 1, \ldots, T",
    r"""where A \in \mathbb{R}^{n \times n}
A = A \cdots A""": r"what does \cdots stand for? Two terms before it and the last one after it have to differ in indices alone, "
    r"which go up or down by one, as in x_1 + x_2 + \cdots + x_n; else write a sum or a product with its index",
    r"""where A \in \mathbb{R}^{n \times m}
A = \prod_{s=1}^{2} A""": "a product over an index is one of numbers, or over one letter of square matrices; A is n × m; "
    "it reaches up to the next + or -, unless parentheses end it",
}


@pytest.mark.parametrize("line", RIGHT)
def test_backpropagation_through_time_passes(line):
    report = check(STEPS + line)
    assert report.ok, report.errors


@pytest.mark.parametrize("line", WRONG)
def test_a_lost_step_or_a_wrong_order_is_refused(line):
    assert check(STEPS + line).errors


@pytest.mark.parametrize("source", REFUSED)
def test_a_rule_without_its_steps_is_refused_with_what_to_write(source):
    assert check(source).errors[0].reason == REFUSED[source]
