"""Conditions that hold together only in a small place: it is sought along one number after the other."""

import pytest

from mathnet.derivation import check

TWO = r"where x, y \in \mathbb{R}"
THREE = r"where x, y, z \in \mathbb{R}"
POSITIVE = r"where x, y \in \mathbb{R} \text{ positive}"
WRONG = [
    (TWO, r"[xy > 100][x < 0.01][x > 0] = 0"),
    (TWO, r"[y > 100 x][y < 100 x + 0.01][x > 50] = 0"),
    (TWO, r"[(x - 30)^2 + (y - 7)^2 < 0.0001] = 0"),
    (TWO, r"\max(0, xy - 100) \max(0, 0.01 - x) [x > 0] = 0"),
    (THREE, r"[z > xy][z < xy + 0.01][x > 5][x < 5.01] = 0"),
    (THREE, r"[x > 5][x < 5.01][y > 8][y < 8.001][z > 2][z < 2.001] = 0"),
    (POSITIVE, r"[x / y > 1000][y > 7][y < 7.01] = 0"),
    (r"where x \in \mathbb{R}^n", r"[x_1 > 5][x_1 < 5.01] = 0"),
]
RIGHT = [
    (TWO, r"[xy > 100][xy < 99] = 0"),
    (TWO, r"[xy > 100][x < 0][y > 0] = 0"),
    (TWO, r"|xy| = |x| |y|"),
    (THREE, r"[xy > 100][yz < 0.01][z > 3][x > 0][x < 0.1] = 0"),
    (POSITIVE, r"[x y > 1] = [x > 1 / y]"),
]


@pytest.mark.parametrize(("where", "line"), WRONG)
def test_a_line_that_fails_in_a_window_is_wrong(where, line):
    assert not check(f"{where}\n{line}").ok


@pytest.mark.parametrize(("where", "line"), RIGHT)
def test_a_line_without_a_window_is_right(where, line):
    report = check(f"{where}\n{line}")
    assert report.ok, report.verdict()
    assert report.seconds < 2
