r"""Gradients that are derived: the backward pass of a where part, line by line, checked before anybody sees it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..algebra.backward import Backward, Step
from ..algebra.canonical import TooLongError
from ..algebra.reduce import NoMatrixFormError
from ..errors import WHOLE, DerivationError
from ..meaning.infer import infer_dimensions
from ..meaning.names import Names
from ..read.declare import declare
from ..read.source import split
from ..read.tokens import tokenize
from .check import check
from .program import program

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
    answer: str = ""
    fence: str = ""
    numpy: str = ""
    verdict: str = ""
    refused: str | None = None


def derive(source: str, by: Sequence[str] = (), id: str = "") -> list[Derived]:
    r"""Derive the gradient of the last definition of a where part.

    Parameters
    ----------
    source : str
        A where part, as in a derivation; equations after it are left aside.
    by : sequence of str
        The symbols to differentiate by, as the where part writes them; without any, all that are declared and not constant, in turn.
    id : str
        The name that messages use.

    Returns
    -------
    list of Derived
        One for each symbol. What is shown has passed the checker; what cannot be derived says why.

    Raises
    ------
    DerivationError
        If the where part cannot be read, defines no number, or does not have a symbol.

    Examples
    --------
    >>> from mathnet.derivation import derive
    >>> (found,) = derive(r"where X \in \mathbb{R}^{n \times d}, w, t \in \mathbb{R}^{d}, J = \tfrac12 \|X w\|^2", ["w"])
    >>> found.answer, found.verdict
    ('X^{\\mathsf T} X w', '1 step · proved')
    """
    where, _ = split(source)
    names = Names()
    declare(names, tokenize(where, gaps=False), where, source)
    dimensions = infer_dimensions(names)
    symbols = [_named(names, name) for name in by] or Backward(names, dimensions).free()
    return [_derived(where.strip(), names, Backward(names, dimensions), name, id) for name in symbols]


def _named(names: Names, written: str) -> str:
    plain = written.replace(" ", "")
    for name, symbol in names.symbols.items():
        if plain in {name.replace(" ", ""), symbol.latex.replace(" ", "")}:
            return name
    known = ", ".join(symbol.latex for name, symbol in names.symbols.items() if not name.endswith("?"))
    raise DerivationError(f"{written} is not declared; known are: {known}", WHOLE, caret=False)


def _derived(where: str, names: Names, backward: Backward, name: str, id: str) -> Derived:
    latex = names.symbols[name].latex
    try:
        steps = backward.steps(name)
        closed = backward.closed(name)
    except NoMatrixFormError:
        return Derived(id, latex, refused=IN_VAIN)
    except TooLongError:
        return Derived(id, latex, refused="the formula becomes too long")
    except DerivationError as error:
        return Derived(id, latex, refused=error.reason)
    loss = names.symbols[backward.loss].latex
    rows = [_row(names, loss, step) for step in steps]
    if closed.latex != steps[-1].form.latex:
        rows[-1] += f" \\\\\n  &= {closed.latex}  && \\text{{definitions inserted}}"
    fence = f"where {where}{_declarations(names, backward)}\n" + "\n\n".join(rows)
    report = check(fence, id)
    if not report.ok:
        (reason, *_) = [error.reason for error in report.errors]
        wrong = f"a line that was derived did not pass the checker, so it is not shown ({reason})"
        untried = f"the checker cannot try what was derived: {reason}"
        return Derived(id, latex, refused=wrong if report.errors[0].difference else untried)
    return Derived(
        id,
        latex,
        closed.latex,
        fence,
        program(names, backward, steps, report.sizes or [{}]),
        report.verdict(),
    )


def _row(names: Names, loss: str, step: Step) -> str:
    through = r" \text{ and } ".join(names.symbols[user].latex for user in step.through)
    words = f"; {', '.join(step.products)}" if step.products else ""
    reason = rf"\text{{through }} {through}" + (rf"\text{{{words}}}" if words else "")
    return rf"\frac{{\partial {loss}}}{{\partial {names.symbols[step.name].latex}}} &= {step.form.latex}  && {reason}"


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
