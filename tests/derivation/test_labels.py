r"""Labels that stand as indices, $f_{y_i}$, as classifiers are printed: right lines pass, and each with one thing changed does not."""

import pytest

from mathnet.derivation import check

ONE = r"""where f \in \mathbb{R}^K, y_i \in \{1, \ldots, K\}
      p_k = \frac{e^{f_k}}{\sum_j e^{f_j}}
      L_i = -\log(p_{y_i})
"""
HINGE = r"""where W \in \mathbb{R}^{K \times D}, x_i \in \mathbb{R}^D, y_i \in \{1, \ldots, K\}, \Delta \in \mathbb{R}
      s = W x_i
      L_i = \sum_{j \neq y_i} \max(0, s_j - s_{y_i} + \Delta)
"""
BATCH = r"""where X \in \mathbb{R}^{N \times D}, W \in \mathbb{R}^{D \times K}, y \in \{1, \ldots, K\}^N
      F = X W
      P = \operatorname{softmax}(F)
      L = -\frac1N \sum_i \log P_{i,y_i}
"""
PLAIN = r"""where z \in \mathbb{R}^K, V \in \mathbb{R}^{K \times D}, y \in \{1, 2, \dots, K\}
      p = \operatorname{softmax}(z)
      \ell = \log \sum_k \exp(z_k) - z_y
"""
SAMPLES = r"""where x_i \in \mathbb{R}^D, y_i \in \{1, \ldots, K\}, V \in \mathbb{R}^{K \times D}
      L = \sum_{i=1}^N (V x_i)_{y_i}
"""
RIGHT = [  # where part, a right line, what it says, and what is wrong in its place
    (ONE, r"\frac{\partial L_i}{\partial f_k} = p_k - \mathbb{1}(y_i = k)", "= k)", r"\ne k)"),
    (ONE, r"L_i = -f_{y_i} + \log \sum_j e^{f_j}", "-f", "f"),
    (ONE, r"\frac{\partial L_i}{\partial f_{y_i}} = p_{y_i} - 1", " - 1", ""),
    (
        HINGE,
        r"\frac{\partial L_i}{\partial s_{y_i}} = -\sum_{j \neq y_i} \mathbb{1}(s_j - s_{y_i} + \Delta > 0)",
        r"_{j \neq y_i}",
        "_j",
    ),
    (BATCH, r"\frac{\partial L}{\partial F_{ij}} = \frac1N (P_{ij} - \mathbb{1}[j = y_i])", "- ", "+ "),
    (BATCH, r"\frac{\partial L}{\partial F_{ij}} = \frac1N (P_{ij} - \delta_{j y_i})", r"\delta", r"2 \delta"),
    (BATCH, r"\frac{\partial L}{\partial W_{dk}} = \frac1N \sum_i X_{id} (P_{ik} - [k = y_i])", r"\frac1N ", ""),
    (BATCH, r"\sum_i F_{i y_i} = \sum_i \sum_k [y_i = k] F_{ik}", "[y_i = k] ", ""),
    (PLAIN, r"\frac{\partial \ell}{\partial z_y} = p_y - 1", "p_y", "p_1"),
    (PLAIN, r"\frac{\partial \ell}{\partial z_k} = \begin{cases} p_k - 1 & k = y \\ p_k & k \ne y \end{cases}", "- 1", "+ 1"),
    (PLAIN, r"\sum_{j \ne y} z_j = \sum_j z_j - z_y", " - z_y", ""),
    (SAMPLES, r"\frac{\partial L}{\partial V_{kd}} = \sum_{i=1}^N [y_i = k] [x_i]_d", "[y_i = k] ", ""),
]  # fmt: skip
REFUSED = {
    r"z - y = z": r"y is a label, no number: it stands as an index, as in f_{y}, or in [y = k]; for the one-hot vector declare \{0, 1\}^K \text{ rows are one-hot}",
    r"z_y = z_1": "z_1 is not equal to z_y",
    r"\max_{j \ne y} z_j = z_y": r"a label is left out of a sum only: \sum_{j \ne y}",
    r"V_y = V_1": "V_1 is not equal to V_y",
}


@pytest.mark.parametrize(("where", "line", "said", "other"), RIGHT)
def test_right_lines_pass_and_wrong_ones_do_not(where, line, said, other):
    report = check(where + line)
    assert report.ok, report.errors
    assert r"\text{a label, one of } K" in [reading.read for reading in report.readings]
    left, equals, right = line.partition(" = ")
    assert said in right
    assert not check(where + left + equals + right.replace(said, other, 1)).ok


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_no_index_is_refused(line):
    assert REFUSED[line] in check(PLAIN + line).errors[0].reason


@pytest.mark.parametrize(
    ("where", "line", "cause"),
    [
        (PLAIN, r"\frac{\partial \ell}{\partial z_k} = p_k", "the term -[y = k] is missing: p_k - [y = k]"),
        (
            BATCH + "      M = -\\sum_i \\log P_{i,y_i}\n",
            r"\frac{\partial M}{\partial F_{ij}} = P_{ij}",
            "the term -[y_{i} = j] is missing: P_{ij} - [y_{i} = j]",
        ),
    ],
)
def test_a_lost_label_is_named_as_one_writes_it(where, line, cause):
    (error,) = check(where + line).errors
    assert error.cause == cause
