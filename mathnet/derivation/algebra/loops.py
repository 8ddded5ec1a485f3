r"""Expressions as a program computes them entry by entry, where neither products of matrices nor `einsum` say them.

An index letter counts from 0 here: the entry $x_{i+1}$ is `x[i + 1]`, and $\sum_{i=2}^{n}$ is `sum(… for i in range(1, n))`.
"""

from collections.abc import Sequence
from itertools import chain, count

from . import forms
from .indexed import limits_of, written
from .programs import called, identifier
from .reduce import Matrices, NoMatrixFormError
from .terms import (
    Applied,
    Bracket,
    Delta,
    Determinant,
    Entry,
    Expression,
    Extreme,
    Factor,
    Index,
    Inverse,
    Letter,
    Logsumexp,
    Multiplied,
    Nested,
    NotNegative,
    Place,
    Power,
    Size,
    Softmax,
    Term,
    apart,
    constant,
    counted,
    last_of,
)


class Loops:
    """Writes expressions as Python with NumPy.

    Parameters
    ----------
    matrices : Matrices
        Knows how what has no formula of entries is computed, and takes note of the functions that are called.
    """

    def __init__(self, matrices: Matrices) -> None:
        self.matrices = matrices
        self.zero_outside = {
            name for name, symbol in matrices.names.symbols.items() if "zero outside" in symbol.properties
        }
        taken = {*map(identifier, matrices.names.symbols), *matrices.names.dimensions}
        names = chain("ijkpqrsuv", (f"i{number}" for number in count(1)))
        self.unused = (name for name in names if name not in taken)
        self.named: dict[Letter, Letter] = {}

    def array(self, part: Expression, letters: Sequence[Letter]) -> str:
        """Return an array with an axis for each of the letters."""
        code = self.expression(part)
        for letter in reversed(letters):
            code = f"[{code} for {self._name(letter)} in range({letter.size})]"
        return f"np.array({code})" if letters else code

    def expression(self, part: Expression) -> str:
        """Return the number that an expression is."""
        return forms.joined([self._term(term) for term in part.terms] or ["0.0"])

    def _term(self, term: Term) -> str:
        limited, taken = limits_of(term)
        if any(isinstance(f, Entry) and f.name in self.zero_outside for f in term.factors):
            raise NoMatrixFormError  # Python counts what is before the first from the last
        whole: dict[Letter, tuple[Index, Index]] = {
            letter: (1, last_of(letter.size)) for letter in term.summed if letter not in limited
        }
        conditions = [f for f in term.factors if isinstance(f, NotNegative) and f not in taken]
        factors = [self._factor(f) for f in term.factors if not isinstance(f, NotNegative)]
        size = abs(term.coefficient)
        code = " * ".join([*([f"({forms.number(size).code})"] if size != 1 else []), *factors]) or "1.0"
        for letter, ends in reversed([*whole.items(), *limited.items()]):
            code = f"sum({code} for {self._name(letter)} in {self._range(*ends)})"
        if conditions:
            holds = " and ".join(f"{self._number(condition.index)} >= 0" for condition in conditions)
            code = f"({code} if {holds} else 0)"
        return "-" * (term.coefficient < 0) + code

    def _factor(self, factor: Factor) -> str:
        match factor:
            case Entry(name=name, at=at):
                given = self.matrices.given.get(name)
                return f"{given.code if given else self.matrices.code(name)}{self._at(at)}"
            case Delta(left=left, right=right):
                return f"({self._number(left)} == {self._number(right)})"
            case Size(name=name):
                return name
            case Place(index=index):
                return f"({self._number(index)})"
            case Nested(body=body):
                return f"({self.expression(body)})"
            case Power(base=base, exponent=exponent):
                value = constant(exponent)
                power = forms.number(value).code if value is not None else self.expression(exponent)
                return f"({self.expression(base)}) ** ({power})"
            case Applied(function=function, order=order, arguments=arguments):
                self.matrices.functions.add((function, order))
                return f"{called(function + chr(39) * order)}({', '.join(map(self.expression, arguments))})"
            case Bracket(left=left, relation=relation, right=right):
                sign = {r"\ge": ">=", r"\le": "<="}.get(relation, relation)
                return f"({self.expression(left)} {sign} {self.expression(right)})"
            case Softmax(body=body, over=over, at=at):
                return f"softmax({self.array(body, [over])}){self._at((at,))}"
            case Logsumexp(body=body, over=over):
                return f"logsumexp({self.array(body, [over])})"
            case Extreme(function=function, body=body, over=over):
                return f"np.{function}({self.array(body, over)})"
            case Inverse(body=body, row=row, column=column, at=at):
                return f"np.linalg.inv({self.array(body, [row, column])}){self._at(at)}"
            case Determinant(body=body, row=row, column=column):
                return f"np.linalg.det({self.array(body, [row, column])})"
            case Multiplied(body=body, over=over, besides=besides, limits=limits):
                said = f" if {self._name(over)} != {self._place(besides)}" if besides is not None else ""
                own = f"range({over.size})" if limits is None else self._range(*limits)
                return f"np.prod([{self.expression(body)} for {self._name(over)} in {own}{said}])"
        raise NoMatrixFormError

    def _name(self, letter: Letter) -> str:
        if letter not in self.named:
            self.named[letter] = Letter(letter.size, next(self.unused))
        return self.named[letter].name

    def _range(self, first: Index, last: Index) -> str:
        start = self._place(first)
        return f"range({f'{start}, ' if start != '0' else ''}{self._number(last)})"

    def _at(self, at: Sequence[Index]) -> str:
        return f"[{', '.join(map(self._place, at))}]" if at else ""

    def _place(self, index: Index) -> str:
        """Return where in an array an index is."""
        return self._number(counted((1, index), (-1, 1)))

    def _number(self, index: Index) -> str:
        """Return the number that an index is: a letter is one less than what it stands for."""
        often, number = apart(index)
        for letter in often:
            if isinstance(letter, Letter):
                self._name(letter)
        parts = (
            (times, self.named[name] if isinstance(name, Letter) else last_of(name))
            for name, times in often.items()
        )
        more = sum(times for name, times in often.items() if isinstance(name, Letter))
        return written(counted((1, number + more), *parts), " ")
