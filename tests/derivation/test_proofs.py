r"""Proofs: what has the same normal form, what has not, and that no proof contradicts a computation.

`MATHNET_FUZZ=10000 pytest tests/derivation/test_proofs.py` tries more random pairs.
"""

import os
import random
from typing import ClassVar

import pytest

from mathnet.derivation import check
from mathnet.derivation.algebra.canonical import Keys
from mathnet.derivation.algebra.simplify import normal
from mathnet.derivation.algebra.terms import (
    Entry,
    Letter,
    Size,
    expression,
    plus,
    power,
    product,
    scaled,
    total,
)
from mathnet.derivation.verdict import check as verdict

PAIRS = int(os.environ.get("MATHNET_FUZZ", "300"))
WHERE = r"""where A, B, C \in \mathbb{R}^{n \times n},  S \in \mathbb{R}^{n \times n} \text{ symmetric},  I \in \mathbb{R}^{n \times n} \text{ identity}
      X \in \mathbb{R}^{n \times m},  u, v \in \mathbb{R}^n,  \mathbf 1 \in \mathbb{R}^n \text{ ones},  s, t \in \mathbb{R},  q \in \mathbb{R} \text{ positive},  f \text{ elementwise}
      Z = A X,  J = \tfrac12 \|f(Z)\|^2
"""
PROVED = [
    r"(A B)^{\mathsf T} = B^{\mathsf T} A^{\mathsf T}",
    r"\operatorname{tr}(A B C) = \operatorname{tr}(C A B)",
    r"\langle A, B C \rangle = \langle B^{\mathsf T} A, C \rangle",
    r"\operatorname{diag}(u) A = (u \mathbf 1^{\mathsf T}) \odot A",
    r"u v^{\mathsf T} u = (v \cdot u) u",
    r"\mathbf 1^{\mathsf T} \mathbf 1 = n = \operatorname{tr}(I)",
    r"S A = (A^{\mathsf T} S)^{\mathsf T}",
    r"(s + t)^3 = s^3 + 3 s^2 t + 3 s t^2 + t^3",
    r"\sum_i (u_i - \operatorname{mean}(u)) = 0",
    r"A I B = A B",
    r"\sum_{ij} A_{ij} B_{ij} = \operatorname{tr}(A^{\mathsf T} B)",
    r"\sum_j \delta_{ij} u_j = u_i",
    r"\frac{\partial J}{\partial Z} = f(Z) \odot f'(Z)",
    r"\frac{\partial J}{\partial A} = (f(Z) \odot f'(Z)) X^{\mathsf T}",
    r"\frac{\partial J}{\partial X} = A^{\mathsf T} \frac{\partial J}{\partial Z}",
    r"\frac{\partial}{\partial u_i} \|u\| = \frac{u_i}{\|u\|}",
    r"\mathrm d(A B) = \mathrm dA\, B + A\, \mathrm dB",
    r"\frac{\partial}{\partial q} \log q = \frac1q",
    r"\frac1s - \frac1t = \frac{t - s}{s t}",
]
EXACT = [  # right, but not by the normal form
    r"\det(A B) = \det(A) \det(B)",
    r"\frac{1}{1 + s} + \frac{s}{1 + s} = 1",
    r"\max(s, t) + \min(s, t) = s + t",
]
WRONG = [  # each next to a line that is proved
    r"\operatorname{tr}(A B C) = \operatorname{tr}(B A C)",
    r"A B = B A",
    r"S A = A^{\mathsf T} S",
    r"\langle A, B C \rangle = \langle B A, C \rangle",
    r"\mathbf 1^{\mathsf T} \mathbf 1 = m",
    r"\operatorname{diag}(u) A = (\mathbf 1 u^{\mathsf T}) \odot A",
    r"\sum_{ij} A_{ij} A_{ij} = \sum_{ij} A_{ij} A_{ji}",
    r"f(s) f'(t) = f'(s) f(t)",
]


@pytest.mark.parametrize("line", PROVED)
def test_the_same_normal_form_is_a_proof(line):
    report = check(WHERE + line)
    assert report.ok, report.errors
    assert report.certainty == "proved"
    assert all(step.proved for step in report.lines)


@pytest.mark.parametrize("line", EXACT)
def test_what_has_no_proof_keeps_its_other_mark(line):
    report = check(WHERE + line)
    assert report.ok
    assert report.proved == 0
    assert report.certainty.startswith("exact")


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_line_is_not_proved(line):
    report = check(WHERE + line)
    assert not report.ok
    assert report.proved == 0


def test_the_mark_counts_both_kinds_of_steps():
    report = check(WHERE + r"\det(A B) = \det(A) \det(B) = \det(B) \det(A)")
    assert report.verdict() == "2 steps · 1 proved, 1 exact"
    assert [step.proved for step in report.lines] == [False, True]


def test_digits_are_not_mistaken_for_a_count():
    report = check(r"where s, t \in \mathbb{R}" + "\n" + r"e^s e^t = e^{s + t} = e^{t + s}")
    assert report.verdict() == "2 steps · 1 proved, 1 to 50 digits"


def test_a_relation_other_than_equality_is_not_proved():
    assert check(r"where t \in \mathbb{R}" + "\n" + r"t \le t").verdict() == "1 step · exact"


def test_a_proof_that_a_computation_contradicts_stops_everything(monkeypatch):
    monkeypatch.setattr(verdict, "proofs", lambda names, dimensions, sides, *_: [True] * (len(sides) - 1))
    with pytest.raises(
        verdict.ContradictionError, match=r"2 s is not equal to s: .* although it is proved to be"
    ):
        check("where s \\in \\mathbb{R}\ns = 2 s")


NESTED = {  # a derivative within another one: what is differentiated by keeps its own entries in both
    r"\frac{\partial}{\partial z} \frac{\partial J}{\partial x} = 1": True,
    r"\frac{\partial}{\partial z} \frac{\partial J}{\partial x} = 0": False,
    r"\frac{\partial}{\partial x} \frac{\partial J}{\partial z} = 1": True,
    r"\frac{\partial}{\partial x} \frac{\partial J}{\partial x} = 6 x": True,
    r"\mathrm d \frac{\partial J}{\partial z} = \mathrm d x": True,
    r"\frac{\partial}{\partial x} \mathrm d J = 6 x\, \mathrm d x": True,
    r"\frac{\partial}{\partial x} \mathrm d J = 0": False,
}  # fmt: skip


@pytest.mark.parametrize("line", NESTED)
def test_a_derivative_within_a_derivative(line):
    report = check(r"where x \in \mathbb{R}, z = x^2, J = x z" + "\n" + line)
    assert (report.ok, report.certainty if report.ok else "") == (
        NESTED[line],
        "proved" if NESTED[line] else "",
    )


def test_definitions_within_definitions_end_in_no_proof():
    doubled = ",  ".join(f"a_{{{k + 1}}} = a_{{{k}}} a_{{{k}}} + a_{{{k}}}" for k in range(1, 16))
    report = check(
        f"where a_1 \\in \\mathbb{{R}},  {doubled.replace('a_{1} a_{1} + a_{1}', 'a_1 a_1 + a_1')}\na_{{16}} = a_{{16}} + 0 a_1"
    )
    assert report.seconds < 10
    assert report.proved == 0


# Random pairs


class Pairs:
    """Random expressions in LaTeX of a given shape, and others that are equal, or nearly."""

    SYMBOLS: ClassVar = {"": ["s", "t", "2", "3", "n"], "v": ["u", "v", r"\mathbf 1"], "m": ["A", "B", "C", "S", "I"]}  # fmt: skip

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pair(self, shape, depth):
        """Return two ways of writing an expression; where a coin says so, one of them has a slip."""
        choose, choice = self.random.random, self.random.choice
        if depth == 0:
            one = choice(self.SYMBOLS[shape])
            return (one, one) if choose() < 0.9 else (one, choice(self.SYMBOLS[shape]))
        a, a_ = self.pair(shape, depth - 1)
        b, b_ = self.pair(shape, depth - 1)
        kind = self.random.randrange(8 if shape else 9)
        if kind == 0:
            return f"({a} + {b})", f"({b_} + {a_})"
        if kind == 1:
            k, k_ = self.pair("", 0)
            return rf"{k} ({a} - {b})", rf"({k_} {a_} - {k_} {b_})"
        if shape == "":
            u, u_ = self.pair("v", depth - 1)
            w, w_ = self.pair("v", depth - 1)
            M, M_ = self.pair("m", depth - 1)
            N, N_ = self.pair("m", depth - 1)
            return [
                (rf"({a} \cdot {b})", rf"({b_} \cdot {a_})"),
                (rf"({u} \cdot {w})", rf"{w_}^{{\mathsf T}} {u_}"),
                (rf"\operatorname{{tr}}({M} {N})", rf"\operatorname{{tr}}({N_} {M_})"),
                (rf"\langle {M}, {N} \rangle", rf"\operatorname{{tr}}({M_}^{{\mathsf T}} {N_})"),
                (rf"{u}^{{\mathsf T}} {M} {w}", rf"{w_}^{{\mathsf T}} {M_}^{{\mathsf T}} {u_}"),
                (rf"f({a})", rf"f({a_})"),
                (rf"\|{u}\|^2", rf"({u_} \cdot {u_})"),
            ][kind - 2]
        if shape == "v":
            M, M_ = self.pair("m", depth - 1)
            k, k_ = self.pair("", depth - 1)
            return [
                (rf"({a} \odot {b})", rf"({b_} \odot {a_})"),
                (rf"{M} {a}", rf"({a_}^{{\mathsf T}} {M_}^{{\mathsf T}})^{{\mathsf T}}"),
                (rf"({a} {b}^{{\mathsf T}} {a})", rf"({b_} \cdot {a_}) {a_}"),
                (rf"\operatorname{{diag}}({a}) {b}", rf"({a_} \odot {b_})"),
                (rf"f({a})", rf"f({a_})"),
                (rf"({k}) {a}", rf"{a_} ({k_})"),
            ][kind - 2]
        u, u_ = self.pair("v", depth - 1)
        return [
            (rf"({a} \odot {b})", rf"({b_} \odot {a_})"),
            (rf"({a} {b})^{{\mathsf T}}", rf"({b_}^{{\mathsf T}} {a_}^{{\mathsf T}})"),
            (rf"({a} {b})", rf"({a_} {b_})"),
            (rf"({a} {b})", rf"({b_} {a_})"),
            (rf"\operatorname{{diag}}({u}) {a}", rf"({u_} \mathbf 1^{{\mathsf T}}) \odot {a_}"),
            (rf"f({a})^{{\mathsf T}}", rf"f({a_}^{{\mathsf T}})"),
        ][kind - 2]


def test_no_proof_contradicts_a_computation():
    counts = {"proved": 0, "right": 0, "wrong": 0, "refused": 0}
    for seed in range(PAIRS):
        pairs = Pairs(seed)
        left, right = pairs.pair(pairs.random.choice(["", "v", "m"]), pairs.random.randint(1, 3))
        report = check(f"{WHERE}{left} = {right}")  # it raises ContradictionError
        values = any(error.difference and error.difference.values for error in report.errors)
        counts["proved" if report.proved else "right" if report.ok else "wrong" if values else "refused"] += 1
    print(f"\n{PAIRS} random pairs: {counts}")
    assert counts["proved"] > PAIRS / 4
    assert counts["wrong"] > PAIRS / 10


TIED = r"""where x, y \in \mathbb{R}^n,  t \in \mathbb{R},  \mathbf 1 \in \mathbb{R}^n \text{ ones},  S \in \mathbb{R}^{n \times n} \text{ symmetric}
  M = x \mathbf 1^{\mathsf T},  K = \max_{ij} (x_i - x_j)^2
"""
LARGEST = {  # a derivative of the largest of many, some of which may always be equal: what makes it wrong
    r"\frac{\partial}{\partial x_k} \max_i x_i = [x_k \ge \max_i x_i]": (r"\max_i x_i = ", r"\max_i x_i = n "),
    r"\frac{\partial}{\partial x_k} \max(M) = [x_k \ge \max_i x_i]": (r"\max(M) = ", r"\max(M) = n "),
    r"\frac{\partial}{\partial t} \max_i (t + 0 x_i) = 1": ("= 1", "= n"),
    r"\frac{\partial}{\partial t} \max_{ij} (t + S_{ij}) = 1": ("= 1", "= 2"),
    r"\frac{\partial}{\partial t} \max_i (t + \max(0, x_i)) = 1": ("= 1", r"= \sum_i [\max(0, x_i) \ge \max_j \max(0, x_j)]"),
    r"\frac{\partial K}{\partial x_k} = \sum_{ij} [(x_i - x_j)^2 \ge K] (x_i - x_j) (\delta_{ik} - \delta_{jk})": (r"K] ", r"K] 2 "),
    r"\frac{\partial}{\partial x_k} \max_{i} x_i^2 = 2 x_k [x_k^2 \ge \max_i x_i^2]": ("2 x_k", "x_k"),
}  # fmt: skip


@pytest.mark.parametrize("line", LARGEST)
def test_what_is_largest_in_several_places_is_differentiated_once(line):
    report = check(TIED + line)
    assert report.ok, report.errors
    right, wrong = LARGEST[line]
    assert right in line
    assert not check(TIED + line.replace(right, wrong)).ok


@pytest.mark.parametrize("numbers", ["x_i", "x_i^2", r"\lvert x_i \rvert"])
def test_that_the_largest_is_in_one_place_is_not_proved_where_numbers_may_be_equal(numbers):
    assert not check(rf"{TIED}\sum_i [{numbers} \ge \max_j {numbers.replace('i', 'j', 1)}] = 1").ok


# The normal form by itself


def test_letters_that_look_alike_are_told_apart():
    keys, n = Keys(), "n"

    def cycle(length, ring):
        letters = [Letter(n) for _ in range(length)]
        edges = [expression(Entry("A", (letters[k], letters[(k + 1) % length]))) for k in range(length)]
        chords = [expression(Entry("B", (letters[k], letters[(k + ring) % length]))) for k in range(length)]
        return total(product(*reversed(edges), *chords), reversed(letters))

    assert keys.key(normal(cycle(5, 2), keys)) == keys.key(normal(cycle(5, 2), keys))
    assert keys.key(normal(cycle(5, 2), keys)) != keys.key(normal(cycle(5, 3), keys))


def test_equal_terms_are_added_and_powers_cancel():
    keys, s = Keys(), expression(Entry("s"))
    assert normal(plus(s, scaled(s, -1)), keys).terms == ()
    assert normal(product(s, power(s, -1)), keys) == normal(expression(), keys)
    assert keys.key(normal(power(plus(s, expression(Size("n"))), 2), keys)) == keys.key(
        normal(
            plus(
                product(s, s), scaled(product(s, expression(Size("n"))), 2), power(expression(Size("n")), 2)
            ),
            keys,
        )
    )
