r"""Random lines about sequences, with one token changed: the checker accepts one only if it is true.

Whether it is true is computed here a second time, step by step in fractions, with nothing of the checker's: a line is a tree
that is printed as LaTeX and evaluated as it stands. `MATHNET_FUZZ=10000 pytest tests/derivation/test_fuzz_steps.py` tries more of them.
"""

import functools
import itertools
import os
import random
from collections import Counter
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

import pytest

from mathnet.derivation import check

LINES = int(os.environ.get("MATHNET_FUZZ", "300"))
STEPS, DRAWS = 7, 2
RULES = {  # of h_t, from the state before, x_t and w
    "w h_{t-1} + x_t": lambda h, x, w: w * h + x,
    "w h_{t-1} x_t": lambda h, x, w: w * h * x,
    "h_{t-1}^2 + w x_t": lambda h, x, w: h * h + w * x,
    "(h_{t-1} + w) (x_t - h_{t-1})": lambda h, x, w: (h + w) * (x + h * -1),
}
WHERE = r"""where x_t, h_0, w \in \mathbb{R}
  h_t = %s \text{ for } t = 1, \ldots, T
  J = \sum_{t=1}^{T} h_t^2
"""


class OutsideError(Exception):
    """There is no such step."""


@dataclass(frozen=True)
class Dual:
    """A number and its derivative."""

    value: Fraction
    slope: Fraction = Fraction(0)

    def __add__(self, other):
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        other = other if isinstance(other, Dual) else Dual(Fraction(other))
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)


@dataclass(frozen=True)
class Run:
    """A sequence with its data, of a number of steps."""

    rule: Any
    steps: int
    x: tuple
    start: Fraction
    w: Fraction

    @functools.cache  # noqa: B019 - as long as the tests run
    def states(self, by=None):
        """Return all h as duals; the variable is w, or the state of one step, of which the later ones are made."""
        h = [Dual(self.start, Fraction(by == 0))]
        for t in range(1, self.steps + 1):
            found = self.rule(h[-1], Dual(self.x[t]), Dual(self.w, Fraction(by == "w")))
            h.append(Dual(found.value, Fraction(1)) if by == t else found)
        return h

    def immediate(self, of, by):
        """Return the derivative of the rule of one step, by w or by a state, with all else held fixed."""
        before = Dual(self.states()[of - 1].value, Fraction(by == of - 1))
        found = self.rule(before, Dual(self.x[of]), Dual(self.w, Fraction(by == "w")))
        return Fraction(1) if by == of else found.slope

    def at(self, t, first=0):
        if not first <= t <= self.steps:
            raise OutsideError
        return t


@dataclass(frozen=True)
class Index:
    """A letter, the number of steps (T) or nothing, and what is added to it."""

    letter: str
    plus: int = 0

    def __str__(self):
        if not self.letter:
            return str(self.plus)
        return f"{self.letter}{self.plus:+d}" if self.plus else self.letter

    def value(self, run, letters):
        base = run.steps if self.letter == "T" else letters[self.letter] if self.letter else 0
        return base + self.plus

    def put(self, letter, index):
        return Index(index.letter, index.plus + self.plus) if self.letter == letter else self


@dataclass(frozen=True)
class Number:
    number: int

    def tex(self, put):
        return str(self.number)

    def value(self, run, letters):
        return Fraction(self.number)


@dataclass(frozen=True)
class Entry:
    """h_t or x_t."""

    name: str
    at: Index

    def tex(self, put):
        return f"{self.name}_{{{put(self.at)}}}"

    def value(self, run, letters):
        t = run.at(self.at.value(run, letters), self.name == "x")
        return run.x[t] if self.name == "x" else run.states()[t].value


@dataclass(frozen=True)
class Slope:
    """The derivative of J, or of h_t, by w or by a state; an immediate one is by w and of h_t."""

    of: Index | None
    by: Index | None
    immediate: bool = False

    def tex(self, put):
        above = "J" if self.of is None else f"h_{{{put(self.of)}}}"
        below = "w" if self.by is None else f"h_{{{put(self.by)}}}"
        return rf"\frac{{\partial{'^+' * self.immediate} {above}}}{{\partial {below}}}"

    def value(self, run, letters):
        by = "w" if self.by is None else run.at(self.by.value(run, letters))
        of = None if self.of is None else run.at(self.of.value(run, letters))
        if self.immediate and not of:  # J names w nowhere, and the first state is made of nothing
            return Fraction(of == by)
        if self.immediate:
            return run.immediate(of, by)
        h = run.states(by)
        if of is not None:
            return h[of].slope
        return sum((h[t] * h[t] for t in range(1, run.steps + 1)), Dual(Fraction(0))).slope


@dataclass(frozen=True)
class Add:
    left: Any
    right: Any
    sign: int = 1

    def tex(self, put):
        return f"({self.left.tex(put)} {'+' if self.sign > 0 else '-'} {self.right.tex(put)})"

    def value(self, run, letters):
        return self.left.value(run, letters) + self.sign * self.right.value(run, letters)


@dataclass(frozen=True)
class Times:
    left: Any
    right: Any

    def tex(self, put):
        return f"{self.left.tex(put)} {self.right.tex(put)}"

    def value(self, run, letters):
        return self.left.value(run, letters) * self.right.value(run, letters)


@dataclass(frozen=True)
class Over:
    """A sum or a product with limits; one that is `dotted` is printed with dots."""

    sign: str
    letter: str
    first: Index
    last: Index
    body: Any
    dotted: bool = False

    def tex(self, put):
        if not self.dotted:
            return rf"\left(\{self.sign}_{{{self.letter}={put(self.first)}}}^{{{put(self.last)}}} {self.body.tex(put)}\right)"

        def at(index):
            return self.body.tex(lambda inner: put(inner.put(self.letter, index)))

        joined = " + " if self.sign == "sum" else " "
        terms = [at(self.first), at(replace(self.first, plus=self.first.plus + 1)), r"\cdots", at(self.last)]
        return f"({joined.join(terms)})"

    def value(self, run, letters):
        total = Fraction(self.sign == "prod")
        for t in range(self.first.value(run, letters), self.last.value(run, letters) + 1):
            term = self.body.value(run, letters | {self.letter: t})
            total = total + term if self.sign == "sum" else total * term
        return total


@dataclass(frozen=True)
class Line:
    left: Any
    right: Any
    limit: tuple = ()  # letter, relation and index

    def tex(self):
        letter, relation, index = self.limit or ("", "", "")
        said = rf" \text{{ for }} {letter} {relation} {index}" if self.limit else ""
        return f"{self.left.tex(str)} = {self.right.tex(str)}{said}"

    def true(self, rule, generator):
        """Say whether both sides exist and are equal, at 1 to STEPS steps."""
        for steps, _ in itertools.product(range(1, STEPS + 1), range(DRAWS)):
            numbers = [Fraction(generator.randint(-9, 9), generator.randint(1, 9)) for _ in range(steps + 3)]
            run = Run(RULES[rule], steps, tuple(numbers), numbers[-1], numbers[-2])
            free = sorted(letters_of(self.left) | letters_of(self.right))
            for values in itertools.product(range(1, steps + 1), repeat=len(free)):
                letters = dict(zip(free, values, strict=True))
                if self.limit and not self.holds(run, letters):
                    continue
                try:
                    if self.left.value(run, letters) != self.right.value(run, letters):
                        return False
                except OutsideError:
                    return False
        return True

    def holds(self, run, letters):
        letter, relation, index = self.limit
        a, b = letters[letter], index.value(run, letters)
        return a < b if relation == "<" else a <= b


def letters_of(part, bound=frozenset()):
    """Return the letters that a tree leaves free."""
    if isinstance(part, Index):
        return {part.letter} - {"T", ""} - bound
    if isinstance(part, Over):
        edges = letters_of(part.first, bound) | letters_of(part.last, bound)
        return edges | letters_of(part.body, bound | {part.letter})
    if not hasattr(part, "__dataclass_fields__"):
        return set()
    return set().union(*(letters_of(getattr(part, field.name), bound) for field in fields(part)))


T, t, k, s = (Index(letter) for letter in "Ttks")


def plus(index, by):
    return replace(index, plus=index.plus + by)


def number(value):
    return Index("", value)


def h(index):
    return Entry("h", index)


def x(index):
    return Entry("x", index)


STEP = Slope(s, plus(s, -1))
TRUE = [
    Line(Slope(None, None), Over("sum", "t", number(1), T, Times(Slope(None, t), Slope(t, None, True)))),
    Line(
        Slope(None, t),
        Add(Times(Number(2), h(t)), Times(Slope(None, plus(t, 1)), Slope(plus(t, 1), t))),
        ("t", "<", T),
    ),
    Line(Slope(None, T), Times(Number(2), h(T))),
    Line(Slope(T, number(0)), Over("prod", "s", number(1), T, STEP)),
    Line(Slope(t, k), Over("prod", "s", plus(k, 1), t, STEP), ("k", r"\le", t)),
    Line(
        Slope(None, None),
        Over(
            "sum",
            "t",
            number(1),
            T,
            Times(
                Times(Number(2), h(t)),
                Over("sum", "k", number(1), t, Times(Over("prod", "s", plus(k, 1), t, STEP), Slope(k, None, True))),
            ),
        ),
    ),
    Line(Over("sum", "t", number(1), T, Add(h(t), h(plus(t, -1)), -1)), Add(h(T), h(number(0)), -1)),
    Line(
        Over("sum", "t", number(1), T, Over("sum", "k", number(1), t, Times(x(k), h(t)))),
        Over("sum", "k", number(1), T, Over("sum", "t", k, T, Times(x(k), h(t)))),
    ),
    Line(
        Over("prod", "t", number(1), T, x(t)), Times(x(number(1)), Over("prod", "t", number(2), T, x(t)))
    ),
]  # fmt: skip


class Lines:
    """Writes random lines that are true, and changes one token of a line."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def true(self):
        """Return a line that is true: one of the table, or a sum or product whose letter is shifted on the other side."""
        if self.random.random() < 0.5:
            return self.random.choice(TRUE)
        sign, by = self.random.choice(("sum", "prod")), self.random.choice((-2, -1, 1, 2))
        first, last = number(self.random.randint(1, 2)), plus(T, self.random.randint(-1, 0))
        body = self.body(t)
        moved = self.moved(body, -by)
        sides = [
            Over(sign, "t", first, last, body, self.random.random() < 0.4),
            Over(sign, "t", plus(first, by), plus(last, by), moved, self.random.random() < 0.4),
        ]
        self.random.shuffle(sides)
        return Line(*sides)

    def body(self, at, depth=2):
        """Return a formula at a step."""
        match self.random.randrange(6) if depth else self.random.randrange(2):
            case 0:
                return h(plus(at, self.random.choice((-1, 0))))
            case 1:
                return x(at)
            case 2:
                return Slope(None, plus(at, self.random.choice((-1, 0))))
            case 3:
                return Slope(at, plus(at, -1))
            case 4:
                return Add(self.body(at, depth - 1), self.body(at, depth - 1), self.random.choice((1, -1)))
            case 5:
                return Times(self.body(at, depth - 1), self.body(at, depth - 1))

    def moved(self, part, by):
        """Return a formula with every t in it moved by a number of steps."""
        if isinstance(part, Index):
            return plus(part, by) if part.letter == "t" else part
        if not hasattr(part, "__dataclass_fields__"):
            return part
        return replace(
            part, **{field.name: self.moved(getattr(part, field.name), by) for field in fields(part)}
        )

    def changed(self, line):
        """Return a line in which one token is another: an index, a limit, a name, a sign, a number or a factor."""
        paths = list(self.paths(line))
        path = self.random.choice(paths)
        return self.put(line, path)

    def paths(self, part, path=()):
        if isinstance(part, tuple) or not hasattr(part, "__dataclass_fields__"):
            return
        if path:
            yield path
        for field in fields(part):
            yield from self.paths(getattr(part, field.name), (*path, field.name))

    def put(self, part, path):
        if path:
            name, *rest = path
            return replace(part, **{name: self.put(getattr(part, name), rest)})
        match part:
            case Index():
                if self.random.random() < 0.25:
                    return replace(part, letter=self.random.choice(("t", "k", "s", "T", "")))
                return plus(part, self.random.choice((-1, 1)))
            case Number():
                return Number(self.random.choice((1, 3)))
            case Entry():
                return replace(part, name="h" if part.name == "x" else "x")
            case Slope():
                return replace(part, immediate=not part.immediate)
            case Add():
                return self.random.choice((replace(part, sign=-part.sign), part.left, part.right))
            case Times():
                return self.random.choice((part.left, part.right, Add(part.left, part.right)))
            case Over():
                return self.random.choice(
                    (
                        replace(part, sign="sum" if part.sign == "prod" else "prod"),
                        replace(part, dotted=not part.dotted),
                        part.body,
                    )
                )
        raise AssertionError(part)


COUNTS = Counter()


@pytest.mark.parametrize("line", TRUE)
@pytest.mark.parametrize("rule", RULES)
def test_a_true_line_of_the_table_passes(rule, line):
    assert line.true(rule, random.Random(0))
    report = check(WHERE % rule + line.tex())
    assert report.ok, report.errors


def test_a_line_with_one_token_changed_passes_only_if_it_is_true():
    lines = Lines(20261129)
    for at in range(LINES):
        rule, line = lines.random.choice(list(RULES)), lines.true()
        assert line.true(rule, random.Random(at)), line.tex()
        source = WHERE % rule + line.tex()
        COUNTS["true, passed"] += check(source).ok
        changed = lines.changed(line)
        source = WHERE % rule + changed.tex()
        passed, true = check(source).ok, changed.true(rule, random.Random(at))
        COUNTS[f"changed, {'true' if true else 'false'}, {'passed' if passed else 'refused'}"] += 1
        assert not passed or true, source


def test_what_was_written_is_not_all_refused():
    if not COUNTS:
        pytest.skip("the test before this one did not run")
    print(f"\n{LINES} random lines: {dict(COUNTS)}")
    assert COUNTS["true, passed"] > LINES * 0.98
    assert COUNTS["changed, false, refused"] > LINES / 2
    assert COUNTS["changed, false, passed"] == 0
