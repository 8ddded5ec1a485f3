r"""Gradients that are derived: the backward pass of a where part, line by line, checked before anybody sees it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..algebra.backward import Backward
from ..algebra.canonical import TooLongError
from ..algebra.differentials import ByDifferentials
from ..algebra.indices import ByIndices
from ..algebra.reduce import NoMatrixFormError
from ..algebra.steps import Chain
from ..errors import WHOLE, DerivationError
from ..meaning.infer import infer_dimensions
from ..meaning.names import Names
from ..read.declare import declare
from ..read.source import split
from ..read.tokens import tokenize
from .check import check
from .program import program

STYLES: dict[str, Callable[[Backward, str], list[Chain]]] = {
    "backward": lambda backward, by: backward.chains(by),
    "indices": lambda backward, by: ByIndices(backward).chains(by),
    "differentials": lambda backward, by: ByDifferentials(backward).chains(by),
}
IN_VAIN = "no product of matrices says this: the letters of its sum meet in too many places"


@dataclass(frozen=True)
class Derived:
    """The gradient with respect to one symbol.

    Attributes
    ----------
    id : str
        The derivation that it was asked of.
    by : str
        The symbol, as the where part writes it.
    style : str
        How it was derived: one of `STYLES`.
    answer : str
        The gradient with all definitions inserted, as LaTeX; empty if it was refused.
    fence : str
        The text of the derivation: where part and lines, each with its reason. It has passed the checker.
    numpy : str
        A program that computes forward and backward, and compares the result with central differences.
    verdict : str
        What the checker says of the fence.
    refused : str or None
        Why there is no derivation.
    """

    id: str
    by: str
    style: str
    answer: str = ""
    fence: str = ""
    numpy: str = ""
    verdict: str = ""
    refused: str | None = None


def derive(source: str, by: Sequence[str] = (), id: str = "", style: str = "backward") -> list[Derived]:
    r"""Derive the gradient of the last definition of a where part.

    Parameters
    ----------
    source : str
        A where part, as in a derivation; equations after it are left aside.
    by : sequence of str
        The symbols to differentiate by, as the where part writes them; without any, all that are declared and not constant, in turn.
    id : str
        The name that messages use.
    style : str
        `backward`: one line for each definition, last first. `indices`: entry by entry, with deltas. `differentials`: dJ as
        an inner product, from which one factor after the other is moved.

    Returns
    -------
    list of Derived
        One for each symbol. What is shown has passed the checker; what cannot be derived says why.

    Raises
    ------
    DerivationError
        If the where part cannot be read, defines no number, or does not have a symbol.
    ValueError
        If there is no such style.

    Examples
    --------
    >>> from mathnet.derivation import derive
    >>> (found,) = derive(r"where X \in \mathbb{R}^{n \times d}, w, t \in \mathbb{R}^{d}, J = \tfrac12 \|X w\|^2", ["w"])
    >>> found.answer, found.verdict
    ('X^{\\mathsf T} X w', '1 step · proved')
    """
    if style not in STYLES:
        raise ValueError(f"derive: style is {style!r}; expected one of {', '.join(STYLES)}")
    where, _ = split(source)
    names = Names()
    declare(names, tokenize(where, gaps=False), where, source)
    dimensions = infer_dimensions(names)
    symbols = [_named(names, name) for name in by] or Backward(names, dimensions).free()
    return [_derived(where.strip(), names, Backward(names, dimensions), name, id, style) for name in symbols]


def _named(names: Names, written: str) -> str:
    plain = written.replace(" ", "")
    for name, symbol in names.symbols.items():
        if plain in {name.replace(" ", ""), symbol.latex.replace(" ", "")}:
            return name
    known = ", ".join(symbol.latex for name, symbol in names.symbols.items() if not name.endswith("?"))
    raise DerivationError(f"{written} is not declared; known are: {known}", WHOLE, caret=False)


def _derived(where: str, names: Names, backward: Backward, name: str, id: str, style: str) -> Derived:
    latex = names.symbols[name].latex
    try:
        steps = backward.steps(name)
        closed = backward.closed(name)
        chains = STYLES[style](backward, name)
    except NoMatrixFormError:
        return Derived(id, latex, style, refused=IN_VAIN)
    except TooLongError:
        return Derived(id, latex, style, refused="the formula becomes too long")
    except DerivationError as error:
        return Derived(id, latex, style, refused=error.reason)
    held = _constants(names, backward, name) if style == "differentials" else ""
    fence = f"where {where}{_declarations(names, backward)}{held}\n" + "\n\n".join(
        chain.source for chain in chains
    )
    report = check(fence, id)
    if not report.ok:
        (reason, *_) = [error.reason for error in report.errors]
        wrong = f"a line that was derived did not pass the checker, so it is not shown ({reason})"
        untried = f"the checker cannot try what was derived: {reason}"
        return Derived(id, latex, style, refused=wrong if report.errors[0].difference else untried)
    return Derived(
        id,
        latex,
        style,
        closed.latex,
        fence,
        program(names, backward, steps, report.sizes or [{}]),
        report.verdict(),
    )


def _constants(names: Names, backward: Backward, name: str) -> str:
    """Return the declaration of what does not vary where one symbol does."""
    others = [names.symbols[other].latex for other in backward.free() if other != name]
    return rf",  {', '.join(others)} \text{{ constant}}" if others else ""


def _declarations(names: Names, backward: Backward) -> str:
    """Return the declarations of the ones and identities that the lines need and the where part lacks."""
    known = {symbol.latex for symbol in names.symbols.values()}
    ones, identities = backward.matrices.ones, backward.matrices.identities
    needed = [
        *((latex, size, "ones") for size, latex in ones.items()),
        *((latex, rf"{size} \times {size}", "identity") for size, latex in identities.items()),
    ]
    return "".join(
        rf",  {latex} \in \mathbb{{R}}^{{{shape}}} \text{{ {word}}}"
        for latex, shape, word in needed
        if latex not in known
    )
