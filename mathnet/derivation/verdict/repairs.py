"""The common mistakes of a derivation, each with its repair: the table that `causes.py` tries.

A repair takes a part of a formula and yields what may belong in its place, with the mistake in words.
"""

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, TypeVar

from ..meaning import nodes
from ..meaning.scope import Formula
from ..meaning.shapes import Index, Shape, Shifted, Type, moved
from ..read.dots import with_indices

CLOSED = (
    nodes.Symbol,
    nodes.Step,
    nodes.Differential,
    nodes.Cotangent,
    nodes.Entry,
    nodes.Number,
    nodes.Apply,
    nodes.Delta,
    nodes.Transpose,
    nodes.Whole,
)


RAISED = re.compile(r"\^(?:\{[^{}]*\}|.)$")  # what has a superscript already
MOST_OCCURRENCES = 5  # of an index, of which all choices are tried
Made = TypeVar("Made", bound=nodes.Node)
Repaired = tuple[nodes.Node, str]
"""What may belong in the place of a part, and what the mistake was, in words."""


@dataclass
class Clue:
    """What a repair may use: the whole side, index letters, dimensions, factors that it may lack, and how each symbol is written.

    The letters are all those of both sides; `unsummed` are those of the side that the side before does not leave free.
    """

    root: nodes.Node
    letters: Sequence[str]
    unsummed: tuple[str, ...]
    dimensions: Sequence[str]
    factors: Sequence[nodes.Node]
    types: Mapping[Formula, Type]
    symbols: Mapping[str, tuple[str, Shape]]
    sequences: Collection[str] = ()  # those of the symbols of which there is one for each step
    losable: Sequence[
        tuple[nodes.Node, bool]
    ] = ()  # what may be lost, and whether it is known to be a number
    before: nodes.Node | None = None  # the side before
    other_layout: str = ""  # in which a derivative that the line begins with has the transposed shape

    def __post_init__(self) -> None:
        sums = [node for node in self.root.walk() if isinstance(node, nodes.Add)]
        self.unfit = self.root not in self.types  # its shapes do not fit together
        self.terms = {term for sum_ in sums for term in sum_.terms}
        self.factors_inside = {
            factor
            for node in self.root.walk()
            for factor in (
                node.factors
                if isinstance(node, nodes.Product)
                else itertools.chain.from_iterable(node.operands)
                if isinstance(node, nodes.Hadamard)
                else ()
            )
            if not isinstance(factor, nodes.Add)
        }


Repair = Callable[[nodes.Node, Clue], Iterator[Repaired]]


def tex(node: nodes.Node) -> str:
    """Return a formula as a factor: in parentheses where it needs them."""
    return node.latex if isinstance(node, CLOSED) or _bracketed(node.latex) else f"({node.latex})"


def _bracketed(latex: str) -> bool:
    """Say whether the bracket that opens at the start closes at the end."""
    depths = list(itertools.accumulate((sign in "([{") - (sign in ")]}") for sign in latex))
    return 0 not in depths[:-1] and latex[:1] in {"(", "[", "{"}


def made(kind: type[Made], like: nodes.Node, latex: str, *parts: Any) -> Made:
    """Return a new node that stands in the place of another."""
    return kind(like.place._replace(latex=latex), *parts)


def transposed(node: nodes.Node) -> nodes.Node:
    """Return the transpose of a formula."""
    if isinstance(node, nodes.Transpose):
        return node.body
    latex = tex(node)
    latex = f"({latex})" if RAISED.search(latex) else latex
    return made(nodes.Transpose, node, rf"{latex}^{{\mathsf T}}", node)


def product_of(*factors: nodes.Node) -> nodes.Product:
    """Return factors side by side."""
    return made(nodes.Product, factors[0], " ".join(map(tex, factors)), factors)


def alone(factors: tuple[nodes.Node, ...]) -> nodes.Node:
    """Return what stands in one operand of a Hadamard product."""
    return factors[0] if len(factors) == 1 else product_of(*factors)


def hadamard(a: nodes.Node, b: nodes.Node) -> nodes.Hadamard:
    """Return a Hadamard product of two."""
    return made(nodes.Hadamard, a, rf"{tex(a)} \odot {tex(b)}", ((a,), (b,)))


def transpose(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A missing or extra transpose."""
    if isinstance(node, nodes.Transpose):
        yield node.body, f"{node.latex} is transposed once too often: {node.body.latex}"
    elif node not in clue.types or clue.types[node].shape:
        fixed = transposed(node)
        words = f"{node.latex} is used where its transpose belongs: {fixed.latex}"
        if node is clue.root and clue.other_layout:
            words += rf"; in {clue.other_layout} the line is right: declare \text{{{clue.other_layout}}}"
        yield fixed, words


def _primes(count: int) -> str:
    return "'" * count


def order(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """Factors swapped."""
    for rebuild, a, b in _neighbours(node):
        yield rebuild(b, a), f"the factors are swapped: {tex(b)} {tex(a)}"
        for left, right in ((transposed(b), a), (b, transposed(a)), (transposed(b), transposed(a))):
            yield (
                rebuild(left, right),
                f"the factors are swapped and a transpose is missing: {tex(left)} {tex(right)}",
            )


def product(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """The Hadamard product for the matrix product, or the reverse."""
    for rebuild, a, b in _neighbours(node):
        times = hadamard(a, b)
        yield rebuild(times), f"the Hadamard product belongs here: {times.latex}"
    if isinstance(node, nodes.Hadamard):
        for at, operand in enumerate(node.operands):
            if len(operand) > 1:
                split = (*node.operands[:at], *((factor,) for factor in operand), *node.operands[at + 1 :])
                latex = r" \odot ".join(map(tex, operand))
                yield replace(node, operands=split), f"the Hadamard product belongs here: {latex}"
    if isinstance(node, nodes.Hadamard) and len(node.operands) == 2:
        a, b = (alone(operand) for operand in node.operands)
        for left, right in ((a, b), (transposed(a), b), (a, transposed(b)), (b, a)):
            fixed = product_of(left, right)
            yield fixed, f"the matrix product belongs here, not \\odot: {fixed.latex}"


def sign(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A wrong sign."""
    if isinstance(node, nodes.Add):
        for at, term in enumerate(node.terms):
            signs = (*node.signs[:at], -node.signs[at], *node.signs[at + 1 :])
            yield replace(node, signs=signs), f"the sign of {term.latex} is wrong"
    if isinstance(node, nodes.Cases):
        for at, value in enumerate(node.values):
            minus = made(nodes.Add, value, f"-{tex(value)}", (value,), (-1,))
            values = (*node.values[:at], minus, *node.values[at + 1 :])
            yield replace(node, values=values), f"the sign of {value.latex} is wrong"
    if node is clue.root:
        yield made(nodes.Add, node, f"-{tex(node)}", (node,), (-1,)), "the sign is wrong"


def prime(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A derivative of a function too many or too few."""
    if isinstance(node, nodes.Apply) and node.function not in {"e^", "sqrt", "|"}:
        name = node.latex[: node.latex.rfind(node.arguments[0].latex)].rstrip("' ([{")
        if not _is_slope(clue.before, node):
            yield (
                replace(node, order=node.order + 1),
                f"{name}{_primes(node.order + 1)} belongs here, not {node.latex}",
            )
        if node.order:
            yield replace(node, order=node.order - 1), f"{node.latex} has a prime too many"


def _is_slope(before: nodes.Node | None, node: nodes.Apply) -> bool:
    """Say whether a line is about the derivative of this very function, so that to write it there would say nothing."""
    return isinstance(before, nodes.Apply) and (before.function, before.order) == (
        node.function,
        node.order + 1,
    )


def mirrored(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """Two indices swapped."""
    if isinstance(node, nodes.Entry) and len(node.indices) == 2:
        yield replace(node, indices=node.indices[::-1]), f"the indices of {node.latex} are swapped"


def index(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A wrong index."""
    if isinstance(node, nodes.Entry):
        places = node.indices
        for at, letter in itertools.product(range(len(places)), clue.letters):
            if letter != places[at]:
                yield (
                    replace(node, indices=(*places[:at], letter, *places[at + 1 :])),
                    f"an index of {node.latex} is wrong: {letter} belongs in place of {places[at]}",
                )
    if isinstance(node, nodes.Delta):
        for letter in clue.letters:
            for old, fixed in (
                (node.left, replace(node, left=letter)),
                (node.right, replace(node, right=letter)),
            ):
                yield fixed, f"an index of {node.latex} is wrong: {letter} belongs in place of {old}"


def shifted(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """An index that is off by one."""
    for by in (-1, 1):
        fixed: list[nodes.Node] = []
        match node:
            case nodes.Entry(indices=indices):
                for at, index in enumerate(indices):
                    others = (*indices[:at], moved(index, by), *indices[at + 1 :])
                    latex = f"{node.latex[: node.latex.rfind('_')]}_{{{_listed(others)}}}"
                    fixed.append(replace(node, indices=others, place=node.place._replace(latex=latex)))
            case nodes.Step(index=index) | nodes.StepCotangent(index=index):
                new = moved(index, by)
                latex = _rewritten(node.latex, index, new)
                fixed.append(replace(node, index=new, place=node.place._replace(latex=latex)))
            case nodes.Delta(left=left, right=right):
                moved_to = moved(right, by)
                latex = rf"[{left} = {moved_to}]"
                fixed.append(replace(node, right=moved_to, place=node.place._replace(latex=latex)))
            case nodes.StepPartial(by=nodes.Reference() as step):
                moved_to = moved(step.index, by)
                written = _rewritten(step.latex, step.index, moved_to)
                latex = written.join(node.latex.rsplit(step.latex, 1))
                step = replace(step, index=moved_to, latex=written)
                fixed.append(replace(node, by=step, place=node.place._replace(latex=latex)))
        for other in fixed:
            yield other, f"an index is off by one: {other.latex} belongs here, not {node.latex}"


def _listed(indices: Sequence[Index]) -> str:
    plain = all(isinstance(index, str) or (isinstance(index, int) and 0 <= index < 10) for index in indices)
    return ("" if plain else ",").join(map(str, indices))


def _rewritten(latex: str, old: Index, new: Index) -> str:
    """Return how a step is written with another index."""
    return with_indices(latex, [old], [new]) or f"{latex} at {new}"


def limits(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A sum that begins or ends one too early or too late."""
    if (
        not isinstance(node, nodes.Sum)
        or len(node.letters) != 1
        or (node.bound is None and node.limits is None)
    ):
        return
    bound: Index = int(node.bound) if node.bound and node.bound.isdigit() else node.bound or 1
    first, last = node.limits or (1, bound)
    (letter,) = node.letters
    product = r"\prod" if isinstance(node, nodes.Prod) else r"\sum"
    for start, end in (
        (moved(first, -1), last),
        (moved(first, 1), last),
        (first, moved(last, -1)),
        (first, moved(last, 1)),
    ):
        counted = [Shifted(it, ((1, (it,)),)) if isinstance(it, str) else it for it in (start, end)]
        sign = rf"{product}_{{{letter}={start}}}^{{{end}}}"
        fixed = replace(
            node,
            bound=None,
            limits=(counted[0], counted[1]),
            place=node.place._replace(latex=f"{sign} {node.body.latex}"),
        )
        yield fixed, f"the limits are off by one: {sign} belongs here"


def sum_(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A sum that is missing, or is one too many."""
    for letter in clue.letters:
        fixed = made(nodes.Sum, node, rf"\sum_{letter} {tex(node)}", (letter,), None, node)
        yield fixed, f"the sum over {letter} is missing: {fixed.latex}"
    if node is clue.root and len(clue.unsummed) > 1:
        fixed = made(
            nodes.Sum, node, rf"\sum_{{{''.join(clue.unsummed)}}} {tex(node)}", clue.unsummed, None, node
        )
        yield fixed, f"the sum over {', '.join(clue.unsummed)} is missing: {fixed.latex}"
    if isinstance(node, nodes.Sum):
        yield node.body, f"the sum over {', '.join(node.letters)} is one too many"


def number(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A lost factor 2, 1/2, or 1/n; a sum for a mean; an exponent that should be one less."""
    zero = isinstance(node, nodes.Number) and not node.value
    if (node is clue.root or node in clue.terms) and not isinstance(node, nodes.Size) and not zero:
        for value, words in (
            (Fraction(2), "a factor of 2 is missing"),
            (
                Fraction(1, 2),
                "there is a factor of 2 too many" if _doubled(node) else r"a factor of \tfrac12 is missing",
            ),
        ):
            yield product_of(made(nodes.Number, node, str(value), value), node), f"{words}, in {node.latex}"
        for name in clue.dimensions:
            size = made(nodes.Size, node, name, name)
            yield (
                made(nodes.Divide, node, "", node, size),
                rf"a factor of \tfrac1{name} is missing: the sum is used where the mean belongs",
            )
            yield (
                product_of(size, node),
                f"a factor of {name} is missing: the mean is used where the sum belongs",
            )
    if isinstance(node, nodes.Power):
        one = made(nodes.Number, node, "1", Fraction(1))
        less = made(nodes.Add, node, "", (node.exponent, one), (1, -1))
        yield replace(node, exponent=less), f"the exponent of {node.latex} is too large by 1"


def factor(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A factor that the line before has, or f', lost."""
    for lost in clue.factors:
        words = f"the factor {lost.latex} is lost"
        if node is clue.root or isinstance(node, nodes.Product):
            yield product_of(node, lost), words
        if not isinstance(node, nodes.Entry | nodes.Number | nodes.Delta):
            yield hadamard(node, lost), words
            yield hadamard(node, transposed(lost)), words


def _base(name: str) -> str:
    return re.split(r"[_^…]", name)[0]


def name(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """Another name of the same shape."""
    if isinstance(node, nodes.Symbol | nodes.Step) and node.name in clue.symbols:
        written, shape = clue.symbols[node.name]
        for other, (latex, its_shape) in clue.symbols.items():
            same_kind = (other in clue.sequences) == (node.name in clue.sequences)
            if other != node.name and (its_shape == shape or clue.unfit) and same_kind:
                if node.name in clue.sequences:
                    written, latex = _base(node.name), _base(other)
                fixed = replace(
                    node, name=other, place=node.place._replace(latex=node.latex.replace(written, latex))
                )
                yield fixed, f"{fixed.latex} belongs here, not {node.latex}"


def extra(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A factor too many."""
    match node:
        case nodes.Product(factors=factors) if len(factors) > 1:
            for at, factor in enumerate(factors):
                yield (
                    alone(factors[:at] + factors[at + 1 :]),
                    f"the factor {factor.latex} does not belong here",
                )
            for at in range(len(factors) - 1 if len(factors) > 2 else 0):
                two = product_of(*factors[at : at + 2])
                yield alone(factors[:at] + factors[at + 2 :]), f"the factors {two.latex} do not belong here"
        case nodes.Hadamard(operands=operands):
            for at, operand in enumerate(operands):
                others = operands[:at] + operands[at + 1 :]
                fixed = replace(node, operands=others) if others[1:] else alone(others[0])
                yield fixed, f"the factor {alone(operand).latex} does not belong here"
        case nodes.Divide(left=left, right=right):
            yield left, f"the division by {right.latex} does not belong here"


def power(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A lost power."""
    if isinstance(node, nodes.Power):
        one = made(nodes.Number, node, "1", Fraction(1))
        more = made(nodes.Add, node, "", (node.exponent, one), (1, 1))
        yield replace(node, exponent=more), f"the exponent of {node.latex} is too small by 1"
    elif isinstance(node, nodes.Symbol | nodes.Entry | nodes.Apply | nodes.Add) and node in clue.types:
        if clue.types[node].shape:
            squared: nodes.Node = hadamard(node, node)
        else:
            two = made(nodes.Number, node, "2", Fraction(2))
            squared = made(nodes.Power, node, f"{tex(node)}^2", node, two)
        yield squared, f"{node.latex} has lost its square: {squared.latex}"


def delta(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A lost Kronecker delta."""
    if node is clue.root or node in clue.terms or isinstance(node, nodes.Number):
        for left, right in itertools.combinations(clue.letters, 2):
            kept = made(nodes.Delta, node, rf"\delta_{{{left}{right}}}", left, right)
            alone = isinstance(node, nodes.Number) and node.value == 1
            yield (
                kept if alone else product_of(node, kept),
                f"{kept.latex} is missing: for {left} ≠ {right} this is 0",
            )


def paths(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """One path for the sum over all of them: an index that a sum of its own should run over."""
    if node is not clue.root and node not in clue.terms:
        return
    used = {*clue.letters, *clue.dimensions}
    fresh = next((letter for letter in "qpsruvabc" if letter not in used), None)
    if fresh is None:
        return
    for letter in clue.letters:
        count = _occurrences(node, letter)
        for picks in itertools.product((True, False), repeat=count) if 1 < count <= MOST_OCCURRENCES else ():
            if any(picks) and not all(picks):
                body = _renamed(node, letter, fresh, iter(picks))
                fixed = made(nodes.Sum, node, "", (fresh,), None, body)
                yield (
                    fixed,
                    f"only one path is taken, but all of them add up: some of the {letter} need an index of their own, and a sum over it",
                )


def _occurrences(node: nodes.Node, letter: str) -> int:
    return sum(_indices(part).count(letter) for part in node.walk())


def _indices(node: nodes.Node) -> tuple[Index, ...]:
    match node:
        case nodes.Delta(left=left, right=right):
            return left, right
        case nodes.Entry(indices=indices) | nodes.Partial(indices=tuple(indices)):
            return indices
        case nodes.Step(index=index) | nodes.StepCotangent(index=index):
            return (index,)
    return ()


def _renamed(node: nodes.Node, old: str, new: str, picks: Iterator[bool]) -> nodes.Node:
    """Return the node with some occurrences of an index letter replaced: those that are picked, in order."""

    def index(letter: Index) -> Index:
        return new if letter == old and next(picks) else letter

    def changed(value: Any) -> Any:
        if isinstance(value, nodes.Node):
            return _renamed(value, old, new, picks)
        return tuple(map(changed, value)) if type(value) is tuple else value

    inside = {field.name: getattr(node, field.name) for field in fields(node)[1:]}
    match node:
        case nodes.Delta():
            return replace(node, left=index(node.left), right=index(node.right))
        case nodes.Entry() | nodes.Partial() if node.indices:
            inside["indices"] = tuple(map(index, node.indices))
        case nodes.Step() | nodes.StepCotangent():
            return replace(node, index=index(node.index))
    return replace(node, **{name: changed(value) for name, value in inside.items()})


def held(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """An immediate derivative for a total one, or the reverse."""
    if isinstance(node, nodes.Immediate):
        total = made(nodes.Partial, node, node.latex, node.body, node.variable, node.indices, node.layout)
        yield total, rf"{node.latex} holds too much fixed: the total derivative belongs here, without the +"
    elif isinstance(node, nodes.Partial) and not isinstance(node, nodes.StepPartial):
        body = node.body.body if isinstance(node.body, nodes.Entry) else node.body
        if isinstance(body, nodes.Symbol):
            parts = (node.body, node.variable, node.indices, node.layout, body.name)
            yield (
                made(nodes.Immediate, node, node.latex, *parts),
                rf"{node.latex} is total, through the definitions; the immediate derivative is written \partial^+",
            )


def turned(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """Matrices of a product over an index in the wrong order."""
    if type(node) is nodes.Prod and node in clue.types and clue.types[node].shape:
        parts = [getattr(node, field.name) for field in fields(node)]
        yield (
            nodes.Falling(*parts),
            r"the factors of \prod stand from the first to the last, but belong from the last to the first: write them out with dots, "
            r"as in A_n A_{n-1} \cdots A_1",
        )


REPAIRS: tuple[Repair, ...] = (
    mirrored,
    transpose,
    order,
    product,
    sign,
    prime,
    number,
    index,
    shifted,
    limits,
    turned,
    sum_,
    factor,
    name,
    extra,
    delta,
    power,
    held,
    paths,
)


def _doubled(node: nodes.Node) -> bool:
    factors = node.factors if isinstance(node, nodes.Product) else ()
    return any(isinstance(factor, nodes.Number) and factor.value == 2 for factor in factors)


def _neighbours(
    node: nodes.Node,
) -> Iterator[tuple[Callable[..., nodes.Node], nodes.Node, nodes.Node]]:
    """Yield two factors that stand side by side, with a function that puts others in their place."""
    if isinstance(node, nodes.Product):
        for at in range(len(node.factors) - 1):
            before, (a, b), after = node.factors[:at], node.factors[at : at + 2], node.factors[at + 2 :]
            yield lambda *new, before=before, after=after: product_of(*before, *new, *after), a, b
