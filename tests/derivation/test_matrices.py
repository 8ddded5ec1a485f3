"""The matrix level of the language: more products, functions of whole matrices, powers, and what a symbol may be declared to be."""

import random
from fractions import Fraction

import pytest

from mathnet.derivation import check
from mathnet.derivation.meaning.properties import PROPERTIES, SAMPLED
from mathnet.derivation.numbers.matrices import determinant, inverse, solve
from mathnet.dual import Dual, Slopes

WHERE = r"""where  A, B \in \mathbb{R}^{n \times n},  X \in \mathbb{R}^{n \times m},  Y \in \mathbb{R}^{m \times k},  x, y \in \mathbb{R}^{n}
       z \in \mathbb{R}^{m},  r \in \mathbb{R}^{1 \times n},  q \in \mathbb{R}^{1 \times m},  s \in \mathbb{R},  K \in \mathbb{R}^{2 \times n \times m}
       Q \in \mathbb{R}^{n \times n} \text{ orthogonal},  V \in \mathbb{R}^{n \times n} \text{ invertible},  I \in \mathbb{R}^{n \times n} \text{ identity}
       P \in \mathbb{R}^{n \times k} \text{ rows are probabilities},  C \in \mathbb{R}^{n \times k} \text{ rows are one-hot}
       p \in \mathbb{R}^{k} \text{ rows are probabilities},  u \in \mathbb{R} \text{ integer}
"""
RIGHT = [
    # the outer product of vectors, the Kronecker product of matrices
    r"x \otimes z = x z^{\mathsf T}",
    r"r \otimes q = r^{\mathsf T} q",
    r"[x \otimes z]_{ij} = x_i z_j",
    r"\frac{\partial [x \otimes z]_{ij}}{\partial x_k} = \delta_{ik} z_j".replace("k", "l"),
    r"(A \otimes X)(B \otimes Y) = (A B) \otimes (X Y)",
    r"(A \otimes B)^{-1} = A^{-1} \otimes B^{-1}",
    r"(X \otimes Y)^{\mathsf T} = X^{\mathsf T} \otimes Y^{\mathsf T}",
    r"\operatorname{tr}(A \otimes B) = \operatorname{tr}(A) \operatorname{tr}(B)",
    r"\operatorname{vec}(A X Y) = (Y^{\mathsf T} \otimes A) \operatorname{vec}(X)",
    r"\operatorname{vec}(x z^{\mathsf T}) = \operatorname{kron}(z, x)",
    r"\langle A, B \rangle = \operatorname{vec}(A)^{\mathsf T} \operatorname{vec}(B)",
    r"\mathrm d \operatorname{vec}(X) = \operatorname{vec}(\mathrm d X)",
    # functions of all entries, and of rows
    r"\operatorname{var}(x) = \frac1n \sum_i (x_i - \operatorname{mean}(x))^2 = \operatorname{std}(x)^2",
    r"\frac{\partial \operatorname{var}(x)}{\partial x_i} = \frac2n (x_i - \operatorname{mean}(x))",
    r"\max(x) = -\min(-x) = \max_i x_i",
    r"\min_{ij} X_{ij} = \min(X)",
    r"\frac{\partial \max(x)}{\partial x_i} = \prod_{j \ne i} [x_i > x_j]",
    r"\operatorname{logsumexp}(X)_i = \log \sum_j e^{X_{ij}}",
    r"\frac{\partial \operatorname{logsumexp}(z)}{\partial z_i} = \operatorname{softmax}(z)_i",
    r"\log \sum_j e^{z_j - \max_i z_i} + \max_i z_i = \operatorname{logsumexp}(z)",
    r"\operatorname{relu}(x)_i = \max(0, x_i) = x_i \mathbf 1[x_i > 0]",
    r"\operatorname{relu}'(s) = \mathbb{1}[s > 0]",
    r"\operatorname{sign}(s) |s| = s",
    r"\operatorname{abs}(x)_i = |x_i|",
    # powers
    r"A^2 = A A",
    r"A^3 A^{-2} = A",
    r"A^0 = I",
    r"\frac{\partial \operatorname{tr}(A^3)}{\partial A} = 3 (A^2)^{\mathsf T}",
    r"\mathrm d(A^2) = \mathrm dA\, A + A\, \mathrm dA",
    r"A^{-T} = A^{-\mathsf T} = (A^{\mathsf T})^{-1}",
    r"A^{\odot 2} = A \odot A",
    # other ways to write a name
    r"\mathrm{tr}(A) = \text{tr}(A) = \operatorname{tr} A",
    r"\mathrm{diag}(x) y = x \odot y",
    r"\operatorname{Tr}(A) = \mathrm{Tr}(A) = \operatorname{tr}(A)",
    r"\text{softmax}(z) = \mathrm{softmax}(z)",
    # domains, and directions in which they stay true
    r"Q Q^{\mathsf T} = I = Q^{\mathsf T} Q",
    r"\|Q x\|^2 = \|x\|^2",
    r"Q^{\mathsf T} \mathrm dQ = -(\mathrm dQ)^{\mathsf T} Q",
    r"V V^{-1} = I",
    r"\sum_j P_{ij} = 1",
    r"[P_{ij} > 0] = 1",
    r"\sum_j \dot P_{ij} = 0",
    r"\sum_i p_i = 1",
    r"C \odot C = C",
    r"\sum_j C_{ij} = 1",
    r"\dot C = 0 C",
    r"\sum_j C_{ij} \log P_{ij} = \log \sum_j C_{ij} P_{ij}",
    r"(-1)^{2 u} = 1",
]
TENSOR = r"\otimes is the outer product of two columns or two rows, or the Kronecker product of two matrices"
WRONG = {
    r"x \otimes z = z x^{\mathsf T}": r"x \otimes z is n × m, but z x^{\mathsf T} is m × n",
    r"x \otimes z = \operatorname{kron}(x, z)": r"x \otimes z is n × m, but \operatorname{kron}(x, z) is m·n × 1",
    r"x \otimes y = y \otimes x": "is not equal to",
    r"A \otimes B = B \otimes A": "is not equal to",
    r"x \otimes A = A": f"x is n × 1, A is n × n: {TENSOR}",
    r"r \otimes x = x r": f"r is 1 × n, x is n × 1: {TENSOR}",
    r"s \otimes A = s A": f"s is a scalar, A is n × n: {TENSOR}",
    r"A \odot B \otimes A = A": "different products in one term",
    r"\operatorname{kron}(A) = A": r"the Kronecker product is written \operatorname{kron}(A, B)",
    r"\operatorname{kron}(A, s) = A": "the Kronecker product is for two matrices or vectors",
    r"\operatorname{vec}(A X Y) = (A \otimes Y^{\mathsf T}) \operatorname{vec}(X)": "is not equal to",
    r"\operatorname{vec}(A) = \operatorname{vec}(A^{\mathsf T})": "is not equal to",
    r"\operatorname{vec}(K) = x": "expected a matrix or vector; it is 2 × n × m",
    r"[\operatorname{vec}(A)]_9 = s": "an axis of length n·n takes index letters, not numbers",
    r"A \oslash B = A": "the entrywise quotient is written by entries",
    r"\mathrm{foo}(A) = A": r"unknown symbol \mathrm{foo}",
    r"A = \begin{bmatrix} s & s \\ s & s \end{bmatrix}": r"A is n × n, but \begin{bmatrix} s & s \\ s & s \end{bmatrix} is 2 × 2",
    r"x = \begin{bmatrix} A & x \end{bmatrix}": r"x is n × 1, but \begin{bmatrix} A & x \end{bmatrix} is n × (n+1)",
    r"\operatorname{var}(x) = \frac{1}{n - 1} \sum_i (x_i - \operatorname{mean}(x))^2": "is not equal to",
    r"\max(x) = x_1": "is not equal to",
    r"\max_i x_i = \max_i y_i": "is not equal to",
    r"\max_i x_i y_i = \max_i x_i \max_j y_j": "is not equal to",
    r"\max_i x_j = s": "what does index i run over?",
    r"\operatorname{relu}(s) = s": "is not equal to",
    r"\operatorname{sign}(s) = 1": "is not equal to",
    r"\operatorname{logsumexp}(X) = \log(\operatorname{sum}(\exp(X)))": "is n × 1, but",
    r"X^2 = X": r"X is not equal to X^2",
    r"A^{1/2} = A": "the exponent of a matrix is a whole number",
    r"A^s = A": "the exponent of a matrix is a whole number",
    r"A^{100} = A": "an exponent of 100 is too large",
    r"A^{-T} = A^{-1}": "is not equal to",
    r"A^{\odot 2} = A^2": "is not equal to",
    r"Q = I": "is not equal to",
    r"\det(Q) = 1": "is not equal to",
    r"Q^2 = I": "is not equal to",
    r"V = V^{\mathsf T}": "is not equal to",
    r"P = C": "is not equal to",
    r"[p_i > \tfrac12] = 0": "is not equal to",
    r"C_{i1} = 1": "is not equal to",
    r"C_{i1} = 0": "is not equal to",
    r"(-1)^u = 1": "is not equal to",
    r"\dot u = 1": "is not equal to",
    r"\operatorname{kron}(A \otimes A, A \otimes A) \otimes (A \otimes A \otimes A) = A": "but A is n × n",
    " = ".join([r" \otimes ".join("AAAAAAA")] * 2): "too much work",
}


@pytest.mark.parametrize("formula", RIGHT)
def test_right_lines_pass(formula):
    report = check(WHERE + formula, "right")
    assert report.ok, report.errors


@pytest.mark.parametrize("formula", WRONG)
def test_wrong_lines_are_refused(formula):
    report = check(WHERE + formula, "wrong")
    assert not report.ok
    assert WRONG[formula] in str(report.errors[0])


@pytest.mark.parametrize("property", ["invertible", "orthogonal", "symmetric", "identity"])
def test_what_is_only_true_of_square_matrices(property):
    report = check(f"where A \\in \\mathbb{{R}}^{{n \\times m}} \\text{{ {property}}}\nA = A")
    assert "A is n × m: not square" in str(report.errors[0])


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ("symmetric, positive", ""),
        ("integer, positive", ""),
        ("rows sum to one, positive, constant", ""),
        ("symmetric, orthogonal", "A is said to be symmetric and orthogonal"),
        ("orthogonal, positive", "A is said to be orthogonal and positive"),
        ("integer, between 0 and 1", "A is said to be integer and between 0 and 1"),
    ],
)
def test_properties_together(properties, message):
    report = check(f"where A \\in \\mathbb{{R}}^{{n \\times n}} \\text{{ {properties}}}\nA + A = 2 A")
    assert report.ok == (not message)
    assert message in report.verdict()


SIZES = {  # an axis may be a product of sizes
    "A \\in \\mathbb{R}^{n \\times m}, v \\in \\mathbb{R}^{nm}\n\\operatorname{vec}(A) \\cdot v = \\sum_k \\operatorname{vec}(A)_k v_k": "",
    "x \\in \\mathbb{R}^{1 \\times h}, W \\in \\mathbb{R}^{h \\times 4 h}, z = x W\nz_j = \\sum_i x_i W_{ij}": "",
    "x \\in \\mathbb{R}^{d_{in}}, W \\in \\mathbb{R}^{d_{out} \\times d_{in}}\n[W x]_i = \\sum_j W_{ij} x_j": "",
    "A \\in \\mathbb{R}^{n \\times m}, v \\in \\mathbb{R}^{m m}\n\\operatorname{vec}(A) = v": r"\operatorname{vec}(A) is m·n × 1, but v is m·m × 1",
    "v \\in \\mathbb{R}^{nmkl \\times i}\nv = v": "too large to check",
}


@pytest.mark.parametrize("source", SIZES)
def test_an_axis_may_be_a_product_of_sizes(source):
    report = check(f"where {source}")
    assert report.ok == (not SIZES[source])
    assert SIZES[source] in report.verdict()


def test_a_definition_has_no_properties_of_its_own():
    where = "where x \\in \\mathbb{R}, y = x^2\n       y \\text{ constant}\n"
    assert "y has a definition, so it cannot be declared constant" in check(where + "y = y").verdict()
    assert check(where.replace("constant", "nonzero") + "y = x^2").ok


@pytest.mark.parametrize("property", sorted(set(PROPERTIES) - {"elementwise"}))
def test_every_property_can_be_drawn_and_is_bounded_where_numbers_are_many(property):
    report = check(f"where A \\in \\mathbb{{R}}^{{n \\times n}} \\text{{ {property}}}\nA + A = 2 A")
    assert report.ok, report.errors
    if property in SAMPLED:
        assert report.bound is None
    else:
        assert report.bound < 1e-15


def test_what_is_built_in_cannot_be_given_another_meaning():
    where, line = "where s \\in \\mathbb{R},  ", "\n" + r"\operatorname{relu}(s) = \max(0, s)"
    assert check(where + r"\operatorname{relu}(x) = \max(0, x)" + line).ok
    (error, *_) = check(where + r"\operatorname{relu}(x) = \max(0, 2 x)" + line).errors
    assert error.reason.startswith(
        r"\operatorname{relu} is built in: \max(0, 2 x) is not equal to \operatorname{relu}(x)"
    )
    (error,) = check(where + r"\operatorname{softmax}(x) = x" + line).errors
    assert (
        error.reason
        == r"\operatorname{softmax} is built in: leave its definition out, or give yours another name"
    )


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_an_inverse_by_elimination_is_the_adjugate_by_the_determinant(size):
    chance = random.Random(size)
    singular = 0
    for _ in range(40):
        entries = (chance.choice([0, 0, 1, -2, Fraction(3, 4), Fraction(-5, 6)]) for _ in range(size * size))
        rows = [*zip(*[entries] * size, strict=True)]
        found, adjugate = solve(rows)
        assert determinant(rows) == found
        if found:
            assert inverse(rows) == tuple(number / found for number in adjugate)
        else:
            singular += 1
            with pytest.raises(ZeroDivisionError, match=r"^division by zero$"):
                inverse(rows)
    assert 0 < singular < 40


def _parts(number):
    """Return what a dual number is made of, without tangents of 0: two numbers are alike if these are."""
    if isinstance(number, Slopes):
        return {key: parts for key, slope in number.items() if (parts := _parts(slope))}
    if isinstance(number, Dual):
        value, tangent = _parts(number.value), _parts(number.tangent)
        return (value, tangent, number.tag) if tangent else value
    return number


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_determinant_and_inverse_of_dual_numbers_are_those_of_the_recursion(size, depth):
    chance = random.Random(10 * size + depth)

    def entry():
        number = chance.choice([0, 1, -2, Fraction(3, 4)])
        for tag in range(1, depth + 1):
            number = Dual(number, Slopes({name: chance.randint(-3, 3) for name in "xyz"}), tag)
        return number

    singular = 0
    for _ in range(30):
        rows = [[entry() for _ in range(size)] for _ in range(size)]
        by_recursion, adjugate = solve(rows)
        assert _parts(determinant(rows)) == _parts(by_recursion)
        try:
            expected = [_parts(number / by_recursion) for number in adjugate]
        except ZeroDivisionError:
            singular += 1
            with pytest.raises(ZeroDivisionError, match=r"^division by zero$"):
                inverse(rows)
        else:
            assert [*map(_parts, inverse(rows))] == expected
    assert 0 < singular < 30
