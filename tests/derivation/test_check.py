"""The checker of derivations: what is right passes, what is wrong is refused with the reason, nothing breaks it."""

import re
from fractions import Fraction
from pathlib import Path

import mpmath
import pytest

import mathnet
from mathnet.derivation import Dual, check
from mathnet.derivation.read.files import read

ROOT = Path(__file__).parents[2]
FILES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(Path(mathnet.__file__).parent.rglob("*.py")),
]
FOUND = [(path, fence) for path in FILES for fence in read(str(path))]


# Every derivation of the book is a test of its own: see derivations in pyproject.toml


KINK = re.compile(r"\\(max|min|lvert)\b|\\begin\{cases\}|\[[^\]]*[<>][^\]]*\]")


def _limit(source):
    """Half a second for ten lines or fewer, in proportion for more; four times as long where a kink is looked for along lines."""
    lines = sum(bool(line.strip()) for line in source.splitlines())
    return 0.5 * max(1, lines / 10) * (4 if KINK.search(source) else 1)


def test_ten_lines_take_less_than_half_a_second_and_with_kinks_two():
    """On an idle machine; here others use it, too, so three times as long is the limit, and the least of three counts."""
    slow = [fence for _, fence in FOUND if check(fence.source, fence.id).seconds > 3 * _limit(fence.source)]
    again = {fence.id: min(check(fence.source).seconds for _ in range(3)) for fence in slow}
    assert {fence.id: again[fence.id] for fence in slow if again[fence.id] > 3 * _limit(fence.source)} == {}


# The seed, line by line

SEED = r"""
where  H \in \mathbb{R}^{1 \times h},  W \in \mathbb{R}^{h \times y},  B, Y^* \in \mathbb{R}^{1 \times y}
       f \text{ elementwise}
       Y = f(HW + B)
       J = {1 \over 2}(Y - Y^*)(Y - Y^*)^{\mathsf T}
J = \frac12 \sum_i (Y_i - Y_i^*)^2

Y_i &= f([HW + B]_i) \\
    &= f([HW]_i + B_i) \\
    &= f(\sum_j H_j W_{ji} + B_i)

\frac{\partial J}{\partial Y_i}
  &= \frac{\partial}{\partial Y_i} \frac12 \sum_j (Y_j - Y_j^*)^2 \\
  &= \frac12 \sum_j 2 (Y_j - Y_j^*) \delta_{ij} \\
  &= Y_i - Y_i^* \\
  &= [Y - Y^*]_i

\frac{\partial Y_i}{\partial B_k}
  &= \frac{\partial}{\partial B_k} f([HW]_i + B_i) \\
  &= f'([HW]_i + B_i)\, \delta_{ik} \\
  &= [f'(HW + B)]_i\, \delta_{ik}

\left[\frac{\partial J}{\partial B}\right]_k
  &= \frac{\partial J}{\partial B_k} \\
  &= \sum_i \frac{\partial J}{\partial Y_i} \frac{\partial Y_i}{\partial B_k} \\
  &= \sum_i [Y - Y^*]_i [f'(HW + B)]_i\, \delta_{ik} \\
  &= [Y - Y^*]_k [f'(HW + B)]_k \\
  &= [(Y - Y^*) \odot f'(HW + B)]_k

\frac{\partial J}{\partial B} = (Y - Y^*) \odot f'(HW + B)

\frac{\partial Y_i}{\partial W_{kl}}
  &= \frac{\partial}{\partial W_{kl}} f([HW]_i + B_i) \\
  &= f'([HW]_i + B_i) \frac{\partial}{\partial W_{kl}} [HW]_i \\
  &= f'([HW]_i + B_i) \frac{\partial}{\partial W_{kl}} \sum_j H_j W_{ji} \\
  &= f'([HW]_i + B_i) \sum_j H_j \delta_{jk} \delta_{il} \\
  &= [f'(HW + B)]_i\, H_k\, \delta_{il}

\left[\frac{\partial J}{\partial W}\right]_{kl}
  &= \frac{\partial J}{\partial W_{kl}} \\
  &= \sum_i \frac{\partial J}{\partial Y_i} \frac{\partial Y_i}{\partial W_{kl}} \\
  &= \sum_i [Y - Y^*]_i\, [f'(HW + B)]_i\, H_k\, \delta_{il} \\
  &= H_k\, [Y - Y^*]_l\, [f'(HW + B)]_l \\
  &= [H^{\mathsf T} ((Y - Y^*) \odot f'(HW + B))]_{kl}

\frac{\partial J}{\partial W} &= H^{\mathsf T} ((Y - Y^*) \odot f'(HW + B))
""".replace(r"{1 \over 2}", r"\tfrac12")


def test_seed():
    report = check(SEED, "seed")
    assert report.ok, report.errors
    assert report.verdict() == "28 steps · proved"


FAULTS = [  # the text that is replaced, at its last place; the wrong text; what the checker says
    (
        r"H^{\mathsf T} ((Y - Y^*) \odot f'(HW + B))",
        r"((Y - Y^*) \odot f'(HW + B)) H",
        r"line 46: matrix product: left factor ((Y - Y^*) \odot f'(HW + B)) is 1 × y, right factor H is 1 × h: "
        r"inner sizes y and 1 differ",
    ),
    (
        r" \odot f'(HW + B))]_{kl}",
        r")]_{kl}",
        r"line 44: [H^{\mathsf T} ((Y - Y^*))]_{kl} is not equal to H_k [Y - Y^*]_l [f'(HW + B)]_l: "
        r"NUMBER against NUMBER at k = 1, l = 1",
    ),
    (
        r"[f'(HW + B)]_i\, H_k\, \delta_{il}",
        r"[f'(HW + B)]_i\, H_k\, \delta_{ik}",
        r"line 42: \delta_{ik} compares i, which runs over y (in [Y - Y^*]_i), with k, which runs over h "
        r"(in [\frac{\partial J}{\partial W}]_{kl})",
    ),
    (
        r"[f'(HW + B)]_i\, \delta_{ik} \\",
        r"[f(HW + B)]_i\, \delta_{ik} \\",
        r"line 26: \sum_i [Y - Y^*]_i [f(HW + B)]_i \delta_{ik} is not equal to "
        r"\sum_i \frac{\partial J}{\partial Y_i} \frac{\partial Y_i}{\partial B_k}: NUMBER against NUMBER at k = 1",
    ),
    (
        r"H_k\, [Y - Y^*]_l",
        r"H_k\, [Y^* - Y]_l",
        r"line 43: H_k [Y^* - Y]_l [f'(HW + B)]_l is not equal to \sum_i [Y - Y^*]_i [f'(HW + B)]_i H_k \delta_{il}: "
        r"NUMBER against NUMBER at k = 1, l = 1",
    ),
    (
        r"\tfrac12",
        "",
        r"line 6: \frac12 \sum_i (Y_i - Y_i^*)^2 is not equal to J: NUMBER against NUMBER",
    ),
    (
        r"(Y - Y^*) \odot f'(HW + B)" + "\n\n",
        r"(Y - Y^*) f'(HW + B)" + "\n\n",
        r"line 30: matrix product: left factor (Y - Y^*) is 1 × y, right factor f'(HW + B) is 1 × y: "
        r"inner sizes y and 1 differ; equal shapes: the Hadamard product is written \odot",
    ),
    (
        r"H^{\mathsf T} ((Y",
        r"H^{\mathsf T} \odot ((Y",
        r"line 46: Hadamard product: H^{\mathsf T} is h × 1, (Y - Y^*) \odot f'(HW + B) is 1 × y: "
        "the shapes must be equal",
    ),
    (
        r"\sum_i [Y - Y^*]_i\, ",
        r"[Y - Y^*]_i\, ",
        "line 42: index i is left free (in [Y - Y^*]_i): no sum runs over it",
    ),
    (
        r"f(\sum_j H_j W_{ji} + B_i)",
        r"f(\sum_j H_j W_{ji} + B_j)",
        r"line 10: index j is left free (in B_j): no sum runs over it; "
        r"a sum reaches only to the next + or -, so write \sum (…)",
    ),
    (r"H_k\, [Y", r"K_k\, [Y", "line 43: unknown symbol K; declare or define it in the where part"),
    (
        r"\partial W_{kl}} \\" + "\n  &= \\sum_i [Y - Y^*]_i\\,",
        r"\partial W_kl} \\" + "\n  &= \\sum_i [Y - Y^*]_i\\,",
        r"line 41: expected } before l; several subscripts need braces: _{kl}",
    ),
    (r"W_{ji} + B_i", r"W_ji + B_i", "line 10: unknown symbol i; several subscripts need braces: _{ji}"),
    (r"\sum_i [Y - Y^*]_i\,", r"\smu_i [Y - Y^*]_i\,", r"line 42: unknown macro \smu; did you mean \mu?"),
    (r"H_k\, [Y", r"H_k * 2 [Y", "line 43:"),
    (r"f'(HW + B))" + "\n", "f'(HW + B)\n", "line 46: ( is never closed"),
    (r"H_k\, [Y", r"H_k\, ) [Y", "line 43: ) does not close anything"),
    (r"H_k\, [Y", r"H_l\, [Y", "line 43: index l runs over y (in [Y - Y^*]_i) but over h (in H_l)"),
    (r"B, Y^* \in", r"B, Y^+ \in", "line 2: expected an argument, in braces, before +"),
    (r"f \text{ elementwise}", r"f \text{ elementwse}", "line 3: unknown property “elementwse”"),
    ("Y = f(HW + B)\n", "Y = f(HW + J)\n", "line 4: unknown symbol J"),
    (
        r"\mathbb{R}^{h \times y}",
        r"\mathbb{R}^{y \times h}",
        "line 4: matrix product: left factor H is 1 × h",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "message"), FAULTS)
def test_fault_is_refused_at_its_line(right, wrong, message):
    before, found, after = SEED.rpartition(right)
    assert found
    report = check(before + wrong + after, "seed")
    assert not report.ok
    said = re.sub(
        r"-?\d{3,}(/\d+)?|(?<=: )-?\d+(/\d+)?(?= against)|(?<=against )-?\d+(/\d+)?",
        "NUMBER",
        str(report.errors[0]),
    )
    assert said.startswith(f"derivation seed, {message}")


def test_message_points_at_the_place():
    report = check("where  A \\in \\mathbb{R}^{n \\times m}\nA &= 1 A \\\\\n  &= A + Q", "pointing")
    assert str(report.errors[0]).splitlines() == [
        "derivation pointing, line 3: unknown symbol Q; declare or define it in the where part",
        "      &= A + Q",
        "             ^",
    ]


def test_every_line_has_a_verdict_of_its_own():
    report = check(
        r"""
where  H \in \mathbb{R}^{1 \times h},  W \in \mathbb{R}^{h \times y}
H W &= H W \\
    &= 2 H W && \text{wrong} \\
    &= H W + H W \\
    &= W H \\
    &= 0 H W

W &= W
""",
        "judged",
    )
    assert [(line.line, line.ok, line.reason) for line in report.lines] == [
        (3, True, ""),
        (4, False, r"\text{wrong}"),
        (5, None, ""),
        (6, False, ""),
        (7, None, ""),
        (9, True, ""),
    ]
    assert [error.place.line for error in report.errors] == [4, 6]
    assert repr(report) == "<Report judged: wrong, line 4, line 6>"
    assert report.lines[1].error.difference.sides == ("H W", "2 H W")
    assert report.lines[3].error.difference is None


# Right derivations in other styles

COLUMNS = r"""
where  x \in \mathbb{R}^{n},  W \in \mathbb{R}^{m \times n},  b \in \mathbb{R}^{m}
       f \text{ elementwise}
       z = W x + b
       y = f(z)
"""
LAYERS = r"""
where  X \in \mathbb{R}^{n \times x},  W^{(1)} \in \mathbb{R}^{x \times h},  W^{(2)} \in \mathbb{R}^{h \times y}
       T \in \mathbb{R}^{n \times y} \text{ constant}
       f \text{ elementwise}
       Z^{(1)} = X W^{(1)}
       H = f(Z^{(1)})
       Z^{(2)} = H W^{(2)}
       Y = f(Z^{(2)})
       J = \frac{1}{2n} \langle Y - T, Y - T \rangle
       \bar J = 1
"""
SOFTMAX = r"""
where  Z \in \mathbb{R}^{n \times k}
       Y_{ij} = \frac{e^{Z_{ij}}}{\sum_q e^{Z_{iq}}}
"""
RIGHT = {
    "columns": COLUMNS + r"\bar W &= (\bar y \odot f'(z))\, x^{\mathsf T} = \bar z x^\top",
    "columns, input": COLUMNS + r"\bar x = W^{\mathsf T} (\bar y \odot f'(z))",
    "numerator layout": COLUMNS + r"\frac{\partial y_i}{\partial x_j} = f'(z_i) W_{ij}",
    "tangents": COLUMNS
    + r"""\langle \bar y, \dot y \rangle
    &= \langle \bar y, f'(z) \odot (\dot W x + W \dot x + \dot b) \rangle \\
    &= \langle \bar W, \dot W \rangle + \langle \bar x, \dot x \rangle + \langle \bar b, \dot b \rangle""",
    "layers": LAYERS
    + r"""\bar Z^{(2)} = \tfrac1n (Y - T) \odot f'(Z^{(2)})

    \bar{W}^{(2)} = H^{\mathsf T} \bar Z^{(2)}

    \bar W^{(1)}_{ij} = [X^{\mathsf T} ((\bar Z^{(2)} W^{(2)\mathsf T}) \odot f'(Z^{(1)}))]_{ij}
      = \frac{\partial J}{\partial W^{(1)}_{ij}}""",
    "rows of softmax": SOFTMAX + r"\sum_j Y_{ij} = 1 = \sum_{j=1}^{k} Y_{ij}",
    "softmax": SOFTMAX + r"\frac{\partial Y_{ij}}{\partial Z_{il}} = Y_{ij} (\delta_{jl} - Y_{il})",
    "cut at a definition": r"""where x \in \mathbb{R}, y = x^2, J = x y
\frac{\partial J}{\partial x} = 3 x^2

\frac{\partial J}{\partial y} = x""",
    "second derivative": r"""where  A \in \mathbb{R}^{n \times n},  x \in \mathbb{R}^{n},  J = x^{\mathsf T} A x
\frac{\partial}{\partial x_i} \frac{\partial J}{\partial x_j} = A_{ij} + A_{ji}""",
    "no confusion of inner and outer": r"""where  x, y \in \mathbb{R}
\frac{\partial}{\partial x} \left(x \frac{\partial}{\partial y} (x + y)\right) = 1""",
    "functions": r"""where  z \in \mathbb{R},  \sigma(x) = \frac{1}{1 + e^{-x}},  \operatorname{relu}(x) = \max(0, x)
\sigma''(z) = \sigma'(z)\, (1 - 2 \sigma(z))

\operatorname{relu}'(z) = [z > 0]

\frac{\partial}{\partial z} \log \sqrt{1 + z^2} = \frac{z}{1 + z^2}""",
    "tensors": r"""where  K \in \mathbb{R}^{c \times a \times b},  x \in \mathbb{R}^{a}
       Y_{ij} = \sum_k K_{ikj} x_k
\frac{\partial Y_{ij}}{\partial K_{pqr}} = \delta_{ip}\, x_q\, \delta_{jr}""",
    "ones": r"""where  x \in \mathbb{R}^{1 \times n},  \mathbf 1 \in \mathbb{R}^{n \times 1} \text{ ones}
x \mathbf{1} = \sum_i x_i""",
}


@pytest.mark.parametrize("name", RIGHT)
def test_other_styles_pass(name):
    report = check(RIGHT[name], name)
    assert report.ok, report.errors


AB = "where  A, B \\in \\mathbb{R}^{n \\times n},  a, b \\in \\mathbb{R}^{n},  t \\in \\mathbb{R}\n"
REFUSED = {
    r"A B \odot A = A": "A B \\odot A is ambiguous: write (A B) \\odot …",
    r"A + 1 = A": r"1 beside a square matrix could stand in its diagonal or in every entry: write I with I \text{ identity}, "
    r"or \mathbf 1 with \mathbf 1 \text{ ones} of that shape",
    r"a^2 = a": "is not equal to",
    r"e^{A} = A": r"for every entry on its own write \exp(…)",
    r"\exp(A) = A": "is not equal to",
    r"\frac{\partial A}{\partial B} = A": "has 4 indices: write entries",
    r"a \odot b^{\mathsf T} = a": "Hadamard product: a is n × 1, b^{\\mathsf T} is 1 × n",
    r"\prod_i a_i \prod_i b_i = t": "index i is already summed over outside",
    r"\sum_i^* a_i = t": r"over what does \sum run? Write \sum_i, \sum_{ij} or \sum_{i=1}^{n}",
    r"\sum_{i=0}^n a_i = t": "a_i does not exist at i = 0",
    r"\sum_{i=2}^n a_i = \sum_i a_i": "is not equal to",
    r"\sum_i t = t": "what does index i run over?",
    r"\bar A = A": "but nothing is defined",
    r"a_{ijk} = t": "a_{ijk} has 3 indices",
    r"A_i = t": "A_i is n × 1, but t is a scalar",
    r"\log t u = t": "where does the argument of \\log end?",
    r"\log(-t^2) = t": "-t^2 is not always positive, so it has no real logarithm",
    r"1 / t t = 1": "what is divided by what?",
    r"A B = B A": "A B",
    r"(t + 1)^2 = t^2 + 1": "t^2 + 1 is not equal to (t + 1)^2",
    r"t": "an equation needs two sides",
    r"t =": "nothing stands after =",
    r"\frac12 3 = \frac{1}{23}": "is not equal to",
    r"\frac{\partial A_{ij}}{\partial A_{kl}} = \delta_{ik}": "is not equal to",
    r"n = 2": "is not equal to",
}


@pytest.mark.parametrize("formula", REFUSED)
def test_refused(formula):
    report = check(AB + formula.replace(" u ", " t "), "refused")
    assert not report.ok
    assert REFUSED[formula] in str(report.errors[0])


WHERE_FAULTS = {
    r"where x \in \mathbb{R}, x \in \mathbb{R}": "x is declared twice",
    r"where x \in \mathbb{R}, y = x, y = x": "y is defined twice",
    r"where x \in \mathbb{R}, z \in \mathbb{R}, y = z x, z = x": "z is used before it is defined",
    r"where x \in \mathbb{R}, y = x, J = y, \bar y = x": r"\bar y cannot be defined: it is a derivative",
    r"where A \in \mathbb{R}^{n \times m}, B \in \mathbb{R}^{m \times n}, B = A": "declared as m × n, but A is n × m",
    r"where A": "declared as what?",
    r"where \bar y = 1": "unknown symbol x",
    r"where x, \bar x \in \mathbb{R}, y = x^2": r"\bar x needs no declaration",
    r"where x_1, \dot x_1 \in \mathbb{R}, y = x_1": r"\dot x_1 needs no declaration",
}


@pytest.mark.parametrize("where", WHERE_FAULTS)
def test_where_part_is_refused(where):
    report = check(where + "\nx = x", "where")
    assert not report.ok
    assert WHERE_FAULTS[where] in str(report.errors[0])


# Hostile input

SCALAR = "where x \\in \\mathbb{R}\n"
HOSTILE = {
    SCALAR + "(" * 3000 + "x" + ")" * 3000 + " = x": "40 brackets deep",
    SCALAR + "x" * 10_000_000 + " = x": "10000004 characters",
    SCALAR + r"\sum_i " * 400 + "x = x": "too deeply nested",
    SCALAR + "((((x^{64})^{64})^{64})^{64})^{64} = x": "more than 50000 bits",
    SCALAR + "x^{10^9} = x": "an exponent of 1000000000 is too large",
    SCALAR + "9" * 5000 + " = x": "more than 30 digits",
    SCALAR + r"\exp(\exp(\exp(\exp(x^2 + 9)))) = 1": "out of reach",
    SCALAR + r"\input{/etc/passwd} = x": r"unknown macro \input",
    SCALAR + r"\frac{\partial}{\partial x} " * 9 + "x = x": "more than 4 derivatives",
    "where x \\in \\mathbb{R}^{999 \\times 999}\nx = x": "too large",
    "where "
    + ", ".join(rf"A_{i} \in \mathbb{{R}}^{{a_{i} \times b_{i}}}" for i in range(6))
    + "\n"
    + r"\sum_{abcdefghijkl} ([A_0]_{ab} + [A_1]_{cd} + [A_2]_{ef} + [A_3]_{gh} + [A_4]_{ij} + [A_5]_{kl})^2 = 1": "too much work",
}


@pytest.mark.parametrize("source", HOSTILE, ids=HOSTILE.values())
def test_hostile_input_gets_an_answer(source):
    report = check(source, "hostile")
    assert HOSTILE[source] in str(report.errors[0])


# Dual numbers


def test_dual_numbers_are_exact():
    x = Dual(Fraction(1, 3), 1)
    assert ((x**3 - 2 / x) / (1 + x)).tangent == Fraction(821, 48)
    second = Dual(Dual(2, 1, 1), 1, 2)
    assert (1 / second).tangent.tangent == Fraction(1, 4)


def test_precision_is_our_own():
    before = mpmath.mp.dps
    root = Dual(2, 1).sqrt()
    assert str(root.value).startswith("1.41421356237309504880168872420969807856967187537694")
    assert mpmath.mp.dps == before


def test_a_block_that_cannot_be_read_says_nothing_of_the_line_before_it():
    report = check("where a \\in \\mathbb{R}\na = a\n\na =\n\na = 2 a")
    assert [(line.line, line.ok) for line in report.lines] == [(2, True), (6, False)]
    assert [error.place.line for error in report.errors] == [4, 6]
