r"""Expressions as they are written with index letters: $\sum_p H_{ip} W_{pj} + B_j$.

A letter keeps its name from line to line. An author's own letters stay; others get names that mean nothing else in the where
part. What is no formula of entries, such as a softmax or an inverse, is written as a matrix with indices behind it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate

from ..errors import WHOLE, DerivationError
from ..meaning.names import Names
from . import forms
from .forms import Form
from .reduce import Matrices, Picture, places
from .simplify import never_negative
from .terms import (
    Applied,
    Bracket,
    Delta,
    Entry,
    Expression,
    Factor,
    Index,
    Inverse,
    Letter,
    Multiplied,
    Nested,
    NotNegative,
    Pending,
    Place,
    Power,
    Size,
    Term,
    apart,
    constant,
    counted,
    last_of,
)

ENDS = ("kl", "ij", "pq", "rs")  # for the entry by which is differentiated
OTHERS = "ijpqrsuvmtabcgholwxyzk"
ALONE = "jpiqrs"  # for a sum over one letter


class Indexed:
    """Writes expressions with index letters.

    Parameters
    ----------
    names : Names
        What the where part says; its names are no index letters.
    matrices : Matrices
        Writes what has no formula of entries.
    """

    def __init__(self, names: Names, matrices: Matrices) -> None:
        self.names, self.matrices = names, matrices
        self.brackets = r"\delta" in names.symbols  # in the place of deltas
        below = {
            name.partition("_")[2] for name in names.symbols
        }  # W_i with an index i would be a matrix for each i
        self.taken = {*names.symbols, *names.dimensions, *names.functions, *below}
        self.ends = next((pair for pair in ENDS if self.taken.isdisjoint(pair)), OTHERS[::-1])
        self.last: tuple[Letter, ...] = ()  # of the result
        self.used: dict[str, Letter] = {}  # the names that mean something where a formula stands

    def name(self, letters: Sequence[Letter], above: Sequence[Letter] = ()) -> None:
        """Give the letters of the variable their names, k and l or others if these are taken, and those of the result."""
        self.last = tuple(letters)[-1:]
        for letter, name in zip(letters, self.ends, strict=False):
            letter.name = name
            self.used[name] = letter
        free = [name for name in OTHERS if name not in self.taken and name not in self.used]
        for letter, name in zip(above, free, strict=False):
            letter.name = name
            self.used[name] = letter

    @contextmanager
    def _within(self, letters: Sequence[Letter]) -> Iterator[None]:
        """Give letters that are summed their names, as long as their sum lasts."""
        before = dict(self.used)
        wanted = (ALONE if len(letters) == 1 else "") + OTHERS
        for letter in letters:
            if letter.name in self.taken or letter.name in self.used or len(letter.name) != 1:
                unused = (name for name in wanted if name not in self.taken and name not in self.used)
                letter.name = next(unused, "")
                if not letter.name:
                    raise DerivationError(
                        "there are more index letters than the alphabet has", WHOLE, caret=False
                    )
            self.used[letter.name] = letter
        yield
        self.used = before

    def _sums(self, term: Term) -> tuple[str, list[NotNegative]]:
        """Return the signs of the sums of a term, with the limits that conditions set, and these conditions."""
        limited, taken = limits_of(term)
        free = "".join(sorted(letter.name for letter in term.summed if letter not in limited))
        signs = [rf"\sum_{{{free}}}"] if free else []
        for letter, (least, most) in limited.items():
            signs.append(rf"\sum_{{{letter.name}={written(least)}}}^{{{written(most)}}}")
        return " ".join(signs), taken

    def expression(self, part: Expression) -> str:
        """Return the LaTeX of an expression."""
        texts = sorted((self.term(term) for term in part.terms), key=lambda text: text.startswith("-"))
        return forms.joined(texts) if texts else "0"

    def term(self, term: Term) -> str:
        """Return the LaTeX of a term."""
        with self._within(term.summed):
            sums, limiting = self._sums(term)
            term = replace(term, factors=tuple(f for f in term.factors if f not in limiting))
            below = [(self._power(*found), factor) for factor in term.factors if (found := _below(factor))]
            above = [factor for factor in term.factors if not _below(factor)]
            last = [factor for factor in above if isinstance(factor, Delta | Pending)]
            last.sort(key=lambda factor: isinstance(factor, Pending))
            above = sorted(above, key=lambda factor: isinstance(factor, Multiplied))
            first = [factor for factor in above if factor not in last]
            summed = frozenset(term.summed)

            def of(factors: Sequence[Factor], outside: bool) -> list[str]:
                return [
                    self.factor(factor) for factor in factors if summed.isdisjoint(factor.free) is outside
                ]

            outer, inner = (
                [text for text, factor in below if summed.isdisjoint(factor.free) is outside]
                for outside in (True, False)
            )
            size = abs(term.coefficient)
            parts = [
                _quotient(size, of(first, True), outer),
                sums,
                _quotient(Fraction(1), of(first, False), inner),
                *map(self.factor, last),
            ]
        texts = [part for part in parts if part]
        if len(texts) == 1 and [type(factor) for factor in term.factors] == [Multiplied]:
            return "-" * (term.coefficient < 0) + _bare(texts)
        return "-" * (term.coefficient < 0) + (" ".join(texts) or "1")

    def picture(self, coefficient: Fraction, picture: Picture, summed: Sequence[Letter]) -> str:
        """Return the LaTeX of a term on the way to matrices; the letters that are still summed have their names."""
        with self._within(summed):
            sums, _ = self._sums(Term(coefficient, (), tuple(summed)))
            vectors = [
                self._entry(form, (letter,))
                for letter, found in picture.hanging.items()
                for form in found
                if form.kind != "ones"
            ]
            edges = [self._entry(form, (row, column)) for row, column, form in picture.edges]
        numbers, below = (
            [forms.inside(form, forms.PRODUCT) for form in each] for each in (picture.numbers, picture.below)
        )
        parts = [_quotient(abs(coefficient), numbers, below), sums, *edges, *vectors]
        return "-" * (coefficient < 0) + (" ".join(filter(None, parts)) or "1")

    def factor(self, factor: Factor) -> str:
        """Return the LaTeX of a factor."""
        match factor:
            case Entry(name=name, at=at):
                known = self.names.symbols.get(name)
                return self.entry(known.latex if known else name, at)
            case Delta(left=left, right=right):
                return self._delta((left, right))
            case Size(name=name):
                return name
            case Nested(body=body):
                return f"({self.expression(body)})"
            case Power(base=base, exponent=exponent) if (value := constant(exponent)) is not None:
                return (
                    self._power(base, value) if value > 0 else rf"\frac{{1}}{{{self._power(base, -value)}}}"
                )
            case Power(base=base, exponent=exponent):
                return f"{self._base(base)}^{{{self.expression(exponent)}}}"
            case Applied(function=function, order=order, arguments=arguments):
                self.matrices.functions.add((function, order))
                inner = ", ".join(map(self.expression, arguments))
                return f"{self.matrices.function(function)}{chr(39) * order}({inner})"
            case Bracket(left=left, relation=relation, right=right):
                return f"[{self.expression(left)} {relation} {self.expression(right)}]"
            case Multiplied(body=body, over=over, besides=besides, limits=limits):
                with self._within((over,)):
                    below = over.name if besides is None else rf"{over.name} \ne {written(besides)}"
                    if limits and besides is not None:
                        first, last = limits
                        before, after = counted((1, besides), (-1, 1)), counted((1, besides), (1, 1))
                        parts = [
                            rf"\prod_{{{over.name}={written(least)}}}^{{{written(most)}}} {self._base(body)}"
                            for least, most in ((first, before), (after, last))
                        ]
                        return " ".join(f"({part})" for part in parts)
                    if limits:
                        below = rf"{over.name}={written(limits[0])}}}^{{{written(limits[1])}"
                    return rf"(\prod_{{{below}}} {self._base(body)})"
            case Place(index=index):
                return written(index)
            case NotNegative(index=index):
                raise DerivationError(
                    f"the derivative is 0 where {written(index)} is negative, which is not written: sum over all values of the indices",
                    WHOLE,
                    caret=False,
                )
            case Pending(body=body, name=name, at=at):
                below = rf"\partial {self.entry(self.names.symbols[name].latex, at)}"
                match body:
                    case Expression((Term(coefficient=1, factors=(Entry() as own,), summed=()),)):
                        return rf"\frac{{\partial {self.factor(own)}}}{{{below}}}"
                inner = self.expression(body)
                return rf"\frac{{\partial}}{{{below}}} ({inner})"
            case Inverse(row=row, column=column, at=at):
                inverse = self.matrices.factor(replace(factor, at=(row, column)), row, column)
                return self._entry(inverse, at)
        letters = _letters(factor)
        return self._entry(self.matrices.factor(factor, *letters, *[None] * (2 - len(letters))), letters)

    def _delta(self, at: Sequence[Index]) -> str:
        """Return the Kronecker delta, as a bracket where its letter is that of a symbol."""
        if self.brackets:
            return f"[{' = '.join(map(written, at))}]"
        return rf"\delta_{{{_indices(at)}}}"

    def entry(self, latex: str, at: Sequence[Index]) -> str:
        """Return an entry of what is written so."""
        indices = _indices(at)
        if not at:
            return latex
        return (
            f"[{latex}]_{{{indices}}}"
            if "_" in latex or " " in latex.removeprefix("\\mathbf ")
            else f"{latex}_{{{indices}}}"
        )

    def _entry(self, form: Form, at: tuple[Index, ...]) -> str:
        """Return an entry of a form."""
        if form.kind == "identity":
            return self._delta(at)
        if form.kind == "transpose":
            return self._entry(form.parts[0], at[::-1])
        fewer = forms.count(form) - forms.count(turned := forms.transposed(form))
        if fewer > 0 or (fewer == 0 and len(at) == 2 and at[:1] == self.last != at[1:]):
            return self._entry(turned, at[::-1])
        if form.kind == "symbol" or (form.kind == "symmetric" and "^" not in form.latex):
            return self.entry(form.latex, at)
        return f"[{form.latex}]_{{{_indices(at)}}}" if at else form.latex

    def _power(self, base: Expression, value: Fraction) -> str:
        if value == 1:
            return self._base(base)
        if value == Fraction(1, 2):
            return rf"\sqrt{{{self.expression(base)}}}"
        exponent = forms.number(value).latex.replace("tfrac", "frac")
        text = self._base(base)
        return (
            f"({text})^{{{exponent}}}" if "^" in text and not text.endswith(")") else f"{text}^{{{exponent}}}"
        )

    def _base(self, base: Expression) -> str:
        match base:
            case Expression((Term(coefficient=1, factors=(Entry() | Size() as own,), summed=()),)):
                return self.factor(own)
        return f"({self.expression(base)})"


def limits_of(term: Term) -> tuple[dict[Letter, tuple[Index, Index]], list[NotNegative]]:
    """Return from where to where those letters of a term run that do not run over a whole axis, and the conditions that say so.

    Raises
    ------
    DerivationError
        If one end of a sum depends on which of two numbers is larger.
    """
    conditions = [factor for factor in term.factors if isinstance(factor, NotNegative)]
    found: dict[Letter, tuple[Index, Index]] = {}
    taken: list[NotNegative] = []
    for letter in term.summed:  # from the innermost sum to the outermost
        own = [each for each in conditions if letter in each.free and each not in taken]
        if letter.size and not own:
            continue
        ends: tuple[list[Index], list[Index]] = [], []
        for condition in own:
            often = apart(condition.index)[0][letter]
            if abs(often) != 1:
                raise _unclear(letter)
            ends[often < 0].append(counted((1, letter), (-often, condition.index)))
        usual: list[Index] = [1, last_of(letter.size)] if letter.size else []
        if any(len(end) > 1 for end in ends) or not (usual or all(ends)):
            raise _unclear(letter)
        least, most = (end[0] if end else usual[place] for place, end in enumerate(ends))
        inside = [counted((1, least), (-1, 1)), counted((1, usual[1]), (-1, most))] if usual else []
        if not all(map(never_negative, inside)):
            raise _unclear(letter)
        found = {letter: (least, most), **found}
        taken += own
    return found, taken


def _unclear(letter: Letter) -> DerivationError:
    return DerivationError(
        f"the sum over {letter.name} would begin at the larger, or end at the smaller of two numbers, which is not derived: "
        r"a symbol that is 0 beyond its ends needs no such sum, declare it \text{zero outside}",
        WHOLE,
        caret=False,
    )


def written(index: Index, gap: str = "") -> str:
    """Return an index as it is written: letters first, then sizes, then the number."""
    often, number = apart(index)
    named = sorted(
        (count < 0, isinstance(name, str), name if isinstance(name, str) else name.name, count)
        for name, count in often.items()
    )
    parts = [
        "-" * (count < 0) + (f"{abs(count)}" if abs(count) > 1 else "") + name for _, _, name, count in named
    ]
    texts = [*parts, *([str(number)] if number or not parts else [])]
    first, *others = texts
    return first + "".join(
        f"{gap}-{gap}{text[1:]}" if text[0] == "-" else f"{gap}+{gap}{text}" for text in others
    )


def _indices(at: Sequence[Index]) -> str:
    """Return indices as they are written one after the other, with commas where one is not a letter."""
    return ("," if any(not isinstance(index, Letter) for index in at) else "").join(map(written, at))


def _letters(factor: Factor) -> tuple[Letter, ...]:
    return tuple(letter for letter in places(factor) if letter in factor.free)


def _below(factor: Factor) -> tuple[Expression, Fraction] | None:
    """Return what a factor divides by, and its power."""
    value = constant(factor.exponent) if isinstance(factor, Power) else None
    return (factor.base, -value) if isinstance(factor, Power) and value is not None and value < 0 else None


def _quotient(size: Fraction, above: Sequence[str], below: Sequence[str]) -> str:
    """Return a number times factors, divided by others; nothing for 1."""
    if not below:
        return " ".join([*([forms.number(size).latex] if size != 1 else []), *above])
    top = [*([str(size.numerator)] if size.numerator != 1 else []), *above]
    bottom = [*([str(size.denominator)] if size.denominator != 1 else []), *below]
    return rf"\frac{{{_bare(top) or '1'}}}{{{_bare(bottom)}}}"


def _bare(factors: Sequence[str]) -> str:
    """Return a product that stands alone: a sum needs no parentheses there."""
    (first, *others) = factors or [""]
    if not others and first.startswith("(") and first.endswith(")"):
        depths = list(accumulate((sign == "(") - (sign == ")") for sign in first))
        return first[1:-1] if depths.index(0) == len(first) - 1 else first
    return " ".join(factors)
