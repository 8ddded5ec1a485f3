r"""Indices that are counted, such as $i + p - 1$, sizes that follow from others, and sums with limits."""

import itertools

import pytest

from mathnet.derivation import check

RIGHT = [
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar w_p = \sum_i \bar y_i x_{i+p-1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar x_j = \sum_i \sum_p \bar y_i w_p [i + p - 1 = j]""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar x_{j} = \sum_i \bar y_i \frac{\partial y_i}{\partial x_j}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\frac{\partial y_i}{\partial x_{i+p-1}} = w_p""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\frac{\partial L}{\partial w_p} = \sum_{i=1}^m \frac{\partial L}{\partial y_i} x_{i+p-1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
y_i = \sum_{p=0}^{k-1} w_{p+1} x_{i+p}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, w \text{ zero outside}, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar x_j = \sum_i \bar y_i w_{j-i+1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}, y \text{ zero outside}
\bar x_j = \sum_p w_p \bar y_{j-p+1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}, y \text{ zero outside}
\frac{\partial L}{\partial x_j} = \sum_p w_p \frac{\partial L}{\partial y_{j-p+1}}""",
    r"""where X \in \mathbb{R}^{h \times n}, W \in \mathbb{R}^{k \times l}, Y \in \mathbb{R}^{a \times b}, h = a + k - 1, n = b + l - 1
  Y_{ij} = \sum_{p,q} W_{pq} X_{i+p-1,j+q-1}
\frac{\partial L}{\partial W_{pq}} = \sum_{ij} \frac{\partial L}{\partial Y_{ij}} X_{i+p-1,j+q-1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, S \in \mathbb{R}^{s}, n = s(m-1) + k
  y_i = \sum_p w_p x_{s(i-1)+p}
\bar w_p = \sum_i \bar y_i x_{si-s+p}""",
    r"""where x \in \mathbb{R}^n
\sum_{i=2}^{n} (x_i - x_{i-1}) = x_n - x_1""",
    r"""where x \in \mathbb{R}^n
\sum_{i=2}^{n} x_{i-1} = \sum_{i=1}^{n-1} x_i""",
    r"""where x \in \mathbb{R}^n
\left(\sum_i x_i\right)^2 = \sum_i x_i^2 + 2 \sum_{j=1}^{n} \sum_{i=1}^{j-1} x_i x_j""",
    r"""where x,y \in \mathbb{R}^n, y_i = \sum_{j=1}^{i} x_j
\frac{\partial L}{\partial x_j} = \sum_{i=j}^{n} \frac{\partial L}{\partial y_i}""",
    r"""where x \in \mathbb{R}^n
\left(\sum_i x_i\right)^2 = \sum_i x_i^2 + \sum_i \sum_{j \ne i} x_i x_j""",
    r"""where x \in \mathbb{R}^n
\sum_{i=2}^{n-1} x_i = \sum_i x_i - x_1 - \sum_{i=n}^{n} x_i + \sum_{i=n}^{1} x_i""",
    r"""where x \in \mathbb{R}^n
\sum_{i=0}^{n-1} x_{i+1} = \sum_i x_i""",
    r"""where x \in \mathbb{R}^n, n = 2 m
\sum_{i=1}^{m} x_{2 \cdot i} + \sum_{i=1}^m x_{2i-1} = \sum_i x_i""",
    r"""where x \in \mathbb{R}^n
x_1 \prod_{i=2}^{n} x_i = \prod_i x_i""",
    r"""where X \in \mathbb{R}^{n \times m}
\sum_{j=1}^{m}\sum_{i=2}^{n} (X_{ij} - X_{i-1,j}) = \sum_j X_{nj} - \sum_j X_{1j}""",
    r"""where x \in \mathbb{R}^n, x \text{ zero outside}, L = \sum_{i=1}^{n+1} (x_i - x_{i-1})^2
\frac{\partial L}{\partial x_j} = 2 (x_j - x_{j-1}) - 2 (x_{j+1} - x_j)""",
    r"""where x \in \mathbb{R}^n, y \in \mathbb{R}^n, y_i = x_{n-i+1}
\frac{\partial L}{\partial x_j} = \frac{\partial L}{\partial y_{n-j+1}}""",
    r"""where x \in \mathbb{R}^n, f \text{ elementwise}
\sum_{i=1}^{n} \sum_{j=i}^{n} x_i f(x_j) = \sum_{j=1}^n \sum_{i=1}^{j} x_i f(x_j)""",
    r"""where x \in \mathbb{R}^n, c(t) = \sum_{i=1}^{n} t
c(x_1) = n x_1""",
    r"""where x \in \mathbb{R}^{4}
\sum_{i=2}^{4} x_i = x_2+x_3+x_4""",
    r"""where x \in \mathbb{R}^{n}
\sum_{i=1}^{n} \sum_{j=1}^{i} 1 = \frac{n(n+1)}{2}""",
    r"""where x \in \mathbb{R}^{n}
\sum_{i=1}^{n} \sum_{j=1}^{i} \sum_{k=1}^{j} 1 = \frac{n(n+1)(n+2)}{6}""",
    r"""where x \in \mathbb{R}^n
\sum_{i=1}^{n} x_i = \sum_{i=1}^{n} x_{n+1-i}""",
    r"""where x \in \mathbb{R}^n, w \in \mathbb{R}^k, y \in \mathbb{R}^n, x \text{ zero outside}, k = 2r+1, y_i = \sum_p w_p x_{i+p-r-1}
\bar w_p = \sum_i \bar y_i x_{i+p-r-1}""",
]

WRONG = [
    r"""where x \in \mathbb{R}^n
x_{n+0} + 0 x_n = x_1 + 0 x_n""",
    r"""where x \in \mathbb{R}^n
\sum_i x_{2i} = x_2""",
    r"""where x \in \mathbb{R}^n
x_n x_{n-1} = x_n x_{n-1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar w_p = \sum_i \bar y_i x_{i+p}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar w_p = \sum_i \bar y_i x_{i+p-2}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar w_p = \sum_{i=2}^m \bar y_i x_{i+p-1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar w_p = \sum_{i=1}^{m-1} \bar y_i x_{i+p-1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar w_p = \sum_{i=0}^{m-1} \bar y_i x_{i+p-1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar w_p = \sum_{i=0}^{m} \bar y_i x_{i+p-1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar x_j = \sum_i \bar y_i w_{j-i+1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar x_j = \sum_i \bar y_i w_i""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar x_j = \sum_i \sum_p \bar y_i w_p [i + p = j]""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, w \text{ zero outside}, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar x_j = \sum_i \bar y_i w_{j-i}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, w \text{ zero outside}, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
\bar x_j = \sum_i \bar y_i w_{i-j+1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}, y \text{ zero outside}
\bar x_j = \sum_p w_p \bar y_{j+p-1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}, y \text{ zero outside}
\frac{\partial L}{\partial x_j} = \sum_p w_p \frac{\partial L}{\partial y_{j-p}}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m
  y_i = \sum_p w_p x_{i+p-1}
\bar w_p = \sum_i \bar y_i x_{i+p-1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 2
  y_i = \sum_p w_p x_{i+p-1}
\bar w_p = \sum_i \bar y_i x_{i+p-1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, s \in \mathbb{R}
  y_i = \sum_p w_p x_{i+p-1}
\bar w_p = \sum_i \bar y_i x_{i+p-1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
y_i = \sum_{p=0}^{k-1} w_{p} x_{i+p}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
y_i = \sum_{p=1}^{k-1} w_{p} x_{i+p-1}""",
    r"""where x \in \mathbb{R}^{n}, w \in \mathbb{R}^{k}, y \in \mathbb{R}^m, n = m + k - 1
  y_i = \sum_p w_p x_{i+p-1}
y_i = \sum_{p=1}^{k-1} w_{p+1} x_{i+p}""",
    r"""where x \in \mathbb{R}^n
\sum_{i=2}^{n} (x_i - x_{i-1}) = x_n""",
    r"""where x \in \mathbb{R}^n
\sum_{i=1}^{n} (x_i - x_{i-1}) = x_n - x_1""",
    r"""where x \in \mathbb{R}^n
\sum_{i<j} x_i x_j = 0""",
    r"""where x \in \mathbb{R}^n
\sum_{i \ne j} x_i x_j = 0""",
    r"""where x \in \mathbb{R}^n
\left(\sum_i x_i\right)^2 = \sum_i x_i^2 + \sum_{j=1}^{n} \sum_{i=1}^{j-1} x_i x_j""",
    r"""where x \in \mathbb{R}^n
\left(\sum_i x_i\right)^2 = \sum_i x_i^2 + 2\sum_{j=1}^{n} \sum_{i=1}^{j} x_i x_j""",
    r"""where x,y \in \mathbb{R}^n, y_i = \sum_{j=1}^{i} x_j
\frac{\partial L}{\partial x_j} = \sum_{i=1}^{j} \frac{\partial L}{\partial y_i}""",
    r"""where x,y \in \mathbb{R}^n, y_i = \sum_{j=1}^{i} x_j
\frac{\partial L}{\partial x_j} = \sum_{i=j+1}^{n} \frac{\partial L}{\partial y_i}""",
    r"""where x \in \mathbb{R}^n, t \in \mathbb{R}
x_{i+t} = x_{i+t}""",
    r"""where x \in \mathbb{R}^n
x_{i+1} = x_{i+1}""",
    r"""where x \in \mathbb{R}^n
\sum_i x_{i+1} = \sum_i x_{i+1}""",
    r"""where x \in \mathbb{R}^n
\sum_k x_{ij+k} = 0""",
    r"""where x \in \mathbb{R}^n
\sum_{i=0}^{n-1} x_i = \sum_i x_i""",
    r"""where x \in \mathbb{R}^n, A \in \mathbb{R}^{n \times n}
\sum_{ij} A_{i+j} = 0""",
    r"""where x \in \mathbb{R}^n
\max_{i=2}^{n} x_i = 0""",
    r"""where x \in \mathbb{R}^n, m = n - 1, n = m + 1
1 = 1""",
    r"""where x \in \mathbb{R}^n, y \in \mathbb{R}^m, m = 1 - n
x = x""",
    r"""where x \in \mathbb{R}^n
\sum_{ij} [i + 1 = j] x_j x_i = \sum_{ij} [i = j + 2] x_j x_i""",
    r"""where x \in \mathbb{R}^n
\sum_{i=1}^{n-2} x_i = \sum_i x_i - x_n""",
    r"""where x \in \mathbb{R}^n
\sum_{i=1}^{N} x_i = \sum_i x_i""",
    r"""where X \in \mathbb{R}^{n \times m}
\sum_{j=1}^{m}\sum_{i=2}^{n} (X_{ij} - X_{i-1,j}) = \sum_j X_{mj} - \sum_j X_{1j}""",
    r"""where x \in \mathbb{R}^n, L = \sum_{i=2}^n (x_i - x_{i-1})^2
\frac{\partial L}{\partial x_j} = 2 (x_j - x_{j-1}) - 2 (x_{j+1} - x_j)""",
    r"""where x \in \mathbb{R}^n \text{ zero outside}, L = \sum_{i=2}^n (x_i - x_{i-1})^2
\frac{\partial L}{\partial x_j} = 2 (x_j - x_{j-1}) - 2 (x_{j+1} - x_j)""",
    r"""where x \in \mathbb{R}^n, L = \sum_{i=2}^n (x_i - x_{i-1})^2
\frac{\partial L}{\partial x_{j+1}} = \frac{\partial L}{\partial x_{j+1}}""",
    r"""where x \in \mathbb{R}^n, y \in \mathbb{R}^n, y_i = x_{n-i+1}
\frac{\partial L}{\partial x_j} = \frac{\partial L}{\partial y_{n-j}}""",
    r"""where x \in \mathbb{R}^n, y \in \mathbb{R}^n, y_i = x_{n-i+1}
\frac{\partial L}{\partial x_j} = \frac{\partial L}{\partial y_{j}}""",
    r"""where x \in \mathbb{R}^n, f \text{ elementwise}
\sum_{i=1}^{n} \sum_{j=i}^{n} x_i f(x_j) = \sum_{j=1}^n \sum_{i=j}^{n} x_i f(x_j)""",
    r"""where x \in \mathbb{R}^n, A \in \mathbb{R}^{n \times n}
\sum_{i=1}^n \sum_{j=1}^{i} A_{ij} x_j = \sum_{j=1}^n \sum_{i=1}^n A_{ij} x_j""",
    r"""where x \in \mathbb{R}^{4}
\sum_{i=2}^{5} x_i = x_2+x_3+x_4""",
    r"""where x \in \mathbb{R}^{n}
\sum_{i=1}^{n} \sum_{j=1}^{i} 1 = \frac{n(n-1)}{2}""",
    r"""where x \in \mathbb{R}^{n}, A \in \mathbb{R}^{n \times m}
\sum_{i=1}^{n} \sum_{j=1}^{n - 1} A_{ij} = 0""",
    r"""where x \in \mathbb{R}^n, w \in \mathbb{R}^k, y \in \mathbb{R}^n, x \text{ zero outside}, k = 2r+1, y_i = \sum_p w_p x_{i+p-r-1}
\bar w_p = \sum_i \bar y_i x_{i+p-r}""",
]

CONVOLUTION = RIGHT[0].rpartition("\n")[0] + "\n"
CAUSES = {
    r"\bar w_p = \sum_i \bar y_i x_{i+p}": "an index is off by one: x_{i+p-1} belongs here, not x_{i+p}",
    r"\bar w_p = \sum_i \bar y_i x_{i+p-2}": "an index is off by one: x_{i+p-1} belongs here, not x_{i+p-2}",
    r"\bar w_p = \sum_{i=2}^m \bar y_i x_{i+p-1}": r"the limits are off by one: \sum_{i=1}^{m} belongs here",
    r"\bar w_p = \sum_{i=1}^{m-1} \bar y_i x_{i+p-1}": r"the limits are off by one: \sum_{i=1}^{m} belongs here",
    r"\bar w_p = \sum_{i=0}^{m} \bar y_i x_{i+p-1}": r"the limits are off by one: \sum_{i=1}^{m} belongs here",
    r"\bar x_j = \sum_i \sum_p \bar y_i w_p [i + p = j]": "an index is off by one: [i + p = j+1] belongs here, not [i + p = j]",
    r"y_i = \sum_{p=0}^{k-1} w_{p} x_{i+p}": "an index is off by one: w_{p+1} belongs here, not w_{p}",
    r"y_i = \sum_{p=1}^{k-1} w_{p} x_{i+p-1}": r"the limits are off by one: \sum_{p=1}^{k} belongs here",
}

MESSAGES = {
    "where x \\in \\mathbb{R}^n\n1 = \\sum_{i=1}^{n/2} x_i": (
        "/ cannot be counted with: an index is made of letters, sizes and whole numbers, by +, - and products"
    ),
    "where x \\in \\mathbb{R}^n\n\\sum_{i=1}^{n} (x_i - x_{i-1}) = x_n - x_1": (
        r"x_{i-1} does not exist at i = 1: its index is 0, of 2. Let the sum end earlier, say how the sizes belong together, "
        r"as in n = m + k - 1, or declare \text{zero outside}"
    ),
    "where x \\in \\mathbb{R}^n\n\\sum_{i<j+k} x_i x_j = 0": (
        r"j+k is not an index: only a letter can stand here"
    ),
    "where x \\in \\mathbb{R}^n\n\\prod_{i<j} x_i x_j = 0": (
        r"\prod with an order of indices is not read: write its limits"
    ),
    "where x \\in \\mathbb{R}^n\n\\sum_{i=1, j \\ne k}^n x_i = 0": (
        r"a condition on a sum compares its letter with one other index: \sum_{j \ne i} or \sum_{i < j}"
    ),
    "where x \\in \\mathbb{R}^n\n1 = \\sum_{j \\ne i} x_i x_j": (
        r"index i is left free (in x_i): no sum runs over it; for a sum over both write \sum_i \sum_{j \ne i}"
    ),
    "where x \\in \\mathbb{R}^n, t \\in \\mathbb{R}\nx_{i+t} = 1": (
        "t is a symbol: the index i+t is made of index letters, sizes and whole numbers"
    ),
    "where x \\in \\mathbb{R}^n\n1 = \\sum_i x_{2i}": (
        r"x_{2i} has 2 indices, but what it is taken from is n × 1; a multiple is written 2 \cdot i"
    ),
    "where x \\in \\mathbb{R}^n, y \\in \\mathbb{R}^m, m = 1 - n\nx = x": (
        "no sizes were found that fit together: m = 1 - n"
    ),
}


@pytest.mark.parametrize("source", RIGHT)
def test_a_right_line_passes(source):
    report = check(source)
    assert report.ok, report.errors


@pytest.mark.parametrize("source", WRONG)
def test_a_wrong_line_is_refused(source):
    assert check(source).errors


@pytest.mark.parametrize("line", CAUSES)
def test_what_is_off_by_one_is_named(line):
    (error,) = check(CONVOLUTION + line).errors
    assert error.cause == CAUSES[line]


@pytest.mark.parametrize("source", MESSAGES)
def test_a_message_says_what_to_write(source):
    assert [error.reason for error in check(source).errors] == [MESSAGES[source]]


def test_sizes_that_follow_from_others_are_so_at_every_draw():
    sizes = check(RIGHT[0]).sizes
    assert len(sizes) >= 5
    assert all(tried["n"] == tried["m"] + tried["k"] - 1 for tried in sizes)


def test_a_size_as_an_index_is_the_last_place_only_where_no_letter_is_free():
    assert check("where x, y \\in \\mathbb{R}^n, y_n = 2 x_n\ny_n = 2 x_n").ok
    assert check("where x \\in \\mathbb{R}^n\n\\sum_{i=n}^{n} x_i = x_n").ok
    last_only = "where x, z \\in \\mathbb{R}^n, z_i = \\sum_{j=n}^{n} x_j\n"
    assert not check(last_only + "x_n = z_n").ok


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_of_all_shifts_of_a_line_only_the_right_ones_pass(shift):
    where = RIGHT[0].rpartition("\n")[0]
    for first, last, beyond in itertools.product((0, 1, 2), (-1, 0, 1), (-2, -1, 0)):
        limits = rf"\sum_{{i={first}}}^{{m{last:+d}}}"
        line = rf"\bar w_p = {limits} \bar y_{{i{shift:+d}}} x_{{i+p{beyond:+d}}}"
        right = first + shift == 1 and last + shift == 0 and beyond - shift == -1
        assert check(f"{where}\n{line}").ok == right, line
