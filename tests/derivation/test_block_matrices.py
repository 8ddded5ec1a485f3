r"""Matrices made of blocks, such as [1 H], and the sizes of their axes."""

import pytest

from mathnet.derivation import check
from mathnet.derivation.meaning.shapes import Shifted, length, stacked, together

WHERE = r"""where A \in \mathbb{R}^{n \times k}, B \in \mathbb{R}^{n \times m}, C \in \mathbb{R}^{k \times p}, D \in \mathbb{R}^{m \times p}
  H \in \mathbb{R}^{n \times h}, b \in \mathbb{R}^{1 \times y}, V \in \mathbb{R}^{h \times y}, \mathbf 1 \in \mathbb{R}^{n} \text{ ones}
  a, c \in \mathbb{R}^k, t \in \mathbb{R}
"""
RIGHT = {  # a right line: what makes it wrong
    r"\begin{bmatrix} A & B \end{bmatrix} \begin{bmatrix} C \\ D \end{bmatrix} = A C + B D": ("A & B", "B & A"),
    r"\begin{bmatrix} 1 & H \end{bmatrix} \begin{bmatrix} b \\ V \end{bmatrix} = \mathbf 1 b + H V": ("1 & H", "0 & H"),
    r"\begin{bmatrix} \mathbf 1 & H \end{bmatrix} \begin{bmatrix} b \\ V \end{bmatrix} = \mathbf 1 b + H V": (r"b \\ V", r"V \\ b"),
    r"\begin{pmatrix} H & 1 \end{pmatrix} \begin{pmatrix} V \\ b \end{pmatrix} = \mathbf 1 b + H V": (r"+ H V", ""),
    r"\begin{bmatrix} A^T \\ B^T \end{bmatrix} = \begin{bmatrix} A & B \end{bmatrix}^T": ("A & B", "A & -B"),
    r"\begin{bmatrix} A^T A & 0 \\ 0 & B^T B \end{bmatrix} \begin{bmatrix} C \\ D \end{bmatrix} = \begin{bmatrix} A^T A C \\ B^T B D \end{bmatrix}": (
        r"& 0 \\",
        r"& A^T B \\",
    ),
    r"\begin{bmatrix} a & c \end{bmatrix}^T \begin{bmatrix} a & c \end{bmatrix} = \begin{bmatrix} a^T a & a^T c \\ c^T a & c^T c \end{bmatrix}": (
        "c^T c",
        "a^T a",
    ),
    r"\begin{bmatrix} a \\ t \end{bmatrix}^T \begin{bmatrix} a \\ t \end{bmatrix} = a^T a + t^2": ("t^2", "t"),
    r"\operatorname{vec}(\begin{bmatrix} A & B \end{bmatrix}) = \begin{bmatrix} \operatorname{vec}(A) \\ \operatorname{vec}(B) \end{bmatrix}": (
        r"\operatorname{vec}(B) \end",
        r"-\operatorname{vec}(B) \end",
    ),
    r"\|\begin{bmatrix} A & B \end{bmatrix}\|_F^2 = \|A\|_F^2 + \|B\|_F^2": (r"+ \|B", r"- \|B"),
}  # fmt: skip
REFUSED = {
    r"\begin{bmatrix} A & C \end{bmatrix} = A": "blocks in one row are equally high: A is n × k, C is k × p",
    r"\begin{bmatrix} A \\ B \end{bmatrix} = A": "blocks in one column are equally wide: A is n × k, B is n × m",
    r"\begin{bmatrix} A & B \\ C \end{bmatrix} = A": "the rows of a matrix are of one length",
    r"\begin{bmatrix} a \\ c \end{bmatrix} = a": r"\begin{bmatrix} a \\ c \end{bmatrix} is 2·k × 1, but a is k × 1",
}
LAYER = r"""where H \in \mathbb{R}^{n \times h}, W \in \mathbb{R}^{(h+1) \times y}, f \text{ elementwise}
  X = \begin{bmatrix} 1 & H \end{bmatrix}, Z = X W, Y = f(Z)
"""


@pytest.mark.parametrize("line", RIGHT)
def test_a_right_line_passes_and_a_wrong_one_does_not(line):
    report = check(WHERE + line)
    assert report.ok, report.errors
    right, wrong = RIGHT[line]
    assert right in line
    assert not check(WHERE + line.replace(right, wrong)).ok


@pytest.mark.parametrize("line", REFUSED)
def test_blocks_that_do_not_fit_are_refused(line):
    assert [error.reason for error in check(WHERE + line).errors] == [REFUSED[line]]


@pytest.mark.parametrize("size", ["(h+1)", "(1 + h)", "h+1", "k"])
def test_a_layer_whose_biases_are_the_first_row_of_its_weights(size):
    where = LAYER.replace("(h+1)", size).replace(r" X =", r" k = h + 1, X =" if size == "k" else " X =")
    report = check(where + "\\bar W = X^T \\bar Z\n\n\\bar H_{ij} = \\sum_q \\bar Z_{iq} W_{j+1,q}")
    assert report.ok, report.errors
    assert not check(where + r"\bar H_{ij} = \sum_q \bar Z_{iq} W_{jq}").ok


def test_axes_are_sums_of_products_in_one_spelling():
    assert stacked(["1", "h"], {}) == stacked(["h", "1"], {}) == "h+1"
    assert stacked(["n", "n"], {}) == together("2", "n") == "2·n"
    assert together("h+1", "n") == stacked(["n", together("h", "n")], {}) == "h·n+n"
    assert stacked(["1", "h"], {"k": Shifted("h + 1", ((1, ()), (1, ("h",))))}) == "k"
    assert length("h·n+n", {"h": 3, "n": 5}) == 20
