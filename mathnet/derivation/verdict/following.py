r"""The next line of a derivation that somebody has begun: first a hint, then the line.

A gradient is *settled* by a chain in which every line holds and a side has no derivative but gradients that are settled themselves. The lines
of the backward pass come in its order; the next one is the first that is needed and not settled.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import WHOLE, DerivationError
from ..meaning.names import Names
from ..meaning.nodes import Node
from ..meaning.nodes.arrays import Entry, Symbol
from ..meaning.nodes.calculus import Cotangent, Partial
from ..meaning.shapes import Index
from ..read.source import Chain, split
from .check import Derivation
from .derive import derive
from .report import Report

Ways = Mapping[str, Sequence[frozenset[str]]]  # from a gradient to the gradients that each of its lines uses


@dataclass(frozen=True)
class Following:
    """What comes next in a derivation.

    Attributes
    ----------
    by : str
        The symbol of the gradient that is derived, as the where part writes it.
    hint : str
        Which gradient is next, through which definition, and with which product, as LaTeX; empty if nothing is missing.
    line : str
        The line, with its reason. It has passed the checker.
    declares : str
        What the line needs and the where part lacks, such as a vector of ones: to be added to the where part.
    refused : str or None
        Why there is no next line.
    """

    by: str
    hint: str = ""
    line: str = ""
    declares: str = ""
    refused: str | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.line and self.refused is None


def following(report: Report, by: str = "") -> Following:
    r"""Return the next line of a derivation.

    Parameters
    ----------
    report : Report
        What the checker says of the derivation so far; some of its lines may be wrong.
    by : str
        The symbol whose gradient is wanted; without it, that of the last line, and after a symbol in the middle those that are declared.

    Raises
    ------
    DerivationError
        If the where part cannot be read, or nothing says which gradient is wanted.

    Examples
    --------
    >>> from mathnet.derivation import check
    >>> where = r"where X \in \mathbb{R}^{n \times d}, w, t \in \mathbb{R}^{d}, z = X w, J = \tfrac12 \|z\|^2"
    >>> begun = where + "\n" + r"\frac{\partial J}{\partial z} = z" + "\n\n" + r"\frac{\partial J}{\partial w} = X z"
    >>> print(following(check(begun)).hint)
    \frac{\partial J}{\partial w}\text{: }\text{through } z\text{; matrix product}
    >>> print(following(check(begun)).line)
    \frac{\partial J}{\partial w} &= X^{\mathsf T} \frac{\partial J}{\partial z}  && \text{through } z\text{; matrix product}
    """
    where, _ = split(report.source)
    _refuse_arrays(report)
    found = settled(report)
    next = Following(by)
    for symbol in [by] if by else _wanted(report):
        next = _next(where, symbol, found)
        if not next.complete:
            break
    return next


def _refuse_arrays(report: Report) -> None:
    """Refuse a where part whose last definition, which is what is differentiated, is no number."""
    loss = report.names.output
    shape = report.names.shapes.get(loss, ())
    if shape:
        raise DerivationError(
            f"the last definition is {report.names.symbols[loss].latex}, which is {' × '.join(shape)}: "
            "define the number last that is differentiated",
            report.names.symbols[loss].place,
        )


def settled(report: Report) -> Ways:
    """Return what the chains say of gradients in which every line holds."""
    ways = dict[str, list[frozenset[str]]]()
    for chain in report.chains:
        equal = all(relation.type == "EQUALS" for relation in chain.relations)
        if equal and not chain.conditions and all(line.ok for line in report.lines_of(chain)):
            _settle(chain.nodes, report.names, ways)
    return ways


def _settle(sides: Sequence[Node], names: Names, ways: dict[str, list[frozenset[str]]]) -> None:
    """Keep what equal sides say of gradients."""
    used = [each for side in sides if (each := _used(side, names)) is not None]
    for name in filter(None, (_gradient(side, names.output) for side in sides)):
        ways.setdefault(name, []).extend(each for each in used if name not in each)


def _gradient(side: Node, loss: str) -> str:
    """Return the symbol whose gradient a side is, all of it or any entry; else the empty string."""
    match side:
        case Entry(body=Partial(indices=None) as whole, indices=indices) if _any(indices):
            return _gradient(whole, loss)
        case Partial(body=Symbol(name=name), variable=variable, indices=indices) if name == loss:
            return variable if indices is None or _any(indices) else ""
    return ""


def _any(indices: Sequence[Index]) -> bool:
    """Say whether indices are letters of which each stands for every value."""
    return all(isinstance(index, str) for index in indices) and len(set(indices)) == len(indices)


def _used(side: Node, names: Names) -> frozenset[str] | None:
    """Return the gradients that a side uses, itself or in a definition; None if it has another derivative, which is still to be taken."""
    found: list[str] = []
    for part in side.walk():
        if isinstance(part, Partial):
            if not (isinstance(part.body, Symbol) and part.body.name == names.output):
                return None
            found.append(part.variable)
        elif isinstance(part, Cotangent):
            return None
        elif isinstance(part, Symbol) and part.name in names.symbols:
            definition = names.symbols[part.name].definition
            inside = _used(definition, names) if definition else frozenset[str]()
            if inside is None:
                return None
            found += inside
    return frozenset(found)


def _complete(name: str, ways: Ways, above: frozenset[str] = frozenset()) -> bool:
    """Say whether a line settles a gradient; a line that uses what it is used for settles nothing."""
    above |= {name}
    return any(
        not used & above and all(_complete(other, ways, above) for other in used)
        for used in ways.get(name, ())
    )


def _wanted(report: Report) -> Iterator[str]:
    """Yield the symbols whose gradients may be next: that of the last line; after one in the middle also the other ones, written ones first."""
    written = _written(report)
    if not written:
        if report.errors and not report.names.output:
            raise report.errors[0]
        raise DerivationError(
            "no line says which gradient is wanted: write the left side of one, as in "
            rf"\frac{{\partial {report.names.output or 'J'}}}{{\partial W}} =",
            WHOLE,
            caret=False,
        )
    yield written[0]
    if report.names.symbols[written[0]].definition is not None:
        yield from written[1:]
        yield from (found.by for found in derive(split(report.source)[0]) if not found.refused)


def _written(report: Report) -> list[str]:
    """Return the symbols whose gradients stand on left sides, the last one first; also where the line cannot be read."""
    found: list[str] = []
    forms = {_bare(symbol.latex): name for name, symbol in report.names.symbols.items()}
    forms.pop(_bare(report.names.output), None)
    for _, block in split(report.source)[1]:
        for line in block.split("\n"):
            left, places = _bare(line.partition("=")[0]), dict[int, str]()
            for form in sorted(forms, key=len):  # of W and W_1, the longer one counts
                after = re.escape(form) + ("(?![A-Za-z])" if form[-1:].isalpha() else r"(?!\d)")
                places |= {match.start(): forms[form] for match in re.finditer(rf"\\partial{after}", left)}
            found += [places[max(places)]] if places else []
    return found[::-1]


def _bare(latex: str) -> str:
    """Return LaTeX without braces and blanks."""
    return re.sub(r"[{}\s]", "", latex)


def _next(where: str, by: str, ways: Ways) -> Following:
    """Return the first line of a backward pass that is needed and not settled."""
    (found,) = derive(f"where {where.strip()}", [by])
    if found.refused:
        return Following(found.by, refused=found.refused)
    derivation = Derivation(found.fence).report
    lines = {}  # from a gradient to its line and what that uses, in the order of the backward pass
    for chain in derivation.chains:
        side, used = _first_taken(chain, derivation.names)
        lines[_gradient(chain.nodes[0], derivation.names.output)] = (
            chain.rows[0].left,
            chain.rows[side - 1],
            used,
        )
    needed, unseen = set[str](), [list(lines)[-1]]
    while unseen:
        name = unseen.pop()
        if name in needed or name not in lines or _complete(name, ways):
            continue
        needed.add(name)
        written = sorted(ways.get(name, ()), key=len)
        unseen += written[0] if written else lines[name][2]
    if not needed:
        return Following(found.by)
    left, row, _ = next(line for name, line in lines.items() if name in needed)
    text = f"{left} &= {row.right}  && {row.reason}"
    hint = rf"{left}\text{{: }}{row.reason}"
    return Following(found.by, hint, text, _declared(where.strip(), found.fence, text))


def _first_taken(chain: Chain, names: Names) -> tuple[int, frozenset[str]]:
    """Return the first side of a derived chain that has no derivative left to take, and the gradients that it uses."""
    for at, side in enumerate(chain.nodes[1:], 1):
        used = _used(side, names)
        if used is not None:
            return at, used
    raise AssertionError(f"nothing was derived in {chain.rows}")


def _declared(where: str, fence: str, line: str) -> str:
    """Return the declarations that a derived fence adds to a where part, if a line uses them."""
    added = fence.removeprefix(f"where {where}").partition("\n")[0]
    items = [item.strip() for item in added.split(",  ") if item.strip()]
    return ",  ".join(item for item in items if item.partition(r" \in")[0] in line)
