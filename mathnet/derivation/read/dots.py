r"""Dots: $h_1 + h_2 + \cdots + h_T$ is the sum, and $A_1 A_2 \cdots A_T$ the product, whose terms follow one pattern.

Two neighbours and the last one are compared: they have to be one formula but for indices, and these go up or down by one.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

from ..errors import DerivationError, Place
from ..meaning import nodes
from ..meaning.infer import free_letters
from ..meaning.names import Names
from ..meaning.nodes import Node, Reference
from ..meaning.shapes import Index, Shifted
from .fitting import Fitting

LETTERS = "kijlmpqrsuvw"
COUNTED = {"index", "indices", "limits", "besides"}  # the parts of nodes that are indices
Counted = dict[tuple[str, ...], int]


class Pattern(NamedTuple):
    """What follows a pattern: its general term, the first and the last value of its letter, and whether it is written from the last."""

    body: list[Node]
    letter: str
    first: Index
    last: Index
    falling: bool


class Series:
    """Puts a sum or a product in place of what dots stand between."""

    def __init__(self, names: Names, fitting: Fitting) -> None:
        self.names, self.fitting = names, fitting

    def summed(self, terms: list[Node | Place], signs: list[int]) -> tuple[list[Node], list[int]]:
        r"""Return the terms of a sum, with a \sum in place of those that dots stand between."""
        at = next((at for at, term in enumerate(terms) if isinstance(term, Place)), None)
        if at is None:
            return _nodes(terms), signs
        alike = 0
        while (
            alike < at and signs[at - 1 - alike] == signs[at] and signs[at : at + 1] == signs[at + 1 : at + 2]
        ):
            alike += 1
        shown = [*terms[at - alike : at], *terms[at + 1 : at + 2]]
        found = None if any(isinstance(term, Place) for term in shown) else self._pattern(_nodes(shown), 1)
        if found is None:
            raise unclear(_place_of(terms[at]))
        used, rule = found
        sum_ = self._written_out(terms[at - used : at + 2], rule, nodes.Sum, signs[at])
        return self.summed(
            [*terms[: at - used], sum_, *terms[at + 2 :]], [*signs[: at - used], signs[at], *signs[at + 2 :]]
        )

    def multiplied(self, factors: list[Node | Place]) -> list[Node]:
        r"""Return factors, with a \prod in place of those that dots stand between."""
        at = next((at for at, factor in enumerate(factors) if isinstance(factor, Place)), None)
        if at is None:
            return _nodes(factors)
        end = next(
            (end for end in range(at + 1, len(factors)) if isinstance(factors[end], Place)), len(factors)
        )
        before, after = _nodes(factors[:at]), _nodes(factors[at + 1 : end])
        found = [
            (width, self._pattern([*before, *after[:width]], width)) for width in range(1, len(after) + 1)
        ]
        fitting = [(width, *rule) for width, rule in found if rule is not None]
        sure = [each for each in fitting if each[1] > each[0]] or fitting  # two neighbours say more than one
        if len(sure) != 1:
            raise unclear(_place_of(factors[at]))
        ((width, used, rule),) = sure
        matrices = self.fitting.shape(self.fitting.side_by_side(rule.body)) != ()
        kind = nodes.Falling if rule.falling and matrices else nodes.Prod
        product = self._written_out(factors[at - used : at + 1 + width], rule, kind)
        return self.multiplied([*factors[: at - used], product, *factors[at + 1 + width :]])

    def _pattern(self, parts: list[Node], width: int) -> tuple[int, Pattern] | None:
        """Return how many of these follow a pattern, of which the last ones are the last, and the pattern."""
        return _follow(parts[:-width], parts[-width:], self._new_letter(parts))

    def _new_letter(self, parts: Sequence[Node]) -> str:
        """Return an index letter that nothing here stands for."""
        bound = {
            letter
            for part in parts
            for it in part.walk()
            if isinstance(it, nodes.Sum)
            for letter in it.letters
        }
        taken = bound.union(
            self.names.symbols, self.names.dimensions, *(free_letters(self.names, part) for part in parts)
        )
        return next(letter for letter in LETTERS if letter not in taken)

    def _written_out(
        self, shown: Sequence[Node | Place], rule: Pattern, kind: type[nodes.Sum], sign_of: int = 1
    ) -> Node:
        r"""Return the sum or the product that follows a pattern, and keep how it was read."""
        body = self.fitting.side_by_side(rule.body)
        sign = r"\sum" if kind is nodes.Sum else r"\prod"
        joined = ("+ " if sign_of > 0 else "- ") if kind is nodes.Sum else ""
        place = _place_of(shown[0])._replace(latex=f" {joined}".join(part.latex for part in shown))
        general = with_indices(body.latex, _indices(_nodes(shown[: len(rule.body)])), _indices(rule.body))
        order = rf" \text{{, from the last }} {rule.letter} \text{{ to the first}}" * (kind is nodes.Falling)
        self.names.read_as(place, rf"{sign}_{{{rule.letter}={rule.first}}}^{{{rule.last}}} {general}{order}")
        body = replace(body, place=body.place._replace(latex=general or body.latex))
        return kind(place, (rule.letter,), None, body, None, (rule.first, rule.last))


def _nodes(parts: Sequence[Node | Place]) -> list[Node]:
    """Return parts among which there are no more dots."""
    for part in parts:
        if isinstance(part, Place):
            raise unclear(part)
    return [part for part in parts if isinstance(part, Node)]


def _place_of(part: Node | Place) -> Place:
    return part if isinstance(part, Place) else part.place


def unclear(place: Place) -> DerivationError:
    """Return the error that dots stand for nothing clear."""
    return DerivationError(
        f"what does {place.latex} stand for? Two terms before it and the last one after it have to differ in indices alone, "
        r"which go up or down by one, as in x_1 + x_2 + \cdots + x_n; else write a sum or a product with its index",
        place,
    )


def _follow(before: Sequence[Node], last: Sequence[Node], letter: str) -> tuple[int, Pattern] | None:
    """Return how many of the nodes before the dots follow the pattern that ends with the last ones, and the pattern."""
    width = len(last)
    groups: list[Sequence[Node]] = []
    while len(before) >= width > 0 and _key(before[-width:]) == _key(last):
        groups.insert(0, before[-width:])
        before = before[:-width]
    found = _pattern(groups, last, letter) if groups else None
    if found is None or not all(_follows(found, group, at) for at, group in enumerate(groups)):
        return None
    return len(groups) * width, found


def _pattern(groups: Sequence[Sequence[Node]], last: Sequence[Node], letter: str) -> Pattern | None:
    first = groups[0]
    start, end = (list(map(_counted, _indices(group))) for group in (first, last))
    spans = [_minus(b, a) for a, b in zip(start, end, strict=True)]
    at = next((at for at, span in enumerate(spans) if span), None)
    if at is None:
        return None
    if len(groups) == 1:
        step = _direction(start[at], end[at])
        steps = [0 if not span else step if span == spans[at] else -step for span in spans]
    else:
        changes = [_minus(_counted(b), a) for a, b in zip(start, _indices(groups[1]), strict=True)]
        if not all(change in ({}, {(): 1}, {(): -1}) for change in changes):
            return None
        steps = [change.get((), 0) for change in changes]
    if not steps[at] or any(
        span != (_scaled(spans[at], steps[at] * step) if step else {})
        for span, step in zip(spans, steps, strict=True)
    ):
        return None
    falling = steps[at] < 0
    letter_at = _minus(
        {(letter,): steps[at]}, _scaled(start[at], steps[at])
    )  # how far the term is from the first
    general = iter(
        _index(_plus(_counted(index), _scaled(letter_at, step))) if step else index
        for index, step in zip(_indices(first), steps, strict=True)
    )
    body = [_with(node, general) for node in first]
    edges = _limit(start[at]), _limit(end[at])
    return Pattern(body, letter, *(edges[::-1] if falling else edges), falling)


def _direction(start: Counted, end: Counted) -> int:
    """Return whether the terms go up, from a number, or down, to one; or 0."""
    whole = [not set(value) - {()} for value in (start, end)]
    if whole == [True, True]:
        return 1 if start.get((), 0) < end.get((), 0) else -1
    return {(True, False): 1, (False, True): -1}.get((whole[0], whole[1]), 0)


def _follows(found: Pattern, group: Sequence[Node], at: int) -> bool:
    """Say whether a group is the term at this place, from the first one."""
    edge = _counted(found.last if found.falling else found.first)
    value = _plus(edge, {(): -at if found.falling else at})
    expected = [
        _put(_counted(index), found.letter, value) for node in found.body for index in _indices([node])
    ]
    return expected == list(map(_counted, _indices(group)))


def _put(counted: Counted, letter: str, value: Counted) -> Counted:
    times = counted.get((letter,), 0)
    rest = {names: number for names, number in counted.items() if names != (letter,)}
    return _plus(rest, _scaled(value, times))


def with_indices(latex: str, old: Sequence[Index], new: Sequence[Index]) -> str:
    """Return how the general term is written: a term with other indices; or nothing where these are not found in it."""
    at = 0
    for before, after in zip(old, new, strict=True):
        script = re.compile(
            rf"([_^])\s*(?:{{\s*([(\[]?)\s*{re.escape(str(before))}(?!\w)|{re.escape(str(before))}(?!\w))"
        )
        found = script.search(latex, at)
        if found is None:
            return ""
        text = f"{found[1]}{{{found[2] or ''}{after}" + "}" * (found[2] is None)
        latex = latex[: found.start()] + text + latex[found.end() :]
        at = found.start() + len(text)
    return latex


# Indices as what they count


def _counted(index: Index) -> Counted:
    if isinstance(index, int):
        return {(): index} if index else {}
    return {names: number for number, names in index.terms} if isinstance(index, Shifted) else {(index,): 1}


def _plus(a: Counted, b: Counted) -> Counted:
    total = {names: a.get(names, 0) + b.get(names, 0) for names in (*a, *b)}
    return {names: number for names, number in total.items() if number}


def _scaled(a: Counted, by: int) -> Counted:
    return {names: by * number for names, number in a.items() if by}


def _minus(a: Counted, b: Counted) -> Counted:
    return _plus(a, _scaled(b, -1))


def _index(counted: Counted) -> Index:
    """Return what is counted as an index, written anew."""
    if not set(counted) - {()}:
        return counted.get((), 0)
    if list(counted.values()) == [1] and len(next(iter(counted))) == 1:
        return next(iter(counted))[0]
    text = ""
    for names, number in sorted(counted.items(), key=lambda term: (not term[0], term[1] < 0, term[0])):
        size = "" if abs(number) == 1 and names else str(abs(number))
        text += ("-" if number < 0 else "+" if text else "") + size + " ".join(names)
    return Shifted(text, tuple((number, names) for names, number in sorted(counted.items())))


def _limit(counted: Counted) -> Index:
    """Return a limit of a sum."""
    found = _index(counted)
    return Shifted(found, ((1, (found,)),)) if isinstance(found, str) else found


# The indices of a formula, in order


def _key(group: Sequence[Node]) -> Any:
    """Return what is equal for formulas that differ in indices alone."""
    return tuple(_walked(node, lambda index: ("", index)[0]) for node in group)


def _indices(group: Sequence[Node]) -> list[Index]:
    """Return the indices in formulas, from left to right."""
    found: list[Index] = []
    for node in group:
        _walked(node, found.append)
    return found


def _walked(value: Any, seen: Callable[[Index], Any], counted: bool = False) -> Any:
    if isinstance(value, Node):
        own = isinstance(value, nodes.Delta | nodes.Only)
        parts = [
            (
                field.name,
                _walked(
                    getattr(value, field.name),
                    seen,
                    field.name in COUNTED or (own and field.name in {"left", "right"}),
                ),
            )
            for field in fields(value)[1:]
        ]
        return type(value), tuple(parts)
    if isinstance(value, Reference):
        return value.name, value.count, seen(value.index)
    if type(value) is tuple:
        return tuple(_walked(part, seen, counted) for part in value)
    return seen(value) if counted and value is not None else value


def _with(value: Any, indices: Iterator[Index], counted: bool = False) -> Any:
    """Return a formula with other indices."""
    if isinstance(value, Node):
        own = isinstance(value, nodes.Delta | nodes.Only)
        new = {
            field.name: _with(
                getattr(value, field.name),
                indices,
                field.name in COUNTED or (own and field.name in {"left", "right"}),
            )
            for field in fields(value)[1:]
        }
        return replace(value, **new)
    if isinstance(value, Reference):
        return replace(value, index=next(indices))
    if type(value) is tuple:
        return tuple(_with(part, indices, counted) for part in value)
    return next(indices) if counted and value is not None else value
