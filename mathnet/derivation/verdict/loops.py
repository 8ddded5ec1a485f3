"""Programs of sequences: each definition, and each gradient, is a statement; those that need one another share a loop.

An array of a sequence of T steps has T + 2 places, so that step t stands at place t, and steps 0 and T + 1 have one, too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..algebra.backward import Backward
from ..algebra.enter import axes
from ..algebra.indexed import written
from ..algebra.programs import called_sequence, identifier
from ..algebra.recursions import Recursion, steps_of
from ..algebra.reduce import NoMatrixFormError
from ..algebra.terms import Index, Letter, counted


@dataclass(frozen=True)
class Statement:
    """What is computed: a symbol, or a sequence from one step to another, and how many steps apart it is from those that it is made of."""

    name: str
    target: str
    code: str
    step: Letter | None = None
    first: Index = 1
    last: Index = 1
    apart: frozenset[tuple[str, int | None]] = frozenset()

    def ahead(self, names: Iterable[str]) -> set[int | None]:
        """Return how many steps later those are, of sequences of these names, that it is made of; None for all or a fixed one."""
        return {steps for name, steps in self.apart if name in names}


def forward(recursion: Recursion, defined: Sequence[str], dtype: str) -> list[str]:
    """Return the lines that compute the definitions in this order."""
    names, lines, statements = recursion.names, list[str](), list[Statement]()
    ends = recursion.held.ends
    for name in recursion.names.sequences:
        if name in defined:
            array = called_sequence(name, names)
            lines.append(f"{array} = {_zeros(recursion.backward, name, dtype)}")
            for own, (sequence, index) in ends.items():
                if sequence == name and names.symbols[own].definition is None:
                    lines.append(f"{array}[{written(index, ' ')}] = {identifier(own)}")
    first = [name for name in defined if name in ends]
    for name in [*first, *(name for name in defined if name not in first)]:
        step = recursion.step(name)
        form, made_of = recursion.value(name, step)
        target = called_sequence(name, names) if step else identifier(name)
        if name in ends:
            sequence, index = ends[name]
            target = f"{called_sequence(sequence, names)}[{written(index, ' ')}]"
        statements.append(_statement(recursion, name, target, form.code, step, made_of))
    return [*lines, *_looped(statements)]


def backward(recursion: Recursion, by: str) -> list[str]:
    """Return the lines that compute the gradients, last first."""
    lines, statements = list[str](), list[Statement]()
    for each in recursion.gradients(by):
        target = f"{called_sequence(each.name, recursion.names) if each.step else identifier(each.name)}_bar"
        if each.step:
            lines.append(f"{target} = {_zeros(recursion.backward, each.name)}")
        *special, usual = each.pieces
        code = usual.form.code
        for piece in reversed(special):
            assert piece.piece.special is not None
            assert each.step is not None
            code = f"{piece.form.code} if {each.step.name} == {written(piece.piece.special, ' ')} else {code}"
        statements.append(_statement(recursion, each.name, target, code, each.step, each.made_of))
    return [*lines, *_looped(statements)]


def _statement(
    recursion: Recursion,
    name: str,
    target: str,
    code: str,
    step: Letter | None,
    made_of: Iterable[tuple[str, Index]],
) -> Statement:
    if step is None:
        return Statement(name, target, code)
    apart = set()
    for other, index in made_of:
        steps = counted((1, index), (-1, step))
        apart.add((other, steps if isinstance(steps, int) else None))
    first, last = steps_of(recursion.names.sequences[name])
    return Statement(name, f"{target}[{step.name}]", code, step, first, last, frozenset(apart))


def _looped(statements: Sequence[Statement]) -> Iterator[str]:
    """Yield the lines of statements, with a loop around those of sequences."""
    group: list[Statement] = []
    for statement in statements:
        if group and not _fits([*group, statement]):
            yield from _loop(group)
            group = []
        if statement.step:
            group.append(statement)
        else:
            yield f"{statement.target} = {statement.code}"
    if group:
        yield from _loop(group)


def _fits(group: Sequence[Statement]) -> bool:
    """Say whether statements can share a loop."""
    first, *_ = group
    ranges = {(each.step.size if each.step else "", each.first, each.last) for each in group}
    steps = set().union(*(each.ahead({other.name for other in group}) for each in group))
    return len(ranges) == 1 and first.step is not None and None not in steps


def _loop(group: Sequence[Statement]) -> Iterator[str]:
    names = {each.name for each in group}
    steps = set().union(*(each.ahead(names) for each in group))
    later, earlier = (any(step is not None and step * sign > 0 for step in steps) for sign in (1, -1))
    first, last, letter = group[0].first, group[0].last, group[0].step
    if (later and earlier) or letter is None or None in steps:
        raise NoMatrixFormError
    after, before = written(counted((1, last), (1, 1)), " "), written(counted((1, first), (1, -1)), " ")
    counts = f"{written(last, ' ')}, {before}, -1" if later else f"{written(first, ' ')}, {after}"
    yield f"for {letter.name} in range({counts}):"
    for each in group:
        own = each.step.name if each.step else ""
        assert own == letter.name
        yield f"    {each.target} = {each.code}"


def _zeros(backward: Backward, name: str, dtype: str = "") -> str:
    count = backward.names.sequences[name].count
    shape = ", ".join((f"{count} + 2", *axes(backward.dimensions.shapes[name])))
    return f"np.zeros(({shape}{',' * (',' not in shape)}){f', {dtype}' if dtype else ''})"
