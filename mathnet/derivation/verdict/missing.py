"""What a line may have lost: a factor, a term or a square of what the definitions are made of; and the small slips within a formula."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from ..meaning import nodes
from ..meaning.dependence import reach
from ..meaning.names import Names
from ..meaning.nodes import DERIVATIVES
from ..meaning.scope import Dimensions
from ..meaning.shapes import Index
from .repairs import Clue, Repair, Repaired, alone, hadamard, made, product_of, tex, transposed

MOST = 30  # so many things are tried as what was lost
Lost = tuple[nodes.Node, bool]
"""What may have been lost, and whether it is known to be a number."""


def losable(
    names: Names, dimensions: Dimensions, before: nodes.Node, side: nodes.Node, letters: Sequence[str]
) -> list[Lost]:
    """Return what a line may lack: symbols, their entries, and factors of their definitions; what it has stands last."""
    shapes, types = dimensions.shapes, dimensions.types
    reached = reach(before, names, {}) | reach(side, names, {})
    declared = sorted(
        names.symbols.keys() - names.sequences.keys(), key=lambda name: (name not in reached, name)
    )
    found: list[Lost] = []
    for name in (name for name in declared if name in shapes):
        symbol, rank = names.symbols[name], sum(axis != "1" for axis in shapes[name])
        whole = made(nodes.Symbol, side, symbol.latex, name)
        if name in names.labels:  # kept as one-hot rows, of which an author writes an entry as [y_i = k]
            for *row, place in itertools.permutations(letters, rank):
                label = f"{name}_{{{row[0]}}}" if row else name
                found.append((made(nodes.Entry, side, f"[{label} = {place}]", whole, (*row, place)), True))
            continue
        if not rank or not letters:
            found.append((whole, not rank))
        for indices in itertools.permutations(letters, rank) if rank else ():
            found.append(
                (made(nodes.Entry, side, f"{symbol.latex}_{{{''.join(indices)}}}", whole, indices), True)
            )
    definitions = [names.symbols[name].definition for name in declared]
    parts: list[nodes.Node] = []
    for part in itertools.chain(before.walk(), *(each.walk() for each in definitions if each is not None)):
        match part:
            case nodes.Product(factors=factors):
                parts += factors
            case nodes.Hadamard(operands=operands):
                parts += map(alone, operands)
            case nodes.Divide(right=right):
                parts.append(right)
            case nodes.Step() | nodes.Entry(body=nodes.Step()):
                parts.append(part)
    parts += [part for part in side.walk() if isinstance(part, DERIVATIVES)]
    for part in parts:
        shape = types[part].shape if part in types else None
        found.append((part, shape == ()))
        rank = sum(axis != "1" for axis in shape or ())
        for indices in itertools.permutations(letters, rank) if rank else ():
            latex = f"[{part.latex}]_{{{''.join(indices)}}}"
            found.append((made(nodes.Entry, part, latex, part, indices), True))
    there = {part.latex for part in side.walk()}
    some = {
        node.latex: (node, number) for node, number in reversed(found) if not isinstance(node, nodes.Number)
    }
    return sorted(some.values(), key=lambda lost: lost[0].latex in there)[:MOST]


def lost_factor(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A factor that is not there, before, between or behind those that are; or a divisor."""
    if node in clue.factors_inside:
        return
    for lost, number in clue.losable:
        if number:
            yield product_of(lost, node), f"the factor {lost.latex} is lost"
            yield made(nodes.Divide, node, "", node, lost), rf"the factor \frac{{1}}{{{lost.latex}}} is lost"
            continue
        factors = node.factors if isinstance(node, nodes.Product) else (node,)
        for at, factor in itertools.product(range(len(factors) + 1), (lost, transposed(lost))):
            yield product_of(*factors[:at], factor, *factors[at:]), f"the factor {factor.latex} is lost"
        yield hadamard(node, lost), f"the factor {lost.latex} is lost"


def lost_term(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A term that is not there."""
    one = made(nodes.Number, node, "1", Fraction(1))
    whole = node is clue.root or isinstance(node, nodes.Add)
    terms, signs = (node.terms, node.signs) if isinstance(node, nodes.Add) else ((node,), (1,))
    there = {_without_number(term) for term in terms}  # 3 t for 2 t is a wrong number, and no lost t
    for lost in (one, *((it for it, _ in clue.losable) if whole else ())):
        if lost.latex in there:
            continue
        for sign in (1, -1):
            latex = f"{tex(node)} {'+' if sign > 0 else '-'} {lost.latex}"
            fixed = made(nodes.Add, node, latex, (*terms, lost), (*signs, sign))
            yield (
                fixed,
                f"the term {'-' * (sign < 0)}{lost.latex} is missing: {node.latex} {'+' if sign > 0 else '-'} {lost.latex}",
            )


def _without_number(term: nodes.Node) -> str:
    """Return a term without the numbers before it, as LaTeX; a number is 1."""
    factors = term.factors if isinstance(term, nodes.Product) else (term,)
    return " ".join(factor.latex for factor in factors if not isinstance(factor, nodes.Number)) or "1"


def instead(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A number where a symbol belongs."""
    if isinstance(node, nodes.Number) and node.latex.isdigit():
        for other, number in clue.losable:
            if number:
                yield other, f"{other.latex} belongs here, not {node.latex}"


def opposite(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """The wrong sign of an argument."""
    if isinstance(node, nodes.Apply) and len(node.arguments) == 1:
        (argument,) = node.arguments
        minus = made(nodes.Add, argument, f"-{tex(argument)}", (argument,), (-1,))
        yield replace(node, arguments=(minus,)), f"the sign of what {node.latex} is of is wrong"


def inverted(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A lost inverse, or one too many."""
    match node:
        case nodes.Whole(function="^{-1}", body=body):
            yield body, f"{node.latex} is inverted once too often: {body.latex}"
        case nodes.Symbol() if node in clue.types and len({*clue.types[node].shape}) == 1:
            inverse = made(nodes.Whole, node, f"{node.latex}^{{-1}}", "^{-1}", node)
            yield inverse, f"{node.latex} is used where its inverse belongs: {inverse.latex}"


def squared(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """A norm for its square, a square for a cube, and the reverse."""
    match node:
        case nodes.Whole(function=(r"\|" | r"\|_2") as function):
            square = made(nodes.Whole, node, f"{node.latex}^2", f"{function}^2", node.body)
            yield square, f"{node.latex} has lost its square: {square.latex}"
        case nodes.Whole(function=(r"\|^2" | r"\|_2^2") as function):
            norm = made(
                nodes.Whole, node, node.latex.removesuffix("^2"), function.removesuffix("^2"), node.body
            )
            yield norm, f"the exponent of {node.latex} is too large by 1"
            yield product_of(node, norm), f"the exponent of {node.latex} is too small by 1"


def both(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """Two transposes missing side by side, or a matrix and its transpose each in the place of the other."""
    if isinstance(node, nodes.Product):
        for a, b in itertools.combinations(range(len(node.factors)), 2):
            left, right = node.factors[a], node.factors[b]
            if left.latex == _body(right) or right.latex == _body(left):
                factors = list(node.factors)
                factors[a], factors[b] = right, left
                yield (
                    product_of(*factors),
                    f"{left.latex} and {right.latex} belong each in the place of the other",
                )
        for at in range(len(node.factors) - 1):
            two = [transposed(factor) for factor in node.factors[at : at + 2]]
            latex = " ".join(factor.latex for factor in two)
            yield (
                product_of(*node.factors[:at], *two, *node.factors[at + 2 :]),
                f"two transposes are missing: {latex}",
            )


def _body(node: nodes.Node) -> str:
    """Return what is transposed, as LaTeX."""
    return node.body.latex if isinstance(node, nodes.Transpose) else ""


def exchanged(node: nodes.Node, clue: Clue) -> Iterator[Repaired]:
    """Two index letters that stand for each other, all over a line."""
    if node is clue.root:
        for a, b in itertools.combinations(clue.letters, 2):
            yield (
                _exchanged(node, {a: b, b: a}),
                f"the letters {a} and {b} are exchanged: each belongs where the other is",
            )


def _exchanged(value: Any, letters: dict[Index, Index]) -> Any:
    """Return a formula in which index letters stand for each other; those that are summed stay what they are."""
    if isinstance(value, nodes.Node):
        inside = {field.name: getattr(value, field.name) for field in fields(value)[1:]}
        for name in inside.keys() & {"indices", "left", "right", "index"}:
            here = inside[name]
            if type(here) is tuple:
                inside[name] = tuple(letters.get(index, index) for index in here)
            elif isinstance(here, str):
                inside[name] = letters.get(here, here)
        if isinstance(value, nodes.Sum):
            letters = {a: b for a, b in letters.items() if not {a, b} & {*value.letters}}
        return replace(value, **{name: _exchanged(part, letters) for name, part in inside.items()})
    return tuple(_exchanged(part, letters) for part in value) if type(value) is tuple else value


MISSING: tuple[Repair, ...] = (exchanged, opposite, inverted, squared, both, instead, lost_factor, lost_term)
