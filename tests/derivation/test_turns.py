"""Comparisons of rounded numbers, of exponentials, logarithms and roots: false conditions near the true ones are refused, the true ones are not.

Such a number cannot be followed along a line. Whether a comparison holds is seen at points, more and more where two of them differ in it.
"""

import pytest

from mathnet.derivation import Derivation

PPO = r"""
where  p \in \mathbb{R}^n
       q, a \in \mathbb{R}^n \text{ constant}
       \epsilon \in \mathbb{R} \text{ positive, constant}
       r_i = e^{p_i - q_i}
       J = -\sum_i \min(r_i a_i, \max(1-\epsilon, \min(r_i, 1+\epsilon)) a_i)
\frac{\partial J}{\partial p_i} = -a_i r_i ([a_i>0][r_i<%s] + [a_i<0][r_i>%s])
"""
BETWEEN = PPO.replace(r"positive, constant", "between 0 and 1, constant", 1)
IN_CHAINS = (
    BETWEEN.partition(r"\frac{\partial J}")[0]
    + r"""\frac{\partial J}{\partial r_i}
  &= -a_i [a_i > 0] [r_i < %s] \\
  &\quad - a_i [a_i < 0] [r_i > %s]

\frac{\partial J}{\partial p_i}
  &= r_i \frac{\partial J}{\partial r_i} \\
  &= -a_i r_i [a_i > 0] [r_i < 1 + \epsilon] \\
  &\quad - a_i r_i [a_i < 0] [r_i > 1 - \epsilon]
"""
)
CLIPPED_LOG = BETWEEN.replace("r_i<%s", r"p_i - q_i < \log(%s)").replace("r_i>%s", r"p_i - q_i > \log(%s)")
HINGE = r"""
where  z \in \mathbb{R}^n
       c \in \mathbb{R} \text{ positive, constant}
       s_i = %s
       J = \sum_i \max(s_i - c, 0)
\frac{\partial J}{\partial z_i} = %s [s_i > %s]
"""
SLOPES = {
    r"\frac{1}{1 + e^{-z_i}}": "s_i (1 - s_i)",
    r"e^{z_i}": "s_i",
    r"\log(1 + e^{z_i})": r"\frac{1}{1 + e^{-z_i}}",
    r"\sqrt{1 + z_i^2}": r"\frac{z_i}{s_i}",
}


def ok(source):
    return Derivation(source).check().ok


def test_the_clipped_ratio_is_right():
    assert ok(PPO % (r"1+\epsilon", r"1-\epsilon"))


@pytest.mark.parametrize(
    "above", [r"1+2\epsilon", r"1+\frac12\epsilon", r"1+\epsilon^2", r"1", r"1+\epsilon+\frac14"]
)
def test_a_wrong_end_above_is_refused(above):
    assert not ok(PPO % (above, r"1-\epsilon"))


@pytest.mark.parametrize("below", [r"1-2\epsilon", r"1-\frac12\epsilon", r"1-\epsilon^2", r"1"])
def test_a_wrong_end_below_is_refused(below):
    assert not ok(PPO % (r"1+\epsilon", below))


@pytest.mark.parametrize("function", SLOPES)
@pytest.mark.parametrize(
    ("condition", "right"), [("c", True), ("2c", False), (r"\frac12 c", False), ("c^2", False), ("0", False)]
)
def test_a_hinge_of_a_rounded_number(function, condition, right):
    assert ok(HINGE % (function, SLOPES[function], condition)) == right


FORMS = pytest.mark.parametrize(
    "form", [BETWEEN, IN_CHAINS, CLIPPED_LOG], ids=["one line", "chains", "logarithms"]
)
SHIFTS = [r"+\tfrac14", r"-\tfrac14", r"+\tfrac1{10}", r"-\tfrac1{10}", r"+\tfrac1{50}", r"-\tfrac1{50}"]


@FORMS
def test_a_clip_with_its_thresholds_is_right(form):
    assert ok(form % (r"1+\epsilon", r"1-\epsilon"))


@FORMS
@pytest.mark.parametrize(
    "below",
    [rf"1-\epsilon{shift}" for shift in SHIFTS[::2]] + [r"\frac{1}{1+\epsilon}", r"e^{-\epsilon}"],
)
def test_a_shifted_or_another_threshold_below_is_refused(form, below):
    assert not ok(form % (r"1+\epsilon", below))


@FORMS
@pytest.mark.parametrize(
    "above",
    [rf"1+\epsilon{shift}" for shift in SHIFTS] + [r"\frac{1}{1-\epsilon}", r"1+2\epsilon", r"1+\epsilon^2"],
)
def test_a_shifted_or_another_threshold_above_is_refused(form, above):
    assert not ok(form % (above, r"1-\epsilon"))


@pytest.mark.parametrize("shift", SHIFTS)
def test_a_shifted_threshold_in_chains_is_refused(shift):
    assert not ok(IN_CHAINS % (r"1+\epsilon", rf"1-\epsilon{shift}"))


@pytest.mark.parametrize(
    "pair",
    [("[r_i<%s]", "[r_i>%s]"), ("[r_i>%s]", "[r_i<%s]"), ("[a_i>0]", "[a_i<0]"), ("[a_i<0]", "[a_i>0]")],
)
def test_a_comparison_the_other_way_round_is_refused(pair):
    assert not ok(BETWEEN.replace(*pair) % (r"1+\epsilon", r"1-\epsilon"))
