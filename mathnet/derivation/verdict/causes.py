"""The likely cause of a wrong line: a common mistake whose repair makes the line right.

Every repair of `repairs.py` is tried at every place of the line, the usual mistakes first. One is named
only if the line, so repaired, equals the line before wherever lines are compared.
"""

import copy
import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any

from lark import Token

from mathnet.dual import DIGITS, Number, high_precision, mp

from ..errors import DerivationError
from ..meaning import nodes
from ..meaning.dependence import reach
from ..meaning.infer import resolve_sums
from ..meaning.names import Names
from ..meaning.scope import Dimensions, Range, Scope
from ..meaning.shapes import Index, Shape
from ..numbers.chance import Numbers, UnluckyDrawError
from ..numbers.data import Data, choose_sizes
from ..numbers.evaluate import Evaluator
from ..read.source import Chain
from .compare import Comparison
from .missing import MISSING, losable
from .repairs import REPAIRS, Clue, Repair, Repaired, made, order, product, sign, transpose

DRAWS, SEED, MAX_REPAIRS = 3, 19701207, 4_000
SLOPED = {"tanh": r"\tanh", "relu": r"\operatorname{relu}"}  # built in, and often with a prime
MAX_WORK = 40_000  # of all wrong lines of a derivation
MAX_UNLUCKY = 20

Free = Mapping[str, str]
"""From every free index letter to the dimension it runs over."""
Draw = tuple[Evaluator, list[Number]]


def _everywhere(node: nodes.Node, repair: Repair, clue: Clue) -> Iterator[Repaired]:
    """Yield the side with the repair made at this node or at one below it, and what the mistake was."""
    yield from repair(node, clue)
    for field in fields(node):
        for path, part in _parts(getattr(node, field.name)):
            for fixed, words in _everywhere(part, repair, clue):
                yield replace(node, **{field.name: _put(getattr(node, field.name), path, fixed)}), words


def _parts(value: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], nodes.Node]]:
    if isinstance(value, nodes.Node):
        yield path, value
    elif type(value) is tuple:
        for at, part in enumerate(value):
            yield from _parts(part, (*path, at))


def _put(value: Any, path: tuple[int, ...], part: nodes.Node) -> Any:
    return (
        part if not path else (*value[: path[0]], _put(value[path[0]], path[1:], part), *value[path[0] + 1 :])
    )


class Causes:
    """Finds the likely causes of the wrong lines of a derivation, as long as its share of work lasts."""

    def __init__(self, names: Names, dimensions: Dimensions) -> None:
        self.names, self.dimensions, self.work = names, dimensions, MAX_WORK

    def cause_on_the_left(self, left: nodes.Node, side: nodes.Node, where: Data | None) -> str:
        """Return the mistake on the left of a chain, if it is one that cannot make anything equal to 0 by itself."""
        return self.cause(side, left, where, (sign, transpose, order, product), conditions=False)

    def cause(
        self,
        before: nodes.Node,
        side: nodes.Node,
        where: Data | None = None,
        repairs: Sequence[Repair] = (*REPAIRS, *MISSING),
        conditions: bool = True,
    ) -> str:
        """Return the mistake whose repair makes this side equal to the one before, in words, or the empty string.

        Data that show the mistake, or that a repair is none, rule out most other repairs at once.
        """
        names, dimensions = self.names, copy.copy(self.dimensions)
        scope = Scope(dimensions)
        try:
            wanted = scope.infer(before)
            resolve_sums(dimensions, before)
            free = {letter: scope.resolve(letter, before) for letter in sorted(wanted.free)}
            draws = list(itertools.islice(_draws(names, dimensions, before, free), DRAWS))
        except (DerivationError, RecursionError):
            return ""
        if len(draws) < DRAWS:
            return ""

        def add(shown: Data) -> None:
            with suppress(DerivationError, UnluckyDrawError, RecursionError):
                evaluator = Evaluator(names, dimensions, shown)
                draws.insert(0, (evaluator, list(_values(evaluator, before, free))))

        if where:
            add(where)
        letters = _letters(before, side)
        unsummed = tuple(letter for letter in _letters(side) if letter not in free)
        symbols = {
            name: (symbol.latex, dimensions.shapes[name])
            for name, symbol in names.symbols.items()
            if name in dimensions.shapes
        }
        factors = _factors(names, before, side)
        by_a_matrix = any(isinstance(part, nodes.Partial) and part.indices is None for part in before.walk())
        other = nodes.LAYOUTS[0] if by_a_matrix and not names.layout else ""
        types, sequences = dimensions.types, names.sequences
        lost = losable(names, dimensions, before, side, letters)
        clue = Clue(
            side, letters, unsummed, names.dimensions, factors, types, symbols, sequences, lost, before, other
        )
        candidates = itertools.chain.from_iterable(_everywhere(side, repair, clue) for repair in repairs)
        smallest = dimensions.smallest
        for fixed, words in itertools.islice(candidates, MAX_REPAIRS):
            spent = max(evaluator.work for evaluator, _ in draws)
            if spent > self.work:
                break
            dimensions.smallest = dict(smallest)
            try:
                found = Scope(dimensions, {letter: Range(free[letter]) for letter in free}).infer(fixed)
                resolve_sums(dimensions, fixed)
                if (
                    dimensions.smallest == smallest  # else there is an index beyond the sizes that were drawn
                    and found.shape == wanted.shape
                    and found.free <= wanted.free
                    and _right(fixed, free, draws)
                ):
                    right, shown = self._compared(names, before, fixed, free, wanted.shape)
                    if right:
                        self.work -= spent
                        return words
                    if shown:
                        add(shown)
            except (DerivationError, UnluckyDrawError, RecursionError):
                continue
        self.work -= max(evaluator.work for evaluator, _ in draws)
        if not conditions:
            return ""
        return self._as_gradients(before, side, free, wanted.shape) or self._condition(
            before, side, free, wanted.shape
        )

    def _as_gradients(self, before: nodes.Node, side: nodes.Node, free: Free, shape: Shape) -> str:
        """Say so if a line is right once each differential in it is a gradient, as in programs, or return the empty string."""
        moved = [part for part in before.walk() if isinstance(part, nodes.Differential)]
        if not moved or self.work < 0:
            return ""
        gradients = [_gradients(node) for node in (before, side)]
        try:
            scopes = [
                Scope(self.dimensions, {letter: Range(free[letter]) for letter in free}) for _ in gradients
            ]
            types = [scope.infer(node) for scope, node in zip(scopes, gradients, strict=True)]
            same = all(type_.shape == shape and type_.free <= free.keys() for type_ in types)
            right = same and self._confirmed(self.names, gradients[0], gradients[1], free, shape)
        except (DerivationError, RecursionError):
            return ""
        latex = moved[0].body.latex
        return (
            rf"this is right for gradients, not for differentials: write \bar {latex} for the gradient by {latex}"
            if right
            else ""
        )

    def _condition(self, before: nodes.Node, side: nodes.Node, free: Free, shape: Shape) -> str:
        """Return under which declaration a line would be right, in words, or the empty string."""
        found = self.dimensions.types.get(side)
        if found is None or found.shape != shape or not found.free <= free.keys() or self.work < 0:
            return ""
        known: dict[nodes.Node, set[str]] = {}
        reached = reach(before, self.names, known) | reach(side, self.names, known)
        directed = any(
            isinstance(part, nodes.Differential) for node in (before, side) for part in node.walk()
        )
        named = {
            part.body.name
            for node in (before, side)
            for part in node.walk()
            if isinstance(part, nodes.Differential) and isinstance(part.body, nodes.Symbol)
        }
        others = {
            name: replace(symbol, properties=frozenset({"constant"}))
            for name, symbol in self.names.symbols.items()
            if name in reached - named and symbol.definition is None and not symbol.properties
        }
        for name in sorted(reached & self.names.symbols.keys()):
            symbol = self.names.symbols[name]
            square = len(set(self.dimensions.shapes[name])) == 1
            for word, possible in (("symmetric", square), ("constant", directed and name not in named)):
                if possible and symbol.definition is None and not symbol.properties:
                    declared = replace(symbol, properties=frozenset({word}))
                    names = replace(self.names, symbols={**self.names.symbols, name: declared})
                    if self.work > 0 and self._confirmed(names, before, side, free, shape):
                        return rf"this is right where {symbol.latex} is {word}: if it is, declare \text{{{word}}}"
        names = replace(self.names, symbols=self.names.symbols | others)
        if directed and len(others) > 1 and self._confirmed(names, before, side, free, shape):
            latex = [symbol.latex for symbol in others.values()]
            they = f"{', '.join(latex[:-1])} and {latex[-1]}"
            return rf"this is right where {they} are constant: if they are, declare \text{{constant}}"
        return ""

    def _confirmed(
        self, names: Names, before: nodes.Node, fixed: nodes.Node, free: Free, shape: Shape
    ) -> bool:
        """Say whether a changed line is right wherever a line is compared."""
        right, _ = self._compared(names, before, fixed, free, shape)
        return right

    def _compared(
        self, names: Names, before: nodes.Node, fixed: nodes.Node, free: Free, shape: Shape
    ) -> tuple[bool, Data | None]:
        """Return whether a changed line is right wherever a line is compared, and else data that show it, if there are such."""
        chain = Chain(
            1, relations=[Token("EQUALS", "=")], nodes=[before, fixed], shape=shape, letters=dict(free)
        )
        found = Comparison(names, self.dimensions, [chain])
        self.work -= found.draws.work
        return chain not in found.wrong, found.where.get(chain)


def _gradients(node: nodes.Node) -> nodes.Node:
    """Return a formula in which each differential of a symbol is its gradient."""
    if isinstance(node, nodes.Differential) and isinstance(node.body, nodes.Symbol):
        return nodes.Cotangent(node.place, node.body.name)

    def changed(value: Any) -> Any:
        if isinstance(value, nodes.Node):
            return _gradients(value)
        return tuple(map(changed, value)) if type(value) is tuple else value

    inside = {field.name: changed(getattr(node, field.name)) for field in fields(node)[1:]}
    return replace(node, **inside)


def _draws(names: Names, dimensions: Dimensions, before: nodes.Node, free: Free) -> Iterator[Draw]:
    """Yield evaluators of random data, each with the values of the side before."""
    generator, unlucky = random.Random(SEED), 0
    tried: list[dict[str, int]] = []
    while unlucky < MAX_UNLUCKY:
        tried.append(choose_sizes(names, dimensions, generator, 2, tried[-2:]))
        data = Data(names, dimensions, Numbers(generator), tried[-1])
        evaluator = Evaluator(names, dimensions, data)
        try:
            yield evaluator, list(_values(evaluator, before, free))
        except UnluckyDrawError:
            unlucky += 1


def _right(side: nodes.Node, free: Free, draws: list[Draw]) -> bool:
    """Say whether a side has the values that it should have."""
    return all(all(map(_same, expected, _values(evaluator, side, free))) for evaluator, expected in draws)


def _values(evaluator: Evaluator, node: nodes.Node, free: Free) -> Iterator[Number]:
    for letters in evaluator.data.places(free):
        yield from evaluator.value(node, letters)


def _same(a: Number, b: Number) -> bool:
    if not isinstance(a, mp.mpf) and not isinstance(b, mp.mpf):
        return bool(a == b)
    a, b = high_precision(a), high_precision(b)
    return bool(abs(a - b) <= mp.mpf(10) ** -(DIGITS - 10) * max(abs(a), abs(b)))


def _letters(*sides: nodes.Node) -> list[str]:
    found: set[Index] = set()
    for node in itertools.chain.from_iterable(side.walk() for side in sides):
        match node:
            case nodes.Entry(indices=letters) | nodes.Sum(letters=letters):
                found |= set(letters)
            case nodes.Step(index=index) | nodes.StepCotangent(index=index):
                found |= {index}
            case nodes.Delta(left=left, right=right):
                found |= {left, right}
            case nodes.Partial(indices=tuple(letters)):
                found |= set(letters)
    return sorted(letter for letter in found if isinstance(letter, str))


def _factors(names: Names, before: nodes.Node, side: nodes.Node) -> list[nodes.Node]:
    """Return the factors of the side before, and f' of what the definitions apply f to, for matrices and entries."""
    found: list[nodes.Node] = []
    for node in before.walk():
        if isinstance(node, nodes.Product):
            found += node.factors
        elif isinstance(node, nodes.Hadamard):
            found += itertools.chain.from_iterable(node.operands)
    formulas = [symbol.definition for symbol in names.symbols.values() if symbol.definition is not None]
    for node in itertools.chain.from_iterable(formula.walk() for formula in formulas):
        if isinstance(node, nodes.Apply) and node.function in {*names.functions, *SLOPED}:
            written = (
                names.functions[node.function].latex
                if node.function in names.functions
                else SLOPED[node.function]
            )
            latex = f"{written}'({node.arguments[0].latex})"
            slope = replace(node, order=1, place=node.place._replace(latex=latex))
            places: set[tuple[Index, ...]] = {
                part.indices for part in side.walk() if isinstance(part, nodes.Entry)
            }
            places |= {(letter,) for letter in _letters(side)}
            found.append(slope)
            found += [
                made(nodes.Entry, node, f"[{latex}]_{{{''.join(map(str, index))}}}", slope, index)
                for index in sorted(places, key=str)
            ]
    return list({node.latex: node for node in found}.values())
