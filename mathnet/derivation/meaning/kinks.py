"""Where a formula has no derivative: at a tie of a largest number, where a condition turns, at 0 of an absolute value or a norm."""

from collections.abc import Iterator

from . import nodes
from .dependence import Known, reach
from .names import Names
from .scope import Dimensions

TURNS = {"relu", "abs", "|", "sign"}
NORMS = {r"\|", r"\|_2"}
EXTREMES = {r"\max": "largest", r"\min": "smallest"}


def kinks(names: Names, dimensions: Dimensions, name: str, by: str) -> list[str]:
    """Return the conditions under which a symbol has no derivative with respect to another one: words, and LaTeX between dollar signs."""
    known: Known = {}
    found: list[str] = []
    whole = names.symbols[name].definition
    for other in (name, *sorted(reach(whole, names, known) if whole is not None else ())):
        definition = names.symbols[other].definition if other in names.symbols else None
        for part in definition.walk() if definition is not None and other != by else ():
            if by in reach(part, names, known):
                found += _of(part, names, dimensions)
    return list(dict.fromkeys(found))


def _of(part: nodes.Node, names: Names, dimensions: Dimensions) -> Iterator[str]:
    """Yield the conditions of one node, its parts left out."""
    match part:
        case nodes.Apply(function=function, arguments=(inner,)) if function in TURNS:
            yield _zero(inner, dimensions)
        case nodes.Apply(function="max" | "min", arguments=(left, right)):
            yield f"${left.latex} = {right.latex}$"
        case nodes.Apply(function=function) if function in names.functions and (
            body := names.functions[function].body
        ):
            for inner in body.walk():
                yield from (
                    f"{condition} in ${names.functions[function].latex}$"
                    for condition in _of(inner, names, dimensions)
                )
        case nodes.Whole(function=function, body=body) if function in EXTREMES:
            yield f"two entries of ${body.latex}$ are the {EXTREMES[function]}"
        case nodes.Whole(function=function, body=body) if function in NORMS:
            yield f"${body.latex} = 0$"
        case nodes.Least(body=body):
            yield f"two of ${body.latex}$ are the smallest"
        case nodes.Most(body=body):
            yield f"two of ${body.latex}$ are the largest"
        case nodes.Compare(left=left, right=right):
            yield f"${left.latex} = {right.latex}$"


def _zero(inner: nodes.Node, dimensions: Dimensions) -> str:
    type_ = dimensions.types.get(inner)
    return f"an entry of ${inner.latex}$ is 0" if type_ and type_.shape else f"${inner.latex} = 0$"
